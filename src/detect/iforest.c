/* Isolation forest: training, scoring, the saved form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/iforest.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"

#define UNIT 2048.0 /* a step of a path */
#define TREES 100
#define LANES 8 /* vectors, or trees of one vector, that go in step */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
#define MAGIC 0x31464649U /* "IFF1" */
#define NEVER INT32_MAX   /* no value is beyond it: to the left */

/* To the right when the feature's value is greater; values as ordered() whole numbers. */
struct node {
	int32_t split;
	uint32_t feature;
};

struct iforest {
	unsigned features, trees, sample, depth;
	uint32_t limit;
	struct iforest_usual usual[IFOREST_FEATURES_MAX];
	struct node *node; /* 1 << depth for each tree; the root is 1, 0 is unused */
	uint16_t *leaf;    /* 1 << depth for each tree */
};

/* ---- helpers ---- */

static float
sane(float v)
{
	if (isnan(v))
		return 0;
	return v > FLT_MAX ? FLT_MAX : v < -FLT_MAX ? -FLT_MAX : v + 0.0F; /* no -0 */
}

/* Whole numbers in the order of the floats. */
static int32_t
ordered(float v)
{
	int32_t i;

	v = sane(v);
	memcpy(&i, &v, sizeof(i));
	return i ^ (int32_t)((uint32_t)(i >> 31) & 0x7fffffffU);
}

/* c(n), the mean path of an unsuccessful search among n, as customary: H(n) by ln(n) + gamma. */
static double
mean_path(unsigned n)
{
	const double gamma = 0.57721566490153286;

	if (n < 3)
		return n == 2;
	return 2 * (log(n - 1) + gamma) - 2.0 * (n - 1) / n;
}

