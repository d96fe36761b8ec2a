/* Isolation forest on one core: vectors scored a second, in batches and one by one; training. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "detect/iforest.h"

#define VECTORS 20000
#define FEATURES 7
#define ROUNDS 25

static uint64_t state = 42;

/* Sum of four dice: roughly a bell. */
static float
bell(void)
{
	float sum = 0;

	for (int i = 0; i < 4; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		sum += (float)(state >> 40) * 0x1p-24F;
	}
	return sum;
}

/* Time of this core alone, ns: others may be busy. */
static int64_t
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
say(const char *what, double seconds, double n)
{
	printf("%-34s %10.0f vectors/s  %6.1f ns each\n", what, n / seconds, seconds / n * 1e9);
}

int
main(void)
{
	const struct iforest_opts opts = { .contamination = 0.01, .seed = 1 };
	float *v = calloc((size_t)VECTORS * FEATURES, sizeof(*v));
	uint32_t *path = calloc(VECTORS, sizeof(*path));
	struct iforest *f;
	uint64_t sum = 0;
	int64_t t0;

	if (v == NULL || path == NULL)
		return 1;
	for (size_t i = 0; i < (size_t)VECTORS * FEATURES; i++)
		v[i] = bell() * (float)(i % FEATURES + 1);
	t0 = cpu();
	f = iforest_train(v, 8192, FEATURES, &opts);
	printf("%-34s %10.1f ms (100 trees of 256, limit and usual values from 8192)\n", "training",
	    (double)(cpu() - t0) / 1e6);
	t0 = cpu();
	for (int round = 0; round < ROUNDS; round++) {
		iforest_paths(f, v, VECTORS, path);
		sum += path[round];
	}
	say("scored in batches", (double)(cpu() - t0) / 1e9, (double)VECTORS * ROUNDS);
	t0 = cpu();
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < VECTORS; i++)
			sum += iforest_path(f, v + i * FEATURES);
	say("scored one by one", (double)(cpu() - t0) / 1e9, (double)VECTORS * ROUNDS);
	printf("%-34s %10llu\n", "(sum of paths)", (unsigned long long)sum);
	iforest_free(f);
	free(v);
	free(path);
	return 0;
}
