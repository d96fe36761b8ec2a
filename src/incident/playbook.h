/*
 * A playbook: what is to be done about an incident, step by step, some of it by
 * the program, some by people.  One YAML file (doc/playbooks.md).
 *
 * A step begins when all that stand in its `after` have ended; without `after`,
 * when the one before it in the file has.  Steps never form a circle, and a
 * condition asks only about steps that have ended when it is asked.
 */
#ifndef INCIDENT_PLAYBOOK_H
#define INCIDENT_PLAYBOOK_H

#include "incident/incident.h"

#define PLAYBOOK_TEXT_MAX ((size_t)256 << 10) /* of the file */
#define PLAYBOOK_STEPS_MAX 64
#define PLAYBOOK_FIELDS_MAX 12 /* of a form */
#define PLAYBOOK_CONDS_MAX 64  /* of a step */
#define PLAYBOOK_NAME_MAX 60   /* bytes of a name or id: a-z 0-9 _ - */
#define PLAYBOOK_TITLE_MAX 120
#define PLAYBOOK_ABOUT_MAX 8000 /* of descriptions, instructions, queries */
#define PLAYBOOK_SPAN_MAX ((int64_t)30 * 24 * 3600 * 1000000000)
#define PLAYBOOK_RETRY_MAX 10

/* What the program can do.  Those before PLAYBOOK_DEEDS are words of responses. */
enum playbook_act {
	PLAYBOOK_BLOCK_IP,
	PLAYBOOK_RATE_LIMIT_IP,
	PLAYBOOK_REQUIRE_CAPTCHA,
	PLAYBOOK_RATE_LIMIT_USER,
	PLAYBOOK_LOCK_ACCOUNT,
	PLAYBOOK_SUSPEND_USER,
	PLAYBOOK_REVOKE_SESSIONS,
	PLAYBOOK_REVOKE_API_KEY,
	PLAYBOOK_BLOCK_ALL_TRAFFIC,
	PLAYBOOK_ENHANCED_MONITORING,
	PLAYBOOK_DEEDS,
	PLAYBOOK_CAPTURE_EVIDENCE = PLAYBOOK_DEEDS,
	PLAYBOOK_NOTIFY,
	PLAYBOOK_CREATE_TICKET,
	PLAYBOOK_QUERY,
	PLAYBOOK_ACTS,
	PLAYBOOK_MANUAL = PLAYBOOK_ACTS, /* a person does it */
	PLAYBOOK_UNDO                    /* of a roll-back: what the step did ends */
};
enum playbook_to {
	PLAYBOOK_TO_INCIDENT,
	PLAYBOOK_TO_ADDRESSES,
	PLAYBOOK_TO_USERS,
	PLAYBOOK_TO_BOTH
};
enum playbook_late { PLAYBOOK_LATE_FAIL, PLAYBOOK_LATE_CONTINUE, PLAYBOOK_LATE_ESCALATE };
enum playbook_fail { PLAYBOOK_FAIL_STOP, PLAYBOOK_FAIL_CONTINUE, PLAYBOOK_FAIL_ROLLBACK };
/* Who lets a step happen: nobody has to, anybody who may act, who administers. */
enum playbook_role { PLAYBOOK_NOBODY, PLAYBOOK_ANYBODY, PLAYBOOK_ADMIN };

/* How a step ended, for conditions. */
enum playbook_ended {
	PLAYBOOK_ENDED_DONE,
	PLAYBOOK_ENDED_FAILED,
	PLAYBOOK_ENDED_SKIPPED,  /* by a person */
	PLAYBOOK_ENDED_UNNEEDED, /* its condition did not hold */
	PLAYBOOK_ENDED_LATE,
	PLAYBOOK_ENDS
};

enum playbook_ask {
	PLAYBOOK_ALL,
	PLAYBOOK_ANY,
	PLAYBOOK_NOT,
	PLAYBOOK_SEVERITY, /* set: ranks, critical 0 */
	PLAYBOOK_TYPE,     /* set */
	PLAYBOOK_HAS_TICKET,
	PLAYBOOK_ALERTS, /* at least so many */
	PLAYBOOK_ADDRESSES,
	PLAYBOOK_USERS,
	PLAYBOOK_STEP,  /* set of ends of `step` */
	PLAYBOOK_FOUND, /* the query of `step` found at least so many */
	PLAYBOOK_ANSWER /* in the form of `step`, `field` is `text` */
};
struct playbook_cond {
	enum playbook_ask ask;
	unsigned set;
	uint64_t least;
	size_t step;
	struct str field, text;
	const struct playbook_cond *first, *next; /* of ALL, ANY, NOT; beside it */
};

enum playbook_kind { PLAYBOOK_TEXT, PLAYBOOK_NUMBER, PLAYBOOK_YESNO, PLAYBOOK_CHOICE };
struct playbook_field {
	struct str name, title;
	enum playbook_kind kind;
	struct str choices; /* of PLAYBOOK_CHOICE: words between blanks */
	bool required;
};

struct playbook_do { /* what the program does */
	enum playbook_act act;
	int64_t span;        /* of a response, ns; 0: the usual */
	struct str channel;  /* of NOTIFY and CREATE_TICKET; "" all, or the first that fits */
	struct str say, sql; /* with {{words}} */
};

struct playbook_step {
	struct str id, title, about;
	enum incident_phase phase;
	struct playbook_do what; /* MANUAL: act only */
	struct playbook_do undo; /* act PLAYBOOK_MANUAL: there is none */
	struct str instructions;
	struct playbook_field fields[PLAYBOOK_FIELDS_MAX];
	size_t n_fields;
	const struct playbook_cond *when; /* NULL: always */
	enum playbook_role approve;       /* before it begins */
	int64_t timeout;                  /* ns; 0: none */
	enum playbook_late on_timeout;
	enum playbook_fail on_fail;
	unsigned retry;  /* tries after the first */
	uint64_t after;  /* bits 1 << index: all have to end first */
	uint64_t before; /* the same with all that stand before those */
	uint32_t line;
};

struct playbook {
	struct str name, title, about, version;
	unsigned types; /* of incidents it is for; bits 1 << enum; 0: any */
	struct playbook_step *steps;
	size_t n;
};

/* `file` names it in messages.  FAIL_SYNTAX and FAIL_LIMIT with the place. */
enum err playbook_read(struct str text, const char *file, struct playbook **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));
void playbook_free(struct playbook *p); /* NULL is fine */
/* The index of a step; p->n when there is none. */
size_t playbook_find(const struct playbook *p, struct str id) __attribute__((nonnull(1)));

#endif