static uint64_t
next(uint64_t *s)
{
	uint64_t z = *s += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static size_t
below(uint64_t *s, size_t n)
{
	return (size_t)((next(s) >> 32) * n >> 32); /* n <= IFOREST_VECTORS_MAX */
}

static struct iforest *
make(unsigned features, unsigned trees, unsigned sample)
{
	struct iforest *f = MEM_NEW(struct iforest);

	f->features = features;
	f->trees = trees;
	f->sample = sample;
	f->depth = 1;
	while (1U << f->depth < sample)
		f->depth++;
	f->node = mem_zalloc(((size_t)trees << f->depth) * sizeof(*f->node));
	f->leaf = mem_zalloc(((size_t)trees << f->depth) * sizeof(*f->leaf));
	return f;
}

void
iforest_free(struct iforest *f)
{
	if (f == NULL)
		return;
	free(f->node);
	free(f->leaf);
	free(f);
}

/* ---- training ---- */

struct growing {
	const float *vectors;
	unsigned features, depth;
	uint64_t random;
	struct node *node;
	uint16_t *leaf;
	uint32_t row[IFOREST_SAMPLE_MAX];
};

static float
value(const struct growing *g, unsigned i, unsigned feature)
{
	return sane(g->vectors[(size_t)g->row[i] * g->features + feature]);
}

/* A feature that differs among rows from..to, and where to part it; false: they are all alike. */
static bool
choose(struct growing *g, unsigned from, unsigned to, unsigned *ret, float *ret_split)
{
	unsigned left[IFOREST_FEATURES_MAX], n = g->features;

	for (unsigned i = 0; i < n; i++)
		left[i] = i;
	while (n > 0) {
		unsigned at = (unsigned)below(&g->random, n);
		float lo = value(g, from, left[at]), hi = lo;

		for (unsigned i = from + 1; i < to; i++) {
			float v = value(g, i, left[at]);

			lo = v < lo ? v : lo;
			hi = v > hi ? v : hi;
		}
		if (lo < hi) {
			double u = (double)(next(&g->random) >> 11) * 0x1p-53;
			float split = (float)((double)lo + u * ((double)hi - (double)lo));

			*ret = left[at];
			*ret_split = split < hi ? split : lo;
			return true;
		}
		left[at] = left[--n];
	}
	return false;
}

/* Node i at this level and what is below it, of rows from..to.  As deep as the tree. */
static void
grow(struct growing *g, size_t i, unsigned level, unsigned from, unsigned to)
{
	unsigned feature, middle = from;
	float split;

	if (level == g->depth || to - from < 2 || !choose(g, from, to, &feature, &split)) {
		double path = level + mean_path(to - from);

		for (unsigned down = level; down < g->depth; down++, i *= 2)
			g->node[i] = (struct node){ NEVER, 0 };
		g->leaf[i - ((size_t)1 << g->depth)] = (uint16_t)(path * UNIT + 0.5);
		return;
	}
	for (unsigned k = from; k < to; k++)
		if (value(g, k, feature) <= split) {
			uint32_t row = g->row[k];

			g->row[k] = g->row[middle];
			g->row[middle++] = row;
		}
	g->node[i] = (struct node){ ordered(split), feature };
	grow(g, 2 * i, level + 1, from, middle);
	grow(g, 2 * i + 1, level + 1, middle, to);
}

/* Different rows out of n, each set as likely as another (Floyd). */
static void
draw(struct growing *g, size_t n, unsigned sample)
{
	unsigned k = 0;

	for (size_t j = n - sample; j < n; j++) {
		uint32_t row = (uint32_t)below(&g->random, j + 1);

		for (unsigned i = 0; i < k; i++)
			if (g->row[i] == row) {
				row = (uint32_t)j;
				break;
			}
		g->row[k++] = row;
	}
}

static int
by_float(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static int
by_u32(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
measure_usual(struct iforest *f, const float *vectors, size_t n)
{
	auto_free float *v = mem_alloc(n * sizeof(*v));

	for (unsigned k = 0; k < f->features; k++) {
		for (size_t i = 0; i < n; i++)
			v[i] = sane(vectors[i * f->features + k]);
		qsort(v, n, sizeof(*v), by_float);
		f->usual[k] = (struct iforest_usual){ v[n / 20], v[n / 2], v[n - 1 - n / 20] };
	}
}

/* The shortest path that is still usual: at most contamination * n vectors are below it. */
static uint32_t
measure_limit(const struct iforest *f, const float *vectors, size_t n, double contamination)
{
	auto_free uint32_t *path = mem_alloc(n * sizeof(*path));
	double at = contamination * (double)n;

	iforest_paths(f, vectors, n, path);
	qsort(path, n, sizeof(*path), by_u32);
	return at < (double)n ? path[at > 0 ? (size_t)at : 0] : UINT32_MAX;
}

struct iforest *
iforest_train(const float *vectors, size_t n, unsigned n_features, const struct iforest_opts *opts)
{
	unsigned trees = opts->trees != 0 ? opts->trees : TREES;
	unsigned sample = opts->sample != 0 ? opts->sample : IFOREST_SAMPLE_MAX;
	struct growing g = { .vectors = vectors, .features = n_features, .random = opts->seed };
	struct iforest *f;

	if (n == 0 || n > IFOREST_VECTORS_MAX || n_features == 0 ||
	    n_features > IFOREST_FEATURES_MAX || trees > IFOREST_TREES_MAX ||
	    sample > IFOREST_SAMPLE_MAX)
		abort();
	sample = sample > n ? (unsigned)n : sample;
	f = make(n_features, trees, sample);
	g.depth = f->depth;
	for (size_t t = 0; t < trees; t++) {
		g.node = f->node + (t << f->depth);
		g.leaf = f->leaf + (t << f->depth);
		draw(&g, n, sample);
		grow(&g, 1, 0, 0, sample);
	}
	measure_usual(f, vectors, n);
	f->limit = measure_limit(f, vectors, n, opts->contamination);
	return f;
}

/* ---- scoring ---- */

static size_t
step(const struct node *tree, const int32_t *v, size_t i)
{
	return 2 * i + (v[tree[i].feature] > tree[i].split);
}

/* LANES vectors through all trees; LANES and the inner loop are unrolled. */
static void
paths_of(const struct iforest *f, const int32_t v[LANES][IFOREST_FEATURES_MAX], uint32_t sum[LANES])
{
	const size_t leaves = (size_t)1 << f->depth;
	const uint16_t *leaf = f->leaf - leaves;
	const struct node *tree = f->node;

	for (unsigned t = 0; t < f->trees; t++, tree += leaves, leaf += leaves) {
		size_t at[LANES];

		UNROLL for (unsigned k = 0; k < LANES; k++) at[k] = 1;
		for (unsigned d = 0; d < f->depth; d++)
			UNROLL for (unsigned k = 0; k < LANES; k++) at[k] = step(tree, v[k], at[k]);
		UNROLL for (unsigned k = 0; k < LANES; k++) sum[k] += leaf[at[k]];
	}
}

static void
to_ordered(const struct iforest *f, const float *vector, int32_t *ret)
{
	for (unsigned k = 0; k < f->features; k++)
		ret[k] = ordered(vector[k]);
}

uint32_t
iforest_path(const struct iforest *f, const float *vector)
{
	const size_t leaves = (size_t)1 << f->depth;
	int32_t v[IFOREST_FEATURES_MAX] = { 0 };
	uint32_t sum = 0;
	unsigned t = 0;

	to_ordered(f, vector, v);
	for (; t + LANES <= f->trees; t += LANES) {
		const struct node *tree = f->node + t * leaves;
		const uint16_t *leaf = f->leaf + t * leaves - leaves;
		size_t at[LANES];

		UNROLL for (unsigned k = 0; k < LANES; k++) at[k] = 1;
		for (unsigned d = 0; d < f->depth; d++)
			UNROLL for (unsigned k = 0; k < LANES; k++) at[k] =
			    step(tree + k * leaves, v, at[k]);
		UNROLL for (unsigned k = 0; k < LANES; k++) sum += leaf[k * leaves + at[k]];
	}
	for (; t < f->trees; t++) {
		size_t at = 1;

		for (unsigned d = 0; d < f->depth; d++)
			at = step(f->node + t * leaves, v, at);
		sum += f->leaf[t * leaves + at - leaves];
	}
	return sum;
}

void
iforest_paths(const struct iforest *f, const float *vectors, size_t n, uint32_t *ret)
{
	int32_t v[LANES][IFOREST_FEATURES_MAX] = { 0 };

	for (size_t i = 0; i < n; i += LANES) {
		size_t have = n - i < LANES ? n - i : LANES;
		uint32_t sum[LANES] = { 0 };

		for (size_t k = 0; k < have; k++)
			to_ordered(f, vectors + (i + k) * f->features, v[k]);
		paths_of(f, v, sum);
		memcpy(ret + i, sum, have * sizeof(*sum));
	}
}

uint32_t
iforest_limit(const struct iforest *f)
{
	return f->limit;
}

unsigned
iforest_features(const struct iforest *f)
{
	return f->features;
}

double
iforest_score(const struct iforest *f, uint32_t path)
{
	double c = f->sample > 1 ? mean_path(f->sample) : 1;

	return exp2(-(double)path / (UNIT * f->trees * c));
}

const struct iforest_usual *
iforest_usual(const struct iforest *f, unsigned feature)
{
	return &f->usual[feature];
}

static double
score_of(const struct iforest *f, const float *vector)
{
	return iforest_score(f, iforest_path(f, vector));
}

void
iforest_explain(const struct iforest *f, const float *vector, double *ret)
{
	float without[IFOREST_FEATURES_MAX], alone[IFOREST_FEATURES_MAX] = { 0 };
	double score, middle;

	memcpy(without, vector, f->features * sizeof(*without));
	for (unsigned k = 0; k < f->features; k++)
		alone[k] = f->usual[k].middle;
	score = score_of(f, vector);
	middle = score_of(f, alone);
	for (unsigned k = 0; k < f->features; k++) {
		without[k] = f->usual[k].middle;
		alone[k] = vector[k];
		ret[k] = (score - score_of(f, without) + score_of(f, alone) - middle) / 2;
		without[k] = vector[k];
		alone[k] = f->usual[k].middle;
	}
}

/* ---- as bytes ---- */

/*
 * Magic, u32 | features, u8 | trees, u16 | sample, u16 | limit, u32 | usual: 3 floats a feature
 * | nodes but the unused one of each tree: split, u32, feature, u8 | leaves, u16
 */
void
iforest_save(const struct iforest *f, struct buf *to)
{
	const size_t n = (size_t)f->trees << f->depth, unused = ((size_t)1 << f->depth) - 1;

	bytes_put(to, MAGIC, 4);
	bytes_put(to, f->features, 1);
	bytes_put(to, f->trees, 2);
	bytes_put(to, f->sample, 2);
	bytes_put(to, f->limit, 4);
	for (unsigned k = 0; k < f->features; k++) {
		bytes_put_float(to, f->usual[k].low);
		bytes_put_float(to, f->usual[k].middle);
		bytes_put_float(to, f->usual[k].high);
	}
	for (size_t i = 0; i < n; i++)
		if ((i & unused) != 0) {
			bytes_put(to, (uint32_t)f->node[i].split, 4);
			bytes_put(to, f->node[i].feature, 1);
		}
	for (size_t i = 0; i < n; i++)
		bytes_put(to, f->leaf[i], 2);
}

static bool
load_body(struct iforest *f, struct str *from)
{
	const size_t n = (size_t)f->trees << f->depth, unused = ((size_t)1 << f->depth) - 1;
	bool bad = false;

	f->limit = (uint32_t)bytes_get(from, 4, &bad);
	for (unsigned k = 0; k < f->features; k++) {
		f->usual[k].low = bytes_get_float(from, &bad);
		f->usual[k].middle = bytes_get_float(from, &bad);
		f->usual[k].high = bytes_get_float(from, &bad);
	}
	for (size_t i = 0; i < n && !bad; i++)
		if ((i & unused) != 0) {
			f->node[i].split = (int32_t)(uint32_t)bytes_get(from, 4, &bad);
			f->node[i].feature = (uint32_t)bytes_get(from, 1, &bad);
			bad = bad || f->node[i].feature >= f->features;
		}
	for (size_t i = 0; i < n && !bad; i++)
		f->leaf[i] = (uint16_t)bytes_get(from, 2, &bad);
	return !bad;
}

struct iforest *
iforest_load(struct str *from)
{
	bool bad = false;
	uint64_t magic = bytes_get(from, 4, &bad);
	unsigned features = (unsigned)bytes_get(from, 1, &bad);
	unsigned trees = (unsigned)bytes_get(from, 2, &bad);
	unsigned sample = (unsigned)bytes_get(from, 2, &bad);
	struct iforest *f;

	if (bad || magic != MAGIC || features == 0 || features > IFOREST_FEATURES_MAX ||
	    trees == 0 || trees > IFOREST_TREES_MAX || sample == 0 || sample > IFOREST_SAMPLE_MAX)
		return NULL;
	f = make(features, trees, sample);
	if (load_body(f, from))
		return f;
	iforest_free(f);
	return NULL;
}
