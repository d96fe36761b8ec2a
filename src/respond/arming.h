/*
 * Whether responses are armed at run time, and the previews that were looked at
 * before: in the leases' file.  Who armed, disarmed, reset: in a log of its own.
 */
#ifndef RESPOND_ARMING_H
#define RESPOND_ARMING_H

#include "respond/leases.h"

#define ARMING_PREVIEWS 20 /* kept; the oldest go */
#define ARMING_PREVIEW_MAX ((size_t)1 << 20)
#define ARMING_ID 17
#define ARMING_FRESH ((int64_t)24 * 3600 * 1000000000) /* older previews arm nothing */
#define ARMING_LOG_MAX 1000

struct arming {
	bool said;  /* somebody armed or disarmed; else the configuration counts */
	bool armed; /* if so */
	int64_t time;
	char by[LEASES_TEXT + 1], reason[LEASES_TEXT + 1], preview[ARMING_ID];
};
enum err arming_get(struct leases *l, struct arming *ret, struct diag *why);

struct arming_preview { /* texts are borrowed for the call */
	struct str id, policy, digest, verdict, by;
	int64_t time, since;
	struct str body; /* JSON; "" in lists */
};
/* *ret_id: what it is called from now on. */
enum err arming_keep(struct leases *l, const struct arming_preview *p, char ret_id[ARMING_ID],
    struct diag *why);
typedef enum err (*arming_preview_fn)(void *ctx, const struct arming_preview *p);
/* Newest first, without their bodies. */
enum err arming_previews(struct leases *l, arming_preview_fn fn, void *ctx, struct diag *why);
enum err arming_preview(struct leases *l, struct str id, arming_preview_fn fn, void *ctx,
    struct diag *why); /* FAIL_NOT_FOUND */

struct arming_wish {
	struct str preview; /* id of one that was looked at */
	struct str digest;  /* of the policy in force: the preview must be of it */
	struct str by, reason;
};
/* FAIL_NOT_FOUND: no such preview; FAIL_DENIED: it is too old, or of another policy. */
enum err arming_arm(struct leases *l, const struct arming_wish *w, int64_t now, struct diag *why);
/* From now on everything is a dry run; what is active is undone when `undo` says so. */
enum err arming_disarm(struct leases *l, bool undo, struct str by, struct str reason, int64_t now,
    uint64_t *ret_undone, struct diag *why);

struct arming_entry {
	int64_t time;
	struct str what, rule, by, text; /* what: armed, disarmed, tripped, reset */
};
typedef enum err (*arming_entry_fn)(void *ctx, const struct arming_entry *e);
enum err arming_log(struct leases *l, unsigned limit, arming_entry_fn fn, void *ctx,
    struct diag *why); /* newest first */
/* For the parts of this layer, inside a transaction. */
enum err arming_enter(struct leases *l, const struct arming_entry *e, struct diag *why);

#endif
