/* The correlation types of Sigma against counting by hand: random keys, times, orders, restarts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/corr.h"

#include "base/clock.h"
#include "base/vec.h"
#include "detect/engine.h"
#include "kinds.h"
#include "test.h"

#define LATENESS (8 * CLOCK_S)
#define FIRST_SECOND 100
#define SECONDS 20000
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

/* One key of one correlation, counted by hand. */
struct hand {
	VEC(struct event) ev; /* in order */
};

struct ends {
	size_t *p, n, size; /* as VEC(size_t) */
};

struct world {
	unsigned n_keys;
	struct hand *hand; /* by kind, then key */
	struct ends ends[SECONDS];
	int64_t second; /* those before are done with */
	int64_t newest;
	struct buf want;
};

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

static int64_t
end_of(const struct world *w, size_t i)
{
	return w->hand[i].ev.p[0].t + kinds[i / w->n_keys].span * CLOCK_S;
}

static int64_t
second_of(int64_t t)
{
	return (t - START) / CLOCK_S + FIRST_SECOND;
}

/* Noted for the second in which the stretch that is open ends. */
static void
note_end(struct world *w, size_t i)
{
	int64_t s = second_of(end_of(w, i));

	s = s < w->second ? w->second : s; /* over already: it is next */
	CHECK(s >= 0 && s < SECONDS);
	VEC_PUSH(&w->ends[s], i);
}

static struct stretch
first_of(const struct world *w, int64_t watermark)
{
	const struct ends *ends = &w->ends[w->second];
	struct stretch best = { .h = NULL };

	for (size_t k = 0; k < ends->n; k++) {
		size_t i = ends->p[k];
		struct stretch s = { .kind = i / w->n_keys, .h = &w->hand[i] };

		if (s.h->ev.n == 0)
			continue;
		s.end = end_of(w, i);
		(void)snprintf(s.key, sizeof(s.key), "10.0.0.%u", (unsigned)(i % w->n_keys));
		if (s.end <= watermark && second_of(s.end) <= w->second && before(&s, &best))
			best = s;
	}
	return best;
}

static void
end_one(struct world *w, const struct stretch *s, uint64_t seq)
{
	size_t n = 0;

	while (n < s->h->ev.n && s->h->ev.p[n].t < s->end)
		n++;
	if (holds(&kinds[s->kind], s->h->ev.p, n))
		buf_printf(&w->want, "C%zu client_ip=%s %" PRIu64 " end\n", s->kind, s->key, seq);
	memmove(s->h->ev.p, s->h->ev.p + n, (s->h->ev.n - n) * sizeof(*s->h->ev.p));
	s->h->ev.n -= n;
	if (s->h->ev.n > 0)
		note_end(w, (size_t)(s->h - w->hand));
}

/* All stretches that are over by then, in their order. */
static void
end_all(struct world *w, int64_t watermark, uint64_t seq)
{
	int64_t last = second_of(watermark);

	for (; w->second <= last; w->second++) {
		struct stretch s;

		while ((s = first_of(w, watermark)).h != NULL)
			end_one(w, &s, seq);
		if (w->second == last)
			break;
	}
}

static void
expect(struct world *w, const struct event *ev)
{
	bool late = w->newest != 0 && ev->t < w->newest - LATENESS;

	if (late)
		return;
	if (ev->t > w->newest)
		w->newest = ev->t;
	end_all(w, w->newest - LATENESS, ev->seq);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct hand *h = &w->hand[k * w->n_keys + ev->key];
		struct event own = *ev;

		own.refs &= kinds[k].fed_by;
		if (own.refs == 0)
			continue;
		if (at_end(&kinds[k])) {
			if (insert(h, &own) == 0)
				note_end(w, (size_t)(h - w->hand));
		} else if (fires(&kinds[k], h, &own))
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
	struct world *w = MEM_NEW(struct world);
	struct engine *e = new_engine(rules, room);
	struct arena *a = arena_new(1U << 20);
	struct buf got = { 0 };
	int64_t t = START;

	w->n_keys = n_keys;
	w->hand = mem_zalloc(room * sizeof(struct hand));

	for (unsigned i = 0; i < n_events; i++) {
		struct event ev = { .seq = i + 1,
			.refs = 1U << below(RULES),
			.user = (unsigned)below(5),
			.key = (unsigned)below(n_keys),
			.value = (double)below(20) };

		t += (int64_t)below(2 * CLOCK_S) * (below(3) != 0) / n_keys * 3;
		t += below(60 * n_keys) == 0 ? 30 * CLOCK_S : 0;
		ev.t = below(late_of) == 0 ? t - (int64_t)below(10 * CLOCK_S) : t;
		ev.refs |= below(6) == 0 ? 1U << below(RULES) : 0;
		expect(w, &ev);
		feed_event(e, a, &ev, on_finding, &got);
		if (restarts > 0 && below(restarts) == 0)
			restart(&e, rules, room);
	}
	buf_byte(&w->want, '\0');
	buf_byte(&got, '\0');
	CHECK(got.n > n_events / 4);
	for (size_t i = 0; i < got.n && i < w->want.n; i++)
		if (got.p[i] != w->want.p[i])
			test_fail(TEST_AT(got), "got ...%.60s... want ...%.60s...",
			    got.p + (i > 30 ? i - 30 : 0), w->want.p + (i > 30 ? i - 30 : 0));
	CHECK_INT(got.n, w->want.n);
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		char head[24];

		(void)snprintf(head, sizeof(head), "C%zu ", k);
		fired[k] |= strstr(got.p, head) != NULL;
	}
	for (size_t i = 0; i < room; i++)
		VEC_FINI(&w->hand[i].ev);
	for (size_t i = 0; i < SECONDS; i++)
		VEC_FINI(&w->ends[i]);
	free(w->hand);
	buf_fini(&w->want);
	free(w);
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

/* Many keys with few events each, one in a hundred out of order. */
TEST(many_keys)
{
	struct ruleset *rules = load_kinds();
	unsigned n = test_rounds(2000);

	state = test_seed() | 1;
	test_timeout(3000);
	compare(rules, n, n * 6, 0, 100);
	ruleset_free(rules);
}
