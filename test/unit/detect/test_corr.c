/* The correlation types of Sigma against counting by hand: random keys, times, orders, restarts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/corr.h"

#include "base/clock.h"
#include "base/vec.h"
#include "detect/engine.h"
#include "test.h"

#define LATENESS (8 * CLOCK_S)
#define RULES 3
#define START ((int64_t)1772359200 * CLOCK_S)

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

enum bound { NO_BOUND, GTE, GT, LT, LTE, EQ, NEQ, RANGE };

/* A correlation under test, as text and as what it means. */
static const struct kind {
	const char *type, *condition;
	int64_t span; /* s */
	enum bound bound;
	double value, to;
	unsigned fed_by; /* bits of the rules it names */
} kinds[] = {
	{ "event_count", "{gte: 4}", 20, GTE, 4, 0, 7 },
	{ "event_count", "{gt: 1}", 5, GT, 1, 0, 2 },
	{ "event_count", "{lt: 3}", 20, LT, 3, 0, 7 },
	{ "event_count", "{eq: 2}", 10, EQ, 2, 0, 3 },
	{ "event_count", "{neq: 3}", 15, NEQ, 3, 0, 7 },
	{ "event_count", "{gte: 3, lte: 5}", 25, RANGE, 3, 5, 7 },
	{ "value_count", "{field: user_name, gte: 3}", 15, GTE, 3, 0, 7 },
	{ "value_count", "{field: user_name, lte: 2}", 15, LTE, 2, 0, 7 },
	{ "value_sum", "{field: bytes_out, gt: 40}", 15, GT, 40, 0, 7 },
	{ "value_sum", "{field: bytes_out, lt: 30}", 15, LT, 30, 0, 7 },
	{ "value_avg", "{field: bytes_out, gte: 12}", 15, GTE, 12, 0, 7 },
	{ "value_avg", "{field: bytes_out, lt: 8}", 15, LT, 8, 0, 7 },
	{ "value_percentile", "{field: bytes_out, percentile: 75, gt: 14}", 15, GT, 14, 0, 7 },
	{ "value_percentile", "{field: bytes_out, percentile: 10, lte: 2}", 15, LTE, 2, 0, 7 },
	{ "value_median", "{field: bytes_out, gte: 11}", 15, GTE, 11, 0, 7 },
	{ "value_median", "{field: bytes_out, eq: 9}", 15, EQ, 9, 0, 7 },
	{ "temporal", NULL, 6, NO_BOUND, 0, 0, 7 },
	{ "temporal", "{gte: 2}", 3, GTE, 2, 0, 7 },
	{ "temporal", "{lt: 2}", 10, LT, 2, 0, 7 },
	{ "temporal", "r0 and (r1 or r2)", 4, NO_BOUND, 1, 0, 7 },
	{ "temporal", "r0 and not r1 and r2 or r0 and not r2 and r1", 8, NO_BOUND, 2, 0, 7 },
	{ "temporal_ordered", NULL, 9, NO_BOUND, 0, 0, 7 },
	{ "temporal_ordered", "{gte: 2}", 7, GTE, 2, 0, 5 },
};

static void
put_rules(struct buf *to)
{
	for (unsigned i = 0; i < RULES; i++)
		buf_printf(to,
		    "title: R%u\nname: r%u\nlogsource: {category: webserver}\n"
		    "detection: {s: {method|contains: 'm%u'}, condition: s}\n---\n",
		    i, i, i);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		const struct kind *kind = &kinds[k];

		buf_printf(to,
		    "title: C%zu\nid: c%zu\ntocsin: {suppress: 1s}\ncorrelation:\n  type: %s\n"
		    "  group-by: [client_ip]\n  timespan: %ds\n  rules: [",
		    k, k, kind->type, (int)kind->span);
		for (unsigned i = 0, n = 0; i < RULES; i++)
			if ((kind->fed_by >> i) & 1)
				buf_printf(to, "%sr%u", n++ > 0 ? ", " : "", i);
		buf_str(to, STR("]\n"));
		if (kind->condition != NULL)
			buf_printf(to, "  condition: %s\n", kind->condition);
		buf_str(to, STR("---\n"));
	}
}

struct event {
	int64_t t;
	uint64_t seq;
	unsigned refs, user, key;
	double value;
};

/* One key of one correlation, counted by hand. */
struct hand {
	VEC(struct event) ev; /* in order */
};

