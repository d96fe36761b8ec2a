/*
 * How fast incidents are found, taken on, answered, contained and resolved:
 * means from the record, and targets that were missed.  Drills are left out,
 * and what was merged counts once.
 */
#ifndef INCIDENT_FIGURES_H
#define INCIDENT_FIGURES_H

#include "incident/guide.h"

#define FIGURES_WEEKS 12

struct figures_mean {
	uint64_t n, breaches; /* breaches: of a target, also where the end is still open */
	int64_t sum, most;    /* ns, of the n that have ended */
};
struct figures_row {
	uint64_t incidents, open;
	struct figures_mean m[GUIDE_MEASURES];
};
struct figures {
	struct figures_row all, severity[INCIDENT_SEVERITIES], type[INCIDENT_TYPES];
	struct figures_row week[FIGURES_WEEKS]; /* by Monday, UTC; the last is that of `now` */
	int64_t week_begin[FIGURES_WEEKS];
	uint64_t drills; /* that were left out */
};
/* Of incidents that were detected at `from` or later; the weeks of all that there are. */
enum err figures_take(struct incidents *all, const struct guide *g, int64_t from, int64_t now,
    struct figures *ret, struct diag *why) __attribute__((nonnull(1, 2, 5)));

struct figures_breach {
	int64_t n;
	enum guide_measure m;
	enum incident_severity severity;
	int64_t target; /* ns */
};
/* Is the target missed, or was it? */
bool figures_missed(const struct guide *g, const struct incident *one, enum guide_measure m,
    int64_t now) NONNULL;
/*
 * Open incidents that have missed a target since the last time: each gets an entry of its timeline
 * and is told to `fn`, in one transaction.  What fn returns other than OK undoes it all.
 */
typedef enum err (*figures_breach_fn)(void *ctx, const struct figures_breach *b);
enum err figures_breaches(struct incidents *all, const struct guide *g, int64_t now,
    figures_breach_fn fn, void *ctx, struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* "1 h 20 min", "45 s"; returns `to`. */
char *figures_span(int64_t ns, char to[40]) NONNULL;

#endif
