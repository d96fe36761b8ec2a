/* Asking the alerts, no more often than they can stand. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/api/test_overview.c */
#include "api/told.h"

#include "base/clock.h"
#include "base/mem.h"

#define TOLD 4 /* stretches that are remembered */
#define LONG (4 * CLOCK_MS)

struct overview {
	uint64_t turn;
	struct told told[TOLD];
};

static void
on_step(void *ctx, struct str tags, size_t i, uint64_t n)
{
	vectors_add(ctx, tags, i, n);
}

/* That of the same length, else the one that was not used for longest. */
static struct told *
find(struct overview *o, int64_t length)
{
	struct told *best = &o->told[0];

	for (size_t i = 0; i < TOLD; i++) {
		if (o->told[i].to - o->told[i].from == length)
			return &o->told[i];
		if (o->told[i].used < best->used)
			best = &o->told[i];
	}
	return best;
}

static void
ask(struct alerts *alerts, int64_t from, int64_t to, int64_t step, struct told *t)
{
	int64_t first = from / step * step, begin = clock_mono();
	struct diag why;

	memset(t, 0, sizeof(*t));
	t->from = from;
	t->to = to;
	t->rev = alerts_rev(alerts);
	t->vectors.steps = (size_t)((to - first + step - 1) / step);
	t->vectors_known = span_steps(alerts, first * CLOCK_S, to * CLOCK_S, step * CLOCK_S,
			       on_step, &t->vectors, &why) == OK;
	vectors_settle(&t->vectors);
	t->severities_known =
	    span_severities(alerts, from * CLOCK_S, to * CLOCK_S, &t->severities, &why) == OK;
	if (clock_mono() - begin > LONG)
		t->rest_until = clock_mono() + 100 * (clock_mono() - begin);
}

const struct told *
told_learn(struct api *a, int64_t from, int64_t to, int64_t step)
{
	struct overview *o = a->overview;
	struct told *t;

	if (o == NULL)
		o = a->overview = MEM_NEW(struct overview);
	t = find(o, to - from);
	if (t->to - t->from != to - from ||
	    (clock_mono() >= t->rest_until &&
		(t->from != from || t->rev != alerts_rev(a->host.alerts))))
		ask(a->host.alerts, from, to, step, t);
	t->used = ++o->turn;
	return t;
}
