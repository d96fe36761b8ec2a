/*
 * Shares in a sliding window (t - timespan, t]: how many of the events of a key
 * are of one kind, or how many different values they carry.
 *
 * Exact, late events included, while a key has no more than RATIO_MAX events in
 * what it keeps.  Beyond that neighbours within timespan / 1024 are taken
 * together: the older edge of a window is then uncertain by so much, the
 * newer is not.  Kept are a timespan and what late events may need of the one
 * before it; an event later than both a timespan and a minute behind the newest
 * of its key is refused.  Different values: see detect/variety.h.
 */
#ifndef DETECT_RATIO_H
#define DETECT_RATIO_H

#include "detect/variety.h"

#define RATIO_MAX 8192

struct ratio_shape {
	int64_t timespan;
	uint64_t minimum; /* events a window must have, at least 1 */
	bool full;        /* and an event before it, less than a timespan before its first */
	bool different;   /* the part is the number of different values */
	bool (*holds)(const void *ctx, double ratio);
	const void *ctx;
};

struct ratio {
	struct timeline tl; /* a: events, b: of them the part */
	uint32_t edge, end; /* the newest window */
	uint64_t n, part;
	bool coarse;
	struct variety values;
};

struct ratio_event {
	int64_t t, watermark;
	uint64_t seq, weight;
	bool part;      /* without `different` */
	uint64_t value; /* with it: the hash */
};

struct ratio_hit {
	uint64_t part, n;
	uint32_t from, to; /* places in tl */
};

enum ratio_result { RATIO_KEPT, RATIO_FIRES, RATIO_LATE };

/* *ret is of the oldest window that holds. */
enum ratio_result ratio_add(struct ratio *r, const struct ratio_shape *s,
    const struct ratio_event *ev, struct ratio_hit *ret) NONNULL;
/* Done with *ret: forgets what nothing will need. */
void ratio_settle(struct ratio *r, const struct ratio_shape *s, int64_t watermark) NONNULL;
void ratio_fini(struct ratio *r) NONNULL;
/* The newest window. */
uint64_t ratio_part(const struct ratio *r, const struct ratio_shape *s) NONNULL;

void ratio_save(const struct ratio *r, struct buf *to) NONNULL;
bool ratio_load(struct ratio *r, const struct ratio_shape *s, struct str *from) NONNULL;
size_t ratio_bytes(const struct ratio *r) NONNULL;

#endif
