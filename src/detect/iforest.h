/*
 * Isolation forest (Liu, Ting, Zhou 2008): trees that split samples of the
 * data by random values of random features.  What is rare and different is
 * alone after few splits: the mean length of its path, against that of an
 * unsuccessful search in a binary tree, is its score, 2^-(E(h)/c(sample)).
 *
 * Immutable once trained, any thread.  The same vectors and seed give the same
 * forest.  Path lengths are whole numbers (1/2048 of a step), so that a verdict
 * depends neither on the order of additions nor on a library's exp2().
 *
 * A tree is a complete one of `depth` levels, breadth first: node i has its
 * children at 2i and 2i + 1, a branch that ends early goes on to the left.
 * So there is nothing to jump over, and several vectors take a tree's levels
 * in step.  100 trees of 256 take 200 KiB and 50 KiB of leaves.
 */
#ifndef DETECT_IFOREST_H
#define DETECT_IFOREST_H

#include "base/buf.h"
#include "base/err.h"

#define IFOREST_FEATURES_MAX 64
#define IFOREST_SAMPLE_MAX 256
#define IFOREST_TREES_MAX 256
#define IFOREST_VECTORS_MAX ((size_t)1 << 24)

struct iforest;

struct iforest_opts {
	unsigned trees;  /* 0: 100 */
	unsigned sample; /* vectors of a tree, at most that; 0: 256 */
	/* Share of the training vectors that may be anomalous; no more of them are. */
	double contamination;
	uint64_t seed;
};

/*
 * n >= 1 vectors of n_features floats, one after the other.  NaN counts as 0,
 * infinities as the largest float, in training and in scoring.
 */
struct iforest *iforest_train(const float *vectors, size_t n, unsigned n_features,
    const struct iforest_opts *opts) __attribute__((nonnull, returns_nonnull));
void iforest_free(struct iforest *f); /* NULL is fine */

unsigned iforest_features(const struct iforest *f) NONNULL;

/*
 * Sum of the lengths of the vector's paths: small is strange.  A vector is
 * anomalous when it is below iforest_limit().
 */
uint32_t iforest_path(const struct iforest *f, const float *vector) NONNULL;
void iforest_paths(const struct iforest *f, const float *vectors, size_t n, uint32_t *ret) NONNULL;
uint32_t iforest_limit(const struct iforest *f) NONNULL;
/* The same as the customary score: 0.5 and less is usual, towards 1 is strange. */
double iforest_score(const struct iforest *f, uint32_t path) NONNULL;

/* What was usual in training: the middle value of a feature, and 5% of values are outside each. */
struct iforest_usual {
	float low, middle, high;
};
const struct iforest_usual *iforest_usual(const struct iforest *f, unsigned feature) NONNULL;

/*
 * Why: for each feature the mean of two differences of the score: when it alone
 * had its middle value, and when all others had theirs.  Those that stood out
 * are the large ones, also where one of several would have done.
 */
void iforest_explain(const struct iforest *f, const float *vector, double *ret) NONNULL;

/* As bytes and back.  load takes its part off the front of *from; NULL: corrupt. */
void iforest_save(const struct iforest *f, struct buf *to) NONNULL;
struct iforest *iforest_load(struct str *from) NONNULL;

#endif