struct world {
	unsigned n_keys;
	struct hand *hand; /* by kind, then key */
	int64_t newest;
	struct buf want;
};

static int
by_value(const void *a, const void *b)
{
	double x = ((const struct event *)a)->value, y = ((const struct event *)b)->value;

	return x < y ? -1 : x > y;
}

static double
count_values(const struct event *ev, size_t n)
{
	unsigned users = 0;

	for (size_t i = 0; i < n; i++)
		users |= 1U << ev[i].user;
	return __builtin_popcount(users);
}

static double
percentile(const struct event *ev, size_t n, double p)
{
	struct event sorted[400];
	size_t i = 0;

	CHECK(n > 0 && n <= ARRAY_LEN(sorted));
	memcpy(sorted, ev, n * sizeof(*ev));
	qsort(sorted, n, sizeof(*sorted), by_value);
	if (p < 0)
		return (sorted[(n - 1) / 2].value + sorted[n / 2].value) / 2;
	while (100 * (double)(i + 1) < p * (double)n) /* the least rank that covers p percent */
		i++;
	return sorted[i].value;
}

/* Is there an event of each rule from `rule` on, one after the other? */
static bool
chain(const struct kind *kind, const struct event *ev, size_t n, unsigned rule)
{
	while (rule < RULES && ((kind->fed_by >> rule) & 1) == 0)
		rule++;
	if (rule == RULES)
		return true;
	for (size_t i = 0; i < n; i++)
		if ((ev[i].refs >> rule) & 1)
			return chain(kind, ev + i + 1, n - i - 1, rule + 1);
	return false;
}

static double
measure(const struct kind *kind, const struct event *ev, size_t n)
{
	double sum = 0;
	unsigned rules = 0;

	for (size_t i = 0; i < n; i++) {
		sum += ev[i].value;
		rules |= ev[i].refs;
	}
	if (strcmp(kind->type, "event_count") == 0)
		return (double)n;
	if (strcmp(kind->type, "value_count") == 0)
		return count_values(ev, n);
	if (strcmp(kind->type, "value_sum") == 0)
		return sum;
	if (strcmp(kind->type, "value_avg") == 0)
		return sum / (double)n;
	if (strcmp(kind->type, "value_percentile") == 0)
		return percentile(ev, n, kind->bound == GT ? 75 : 10);
	if (strcmp(kind->type, "value_median") == 0)
		return percentile(ev, n, -1);
	return __builtin_popcount(rules);
}

static bool
holds(const struct kind *kind, const struct event *ev, size_t n)
{
	double v = measure(kind, ev, n);
	unsigned rules = 0;

	for (size_t i = 0; i < n; i++)
		rules |= ev[i].refs;
	if (strcmp(kind->type, "temporal_ordered") == 0)
		return chain(kind, ev, n, 0);
	switch (kind->bound) {
	case NO_BOUND:
		if (kind->value == 1)
			return rules == 3 || rules == 5 || rules == 7;
		if (kind->value == 2)
			return rules == 3 || rules == 5;
		return rules == 7;
	case GTE:
		return v >= kind->value;
	case GT:
		return v > kind->value;
	case LT:
		return v < kind->value;
	case LTE:
		return v <= kind->value;
	case EQ:
		return v == kind->value;
	case NEQ:
		return v != kind->value;
	case RANGE:
		return v >= kind->value && v <= kind->to;
	}
	return false;
}

static bool
at_end(const struct kind *kind)
{
	return kind->bound >= LT || (kind->bound == NO_BOUND && kind->value == 2);
}

static size_t
insert(struct hand *h, const struct event *ev)
{
	size_t i = h->ev.n;

	VEC_PUSH(&h->ev, *ev);
	for (; i > 0 && h->ev.p[i - 1].t > ev->t; i--)
		h->ev.p[i] = h->ev.p[i - 1];
	h->ev.p[i] = *ev;
	return i;
}

/* Windows that end at an event and hold the one that came. */
static bool
fires(const struct kind *kind, struct hand *h, const struct event *ev)
{
	int64_t span = kind->span * CLOCK_S;

	for (size_t i = insert(h, ev); i < h->ev.n && h->ev.p[i].t < ev->t + span; i++) {
		size_t from = i;

		while (from > 0 && h->ev.p[from - 1].t > h->ev.p[i].t - span)
			from--;
		if (holds(kind, h->ev.p + from, i + 1 - from))
			return true;
	}
	return false;
}

