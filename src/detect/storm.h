/*
 * How many alerts a rule begins within an hour: the first so many have one of
 * their own each, all others are one together.  An attacker with a thousand
 * addresses makes no thousand alerts.
 */
#ifndef DETECT_STORM_H
#define DETECT_STORM_H

#include "base/buf.h"

#define STORM_MAX 100 /* the most that `tocsin.at-most` may say */
#define STORM_ID 16

struct storm {
	int64_t begin; /* event time of the first of this hour */
	uint32_t n;
	uint8_t id[STORM_MAX][STORM_ID];
};

/* May the alert with this id stand alone?  False: it joins the others of the hour. */
bool storm_alone(struct storm *s, unsigned at_most, const uint8_t id[STORM_ID], int64_t t) NONNULL;

void storm_save(const struct storm *s, struct buf *to) NONNULL;
bool storm_load(struct storm *s, struct str *from) NONNULL;

#endif
