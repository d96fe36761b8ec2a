/*
 * How suspicious an entity is, 0 to 100: what was found about it, by severity
 * and confidence, fading by half every half-life.
 *
 * Each rule has a part of its own.  A firing adds the points of its severity
 * (times confidence) less the more the rule has said already, so that one rule
 * alone, however often it fires, stays below its ceiling:
 *
 *              INFO  LOW  MEDIUM  HIGH  CRITICAL
 *   points        1   10      25    45        70
 *   ceiling       2   15      35    60        90
 *
 * Parts join as independent doubts do: 100 (1 - (1 - a/100) (1 - b/100) ...).
 * A late firing counts as if it had faded until the newest one; the same
 * firings in another order give the same score up to what the ceilings cut.
 * At most SCORE_PARTS rules (the least part goes): about 130 bytes for each.
 */
#ifndef DETECT_SCORE_H
#define DETECT_SCORE_H

#include "base/buf.h"

#define SCORE_PARTS 16
#define SCORE_ID 40
#define SCORE_TITLE 48

struct score_part {
	char id[SCORE_ID], title[SCORE_TITLE]; /* of the rule, terminated, cut */
	double points;                         /* at the time of the score */
	uint64_t n, seq;                       /* firings; record of the newest */
	int64_t first, last;
};

struct score {
	int64_t t; /* of the newest firing: what the parts stand at */
	struct score_part *parts;
	uint8_t n, size;
};

struct score_event {
	int64_t t;
	uint64_t seq;
	struct str id, title;
	const char *severity; /* "HIGH" */
	unsigned confidence;  /* percent */
};

/* Adds a firing and returns the score. */
double score_add(struct score *s, const struct score_event *ev, int64_t half_life) NONNULL;
/* At a time not before the newest firing. */
double score_at(const struct score *s, int64_t t, int64_t half_life) NONNULL;
/* Parts with most points first: their places, n of them. */
void score_order(const struct score *s, uint8_t order[SCORE_PARTS]) NONNULL;
/* Members of an object of JSON, a comma in front of each: score, rules. */
void score_put_details(const struct score *s, double score, int64_t half_life,
    struct buf *to) NONNULL;

void score_save(const struct score *s, struct buf *to) NONNULL;
bool score_load(struct score *s, struct str *from) NONNULL; /* into an empty one */
void score_fini(struct score *s) NONNULL;

#endif
