/* A sample of vectors by rank, in slices of time, with a cap for each key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/sample.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/bytes.h"

#define NONE UINT32_MAX

/* Slices are numbered from any time on, before 1970 too. */
static size_t
at(int64_t number)
{
	return (size_t)((number % SAMPLE_SLICES + SAMPLE_SLICES) % SAMPLE_SLICES);
}

static void
clear(struct sample_slice *sl)
{
	free(sl->rank);
	free(sl->key);
	free(sl->vector);
	*sl = (struct sample_slice){ 0 };
}

void
sample_fini(struct sample *s)
{
	for (size_t i = 0; i < SAMPLE_SLICES; i++)
		clear(&s->slice[i]);
	*s = (struct sample){ 0 };
}

void
sample_roll(struct sample *s, int64_t number)
{
	int64_t n = s->newest;

	if (s->begun && number <= s->newest)
		return;
	if (!s->begun || number - s->newest > SAMPLE_SLICES)
		n = number - SAMPLE_SLICES;
	while (n < number)
		clear(&s->slice[at(++n)]);
	s->newest = number;
	s->begun = true;
}

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static void
make_room(struct sample_slice *sl, const struct sample_shape *shape)
{
	if (sl->n < sl->size)
		return;
	sl->size = sl->size != 0 ? sl->size * 2 : 64;
	if (sl->size > shape->capacity)
		sl->size = shape->capacity;
	sl->rank = mem_resize(sl->rank, sl->size, sizeof(*sl->rank));
	sl->key = mem_resize(sl->key, sl->size, sizeof(*sl->key));
	sl->vector = mem_resize(sl->vector, sl->size, shape->features * sizeof(*sl->vector));
}

/* The place for one of this rank and key; NONE: it is not among the lowest. */
static uint32_t
place(struct sample_slice *sl, const struct sample_shape *shape, uint64_t key, uint64_t rank)
{
	uint32_t worst = NONE, own = NONE, n_own = 0;

	if (sl->n == shape->capacity && rank >= sl->worst)
		return NONE;
	for (uint32_t i = 0; i < sl->n; i++) {
		if (worst == NONE || sl->rank[i] > sl->rank[worst])
			worst = i;
		if (sl->key[i] != key)
			continue;
		n_own++;
		if (own == NONE || sl->rank[i] > sl->rank[own])
			own = i;
	}
	if (n_own >= shape->per_key)
		return rank < sl->rank[own] ? own : NONE;
	if (sl->n < shape->capacity) {
		make_room(sl, shape);
		return sl->n++;
	}
	return rank < sl->rank[worst] ? worst : NONE;
}

/* The highest rank, once what is added has to be below it. */
static void
find_worst(struct sample_slice *sl, const struct sample_shape *shape)
{
	sl->worst = 0;
	for (uint32_t i = 0; i < sl->n && sl->n == shape->capacity; i++)
		sl->worst = sl->rank[i] > sl->worst ? sl->rank[i] : sl->worst;
}

void
sample_add(struct sample *s, const struct sample_shape *shape, uint64_t key, int64_t interval,
    const float *vector)
{
	struct sample_slice *sl = &s->slice[at(s->newest)];
	uint64_t rank = mix(shape->seed ^ mix(key ^ mix((uint64_t)interval)));
	uint32_t i;

	sl->seen++;
	i = place(sl, shape, key, rank);
	if (i == NONE)
		return;
	sl->rank[i] = rank;
	sl->key[i] = key;
	memcpy(sl->vector + (size_t)i * shape->features, vector, shape->features * sizeof(*vector));
	find_worst(sl, shape);
}

void
sample_miss(struct sample *s)
{
	struct sample_slice *sl = &s->slice[at(s->newest)];

	sl->seen++;
	sl->missed++;
}

size_t
sample_size(const struct sample *s)
{
	size_t n = 0;

	for (size_t i = 0; i < SAMPLE_SLICES; i++)
		n += s->slice[i].n;
	return n;
}

double
sample_missed(const struct sample *s)
{
	double seen = 0, missed = 0;

	for (size_t i = 0; i < SAMPLE_SLICES; i++) {
		seen += (double)s->slice[i].seen;
		missed += (double)s->slice[i].missed;
	}
	return seen > 0 ? missed / seen : 0;
}

float *
sample_vectors(const struct sample *s, const struct sample_shape *shape)
{
	const size_t one = shape->features * sizeof(float);
	char *all = mem_alloc(sample_size(s) * one + 1), *to = all;

	for (int64_t n = s->newest - SAMPLE_SLICES + 1; n <= s->newest; n++) {
		const struct sample_slice *sl = &s->slice[at(n)];

		if (sl->n > 0)
			memcpy(to, sl->vector, sl->n * one);
		to += sl->n * one;
	}
	return (float *)(void *)all;
}

/* ---- as bytes ---- */

void
sample_save(const struct sample *s, const struct sample_shape *shape, struct buf *to)
{
	bytes_put(to, s->begun, 1);
	bytes_put(to, (uint64_t)s->newest, 8);
	for (size_t i = 0; i < SAMPLE_SLICES; i++) {
		const struct sample_slice *sl = &s->slice[i];

		bytes_put(to, sl->n, 4);
		bytes_put(to, sl->seen, 8);
		bytes_put(to, sl->missed, 8);
		for (uint32_t k = 0; k < sl->n; k++) {
			bytes_put(to, sl->rank[k], 8);
			bytes_put(to, sl->key[k], 8);
		}
		for (size_t k = 0; k < (size_t)sl->n * shape->features; k++)
			bytes_put_float(to, sl->vector[k]);
	}
}

static bool
load_slice(struct sample_slice *sl, const struct sample_shape *shape, struct str *from)
{
	bool bad = false;
	uint32_t n = (uint32_t)bytes_get(from, 4, &bad);

	sl->seen = bytes_get(from, 8, &bad);
	sl->missed = bytes_get(from, 8, &bad);
	/* What is not there is not made room for. */
	if (bad || n > shape->capacity || from->n / (16 + 4 * (size_t)shape->features) < n)
		return false;
	while (sl->size < n) {
		sl->n = sl->size;
		make_room(sl, shape);
	}
	for (sl->n = 0; sl->n < n; sl->n++) {
		sl->rank[sl->n] = bytes_get(from, 8, &bad);
		sl->key[sl->n] = bytes_get(from, 8, &bad);
	}
	for (size_t k = 0; k < (size_t)n * shape->features; k++)
		sl->vector[k] = bytes_get_float(from, &bad);
	find_worst(sl, shape);
	return !bad;
}

bool
sample_load(struct sample *s, const struct sample_shape *shape, struct str *from)
{
	bool bad = false, ok;
	uint64_t begun;

	sample_fini(s);
	begun = bytes_get(from, 1, &bad);
	s->begun = begun == 1;
	s->newest = (int64_t)bytes_get(from, 8, &bad);
	ok = !bad && begun <= 1 && s->newest > INT64_MIN / 2 && s->newest < INT64_MAX / 2;
	for (size_t i = 0; i < SAMPLE_SLICES && ok; i++)
		ok = load_slice(&s->slice[i], shape, from);
	if (!ok)
		sample_fini(s);
	return ok;
}
