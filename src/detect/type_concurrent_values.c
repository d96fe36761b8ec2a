/* concurrent_values: different values of one key at once, as sessions from two countries. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_types.c */
#include "base/jsonw.h"
#include "base/utf8.h"
#include "detect/ctype.h"
#include "detect/present.h"

#define LISTED 5

struct params {
	struct present_shape shape;
	uint32_t end;
	bool has_end;
};

static const char *const own_keys[] = { "end", NULL };

static enum err
read(const struct ctype_reader *rd, struct corr *corr, void *params, struct diag *why)
{
	struct params *p = params;
	uint64_t threshold = corr->n_bounds > 0 ? ctype_least(corr, PRESENT_THRESHOLD_MAX) : 2;

	if (!ctype_only_above(corr))
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "only gt and gte can be decided while events still come in");
	if (threshold == 0)
		return ctype_fail(rd, ctype_key(rd, "condition"), why,
		    "concurrent_values counts to %d at most", PRESENT_THRESHOLD_MAX);
	p->shape = (struct present_shape){ corr->timespan, (uint32_t)threshold };
	p->has_end = ctype_key(rd, "end") != NULL;
	if (p->has_end && corr->n_refs < 2)
		return ctype_fail(rd, ctype_key(rd, "end"), why,
		    "end is one of several rules; the others begin");
	return ctype_ref(rd, "end", &p->end, why);
}

/* Appends them to *text with commas, as strings of JSON to *json. */
static void
put_values(const struct present *now, int64_t t, struct buf *text, struct buf *json)
{
	unsigned n = 0, more = 0;
	struct jsonw w;

	for (uint32_t i = 0; i < now->n; i++) {
		const struct present_run *r = &now->run[i];
		struct str s = { r->text, r->len };

		if (!present_at(r, t))
			continue;
		if (++n > LISTED) {
			more++;
			continue;
		}
		buf_str(text, n > 1 ? STR(", ") : STR(""));
		utf8_show(s, text);
		buf_str(json, n > 1 ? STR(",") : STR(""));
		jsonw_init(&w, json);
		jsonw_str(&w, s);
	}
	if (more > 0)
		buf_printf(text, " and %u more", more);
}

/* The newest records of the values that are there, oldest first. */
static size_t
evidence(const struct present *now, int64_t t, uint64_t but, uint64_t *ret, size_t max)
{
	size_t n = 0;

	for (uint32_t i = 0; i < now->n; i++) {
		uint64_t seq = now->run[i].seq;
		size_t at = n;

		if (!present_at(&now->run[i], t) || seq == but || n == max)
			continue;
		for (; at > 0 && ret[at - 1] > seq; at--)
			ret[at] = ret[at - 1];
		ret[at] = seq;
		n++;
	}
	return n;
}

/* "2 client_ip at once: 192.0.2.7, 198.51.100.9" */
static void
put_hit(const struct ctype_at *at, const struct present_hit *hit, uint64_t seq,
    struct ctype_hit *ret)
{
	const struct present *now = at->state;

	ret->value = hit->n;
	ret->first = ret->last = hit->t;
	for (uint32_t i = 0; i < now->n; i++)
		if (present_at(&now->run[i], hit->t) && now->run[i].from < ret->first)
			ret->first = now->run[i].from;
	ret->n_evidence = evidence(now, hit->t, seq, ret->evidence, ARRAY_LEN(ret->evidence));
	buf_printf(ret->text, "%u %.*s at once: ", hit->n, STR_ARG(at->corr->value.f[0].name));
	buf_printf(ret->details, ",\"at_once\":%u,\"values\":[", hit->n);
	put_values(now, hit->t, ret->text, ret->details);
	buf_byte(ret->details, ']');
}

static enum ctype_result
feed(const struct ctype_at *at, const struct ctype_event *ev, struct ctype_hit *ret)
{
	const struct params *p = at->corr->params;
	struct present *now = at->state;
	char space[512];
	struct buf scratch = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	struct present_hit hit;
	enum present_result got;
	struct str text;
	uint64_t hash;

	if (!ctype_hash(ev, &at->corr->value, &hash) ||
	    !ctype_value(ev, &at->corr->value.f[0], &scratch, &text))
		return CTYPE_KEPT;
	if (p->has_end && (ev->refs >> p->end & 1) != 0) {
		present_end(now, ev->t, hash);
		return CTYPE_KEPT;
	}
	got = present_add(now, &p->shape, ev->t, ev->seq, hash, text, &hit);
	if (got == PRESENT_FIRES)
		put_hit(at, &hit, ev->seq, ret);
	present_settle(now, &p->shape, ev->watermark);
	return got == PRESENT_FIRES ? CTYPE_FIRES : got == PRESENT_LATE ? CTYPE_LATE : CTYPE_KEPT;
}

static double
progress(const struct ctype_at *at)
{
	const struct params *p = at->corr->params;
	const struct present *now = at->state;
	double part = (double)present_count(now, now->newest) / (double)p->shape.threshold;

	return part < 1 ? part : 1;
}

static void
explain(const struct ctype_at *at, int64_t t, struct buf *to)
{
	char space[512];
	struct buf json = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	const struct present *now = at->state;

	buf_printf(to, "%u %.*s at once", present_count(now, t),
	    STR_ARG(at->corr->value.f[0].name));
	buf_str(to, present_count(now, t) > 0 ? STR(": ") : STR(""));
	put_values(now, t, to, &json);
	buf_str(to, STR("; it fires at "));
	ctype_put_condition(at->corr, to);
}

static void
save(const struct ctype_at *at, struct buf *to)
{
	present_save(at->state, to);
}

static bool
load(const struct ctype_at *at, struct str *from)
{
	const struct params *p = at->corr->params;

	return present_load(at->state, &p->shape, from);
}

static void
fini(void *state)
{
	present_fini(state);
}

static size_t
bytes(const struct ctype_at *at)
{
	const struct present *now = at->state;

	return now->n * sizeof(*now->run);
}

const struct ctype type_concurrent_values = {
	.name = "concurrent_values",
	.needs = CTYPE_TIMESPAN | CTYPE_CONDITION_MAY | CTYPE_FIELD,
	.keys = own_keys,
	.params_size = sizeof(struct params),
	.state_size = sizeof(struct present),
	.read = read,
	.feed = feed,
	.progress = progress,
	.explain = explain,
	.save = save,
	.load = load,
	.fini = fini,
	.bytes = bytes,
};
