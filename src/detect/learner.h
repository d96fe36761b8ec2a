/*
 * What keys of a rule learn together: a sample of vectors, the isolation
 * forest made of it, and when a new one is made.
 *
 * - The first is trained when the sample holds `learn` vectors, others at
 *   multiples of `retrain` of event time.  Each takes effect one interval after
 *   its training began, whether that was quick or slow: so the same records
 *   give the same verdicts.
 * - Not learnt: a vector that fires; and any while more than LEARNER_INCIDENT
 *   of the last ones fired, or five times the contamination (an incident).
 *   What fires is part of the contamination: the share of it in the sample's
 *   time is taken off before the limit is drawn, or the limit would creep
 *   inwards with each training.
 * - An incident that lasts as long as the sample reaches back is the new usual:
 *   learning begins anew.
 */
#ifndef DETECT_LEARNER_H
#define DETECT_LEARNER_H

#include "detect/iforest.h"
#include "detect/sample.h"

#define LEARNER_INCIDENT 0.1
#define LEARNER_MEMORY 200 /* vectors by which an incident is told */

struct trainer;

struct learner_shape {
	struct sample_shape sample;
	int64_t interval, train, retrain; /* ns */
	unsigned learn;
	double contamination;
};

/* Zeroed: knows nothing. */
struct learner {
	struct sample sample;
	struct iforest *model;   /* NULL while nothing is learnt */
	struct trainer *trainer; /* of the next model, or NULL */
	int64_t effective;       /* when that takes over */
	int64_t turn;            /* number of the present stretch between trainings */
	int64_t incident;        /* since when nothing is learnt; 0: it is */
	double fired;            /* share among the last vectors */
	uint64_t models;         /* trained so far */
	uint64_t keys;           /* that got a number */
};

void learner_fini(struct learner *l) NONNULL;

/* Event time has come to t: the end of an interval.  It may go back a little; nothing happens. */
void learner_time(struct learner *l, const struct learner_shape *s, int64_t t) NONNULL;

/* Is the vector anomalous?  *ret is its path; false as long as there is no model. */
bool learner_judge(const struct learner *l, const float *vector, uint32_t *ret) NONNULL;

/* A vector of the interval that ended at t, and whether it fired. */
void learner_learn(struct learner *l, const struct learner_shape *s, uint64_t key, int64_t t,
    const float *vector, bool fired) NONNULL;

/* Waits for a model that is in training. */
void learner_save(const struct learner *l, const struct learner_shape *s, struct buf *to) NONNULL;
bool learner_load(struct learner *l, const struct learner_shape *s, struct str *from) NONNULL;

#endif
