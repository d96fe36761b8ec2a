/* One mutant's text: a profile that changes one key of a rule, and words for what it changes. */
#ifndef APP_MUTANT_H
#define APP_MUTANT_H

#include "app/mutate.h"
#include "base/buf.h"
#include "detect/ydoc.h"

struct mutant {
	const struct rule *rule;
	struct buf text;
	mutate_fn fn;
	void *ctx;
};

/* Begins the text: `path` of the rule becomes what is written behind it. */
void mutant_begin(struct mutant *m, struct str path) __attribute__((nonnull(1)));
/* Writes `v`, but `with` for the part `at`; NULL: that is left out. */
void mutant_put(struct mutant *m, const struct ydoc *v, const struct ydoc *at, const char *with)
    __attribute__((nonnull(1, 2)));
/* Hands it over; the rest says in short what it changes. */
void mutant_give(struct mutant *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(1, 2)));

/* `path`: `v`, with the part `at` left out. */
void mutant_without(struct mutant *m, struct str path, const struct ydoc *v, const struct ydoc *at)
    __attribute__((nonnull(1, 3, 4)));
/* Every member of a list left out in turn, unless it is the only one and `last` is false. */
void mutant_each_without(struct mutant *m, struct str path, const struct ydoc *list, bool last)
    __attribute__((nonnull(1, 3)));
/* The same, with `at` one more and one less if it is a number ("5", "0.1", "5%"); `low`: both must
 * be above it. */
void mutant_number(struct mutant *m, struct str path, const struct ydoc *v, const struct ydoc *at,
    double low) __attribute__((nonnull(1, 3, 4)));

/* gt, gte, lt, lte, eq, neq, percentile */
bool mutant_is_bound(struct str key);

#endif
