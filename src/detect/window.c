/* Sliding windows: a sorted ring of events, and a table of where each value stands in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/window.h"

#include <stdlib.h>

#include "base/mem.h"
#include "detect/ctype.h"

#define NOWHERE UINT64_MAX

struct window_slot {
	uint64_t value;
	uint64_t last, prev; /* numbers of its last two live events; NOWHERE */
	uint32_t count;      /* live events in the newest window */
	uint32_t seen;       /* by sweep() */
	bool used;
};

int64_t
window_lateness(int64_t timespan, int64_t lateness)
{
	return lateness < timespan ? lateness : timespan - 1;
}

void
window_fini(struct window *w)
{
	free(w->ring);
	free(w->slot);
	*w = (struct window){ 0 };
}

static uint64_t
live_max(const struct window_shape *s)
{
	return 10 * s->threshold;
}

static struct window_event *
at(struct window *w, uint64_t number)
{
	return &w->ring[number & (w->size - 1)];
}

static uint64_t
end_of(const struct window *w)
{
	return w->first + w->n;
}

static int64_t
newest(const struct window *w)
{
	return window_get(w, end_of(w) - 1)->t;
}

static struct window_slot *
probe(struct window_slot *slots, uint32_t size, uint64_t value)
{
	uint64_t h = value * 0x9e3779b97f4a7c15U;
	uint32_t i = (uint32_t)(h >> 32) & (size - 1);

	while (slots[i].used && slots[i].value != value)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static struct window_slot *
slot_of(struct window *w, uint64_t value)
{
	return probe(w->slot, w->slot_size, value);
}

/* Values that are no longer in the ring fall out. */
static void
rehash(struct window *w)
{
	uint32_t size = 8, n = 0;
	struct window_slot *slots;

	while (size < 3 * (uint64_t)(w->n - w->dead + 1))
		size *= 2;
	slots = mem_zalloc(size * sizeof(*slots));
	for (uint32_t i = 0; i < w->slot_size; i++) {
		const struct window_slot *old = &w->slot[i];

		if (!old->used || old->last == NOWHERE || old->last < w->first)
			continue;
		*probe(slots, size, old->value) = *old;
		n++;
	}
	free(w->slot);
	w->slot = slots;
	w->slot_size = size;
	w->slot_n = n;
}

static struct window_slot *
slot_add(struct window *w, uint64_t value)
{
	struct window_slot *sl;

	if (4 * (uint64_t)(w->slot_n + 1) > 3 * (uint64_t)w->slot_size)
		rehash(w);
	sl = slot_of(w, value);
	if (!sl->used) {
		*sl = (struct window_slot){
			.value = value, .last = NOWHERE, .prev = NOWHERE, .used = true
		};
		w->slot_n++;
	}
	return sl;
}

static void
leave_window(struct window *w, const struct window_event *ev)
{
	if (ev->seq != WINDOW_DEAD && --slot_of(w, ev->value)->count == 0)
		w->different--;
}

static void
pop(struct window *w)
{
	const struct window_event *ev = at(w, w->first);

	if (w->edge <= w->first) {
		leave_window(w, ev);
		w->edge = w->first + 1;
	}
	w->dead -= ev->seq == WINDOW_DEAD;
	w->first++;
	w->n--;
}

static void
grow(struct window *w)
{
	uint32_t size = w->size > 0 ? 2 * w->size : 4;
	struct window_event *ring = mem_alloc(size * sizeof(*ring));

	for (uint64_t i = w->first; i < end_of(w); i++)
		ring[i & (size - 1)] = *at(w, i);
	free(w->ring);
	w->ring = ring;
	w->size = size;
}

/* Marks what three events in a timespan make superfluous, and enters the event at `number`. */
static void
enter(struct window *w, const struct window_shape *s, uint64_t number)
{
	const struct window_event *ev = at(w, number);
	struct window_slot *sl = slot_add(w, ev->value);
	bool has_last = sl->last != NOWHERE && sl->last >= w->first;
	bool has_prev = has_last && sl->prev != NOWHERE && sl->prev >= w->first;

	if (has_prev && ev->t - at(w, sl->prev)->t <= s->timespan) {
		if (sl->last >= w->edge)
			leave_window(w, at(w, sl->last));
		at(w, sl->last)->seq = WINDOW_DEAD;
		w->dead++;
	} else {
		sl->prev = has_last ? sl->last : NOWHERE;
	}
	sl->last = number;
	if (sl->count++ == 0)
		w->different++;
	for (; at(w, w->edge)->t <= ev->t - s->timespan; w->edge++)
		leave_window(w, at(w, w->edge));
}

/* Puts all live events in again, the dead ones between them being gone. */
static void
rebuild(struct window *w, const struct window_shape *s)
{
	uint64_t end = end_of(w), to = w->first;

	for (uint32_t i = 0; i < w->slot_size; i++)
		w->slot[i] = (struct window_slot){ 0 };
	w->slot_n = w->different = w->n = w->dead = 0;
	w->edge = w->first;
	for (uint64_t i = w->first; i < end; i++) {
		if (at(w, i)->seq == WINDOW_DEAD)
			continue;
		*at(w, to) = *at(w, i);
		w->n++;
		enter(w, s, to++);
	}
}

/* Keeps to the horizon and the caps after an event came in. */
static void
trim(struct window *w, const struct window_shape *s)
{
	int64_t horizon = newest(w) - s->lateness - s->timespan;

	while (at(w, w->first)->t <= horizon || at(w, w->first)->seq == WINDOW_DEAD ||
	       w->n - w->dead > live_max(s))
		pop(w);
	if (w->dead > 16 && w->dead > w->n / 2)
		rebuild(w, s);
}

/* First number in [from, to) whose time is above t. */
static uint64_t
first_above(const struct window *w, uint64_t from, uint64_t to, int64_t t)
{
	while (from < to) {
		uint64_t mid = from + (to - from) / 2;

		if (window_get(w, mid)->t > t)
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

static bool
hit(const struct window *w, uint64_t from, uint64_t to, uint64_t count, struct window_hit *ret)
{
	ret->from = from;
	ret->to = to;
	ret->count = count;
	ret->first = window_get(w, from)->t;
	ret->last = window_get(w, to - 1)->t;
	return true;
}

/* Slides over all windows that contain the event at `number`. */
static bool
values_fire(struct window *w, const struct window_shape *s, uint64_t number, struct window_hit *ret)
{
	int64_t t = at(w, number)->t;
	uint64_t from = first_above(w, w->first, end_of(w), t - s->timespan), different = 0;

	for (uint32_t i = 0; i < w->slot_size; i++)
		w->slot[i].seen = 0;
	for (uint64_t i = from; i < end_of(w) && at(w, i)->t < t + s->timespan; i++) {
		if (at(w, i)->seq == WINDOW_DEAD)
			continue;
		different += slot_of(w, at(w, i)->value)->seen++ == 0;
		for (; at(w, from)->t <= at(w, i)->t - s->timespan; from++)
			if (at(w, from)->seq != WINDOW_DEAD)
				different -= --slot_of(w, at(w, from)->value)->seen == 0;
		if (i >= number && different >= s->threshold)
			return hit(w, from, i + 1, different, ret);
	}
	return false;
}

static bool
add_in_order(struct window *w, const struct window_shape *s, struct window_hit *ret)
{
	uint64_t number = end_of(w) - 1;

	if (w->n == 1)
		w->edge = number;
	enter(w, s, number);
	trim(w, s);
	return w->different >= s->threshold && hit(w, w->edge, end_of(w), w->different, ret);
}

/* The new event stands at the end; moves it to where its time belongs. */
static bool
add_late(struct window *w, const struct window_shape *s, struct window_hit *ret)
{
	struct window_event ev = *at(w, end_of(w) - 1);
	uint64_t number = first_above(w, w->first, end_of(w) - 1, ev.t);

	for (uint64_t i = end_of(w) - 1; i > number; i--)
		*at(w, i) = *at(w, i - 1);
	*at(w, number) = ev;
	(void)slot_add(w, ev.value);
	w->unsettled = true; /* but first the caller may look at the events of *ret */
	return values_fire(w, s, number, ret);
}

void
window_settle(struct window *w, const struct window_shape *s)
{
	if (!w->unsettled)
		return;
	w->unsettled = false;
	rebuild(w, s);
	trim(w, s);
}

enum window_result
window_add(struct window *w, const struct window_shape *s, const struct window_event *ev,
    struct window_hit *ret)
{
	bool late = w->n > 0 && ev->t < newest(w), fires;

	if (late && ev->t < newest(w) - s->lateness)
		return WINDOW_LATE;
	window_settle(w, s);
	if (w->n == w->size)
		grow(w);
	w->ring[end_of(w) & (w->size - 1)] = *ev;
	w->n++;
	fires = late ? add_late(w, s, ret) : add_in_order(w, s, ret);
	return fires ? WINDOW_FIRES : WINDOW_KEPT;
}

size_t
window_evidence(const struct window *w, const struct window_hit *hit, uint64_t seq, uint64_t *to,
    size_t max)
{
	uint64_t last = seq;
	size_t n = 0;

	for (uint64_t i = hit->to; i-- > hit->from && n < max;) {
		uint64_t s = window_get(w, i)->seq;

		if (s == WINDOW_DEAD || s == seq || s == last)
			continue;
		to[n++] = last = s;
	}
	for (size_t i = 0; i < n / 2; i++) {
		uint64_t s = to[i];

		to[i] = to[n - 1 - i];
		to[n - 1 - i] = s;
	}
	return n;
}

void
window_save(const struct window *w, struct buf *to)
{
	ctype_put(to, w->n - w->dead, 4);
	for (uint64_t i = w->first; i < end_of(w); i++) {
		const struct window_event *ev = window_get(w, i);

		if (ev->seq == WINDOW_DEAD)
			continue;
		ctype_put(to, (uint64_t)ev->t, 8);
		ctype_put(to, ev->seq, 8);
		ctype_put(to, ev->value, 8);
	}
}

bool
window_load(struct window *w, const struct window_shape *s, struct str *from)
{
	bool ok = true;
	uint64_t n = ctype_get(from, 4, &ok);
	struct window_hit hit;

	for (; n > 0 && ok; n--) {
		struct window_event ev = { .t = (int64_t)ctype_get(from, 8, &ok) };

		ev.seq = ctype_get(from, 8, &ok);
		ev.value = ctype_get(from, 8, &ok);
		if (!ok || window_add(w, s, &ev, &hit) == WINDOW_LATE)
			return false;
	}
	window_settle(w, s);
	return ok;
}
