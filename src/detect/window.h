/*
 * What one key of value_count remembers: the events of the last timespan, in
 * order of their times, as few as the threshold needs.
 *
 * Sliding window (t - timespan, t] in ns.  An event fires when some window
 * that contains it holds so many different values.  Events may come out of
 * order by up to `lateness`, which is less than the timespan, and count exactly:
 *  - of three events with one value inside a timespan the middle one is
 *    dropped: a window that has it has one of the others;
 *  - 10 * threshold events are kept; the oldest go.  A late event that could
 *    miss them has, less than a timespan behind it, enough newer ones.
 * So what a firing says it counted is what is kept, at least the threshold.
 * An event in order costs O(1) amortised, a late one a pass over the key.
 */
#ifndef DETECT_WINDOW_H
#define DETECT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct window_shape {
	uint64_t threshold;
	int64_t timespan, lateness; /* ns; see window_lateness() */
};

struct window_event {
	int64_t t;
	uint64_t seq;
	uint64_t value; /* its hash */
};

struct window_slot;

struct window {
	struct window_event *ring; /* by t, then by arrival; a dead one has seq WINDOW_DEAD */
	uint64_t first;            /* number of the oldest; its place is first & (size - 1) */
	uint32_t size, n, dead;
	struct window_slot *slot;
	uint32_t slot_size, slot_n;
	uint32_t different; /* values in the newest window */
	uint64_t edge;      /* number of the first event in the newest window */
	bool unsettled;     /* a late event is in; the rest waits for the next one */
};
#define WINDOW_DEAD UINT64_MAX

/* A firing: what the window that decided it holds. */
struct window_hit {
	uint64_t count; /* different values */
	int64_t first, last;
	uint64_t from, to; /* numbers of its events, `to` behind the last: window_get() */
};

/* Largest allowed lateness for this timespan. */
int64_t window_lateness(int64_t timespan, int64_t lateness);

void window_fini(struct window *w) NONNULL; /* a zeroed struct is an empty window */

enum window_result { WINDOW_KEPT, WINDOW_FIRES, WINDOW_LATE };

/* Adds an event; *ret is set when it fires.  WINDOW_LATE: it is too old and was not taken. */
enum window_result window_add(struct window *w, const struct window_shape *s,
    const struct window_event *ev, struct window_hit *ret) NONNULL;

/* Done with *ret: makes a state that is the same however it came about. */
void window_settle(struct window *w, const struct window_shape *s) NONNULL;

struct buf;
struct str;

/* Numbers of the newest records of a firing, oldest first, without `seq` itself; how many. */
size_t window_evidence(const struct window *w, const struct window_hit *hit, uint64_t seq,
    uint64_t *to, size_t max) NONNULL;

/* What it remembers as bytes, and back into an empty one; false: corrupt. */
void window_save(const struct window *w, struct buf *to) NONNULL;
bool window_load(struct window *w, const struct window_shape *s, struct str *from) NONNULL;

static inline const struct window_event *
window_get(const struct window *w, uint64_t number)
{
	return &w->ring[number & (w->size - 1)];
}

#endif
