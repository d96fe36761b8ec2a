/*
 * What window types share: the events of a key over the timespan, something
 * added up of them, and when it is looked at.
 *
 * Conditions of gt and gte alone are looked at when an event comes, on every
 * window (t - timespan, t] that ends at an event and holds the one that came;
 * t, then the number in the log decide what is before what.  An event in order
 * costs O(1) amortised times the cost of adding; one out of order, within what
 * the watermark lets through, costs that for each event newer than it.
 *
 * Any other condition (lt, lte, eq, neq, ranges, words with `not`) can be
 * undone by more events.  It is looked at once for each stretch of a timespan:
 * the first begins with the key's first event, each further one with the first
 * event behind the one before; when the watermark has passed its end.
 *
 * A key keeps at most SLIDE_MAX events (event_count: twice its threshold, but
 * 64 at least, if that is less).  Beyond it types that can do so put events together that are
 * within a 2,048th of the time kept, so that edges of windows are off by as
 * much; others forget the oldest.
 */
#ifndef DETECT_SLIDE_H
#define DETECT_SLIDE_H

#include "detect/ctype.h"
#include "detect/timeline.h"

#define SLIDE_MAX 8192

/* First member of a key's state. */
struct slide {
	struct timeline tl;
	uint32_t edge; /* first item that is added up */
};

struct slide_ops {
	/* What is kept of an event; false: nothing of it is of use. */
	bool (*item)(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to);
	void (*add)(const struct corr *c, void *state, const struct timeline_item *item);
	void (*remove)(const struct corr *c, void *state, const struct timeline_item *item);
	double (*value)(const struct corr *c, const void *state);
	uint64_t (*events)(const struct corr *c, const void *state); /* that were added */
	/* Does it hold?  NULL: ctype_holds() of the value. */
	bool (*holds)(const struct corr *c, const void *state);
	/* Puts an item into the next newer one; NULL: the oldest are forgotten. */
	void (*fold)(struct timeline_item *into, const struct timeline_item *from);
	void (*say)(const struct corr *c, double value, struct buf *to); /* "12 events" */
	void (*more)(const struct corr *c, const struct slide *s, size_t from, size_t to,
	    struct ctype_hit *ret); /* NULL; once it fires */
};

/* First member of the type's params, filled by its read(). */
struct slide_params {
	const struct slide_ops *ops;
	bool at_end; /* looked at when a stretch is over */
	size_t max;  /* events kept */
};

/* Warns where the condition is judged at the end of a stretch. */
void slide_read(const struct ctype_reader *rd, const struct corr *corr, const struct slide_ops *ops,
    struct slide_params *ret) NONNULL;

/* The same as a whole read(): of a type that adds up one field. */
enum err slide_read_value(const struct ctype_reader *rd, const struct corr *corr,
    const struct slide_ops *ops, struct slide_params *ret, struct diag *why)
    __attribute__((nonnull(1, 2, 3, 4)));

/* Members of struct ctype; SLIDE_MEMBERS is all of them, with what frees and measures the state. */
enum ctype_result slide_feed(const struct ctype_at *at, const struct ctype_event *ev,
    struct ctype_hit *ret);
int64_t slide_next(const struct ctype_at *at);
enum ctype_result slide_due(const struct ctype_at *at, int64_t watermark, struct ctype_hit *ret);
double slide_progress(const struct ctype_at *at);
void slide_explain(const struct ctype_at *at, int64_t t, struct buf *to);
void slide_save(const struct ctype_at *at, struct buf *to);
bool slide_load(const struct ctype_at *at, struct str *from);
void slide_fini(void *state);
size_t slide_bytes(const struct ctype_at *at);

#define SLIDE_MEMBERS(fini_fn, bytes_fn)                                                           \
	.feed = slide_feed, .next = slide_next, .due = slide_due, .progress = slide_progress,      \
	.explain = slide_explain, .save = slide_save, .load = slide_load, .fini = fini_fn,         \
	.bytes = bytes_fn

#endif
