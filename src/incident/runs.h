/*
 * Runs of playbooks, kept: each step in incidents.db, changed in a transaction
 * before and after whatever is done outside (incident/run.h is the machine).
 *
 * What is done outside is an effect: one action on one target, with a key that is
 * the same whenever it is tried again.  An effect is noted before it is carried
 * out; after a crash those whose end is not known are carried out once more with
 * their key, and whoever carries them out does nothing that was done under it.
 *
 * Nothing here reads a clock.  One thread.
 */
#ifndef INCIDENT_RUNS_H
#define INCIDENT_RUNS_H

#include "incident/run.h"

#define RUNS_LIVE_MAX 200   /* active ones */
#define RUNS_EACH_MAX 50    /* of an incident, ended ones too */
#define RUNS_TARGETS_MAX 50 /* addresses or users one step is done to */
#define RUNS_KEY_SIZE 64
#define RUNS_TEXT 500          /* of results and notes */
#define RUNS_ANSWERS_MAX 16000 /* bytes of a form that was filled in */
#define RUNS_OUTPUT_MAX 16000  /* of what a query found */

struct runs_new {
	int64_t incident;
	struct str text;  /* of the playbook: the run keeps its own copy */
	const char *file; /* for messages */
	struct str by;    /* a person; "" the program */
	bool unasked;     /* what changes something outside begins without a person, too */
};
/* FAIL_NOT_FOUND: no such incident; FAIL_DENIED: it is not open; FAIL_EXISTS: this playbook runs in
 * it. */
enum err runs_start(struct incidents *all, const struct runs_new *want, int64_t now,
    int64_t *ret_id, struct diag *why) __attribute__((nonnull(1, 2, 4)));

struct runs_act {
	int64_t incident, run;
	struct str step; /* its id */
	enum run_event event;
	struct str who, note; /* note: why it is skipped */
	struct str answers;   /* of a form, an object of JSON; "" none */
	bool admin;           /* may approve what only those may who administer */
};
/* FAIL_NOT_FOUND; FAIL_DENIED: not now, or not this person; FAIL_SYNTAX: the form. */
enum err runs_act(struct incidents *all, const struct runs_act *act, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* The whole run: nothing begins any more; all that was done is undone, the last first. */
enum err runs_cancel(struct incidents *all, int64_t incident, int64_t run, struct str who,
    int64_t now, struct diag *why) __attribute__((nonnull(1)));
enum err runs_rollback(struct incidents *all, int64_t incident, int64_t run, struct str who,
    int64_t now, struct diag *why) __attribute__((nonnull(1)));

enum runs_kind { RUNS_DO, RUNS_UNDO, RUNS_LATE /* somebody should hear that it is late */ };

struct runs_effect { /* texts are borrowed for the call */
	int64_t id, incident, run;
	size_t step;
	enum runs_kind kind;
	/* Of RUNS_UNDO with act PLAYBOOK_UNDO: what `done` did ends.  Of RUNS_LATE: not for use. */
	const struct playbook_do *what;
	enum playbook_act done;
	bool by_person;                       /* somebody said run, or approved */
	struct str who;                       /* that person; "" the program */
	struct str key, target;               /* target "": the incident itself */
	struct str ref;                       /* of an undo: what it was known by */
	struct str title;                     /* of the step */
	const struct playword_values *values; /* of the incident */
};
struct runs_outcome {
	bool ok;
	bool later;        /* runs_settle() will be called; the rest does not count */
	bool again;        /* nobody could now: it is carried out later; the rest does not count */
	bool dry;          /* it would have been done if it were armed */
	struct str ref;    /* by which it is known where it was done: "lease:7" */
	struct str result; /* words */
	struct str output; /* of a query: JSON */
	uint64_t found;    /* its rows */
};
struct runs_hooks {
	/* Carries an effect out, once for each key. */
	void (*carry_out)(void *ctx, const struct runs_effect *e, struct runs_outcome *ret);
	struct str (*url)(void *ctx, int64_t incident); /* its page, ""; NULL: none */
	void *ctx;
};

/* Once after opening: what was being carried out is carried out again. */
enum err runs_recover(struct incidents *all, struct diag *why) __attribute__((nonnull(1)));
/*
 * All that is due.  *ret_next: when there is something to do again should nothing else happen,
 * INT64_MAX: never.
 */
enum err runs_look(struct incidents *all, const struct runs_hooks *hooks, int64_t now,
    int64_t *ret_next, struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* How an effect ended whose outcome was `later`.  FAIL_NOT_FOUND: it is not being carried out. */
enum err runs_settle(struct incidents *all, int64_t effect, const struct runs_outcome *o,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 3)));

struct runs_missing {
	int64_t incident;
	enum incident_type type;
};
/* Open incidents, no drills, in which no playbook ever ran: the newest, at most `max`. */
enum err runs_missing(struct incidents *all, struct runs_missing *ret, size_t max, size_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

struct runs_row { /* borrowed for the call */
	int64_t id, incident, started, ended;
	struct str playbook, title, version, by;
	enum run_status status;
	bool unasked;
	const struct playbook *book;
};
typedef enum err (*runs_fn)(void *ctx, const struct runs_row *row);
/* Of an incident, oldest first; run 0: all. */
enum err runs_list(struct incidents *all, int64_t incident, int64_t run, runs_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 4)));

struct runs_step_row {
	size_t step;
	enum run_state state;
	unsigned tries;
	bool dry, escalated;
	int64_t begun, ended, next;
	uint64_t found;
	struct str who, note, output, answers;
};
typedef enum err (*runs_step_fn)(void *ctx, const struct runs_step_row *row);
enum err runs_steps(struct incidents *all, int64_t run, runs_step_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));

struct runs_effect_row {
	size_t step;
	enum runs_kind kind;
	bool dry;
	struct str target, state, ref, result; /* state: planned, begun, done, failed */
	int64_t at;
};
typedef enum err (*runs_effect_fn)(void *ctx, const struct runs_effect_row *row);
enum err runs_effects(struct incidents *all, int64_t run, runs_effect_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));

#endif