/* By time, then rule, then key as text. */
struct stretch {
	int64_t end;
	size_t kind;
	char key[24];
	struct hand *h;
};

static bool
before(const struct stretch *a, const struct stretch *b)
{
	if (b->h == NULL || a->end != b->end)
		return b->h == NULL || a->end < b->end;
	return a->kind != b->kind ? a->kind < b->kind : strcmp(a->key, b->key) < 0;
}

/* The stretch that is over first, of any key; false when none is by then. */
static bool
end_one(struct world *w, int64_t watermark, uint64_t seq)
{
	struct stretch best = { .h = NULL };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds) * w->n_keys; i++) {
		struct stretch s = { .kind = i / w->n_keys, .h = &w->hand[i] };

		if (!at_end(&kinds[s.kind]) || s.h->ev.n == 0)
			continue;
		s.end = s.h->ev.p[0].t + kinds[s.kind].span * CLOCK_S;
		(void)snprintf(s.key, sizeof(s.key), "10.0.0.%u", (unsigned)(i % w->n_keys));
		if (s.end <= watermark && before(&s, &best))
			best = s;
	}
	if (best.h == NULL)
		return false;
	while (n < best.h->ev.n && best.h->ev.p[n].t < best.end)
		n++;
	if (holds(&kinds[best.kind], best.h->ev.p, n))
		buf_printf(&w->want, "C%zu client_ip=%s %" PRIu64 " end\n", best.kind, best.key,
		    seq);
	memmove(best.h->ev.p, best.h->ev.p + n, (best.h->ev.n - n) * sizeof(*best.h->ev.p));
	best.h->ev.n -= n;
	return true;
}

static void
expect(struct world *w, const struct event *ev)
{
	bool late = w->newest != 0 && ev->t < w->newest - LATENESS;

	if (late)
		return;
	if (ev->t > w->newest)
		w->newest = ev->t;
	while (end_one(w, w->newest - LATENESS, ev->seq))
		;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct hand *h = &w->hand[k * w->n_keys + ev->key];
		struct event own = *ev;

		own.refs &= kinds[k].fed_by;
		if (own.refs == 0)
			continue;
		if (at_end(&kinds[k]))
			(void)insert(h, &own);
		else if (fires(&kinds[k], h, &own))
			buf_printf(&w->want, "C%zu client_ip=10.0.0.%u %" PRIu64 "\n", k, ev->key,
			    ev->seq);
	}
}

static void
on_finding(void *ctx, const struct finding *f)
{
	CHECK(f->n_evidence > 0 && f->n_evidence <= ENGINE_EVIDENCE_MAX && f->n_first > 0);
	if (f->rec != NULL)
		CHECK_INT(f->evidence[f->n_evidence - 1], f->seq);
	for (size_t i = 0; i < f->n_evidence; i++)
		CHECK(f->evidence[i] > 0 && f->evidence[i] <= f->seq);
	buf_printf(ctx, "%s %.*s %" PRIu64 "%s\n", f->rule->title, STR_ARG(f->group), f->seq,
	    f->rec == NULL ? " end" : "");
}

static void
feed_event(struct engine *e, struct arena *a, const struct event *ev, finding_fn raise, void *ctx)
{
	char ip[24], user[24], method[24];
	struct rec r;
	size_t n = 0;

	arena_reset(a);
	rec_init(&r, a);
	r.seq = ev->seq;
	(void)snprintf(ip, sizeof(ip), "10.0.0.%u", ev->key);
	(void)snprintf(user, sizeof(user), "u%u", ev->user);
	for (unsigned i = 0; i < RULES; i++)
		if ((ev->refs >> i) & 1)
			n += (size_t)snprintf(method + n, sizeof(method) - n, "m%u", i);
	rec_set_int(&r, F_TIMESTAMP, ev->t);
	rec_set_str(&r, F_CLIENT_IP, str_c(ip));
	rec_set_str(&r, F_USER_NAME, str_c(user));
	rec_set_str(&r, F_METHOD, (struct str){ method, n });
	rec_set_int(&r, F_BYTES_OUT, (int64_t)ev->value);
	engine_feed(e, &r, raise, ctx);
}

