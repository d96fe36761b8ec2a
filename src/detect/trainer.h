/*
 * An isolation forest in training, in a thread of its own.  What it will be is
 * settled when it begins; who needs it waits for it, some 20 ms at most.
 */
#ifndef DETECT_TRAINER_H
#define DETECT_TRAINER_H

#include "detect/iforest.h"

struct trainer;

/* Takes `vectors` over: n >= 1 of n_features floats. */
struct trainer *trainer_start(float *vectors, size_t n, unsigned n_features,
    const struct iforest_opts *opts) __attribute__((nonnull, returns_nonnull));
/* One that is done: f is taken over. */
struct trainer *trainer_done(struct iforest *f) __attribute__((nonnull, returns_nonnull));

/* The forest, once it is there; it stays the trainer's. */
const struct iforest *trainer_wait(struct trainer *t) __attribute__((nonnull, returns_nonnull));
/* The same, handed over; t is freed. */
struct iforest *trainer_take(struct trainer *t) __attribute__((nonnull, returns_nonnull));
void trainer_free(struct trainer *t); /* waits too; NULL is fine */

#endif
