/* Stretches of time in which values are present. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/present.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "detect/bytes.h"

#define LATE_MIN (60 * CLOCK_S)

static int64_t
lateness(const struct present_shape *s)
{
	return s->timespan > LATE_MIN ? s->timespan : LATE_MIN;
}

static void
remove_at(struct present *p, uint32_t i)
{
	memmove(p->run + i, p->run + i + 1, (p->n - i - 1) * sizeof(*p->run));
	p->n--;
}

static struct present_run *
add_run(struct present *p, const struct present_shape *s)
{
	if (p->n == PRESENT_MAX(s->threshold)) {
		uint32_t first = 0;

		for (uint32_t i = 1; i < p->n; i++)
			if (p->run[i].to < p->run[first].to)
				first = i;
		remove_at(p, first);
	}
	if (p->n == p->size) {
		p->size = p->size != 0 ? 2 * p->size : 2;
		p->run = mem_resize(p->run, p->size, sizeof(*p->run));
	}
	p->run[p->n] = (struct present_run){ 0 };
	return &p->run[p->n++];
}

/* An end that cuts the run off, not just the lack of events. */
static bool
was_ended(const struct present_run *r, const struct present_shape *s)
{
	return r->to != r->last + s->timespan;
}

/* The run that an event of the value at t belongs to, or touches. */
static struct present_run *
run_of(const struct present *p, const struct present_shape *s, int64_t t, uint64_t hash)
{
	for (uint32_t i = 0; i < p->n; i++) {
		struct present_run *r = &p->run[i];

		if (r->hash == hash && r->from - s->timespan < t && t < r->to)
			return r;
	}
	return NULL;
}

/* A late event may have closed the gap between two runs of a value. */
static void
join(struct present *p, const struct present_shape *s, uint32_t at)
{
	struct present_run *r = &p->run[at];

	for (uint32_t i = 0; i < p->n; i++) {
		struct present_run *x = &p->run[i];

		if (i == at || x->hash != r->hash || x->from < r->from || x->from >= r->to ||
		    was_ended(r, s))
			continue;
		r->last = x->last;
		r->to = x->to;
		r->seq = x->seq;
		remove_at(p, i);
		return;
	}
}

/* The run that now holds the event. */
static struct present_run *
extend(struct present *p, const struct present_shape *s, int64_t t, uint64_t seq, uint64_t hash)
{
	struct present_run *r = run_of(p, s, t, hash);

	if (r == NULL) {
		r = add_run(p, s);
		r->hash = hash;
		r->from = r->last = t;
		r->to = t + s->timespan;
		r->seq = seq;
	}
	r->from = t < r->from ? t : r->from;
	if (t >= r->last) {
		r->to = was_ended(r, s) ? r->to : t + s->timespan;
		r->last = t;
		r->seq = seq;
	}
	return r;
}

uint32_t
present_count(const struct present *p, int64_t t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		n += present_at(&p->run[i], t);
	return n;
}

enum present_result
present_add(struct present *p, const struct present_shape *s, int64_t t, uint64_t seq,
    uint64_t hash, struct str text, struct present_hit *ret)
{
	bool late = p->n > 0 && t < p->newest;
	struct present_run *r;

	if (p->n > 0 && t < p->newest - lateness(s))
		return PRESENT_LATE;
	p->newest = late ? p->newest : t;
	r = extend(p, s, t, seq, hash);
	r->len = (uint8_t)(text.n < PRESENT_TEXT ? text.n : PRESENT_TEXT);
	memcpy(r->text, text.p != NULL ? text.p : "", r->len);
	if (late)
		join(p, s, (uint32_t)(r - p->run));
	*ret = (struct present_hit){ t, present_count(p, t) };
	if (ret->n >= s->threshold)
		return PRESENT_FIRES;
	for (uint32_t i = 0; i < p->n && late; i++) {
		int64_t from = p->run[i].from;

		if (from <= t || from >= t + s->timespan)
			continue;
		*ret = (struct present_hit){ from, present_count(p, from) };
		if (ret->n >= s->threshold)
			return PRESENT_FIRES;
	}
	return PRESENT_KEPT;
}

void
present_end(struct present *p, int64_t t, uint64_t hash)
{
	for (uint32_t i = 0; i < p->n; i++) {
		struct present_run *r = &p->run[i];

		if (r->hash == hash && r->last <= t && t < r->to)
			r->to = t;
	}
}

void
present_settle(struct present *p, const struct present_shape *s, int64_t watermark)
{
	int64_t base = p->newest - lateness(s);

	if (base < watermark)
		base = watermark < p->newest ? watermark : p->newest;
	for (uint32_t i = 0; i < p->n;)
		if (p->run[i].to <= base)
			remove_at(p, i);
		else
			i++;
}

void
present_fini(struct present *p)
{
	free(p->run);
	*p = (struct present){ 0 };
}

void
present_save(const struct present *p, struct buf *to)
{
	bytes_put(to, (uint64_t)p->newest, 8);
	bytes_put(to, p->n, 2);
	for (uint32_t i = 0; i < p->n; i++) {
		const struct present_run *r = &p->run[i];

		bytes_put(to, r->hash, 8);
		bytes_put(to, (uint64_t)r->from, 8);
		bytes_put(to, (uint64_t)r->last, 8);
		bytes_put(to, (uint64_t)r->to, 8);
		bytes_put(to, r->seq, 8);
		bytes_put(to, r->len, 1);
		buf_put(to, r->text, r->len);
	}
}

bool
present_load(struct present *p, const struct present_shape *s, struct str *from)
{
	bool bad = false;
	uint64_t n;

	p->newest = (int64_t)bytes_get(from, 8, &bad);
	n = bytes_get(from, 2, &bad);
	if (n > PRESENT_MAX(s->threshold))
		return false;
	for (; n > 0 && !bad; n--) {
		struct present_run *r = add_run(p, s);

		r->hash = bytes_get(from, 8, &bad);
		r->from = (int64_t)bytes_get(from, 8, &bad);
		r->last = (int64_t)bytes_get(from, 8, &bad);
		r->to = (int64_t)bytes_get(from, 8, &bad);
		r->seq = bytes_get(from, 8, &bad);
		r->len = (uint8_t)bytes_get(from, 1, &bad);
		if (bad || r->len > PRESENT_TEXT || r->len > from->n)
			return false;
		memcpy(r->text, from->p, r->len);
		*from = str_from(*from, r->len);
	}
	return !bad;
}
