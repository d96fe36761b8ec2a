/* Feeding records: detection rules fire at once, correlations when their window is full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "detect/corr.h"
#include "detect/group.h"
#include "detect/state.h"
#include "detect/value.h"

#define TIME_MAX ((int64_t)1 << 62) /* times beyond it, of hostile senders, are moved to it */
#define DETAIL_MAX 160
#define SUMMARY_MAX 4096

struct engine *
engine_new(const struct ruleset *rules, const struct engine_opts *opts)
{
	struct engine *e = MEM_NEW(struct engine);

	e->rs = rules;
	e->opts = *opts;
	if (e->opts.lateness < 0)
		e->opts.lateness = 0;
	e->match = match_new(rules);
	e->keys = keys_new(opts->keys_max);
	memcpy(&e->seed, rules->digest, sizeof(e->seed));
	e->pending = mem_zalloc((rules->rule.n + 1) * sizeof(*e->pending));
	e->fed = mem_zalloc((rules->rule.n + 1) * sizeof(*e->fed));
	buf_init(&e->group, 0);
	buf_init(&e->summary, SUMMARY_MAX);
	return e;
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	match_free(e->match);
	keys_free(e->keys);
	free(e->pending);
	free(e->fed);
	buf_fini(&e->group);
	buf_fini(&e->summary);
	free(e);
}

void
engine_stats(const struct engine *e, struct engine_stats *ret)
{
	*ret = e->stats;
	ret->keys = keys_len(e->keys);
	ret->evicted = keys_evicted(e->keys);
}

static int64_t
time_of(const struct rec *r)
{
	int64_t t = rec_int(r, F_TIMESTAMP, rec_int(r, F_RECEIVED, 0));

	return t > TIME_MAX ? TIME_MAX : t < -TIME_MAX ? -TIME_MAX : t;
}

/* How many events the record stands for: "message repeated 3 times" of a login failure is three. */
static uint64_t
weight_of(const struct rec *r)
{
	int64_t n = rec_int(r, F_RECORD_COUNT, 1);

	return n > 1 && str_starts(rec_str(r, F_EVENT_TYPE), STR("auth.")) ? (uint64_t)n : 1;
}

static void
make_id(const struct rule *rule, struct str group, int64_t t, uint8_t ret[16])
{
	int64_t bucket = t / rule->suppress - (t % rule->suppress < 0);
	uint8_t sum[DIGEST_SIZE];
	char space[1024];
	struct buf b = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	bool own = group.n + strlen(rule->id) > sizeof(space) - 32;

	if (own)
		buf_init(&b, 0);
	buf_put(&b, rule->id, strlen(rule->id) + 1);
	buf_str(&b, group);
	buf_byte(&b, '\0');
	buf_i64(&b, bucket);
	digest_sha256(buf_view(&b), sum);
	memcpy(ret, sum, 16);
	if (own)
		buf_fini(&b);
}

/* What stands behind title and group: the request, the command or the message. */
static void
put_detail(const struct rec *r, struct buf *to)
{
	static const enum field order[] = { F_URL, F_ENDPOINT, F_COMMAND, F_MESSAGE };

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct str s = rec_str(r, order[i]);

		if (s.n == 0)
			continue;
		buf_str(to, STR(": "));
		if (i < 2 && rec_str(r, F_METHOD).n > 0) {
			utf8_show((struct str){ rec_str(r, F_METHOD).p,
				      rec_str(r, F_METHOD).n < 16 ? rec_str(r, F_METHOD).n : 16 },
			    to);
			buf_byte(to, ' ');
		}
		utf8_show((struct str){ s.p, s.n < DETAIL_MAX ? s.n : DETAIL_MAX }, to);
		buf_str(to, s.n > DETAIL_MAX ? STR("...") : STR(""));
		return;
	}
}

static void
begin_summary(struct engine *e, const struct rule *rule)
{
	buf_reset(&e->summary);
	buf_str(&e->summary, str_c(rule->title));
	if (e->group.n == 0)
		return;
	buf_str(&e->summary, STR(": "));
	utf8_show(buf_view(&e->group), &e->summary);
}

static void
put_span(int64_t ns, struct buf *to)
{
	static const struct unit {
		int64_t s;
		char c;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && ns % (units[i].s * CLOCK_S) != 0)
		i++;
	buf_i64(to, ns / (units[i].s * CLOCK_S));
	buf_byte(to, units[i].c);
}

