/*
 * The condition of a short rule, "failed_attempts > 20 from same IP in 1 hour":
 * phrases of the vocabulary (detect/brief.def) in any order.
 */
#ifndef DETECT_BRIEF_COND_H
#define DETECT_BRIEF_COND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define BRIEF_COND_MAX 500 /* bytes of a condition */

enum brief_measure {
	BRIEF_EVENT,
	BRIEF_RATIO,
	BRIEF_SUM,
	BRIEF_EACH,
	BRIEF_SUSTAINED,
	BRIEF_DEVIATION,
	BRIEF_TRAVEL,
	BRIEF_PRESENT,
	BRIEF_RISK,
	BRIEF_SHARE, /* of a unit only */
};

struct brief_noun {
	const char *name; /* of the table, for tests */
	enum brief_measure measure;
	const char *source, *selection, *fields, *about;
};

struct brief_cond {
	const struct brief_noun *noun;
	const char *compare; /* gt, gte ...; NULL: there is no number */
	double number;       /* units undone; percent stays percent */
	const char *scope;   /* "user_name, user_email, user_id"; NULL: none */
	const char *values;  /* what is counted is different values of these; NULL: events */
	unsigned long span;  /* of the window, 0: none is given */
	const char *unit;    /* s, m, h or d */
};

/* A line of a list of thresholds: "Failed login attempts: 5". */
struct brief_threshold {
	const char *name, *before, *after, *level; /* condition: before, the number, after */
};

/* By its name in any spelling; NULL when there is none. */
const struct brief_threshold *brief_cond_threshold(struct str name);

/*
 * FAIL_SYNTAX names the nearest known words; why->column is then the place in
 * the text, 1-based.
 */
enum err brief_cond_parse(struct str text, struct brief_cond *ret, struct diag *why)
    __attribute__((nonnull(2)));

/* Lower-case, with single blanks for whatever divides words: "failedLoginAttempts" and
 * "FAILED_LOGIN_ATTEMPTS" alike. */
void brief_cond_fold(struct str name, struct buf *to) __attribute__((nonnull(2)));

/* Appends the words that look most like this one: "logins, login". */
void brief_cond_nearest(struct str word, struct buf *to) __attribute__((nonnull(2)));

/* The vocabulary as tables of Markdown. */
void brief_cond_tables(struct buf *to) NONNULL;

#endif