static void
note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	char text[500];

	(void)ctx;
	if (kind == RULESET_ERROR)
		test_fail((struct test_place){ __FILE__, __LINE__, "rules" }, "%s",
		    err_text(why, text, sizeof(text)));
}

static struct engine *
new_engine(const struct ruleset *rules, size_t keys)
{
	return engine_new(rules, &(struct engine_opts){ .keys_max = keys, .lateness = LATENESS });
}

static void
restart(struct engine **e, const struct ruleset *rules, size_t keys)
{
	struct buf one = { 0 }, two = { 0 };
	struct diag why;

	engine_save(*e, &one);
	engine_free(*e);
	*e = new_engine(rules, keys);
	CHECK_OK(engine_load(*e, buf_view(&one), &why), why);
	engine_save(*e, &two);
	CHECK_BYTES(two.p, two.n, one.p, one.n);
	buf_fini(&one);
	buf_fini(&two);
}

static bool fired[ARRAY_LEN(kinds)];

static void
all_fired(void)
{
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		if (!fired[k])
			test_fail(TEST_AT(fired), "%s %s never fired", kinds[k].type,
			    kinds[k].condition);
}

static void
compare(const struct ruleset *rules, unsigned n_keys, unsigned n_events, unsigned restarts,
    unsigned late_of)
{
	size_t room = (size_t)n_keys * ARRAY_LEN(kinds) + 1;
	struct world w = { .n_keys = n_keys, .hand = mem_zalloc(room * sizeof(struct hand)) };
	struct engine *e = new_engine(rules, room);
	struct arena *a = arena_new(1U << 20);
	struct buf got = { 0 };
	int64_t t = START;

	for (unsigned i = 0; i < n_events; i++) {
		struct event ev = { .seq = i + 1,
			.refs = 1U << below(RULES),
			.user = (unsigned)below(5),
			.key = (unsigned)below(n_keys),
			.value = (double)below(20) };

		t += (int64_t)below(2 * CLOCK_S) * (below(3) != 0) / n_keys * 3;
		t += below(60) == 0 ? 30 * CLOCK_S : 0;
		ev.t = below(late_of) == 0 ? t - (int64_t)below(10 * CLOCK_S) : t;
		ev.refs |= below(6) == 0 ? 1U << below(RULES) : 0;
		expect(&w, &ev);
		feed_event(e, a, &ev, on_finding, &got);
		if (restarts > 0 && below(restarts) == 0)
			restart(&e, rules, room);
	}
	buf_byte(&w.want, '\0');
	buf_byte(&got, '\0');
	CHECK(got.n > n_events / 4);
	for (size_t i = 0; i < got.n && i < w.want.n; i++)
		if (got.p[i] != w.want.p[i])
			test_fail(TEST_AT(got), "got ...%.60s... want ...%.60s...",
			    got.p + (i > 30 ? i - 30 : 0), w.want.p + (i > 30 ? i - 30 : 0));
	CHECK_INT(got.n, w.want.n);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		char head[24];

		(void)snprintf(head, sizeof(head), "C%zu ", k);
		fired[k] |= strstr(got.p, head) != NULL;
	}
	for (size_t i = 0; i < room; i++)
		VEC_FINI(&w.hand[i].ev);
	free(w.hand);
	buf_fini(&w.want);
	buf_fini(&got);
	engine_free(e);
	arena_free(a);
}

static struct ruleset *
load_kinds(void)
{
	struct ruleset *rules = NULL;
	struct buf text = { 0 };
	struct diag why;

	put_rules(&text);
	CHECK_OK(ruleset_read("kinds.yml", buf_view(&text), note, NULL, &rules, &why), why);
	buf_fini(&text);
	return rules;
}

TEST(windows_as_by_hand)
{
	struct ruleset *rules = load_kinds();

	state = test_seed() | 1;
	test_timeout(600);
	for (unsigned round = 0; round < test_rounds(12); round++)
		compare(rules, 1 + (unsigned)below(3), 200, 0, 4);
	all_fired();
	ruleset_free(rules);
}

TEST(restarted_anywhere)
{
	struct ruleset *rules = load_kinds();

	state = test_seed() | 1;
	test_timeout(600);
	for (unsigned round = 0; round < test_rounds(6); round++)
		compare(rules, 1 + (unsigned)below(4), 150, 10, 4);
	all_fired();
	ruleset_free(rules);
}
