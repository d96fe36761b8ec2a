/*
 * One run of a playbook, as a state machine: no clock, no database, nothing is
 * done here.  Whoever drives it saves what run_go_on() and run_event() changed
 * (r->dirty) before it does what the new states ask for:
 *
 *   RUNNING    its action is to be carried out; then RUN_OK or RUN_FAILED
 *   UNDOING    its roll-back is to be carried out; then RUN_OK or RUN_FAILED
 *   escalate   somebody is to be told that the step is late
 */
#ifndef INCIDENT_RUN_H
#define INCIDENT_RUN_H

#include "incident/playbook.h"

#define RUN_PAUSE                                                                                  \
	((int64_t)30 * 1000000000) /* before the second try; twice that before the third */

enum run_state {
	RUN_WAITING,  /* for other steps */
	RUN_APPROVAL, /* for a person who approves */
	RUN_OFFERED,  /* for a person who says run */
	RUN_OPEN,     /* for a person who does it */
	RUN_RUNNING,
	RUN_PAUSED, /* until the next try */
	RUN_DONE,
	RUN_BROKEN, /* it failed */
	RUN_SKIPPED,
	RUN_UNNEEDED,
	RUN_LATE,
	RUN_NOT_RUN, /* the run ended before */
	RUN_UNDOING,
	RUN_UNDONE,
	RUN_NOT_UNDONE, /* the roll-back failed */
	RUN_STATES
};
enum run_status {
	RUNS_ACTIVE,
	RUNS_DONE,
	RUNS_FAILED,
	RUNS_CANCELLED,
	RUNS_ROLLING, /* back */
	RUNS_UNDONE,
	RUNS_STATUSES
};
const char *run_state_word(enum run_state s) RETURNS_NONNULL;
bool run_state_find(struct str word, enum run_state *ret) __attribute__((nonnull(2)));
const char *run_status_word(enum run_status s) RETURNS_NONNULL;
bool run_status_find(struct str word, enum run_status *ret) __attribute__((nonnull(2)));

struct run_step {
	enum run_state state;
	unsigned tries;
	bool approved;  /* a person let it happen */
	bool escalated; /* it was said that it is late */
	int64_t begun;  /* when it no longer waited for others; 0: it does */
	int64_t next;   /* of RUN_PAUSED: when it is tried again */
	uint64_t order; /* 1 the first that ended; 0: it has not */
	uint64_t found; /* rows, of a query */
};

struct run {
	const struct playbook *book;
	enum run_status status;
	bool unasked; /* what changes something outside begins without a person, too */
	uint64_t ended;
	struct run_step steps[PLAYBOOK_STEPS_MAX];
	uint64_t dirty, escalate; /* bits 1 << step: changed; late.  The caller clears them. */
};

/* What conditions ask about besides steps. */
struct run_facts {
	enum incident_severity severity;
	enum incident_type type;
	uint64_t alerts, addresses, users;
	bool ticket;
	/* What stands in the field of a form; "" nothing.  Borrowed until the next call. */
	struct str (*answer)(void *ctx, size_t step, struct str field);
	void *ctx;
};

void run_init(struct run *r, const struct playbook *book, bool unasked) NONNULL;
/* All that follows by itself as of `now`.  True: something changed. */
bool run_go_on(struct run *r, const struct run_facts *f, int64_t now) NONNULL;
/* When run_go_on() has something to do again should nothing else happen; INT64_MAX: never. */
int64_t run_due(const struct run *r) NONNULL;

enum run_event {
	RUN_OK,     /* of RUNNING and UNDOING: it was carried out */
	RUN_FAILED, /* the same: it was not */
	RUN_APPROVE,
	RUN_RUN,      /* an offered one begins; a failed one again, and the run with it */
	RUN_FINISHED, /* a person has done it */
	RUN_SKIP,
	RUN_ROLLBACK, /* of this step */
	RUN_EVENTS
};
/* FAIL_DENIED, with words for a person: not in the state it is in. */
enum err run_event(struct run *r, size_t step, enum run_event ev, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));
/* Nothing begins any more.  FAIL_DENIED: it has ended. */
enum err run_cancel(struct run *r, struct diag *why) __attribute__((nonnull(1)));
/* What was done is undone, the last first.  FAIL_DENIED: it is. */
enum err run_rollback(struct run *r, struct diag *why) __attribute__((nonnull(1)));

bool run_holds(const struct run *r, const struct playbook_cond *c, const struct run_facts *f)
    __attribute__((nonnull(1, 3)));

#endif
