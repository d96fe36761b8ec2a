/* geo_velocity: a user at two places faster than one can travel (detect/travel.h). */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_type_entity.c */
#include <math.h>

#include "base/clock.h"
#include "detect/ctype.h"
#include "detect/travel.h"

#define LIMIT_USUAL 800
#define MINIMUM_USUAL 100
#define LEARN_USUAL 5
#define SKEW_USUAL (120 * CLOCK_S)
#define SKEW_MAX (3600 * CLOCK_S)
#define MEMORY_USUAL (90 * 86400 * CLOCK_S) /* of a user who does not come */

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct travel_shape *p = params;
	double learn = LEARN_USUAL;
	enum err e;

	if (corr->n_bounds == 0)
		corr->bound[corr->n_bounds++] = (struct corr_bound){ CORR_GT, LIMIT_USUAL };
	if (corr->n_bounds != 1 || !ctype_only_above(corr) || !(corr->bound[0].value > 0))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "geo_velocity fires above a speed in km/h, for example gt: 800");
	p->limit = corr->bound[0].value;
	if (corr->bound[0].op == CORR_GTE)
		p->limit = nextafter(p->limit, 0);
	if (corr->timespan == 0)
		corr->timespan = MEMORY_USUAL;
	p->minimum_km = MINIMUM_USUAL;
	p->skew = SKEW_USUAL;
	if ((e = ctype_number(rd, "minimum_km", 0, 20000, &p->minimum_km, why)) != OK ||
	    (e = ctype_number(rd, "learn", 1, 1e6, &learn, why)) != OK ||
	    (e = ctype_span(rd, "clock_error", &p->skew, why)) != OK)
		return e;
	if (p->skew < 0 || p->skew > SKEW_MAX)
		return ctype_fail(rd, ctype_key(rd, "clock_error"), why,
		    "clock_error is an hour at most");
	p->learn = (uint32_t)learn;
	return OK;
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct travel_shape *p = at->corr->params;
	struct travel *tr = at->state;
	struct travel_sighting x;
	struct travel_hit hit;
	enum netkind kind;
	uint64_t other;

	if (ev->rec == NULL)
		return CTYPE_KEPT;
	if (!travel_sighting(ev->rec, ev->t, &x, &kind)) {
		travel_skip(tr, kind);
		return CTYPE_KEPT;
	}
	x.seq = ev->seq;
	if (!travel_add(tr, p, &x, ev->watermark, &hit))
		return CTYPE_KEPT;
	other = hit.from.seq == ev->seq ? hit.to.seq : hit.from.seq;
	if (other != ev->seq)
		ret->evidence[ret->n_evidence++] = other;
	ret->value = hit.kmh;
	ret->events = 2;
	ret->first = hit.from.t;
	ret->last = hit.to.t;
	ret->confidence = hit.confidence;
	travel_put_text(&hit, ret->text);
	travel_put_details(&hit, p, ret->details);
	return CTYPE_FIRES;
}

/* Users of whom much is known are the last to be forgotten. */
static double
progress(const struct ctype_at *at)
{
	const struct travel *tr = at->state;
	double n = 0;

	for (size_t i = 0; i < tr->n_nets; i++)
		n += tr->nets[i].n;
	return n / (n + 10);
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	(void)t;
	travel_explain(at->state, at->corr->params, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	travel_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	return travel_load(at->state, from);
}

static void
fini(void *state)
{
	travel_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	return travel_bytes(at->state);
}

static const char *const keys[] = { "minimum_km", "learn", "clock_error", NULL };

const struct ctype type_geo_velocity = {
	.name = "geo_velocity",
	.needs = CTYPE_TIMESPAN_MAY | CTYPE_CONDITION_MAY | CTYPE_GROUP,
	.keys = keys,
	.params_size = sizeof(struct travel_shape),
	.state_size = sizeof(struct travel),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
