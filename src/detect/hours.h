/*
 * The hours of the day in which a key is active, learned from itself: in how
 * many hours of the past it had events, by hour of the day, fading with the
 * timespan as their time constant.  An hour with a thousand events counts as
 * one with a single event, so a burst teaches nothing.
 *
 * The share of an hour is its own weight and half of each neighbour's (23 and
 * 0 are neighbours), of all, without the hour that is asked about.  An event
 * counts when it comes; a late one teaches if its hour is one of the newest 64.
 */
#ifndef DETECT_HOURS_H
#define DETECT_HOURS_H

#include "base/buf.h"

struct hours_shape {
	uint32_t memory; /* hours, at least 2 */
	uint32_t learn;  /* active hours that only teach */
	double share;    /* below it an hour is unusual */
};

struct hours {
	double weight[24];
	int64_t newest;   /* number of the hour: 24 * day + hour */
	uint64_t active;  /* bit i: the hour newest - i had events */
	uint64_t learned; /* active hours */
};

enum hours_result { HOURS_LEARNING, HOURS_USUAL, HOURS_OFF };

/* *ret_share: of the hour. */
enum hours_result hours_add(struct hours *h, const struct hours_shape *s, int64_t hour,
    double *ret_share) NONNULL;
/* "08-18, 21-22": hours that are usual. */
void hours_put(const struct hours *h, const struct hours_shape *s, struct buf *to) NONNULL;

void hours_save(const struct hours *h, struct buf *to) NONNULL;
bool hours_load(struct hours *h, struct str *from) NONNULL;

#endif
