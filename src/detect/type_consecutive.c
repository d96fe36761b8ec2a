/* consecutive: so many events in a row, and one of another kind begins anew. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "detect/ctype.h"
#include "detect/streak.h"

struct params {
	struct streak_shape shape;
	uint32_t reset;
};

static const char *const own_keys[] = { "reset", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;

	if (ctype_key(rd, "reset") == NULL)
		return ctype_fail(rd, NULL, why, "consecutive needs reset: a rule of 'rules'");
	if (corr->n_refs < 2)
		return ctype_fail(rd, ctype_key(rd, "rules"), why,
		    "consecutive needs two rules: what is counted, and what begins anew");
	if (!ctype_only_above(corr))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "only gt and gte can be decided while events still come in");
	p->shape.timespan = corr->timespan;
	p->shape.threshold = ctype_least(corr, STREAK_THRESHOLD_MAX);
	if (p->shape.threshold == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "consecutive counts to %d at most", STREAK_THRESHOLD_MAX);
	return ctype_ref(rd, "reset", &p->reset, why);
}

/* "10 in a row in 5m, no login_ok between" */
static void
put_row(const struct ctype_at *at, uint64_t n, struct buf *to)
{
	const struct params *p = at->corr->params;

	buf_u64(to, n);
	buf_str(to, STR(" in a row in "));
	ctype_put_span(p->shape.timespan, to);
	buf_str(to, STR(", no "));
	buf_str(to, at->corr->ref[p->reset]);
	buf_str(to, STR(" between"));
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct streak *k = at->state;
	bool anew = (ev->refs >> p->reset & 1) != 0;
	struct streak_hit hit;
	enum streak_result got;

	got = streak_add(k, &p->shape, ev->t, ev->seq, anew ? 0 : ev->weight, &hit);
	if (got == STREAK_FIRES) {
		ret->value = (double)hit.n;
		ret->events = hit.n;
		ret->first = timeline_at(&k->tl, hit.from)->t;
		ret->last = timeline_at(&k->tl, hit.to - 1)->t;
		ret->n_evidence = timeline_seqs(&k->tl, hit.from, hit.to, ev->seq, ret->evidence,
		    ARRAY_LEN(ret->evidence));
		put_row(at, hit.n, ret->text);
		buf_printf(ret->details, ",\"in_a_row\":%llu", (unsigned long long)hit.n);
	}
	streak_settle(k, &p->shape, ev->watermark);
	return got == STREAK_FIRES ? CTYPE_FIRES : got == STREAK_LATE ? CTYPE_LATE : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct streak *k = at->state;
	double part = (double)k->n / (double)p->shape.threshold;

	return part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct streak *k = at->state;

	(void)t;
	put_row(at, k->n, to);
	buf_str(to, STR("; it fires at "));
	ctype_put_condition(at->corr, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	streak_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;

	return streak_load(at->state, &p->shape, from);
}

static void
fini(void *state)
{
	streak_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct streak *k = at->state;

	return timeline_bytes(&k->tl);
}

const struct ctype type_consecutive = {
	.name = "consecutive",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct streak),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
