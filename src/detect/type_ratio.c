/* ratio: the share of the events that are of one kind, or how few different values they carry. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "detect/ctype.h"
#include "detect/ratio.h"

#define MINIMUM_MAX 1e9
#define SAYS_MAX 60

struct params {
	struct ratio_shape shape;
	struct group_by distinct;
	uint32_t part;
	char says[SAYS_MAX + 1];
};

static const char *const own_keys[] = { "part", "distinct", "minimum", "full", "says", NULL };

static bool
holds(const void *ctx, double ratio)
{
	return ctype_holds(ctx, ratio);
}

/* What is counted: words of the rule, or the name of the rule or of the field. */
static enum err
read_says(const struct ctype_reader *rd, const struct corr *corr, struct params *p,
    struct diag *why)
{
	const struct ydoc *v = ctype_key(rd, "says");
	struct str s = p->shape.different ? p->distinct.f[0].name : corr->ref[p->part];

	if (v != NULL && (v->kind != YDOC_SCALAR || v->text.n == 0 || v->text.n > SAYS_MAX))
		return ctype_fail(rd, v, why, "says is a few words: logins succeeded");
	s = v != NULL ? v->text : s;
	(void)str_to_c(s, p->says, sizeof(p->says));
	return OK;
}

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	const struct ydoc *part = ctype_key(rd, "part"), *full = ctype_key(rd, "full");
	struct params *p = params;
	double minimum = 1;
	enum err e;

	if ((part != NULL) == (ctype_key(rd, "distinct") != NULL))
		return ctype_fail(rd, part, why,
		    "ratio needs either part: a rule of 'rules', or distinct: a field");
	e = ctype_ref(rd, "part", &p->part, why);
	if (e == OK)
		e = ctype_fields(rd, "distinct", &p->distinct, why);
	if (e == OK)
		e = ctype_number(rd, "minimum", 1, MINIMUM_MAX, &minimum, why);
	if (e != OK)
		return e;
	if (full != NULL && (full->kind != YDOC_SCALAR || full->type != YDOC_BOOL))
		return ctype_fail(rd, full, why, "full is true or false");
	if (part == NULL && p->distinct.n == 0)
		return ctype_fail(rd, ctype_key(rd, "distinct"), why, "distinct names no field");
	p->shape = (struct ratio_shape){ .timespan = corr->timespan,
		.minimum = (uint64_t)minimum,
		.full = full != NULL && (full->text.p[0] | 0x20) == 't',
		.different = part == NULL,
		.holds = holds,
		.ctx = corr };
	for (size_t i = 0; i < corr->n_bounds; i++)
		if (!(corr->bound[i].value >= 0 && corr->bound[i].value <= 1))
			return ctype_fail(rd, ctype_key(rd, "condition"), why,
			    "a ratio is from 0 to 1: write 5%% or 0.05");
	return read_says(rd, corr, p, why);
}

/* "4 of 96 logins succeeded (4.2%) in 10m" */
static void
put_share(const struct ctype_at *at, uint64_t part, uint64_t n, struct buf *to)
{
	const struct params *p = at->corr->params;
	double percent = n > 0 ? 100 * (double)part / (double)n : 0;

	if (p->shape.different)
		buf_printf(to, "%llu different %s in %llu events (%.1f%%) in ",
		    (unsigned long long)part, p->says, (unsigned long long)n, percent);
	else
		buf_printf(to, "%llu of %llu %s (%.1f%%) in ", (unsigned long long)part,
		    (unsigned long long)n, p->says, percent);
	ctype_put_span(p->shape.timespan, to);
}

static void
put_hit(const struct ctype_at *at, const struct ratio_hit *hit, uint64_t seq, struct ctype_hit *ret)
{
	const struct ratio *r = at->state;

	ret->value = (double)hit->part / (double)hit->n;
	ret->events = hit->n;
	ret->first = timeline_at(&r->tl, hit->from)->t;
	ret->last = timeline_at(&r->tl, hit->to - 1)->t;
	ret->n_evidence =
	    timeline_seqs(&r->tl, hit->from, hit->to, seq, ret->evidence, ARRAY_LEN(ret->evidence));
	put_share(at, hit->part, hit->n, ret->text);
	buf_printf(ret->details, ",\"part\":%llu,\"of\":%llu,\"ratio\":%.6g",
	    (unsigned long long)hit->part, (unsigned long long)hit->n, ret->value);
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct ratio_event one = { .t = ev->t,
		.watermark = ev->watermark,
		.seq = ev->seq,
		.weight = ev->weight,
		.part = (ev->refs >> p->part & 1) != 0 };
	struct ratio_hit hit;
	enum ratio_result got;

	if (p->shape.different && !ctype_hash(ev, &p->distinct, &one.value))
		return CTYPE_KEPT;
	got = ratio_add(at->state, &p->shape, &one, &hit);
	if (got == RATIO_FIRES)
		put_hit(at, &hit, ev->seq, ret);
	ratio_settle(at->state, &p->shape, ev->watermark);
	return got == RATIO_FIRES ? CTYPE_FIRES : got == RATIO_LATE ? CTYPE_LATE : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct ratio *r = at->state;
	double part = (double)r->n / (double)p->shape.minimum;

	return part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	const struct params *p = at->corr->params;
	const struct ratio *r = at->state;

	(void)t;
	put_share(at, ratio_part(r, &p->shape), r->n, to);
	buf_str(to, STR("; it fires at "));
	ctype_put_condition(at->corr, to);
	buf_printf(to, " of at least %llu events", (unsigned long long)p->shape.minimum);
	if (p->shape.full)
		buf_str(to, STR(", when there were others before"));
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	ratio_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;

	return ratio_load(at->state, &p->shape, from);
}

static void
fini(void *state)
{
	ratio_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	return ratio_bytes(at->state);
}

const struct ctype type_ratio = {
	.name = "ratio",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct ratio),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
