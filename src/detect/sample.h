/*
 * Vectors to train with: a fair sample of the last slices of time, of which
 * no key can have more than its share.
 *
 * A slice holds the vectors of lowest rank, a hash of key and interval that
 * nobody can aim for without knowing the seed, at most `capacity` of them and
 * `per_key` of one key.  So it is as likely to hold a vector as another,
 * however many there were.
 */
#ifndef DETECT_SAMPLE_H
#define DETECT_SAMPLE_H

#include "base/buf.h"

#define SAMPLE_SLICES 8

struct sample_shape {
	unsigned features, capacity, per_key; /* at least 1 each */
	uint64_t seed;
};

struct sample_slice {
	uint64_t *rank, *key;
	float *vector;
	uint32_t n, size;
	uint64_t seen, missed, worst; /* worst: highest rank of a full slice */
};

/* Zeroed: empty. */
struct sample {
	struct sample_slice slice[SAMPLE_SLICES]; /* number n is at n modulo SAMPLE_SLICES */
	int64_t newest;                           /* number of the slice that is being filled */
	bool begun;
};

void sample_fini(struct sample *s) NONNULL;

/* The present slice has this number; older ones than the last SAMPLE_SLICES go. */
void sample_roll(struct sample *s, int64_t number) NONNULL;
void sample_add(struct sample *s, const struct sample_shape *shape, uint64_t key, int64_t interval,
    const float *vector) NONNULL;
void sample_miss(struct sample *s) NONNULL; /* one was seen that is not to be learnt */

size_t sample_size(const struct sample *s) NONNULL;
double sample_missed(const struct sample *s) NONNULL; /* share of those seen */
/* All vectors, oldest slice first; free() it. */
float *sample_vectors(const struct sample *s, const struct sample_shape *shape) NONNULL;

void sample_save(const struct sample *s, const struct sample_shape *shape, struct buf *to) NONNULL;
bool sample_load(struct sample *s, const struct sample_shape *shape, struct str *from) NONNULL;

#endif
