/* Sources in a table by hash, and in a heap with the one furthest behind on top. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/mark.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/ctype.h"

#define SLOTS (2 * MARK_SOURCES) /* a power of two */

struct source {
	uint64_t hash;
	int64_t newest;
};

struct mark {
	int64_t lateness, idle;
	int64_t newest, now;
	size_t n;
	struct source heap[MARK_SOURCES];
	uint16_t at[MARK_SOURCES]; /* slot of each member of the heap */
	uint16_t slot[SLOTS];      /* place in the heap, from 1; 0: free */
};

struct mark *
mark_new(int64_t lateness, int64_t idle)
{
	struct mark *m = MEM_NEW(struct mark);

	m->lateness = lateness;
	m->idle = idle;
	m->newest = m->now = MARK_NONE;
	return m;
}

void
mark_free(struct mark *m)
{
	free(m);
}

/* The slot of this hash, or the free one where it belongs. */
static size_t
find(const struct mark *m, uint64_t hash)
{
	size_t i = hash & (SLOTS - 1);

	while (m->slot[i] != 0 && m->heap[m->slot[i] - 1].hash != hash)
		i = (i + 1) & (SLOTS - 1);
	return i;
}

static void
put(struct mark *m, struct source s, size_t slot, size_t i)
{
	m->heap[i] = s;
	m->at[i] = (uint16_t)slot;
	m->slot[slot] = (uint16_t)(i + 1);
}

/* By time, then hash: the same order however it came about. */
static bool
before(const struct source *a, const struct source *b)
{
	return a->newest != b->newest ? a->newest < b->newest : a->hash < b->hash;
}

/* A source whose time rose, or one that is new at the end. */
static void
sift(struct mark *m, struct source s, size_t slot, size_t i)
{
	while (i > 0 && before(&s, &m->heap[(i - 1) / 2])) {
		put(m, m->heap[(i - 1) / 2], m->at[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t kid = 2 * i + 1;

		if (kid >= m->n)
			break;
		kid += kid + 1 < m->n && before(&m->heap[kid + 1], &m->heap[kid]);
		if (!before(&m->heap[kid], &s))
			break;
		put(m, m->heap[kid], m->at[kid], i);
		i = kid;
	}
	put(m, s, slot, i);
}

static void
free_slot(struct mark *m, size_t gap)
{
	m->slot[gap] = 0;
	for (size_t i = (gap + 1) & (SLOTS - 1); m->slot[i] != 0; i = (i + 1) & (SLOTS - 1)) {
		size_t home = m->heap[m->slot[i] - 1].hash & (SLOTS - 1);

		if (((i - home) & (SLOTS - 1)) < ((i - gap) & (SLOTS - 1)))
			continue;
		m->slot[gap] = m->slot[i];
		m->at[m->slot[gap] - 1] = (uint16_t)gap;
		m->slot[i] = 0;
		gap = i;
	}
}

static bool
is_idle(const struct mark *m, const struct source *s)
{
	return s->newest < m->newest - m->idle;
}

/*
 * Idle sources leave: one that comes back begins anew, but is judged late by
 * the watermark of all, which has gone on without it.
 */
static void
forget_idle(struct mark *m)
{
	while (m->n > 0 && is_idle(m, &m->heap[0])) {
		struct source last = m->heap[--m->n];
		size_t slot = m->at[m->n];

		if (m->n == 0) {
			free_slot(m, slot);
			return;
		}
		m->slot[m->at[0]] = 0;
		free_slot(m, m->at[0]);
		slot = find(m, last.hash);
		sift(m, last, slot, 0);
	}
}

void
mark_again(struct mark *m, uint64_t hash, int64_t t, int64_t far)
{
	size_t slot = find(m, hash);
	struct source s;

	if (m->slot[slot] == 0)
		return;
	s = m->heap[m->slot[slot] - 1];
	if (t >= s.newest - far)
		return;
	s.newest = t;
	sift(m, s, slot, m->slot[slot] - 1U);
}

bool
mark_add(struct mark *m, uint64_t hash, int64_t t)
{
	size_t slot = find(m, hash);
	struct source s = { hash, t };
	bool late;

	if (m->slot[slot] == 0 && m->n >= MARK_SOURCES - 1 && hash != 0)
		return mark_add(m, 0, t);
	if (m->slot[slot] != 0)
		s = m->heap[m->slot[slot] - 1];
	late = t < s.newest - m->lateness;
	if (m->slot[slot] == 0) {
		m->n++;
		sift(m, s, slot, m->n - 1);
	} else if (t > s.newest) {
		s.newest = t;
		sift(m, s, slot, m->slot[slot] - 1U);
	}
	mark_tick(m, t);
	return !late;
}

void
mark_tick(struct mark *m, int64_t t)
{
	int64_t least;

	if (t > m->newest) {
		m->newest = t;
		forget_idle(m);
	}
	least = m->n > 0 ? m->heap[0].newest : m->newest;
	if (least - m->lateness > m->now)
		m->now = least - m->lateness;
}

int64_t
mark_own(const struct mark *m, uint64_t source)
{
	size_t slot = find(m, source);
	int64_t own;

	if (m->slot[slot] == 0)
		slot = find(m, 0);
	if (m->slot[slot] == 0)
		return m->now;
	own = m->heap[m->slot[slot] - 1].newest - m->lateness;
	return own < m->now ? own : m->now;
}

int64_t
mark_now(const struct mark *m)
{
	return m->now;
}

size_t
mark_len(const struct mark *m)
{
	return m->n;
}

void
mark_save(const struct mark *m, struct buf *to)
{
	ctype_put(to, (uint64_t)m->newest, 8);
	ctype_put(to, (uint64_t)m->now, 8);
	ctype_put(to, m->n, 4);
	for (size_t i = 0; i < m->n; i++) {
		ctype_put(to, m->heap[i].hash, 8);
		ctype_put(to, (uint64_t)m->heap[i].newest, 8);
	}
}

bool
mark_load(struct mark *m, struct str *from)
{
	bool ok = true;
	uint64_t n;

	*m = (struct mark){ .lateness = m->lateness, .idle = m->idle };
	m->newest = (int64_t)ctype_get(from, 8, &ok);
	m->now = (int64_t)ctype_get(from, 8, &ok);
	n = ctype_get(from, 4, &ok);
	if (!ok || n > MARK_SOURCES)
		return false;
	for (; n > 0 && ok; n--) {
		struct source s = { .hash = ctype_get(from, 8, &ok) };
		size_t slot = find(m, s.hash);

		s.newest = (int64_t)ctype_get(from, 8, &ok);
		if (!ok || m->slot[slot] != 0)
			return false;
		m->n++;
		sift(m, s, slot, m->n - 1);
	}
	return ok;
}
