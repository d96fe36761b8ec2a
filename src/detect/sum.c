/* Fixed-point sums of the values in a window. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_corr.c */
#include "detect/sum.h"

#include <math.h>

#define PLACES 1000000000
#define LARGEST 9e18

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

static wide
fixed(double v)
{
	double whole;

	v = v > LARGEST ? LARGEST : v < -LARGEST ? -LARGEST : v;
	whole = trunc(v);
	return (wide)(int64_t)whole * PLACES + (wide)llrint((v - whole) * PLACES);
}

static wide
total(const struct sum *s)
{
	return (wide)((uwide)s->high << 64 | s->low);
}

static void
put(struct sum *s, wide v)
{
	s->low = (uint64_t)v;
	s->high = (uint64_t)((uwide)v >> 64);
}

/* a: the value, the sum of them where several were put together; b: how many these are. */
bool
sum_item(const struct corr *c, const struct ctype_event *ev, struct timeline_item *to)
{
	double v;

	if (!ctype_double(ev, &c->value.f[0], &v))
		return false;
	memcpy(&to->a, &v, sizeof(v));
	to->b = 1;
	return true;
}

static double
value_of(const struct timeline_item *one)
{
	double v;

	memcpy(&v, &one->a, sizeof(v));
	return v;
}

void
sum_add(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct sum *s = state;

	(void)c;
	put(s, total(s) + fixed(value_of(one)));
	s->n += one->b;
}

void
sum_remove(const struct corr *c, void *state, const struct timeline_item *one)
{
	struct sum *s = state;

	(void)c;
	put(s, total(s) - fixed(value_of(one)));
	s->n -= one->b;
}

uint64_t
sum_events(const struct corr *c, const void *state)
{
	const struct sum *s = state;

	(void)c;
	return s->n;
}

void
sum_fold(struct timeline_item *into, const struct timeline_item *from)
{
	double v = value_of(into) + value_of(from);

	memcpy(&into->a, &v, sizeof(v));
	into->b += from->b;
}

double
sum_total(const struct sum *s)
{
	return (double)total(s) / PLACES;
}