static void
raise_detection(struct engine *e, const struct crule *rule, const struct rec *r, finding_fn raise,
    void *ctx)
{
	struct finding f = { .rule = &rule->pub, .seq = r->seq, .n_first = weight_of(r), .rec = r };

	buf_reset(&e->group);
	if (rule->default_group)
		group_default(r, &e->group);
	else
		(void)group_text(&rule->group, r, &e->group);
	begin_summary(e, &rule->pub);
	put_detail(r, &e->summary);
	f.first = f.last = time_of(r);
	f.n_more = f.n_first;
	f.group = buf_view(&e->group);
	f.summary = buf_view(&e->summary);
	make_id(&rule->pub, f.group, f.last, f.id);
	e->evidence[0] = r->seq;
	f.evidence = e->evidence;
	f.n_evidence = 1;
	e->stats.findings++;
	raise(ctx, &f);
}

/* The newest events of the window, oldest first, the one that fired last. */
static size_t
collect(struct engine *e, const struct window *w, const struct window_hit *hit, uint64_t seq)
{
	size_t n = ENGINE_EVIDENCE_MAX - 1;
	uint64_t before = seq;

	e->evidence[n] = seq;
	for (uint64_t i = hit->to; i-- > hit->from && n > 0;) {
		uint64_t s = window_get(w, i)->seq;

		if (s == WINDOW_DEAD || s == seq || s == before)
			continue;
		e->evidence[--n] = s;
		before = s;
	}
	return n;
}

static void
raise_correlation(struct engine *e, const struct crule *rule, const struct key *k,
    const struct window_hit *hit, const struct rec *r, uint64_t extra, finding_fn raise, void *ctx)
{
	struct finding f = { .rule = &rule->pub,
		.seq = r->seq,
		.rec = r,
		.first = hit->first,
		.last = hit->last,
		.n_more = weight_of(r) };
	size_t from = collect(e, &k->window, hit, r->seq);

	f.evidence = e->evidence + from;
	f.n_evidence = ENGINE_EVIDENCE_MAX - from;
	for (uint64_t i = hit->from; i < hit->to; i++)
		f.n_first += window_get(&k->window, i)->seq != WINDOW_DEAD;
	f.n_first += extra;
	begin_summary(e, &rule->pub);
	buf_str(&e->summary, STR(": "));
	if (rule->corr->ops->counts_values) {
		buf_u64(&e->summary, hit->count);
		buf_str(&e->summary, STR(" different "));
		buf_str(&e->summary, rule->corr->value.f[0].name);
	} else {
		buf_u64(&e->summary, hit->count + extra);
		buf_str(&e->summary, STR(" events"));
	}
	buf_str(&e->summary, STR(" in "));
	put_span(rule->corr->timespan, &e->summary);
	f.group = (struct str){ k->text, k->text_n };
	f.summary = buf_view(&e->summary);
	make_id(&rule->pub, f.group, time_of(r), f.id);
	e->stats.findings++;
	if (rule->pub.alerts)
		raise(ctx, &f);
}

static void
feed_correlation(struct engine *e, uint32_t number, const struct rec *r, finding_fn raise,
    void *ctx)
{
	const struct crule *rule = &e->rs->rule.p[number];
	const struct window_shape shape = state_shape(e, rule->corr);
	struct window_event ev = { .t = time_of(r), .seq = r->seq };
	uint64_t weight = shape.values ? 1 : weight_of(r);
	uint64_t copies = weight < shape.threshold ? weight : shape.threshold;
	enum window_result got = WINDOW_KEPT;
	struct window_hit hit = { 0 };
	struct key *k;

	if (shape.values && !group_hash(&rule->corr->value, r, e->seed, &ev.value))
		return;
	buf_reset(&e->group);
	if (!group_text(&rule->group, r, &e->group))
		return;
	k = keys_use(e->keys, number, buf_view(&e->group));
	for (uint64_t i = 0; i < copies && got != WINDOW_LATE; i++)
		got = window_add(&k->window, &shape, &ev, &hit);
	if (got == WINDOW_LATE)
		e->stats.late++;
	if (got == WINDOW_FIRES)
		raise_correlation(e, rule, k, &hit, r, weight - copies, raise, ctx);
	window_settle(&k->window, &shape);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void
engine_feed(struct engine *e, const struct rec *r, finding_fn raise, void *ctx)
{
	size_t n, n_pending = 0;
	const uint32_t *rules = match_rec(e->match, r, &n);

	e->stats.records++;
	e->turn++;
	for (size_t i = 0; i < n; i++) {
		const struct crule *rule = &e->rs->rule.p[rules[i]];

		if (rule->pub.alerts)
			raise_detection(e, rule, r, raise, ctx);
		for (size_t k = 0; k < rule->n_feeds; k++) {
			uint32_t corr = rule->feeds[k];

			if (e->fed[corr] == e->turn)
				continue;
			e->fed[corr] = e->turn;
			e->pending[n_pending++] = corr;
		}
	}
	if (n_pending > 1)
		qsort(e->pending, n_pending, sizeof(*e->pending), by_number);
	for (size_t i = 0; i < n_pending; i++)
		feed_correlation(e, e->pending[i], r, raise, ctx);
}
