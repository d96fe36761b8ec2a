/*
 * The timeline of an incident: what happened, when, and who or what did it.
 * Entries are only ever added.  Those with a `ref` are written once.
 */
#ifndef INCIDENT_STORY_H
#define INCIDENT_STORY_H

#include "incident/incident.h"

enum story_kind {
	STORY_OPENED,
	STORY_ALERT,  /* an alert joined, or its status changed */
	STORY_STATUS, /* owner, severity, type, closed, opened again, merged */
	STORY_PHASE,
	STORY_CHECK,  /* a step of the checklist */
	STORY_ACTION, /* something was done to the attacker or an account */
	STORY_PLAYBOOK,
	STORY_MESSAGE, /* somebody was told */
	STORY_EVIDENCE,
	STORY_BREACH, /* a target was missed */
	STORY_NOTE,   /* by a person */
	STORY_FORM,   /* of the post-mortem */
	STORY_KINDS
};
const char *story_word(enum story_kind k) RETURNS_NONNULL;
bool story_find(struct str word, enum story_kind *ret) __attribute__((nonnull(2)));

struct story_entry {      /* texts are borrowed for the call */
	int64_t id;       /* rises over all incidents */
	int64_t incident; /* where it was written: another one when that was merged into this */
	int64_t at;       /* when it happened */
	enum story_kind kind;
	bool noise;     /* of interest to few: hidden unless asked for */
	struct str who; /* a person; "" the program */
	struct str text;
	struct str ref; /* what it is about: an alert's id, "lease:7" ...; "" */
};

/*
 * Adds an entry and gives the incident its next rev.  With a ref that an entry of this kind has
 * already, nothing.  *ret_id (may be NULL): 0 when nothing was added.  FAIL_LIMIT: the timeline is
 * full.  In a transaction of its own unless one is open.
 */
enum err story_add(struct incidents *all, const struct story_entry *want, int64_t now,
    int64_t *ret_id, struct diag *why) __attribute__((nonnull(1, 2)));

struct story_filter {
	int64_t incident;
	unsigned kinds; /* bits 1 << enum; 0: any */
	bool noise;     /* also these */
	int64_t after;  /* ids above */
	unsigned limit; /* 0: all */
};
typedef enum err (*story_fn)(void *ctx, const struct story_entry *e);
/* By the time it happened, oldest first; those of incidents that were merged into it as well. */
enum err story_list(struct incidents *all, const struct story_filter *f, story_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

#endif
