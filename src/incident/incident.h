/*
 * Incidents: what one attack needs until it is over and understood.  SQLite
 * (data/incidents.db), one connection per thread.
 *
 * Each change of an incident gives it the next number of one rising `rev`: who
 * has seen rev N asks for what came after, and who changes it says which rev
 * was looked at (incident_expect()).  What happened stands in its timeline
 * (incident/story.h), which is only ever added to.  Times are a parameter.
 */
#ifndef INCIDENT_INCIDENT_H
#define INCIDENT_INCIDENT_H

#include "base/err.h"
#include "base/str.h"

#define INCIDENT_OPEN_MAX 1000    /* open ones; more are refused */
#define INCIDENT_ALERTS_MAX 1000  /* of one */
#define INCIDENT_ENTRIES_MAX 5000 /* of one timeline; people's notes go on to twice that */
#define INCIDENT_TITLE 200        /* bytes; what is longer is cut */
#define INCIDENT_NAME 128         /* of a person */
#define INCIDENT_TEXT 8000        /* of a note, a cause, a field of a form */
#define INCIDENT_NAME_SIZE 24     /* "INC-41" */

enum incident_type {
	INCIDENT_BRUTE_FORCE,
	INCIDENT_UNAUTHORIZED_ACCESS,
	INCIDENT_SYSTEM_COMPROMISE,
	INCIDENT_DATA_BREACH,
	INCIDENT_DDOS,
	INCIDENT_INSIDER_THREAT,
	INCIDENT_CUSTOM,
	INCIDENT_TYPES
};
enum incident_phase { /* NIST SP 800-61 */
	INCIDENT_PREPARATION,
	INCIDENT_IDENTIFICATION,
	INCIDENT_CONTAINMENT,
	INCIDENT_ERADICATION,
	INCIDENT_RECOVERY,
	INCIDENT_LESSONS,
	INCIDENT_PHASES
};
enum incident_status { INCIDENT_OPEN, INCIDENT_CLOSED, INCIDENT_MERGED, INCIDENT_STATUSES };
enum incident_severity { /* also the rank: the lower, the more urgent; as alerts have them */
	INCIDENT_CRITICAL,
	INCIDENT_HIGH,
	INCIDENT_MEDIUM,
	INCIDENT_LOW,
	INCIDENT_INFO,
	INCIDENT_SEVERITIES
};
enum incident_origin { /* who opened it */
	INCIDENT_BY_HAND,
	INCIDENT_BY_RULE,
	INCIDENT_BY_CORRELATION,
	INCIDENT_BY_RESPONSE,
	INCIDENT_ORIGINS
};

/* Words of files, API and database ("data-breach", "lessons-learned"), and how people read them. */
const char *incident_type_word(enum incident_type t) RETURNS_NONNULL;
const char *incident_type_title(enum incident_type t) RETURNS_NONNULL;
bool incident_type_find(struct str word, enum incident_type *ret) __attribute__((nonnull(2)));
const char *incident_phase_word(enum incident_phase p) RETURNS_NONNULL;
const char *incident_phase_title(enum incident_phase p) RETURNS_NONNULL;
bool incident_phase_find(struct str word, enum incident_phase *ret) __attribute__((nonnull(2)));
const char *incident_status_word(enum incident_status s) RETURNS_NONNULL;
bool incident_status_find(struct str word, enum incident_status *ret) __attribute__((nonnull(2)));
const char *incident_severity_word(enum incident_severity s) RETURNS_NONNULL;
bool incident_severity_find(struct str word, enum incident_severity *ret)
    __attribute__((nonnull(2)));
const char *incident_origin_word(enum incident_origin o) RETURNS_NONNULL;
/* "INC-41"; returns `to`. */
char *incident_name(int64_t n, char to[INCIDENT_NAME_SIZE]) NONNULL;
bool incident_name_read(struct str name, int64_t *ret) NONNULL; /* also "inc-41" and "41" */

struct incident { /* texts are borrowed for the call */
	int64_t n;
	uint64_t rev;
	enum incident_type type;
	enum incident_severity severity;
	enum incident_status status;
	enum incident_phase phase;
	enum incident_origin origin;
	struct str title, owner, by; /* by: who opened it, "" the program */
	struct str cause;            /* root cause; "" nobody knows yet */
	bool drill;                  /* practice: no figure counts it */
	int64_t created, updated;
	/* Its oldest event, its oldest alert, and when what was first done; 0: not yet. */
	int64_t first, detected, acked, responded, contained, closed;
	int64_t merged_into; /* 0: it was not */
	uint64_t alerts, users, addresses, evidence;
};

struct guide;
struct incidents;

enum err incident_open_file(const char *path, struct incidents **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void incident_close_file(struct incidents *all); /* NULL is fine */
/* What those go by that are opened from now on (incident/guide.h); borrowed. */
void incident_guide(struct incidents *all, const struct guide *guide) __attribute__((nonnull(1)));

/* What stands between is one transaction; incident_finish(all, e) undoes it when e is not OK. */
enum err incident_begin(struct incidents *all, struct diag *why) __attribute__((nonnull(1)));
enum err incident_finish(struct incidents *all, enum err e, struct diag *why)
    __attribute__((nonnull(1)));

struct incident_new { /* zeroed members: custom is not 0, so say the type */
	enum incident_type type;
	enum incident_severity severity;
	enum incident_origin origin;
	struct str title, owner, by;
	bool drill;
	int64_t first, detected; /* 0: now */
};
/* Opens one, in its first phase.  FAIL_LIMIT past INCIDENT_OPEN_MAX. */
enum err incident_add(struct incidents *all, const struct incident_new *want, int64_t now,
    int64_t *ret_n, struct diag *why) __attribute__((nonnull(1, 2, 4)));

typedef enum err (*incident_fn)(void *ctx, const struct incident *one);
struct incident_filter {                              /* zeroed: all */
	unsigned statuses, types, severities, phases; /* bits 1 << enum; 0: any */
	struct str owner;                             /* p NULL: any */
	struct str text;                              /* in the title; ASCII case does not count */
	uint64_t since;                               /* rev above this one */
	int64_t before;                               /* number below; 0: any */
	bool open_first;                              /* else newest number first */
	unsigned limit;                               /* 0: all */
};
/* What fn returns other than OK ends it and is returned. */
enum err incident_list(struct incidents *all, const struct incident_filter *f, incident_fn fn,
    void *ctx, struct diag *why) __attribute__((nonnull(1, 2, 3)));
enum err incident_get(struct incidents *all, int64_t n, incident_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));                   /* FAIL_NOT_FOUND */
uint64_t incident_rev(struct incidents *all) NONNULL; /* cheap; 0 when it cannot be read */

/*
 * Begins a change somebody makes who looked at `rev` (0: whatever it is now).  FAIL_NOT_FOUND;
 * FAIL_EXISTS: somebody else changed it since, `why` says what.  Inside incident_begin().
 */
enum err incident_expect(struct incidents *all, int64_t n, uint64_t rev, struct diag *why)
    __attribute__((nonnull(1)));
/* Something about it changed: it gets the next rev.  Inside incident_begin(). */
enum err incident_touch(struct incidents *all, int64_t n, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));

enum incident_moment { /* sets acked, responded or contained, once */
	INCIDENT_WHEN_ACKED,
	INCIDENT_WHEN_RESPONDED,
	INCIDENT_WHEN_CONTAINED,
	INCIDENT_MOMENTS
};
enum err incident_mark(struct incidents *all, int64_t n, enum incident_moment m, int64_t at,
    struct diag *why) __attribute__((nonnull(1)));

#endif
