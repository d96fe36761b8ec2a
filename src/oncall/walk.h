/*
 * How a page walks the steps of a policy: what is next, and when.  Pure: where
 * it is, is a value; now is a parameter.
 *
 * After the last step the rounds repeat, then every channel is told, again
 * and again, WALK_ALL_MAX times: a page that nobody answers never just ends.
 */
#ifndef ONCALL_WALK_H
#define ONCALL_WALK_H

#include "oncall/rota.h"

#define WALK_ALL_MAX 12
#define WALK_PEOPLE_MAX 32

struct walk_at {
	unsigned step, round;
	int64_t base; /* ns; the times of the steps count from here */
	bool held;    /* taken on: only steps that want it resolved */
};

enum walk_what {
	WALK_WAIT, /* until `due` */
	WALK_TELL, /* at.step */
	WALK_ALL,  /* every channel: nobody answered */
	WALK_END,  /* held, and no step wants more */
	WALK_OVER  /* all was tried: it is given up, loudly */
};
struct walk {
	enum walk_what what;
	struct walk_at at; /* as of then; of TELL and ALL before it happens */
	int64_t due;
};
/* `p` NULL: there is no such policy, every channel is told at once. */
struct walk walk_next(const struct book_policy *p, struct walk_at at, int64_t now);
/* Where it is after TELL or ALL has happened at `now`. */
struct walk_at walk_past(const struct book_policy *p, const struct walk *w, int64_t now)
    __attribute__((nonnull(2)));
/* When walk_next() will say something else than WAIT; may be past. */
int64_t walk_due(const struct book_policy *p, const struct walk_at *at) __attribute__((nonnull(2)));

struct walk_who {
	const struct book_person *person; /* or NULL: */
	struct str channel;               /* for itself; or "": */
	struct str rota;                  /* where nobody is on call */
};
/* Whom targets mean now, each person once; returns how many. */
size_t walk_people(const struct book *b, const struct book_targets *t,
    const struct book_override *overrides, size_t n, int64_t now,
    struct walk_who ret[WALK_PEOPLE_MAX]) __attribute__((nonnull(1, 2, 6)));

#endif
