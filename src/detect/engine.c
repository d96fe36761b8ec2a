/* Feeding records: detection rules fire at once, correlations when their state says so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "base/clock.h"
#include "detect/fire.h"
#include "detect/group.h"
#include "detect/live.h"
#include "detect/state.h"

#define TIME_MAX ((int64_t)1 << 62) /* times beyond it, of hostile senders, are moved to it */
#define IDLE_DEFAULT (300 * CLOCK_S)
#define DEMO_BACK (3600 * CLOCK_S)
#define BYTES_PER_KEY 1024
#define BYTES_LEAST ((size_t)64 << 20)

static void
set_opts(struct engine *e, const struct engine_opts *opts)
{
	e->opts = *opts;
	if (e->opts.lateness < 0)
		e->opts.lateness = 0;
	if (e->opts.idle <= 0)
		e->opts.idle = IDLE_DEFAULT;
	if (e->opts.idle < e->opts.lateness)
		e->opts.idle = e->opts.lateness;
	if (e->opts.bytes_max != 0)
		return;
	if (__builtin_mul_overflow(e->opts.keys_max, BYTES_PER_KEY, &e->opts.bytes_max))
		e->opts.bytes_max = SIZE_MAX;
	if (e->opts.bytes_max < BYTES_LEAST)
		e->opts.bytes_max = BYTES_LEAST;
}

struct engine *
engine_new(const struct ruleset *rules, const struct engine_opts *opts)
{
	struct engine *e = MEM_NEW(struct engine);
	size_t n = rules->rule.n + 1;

	e->rs = rules;
	set_opts(e, opts);
	e->match = match_new(rules);
	e->mark = mark_new(e->opts.lateness, e->opts.idle);
	e->keys = live_keys(e);
	e->shared = mem_zalloc(n * sizeof(*e->shared));
	e->evicted = mem_zalloc(n * sizeof(*e->evicted));
	e->storm = mem_zalloc(n * sizeof(*e->storm));
	buf_init(&e->others, 4096);
	e->refs = mem_zalloc(n * sizeof(*e->refs));
	e->pending = mem_zalloc(n * sizeof(*e->pending));
	e->said = KEY_NEVER;
	for (size_t i = 0; i < rules->rule.n; i++) {
		const struct corr *c = rules->rule.p[i].corr;

		if (c != NULL && c->type->shared_size > 0)
			e->shared[i] = mem_zalloc(c->type->shared_size);
	}
	return e;
}

bool
engine_waits(const struct ruleset *rules)
{
	for (size_t i = 0; i < rules->rule.n; i++)
		if (rules->rule.p[i].corr != NULL && rules->rule.p[i].corr->type->resumed != NULL)
			return true;
	return false;
}

static void
free_level(struct level *l)
{
	if (l == NULL)
		return;
	buf_fini(&l->group);
	buf_fini(&l->other);
	buf_fini(&l->summary);
	buf_fini(&l->text);
	buf_fini(&l->details);
	free(l);
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	match_free(e->match);
	keys_free(e->keys);
	due_fini(&e->due);
	ahead_fini(&e->ahead);
	mark_free(e->mark);
	for (size_t i = 0; i < e->rs->rule.n; i++) {
		const struct corr *c = e->rs->rule.p[i].corr;

		if (e->shared[i] != NULL && c->type->shared_fini != NULL)
			c->type->shared_fini(e->shared[i]);
		free(e->shared[i]);
		free(e->storm[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(e->level); i++)
		free_level(e->level[i]);
	VEC_FINI(&e->empty);
	free(e->shared);
	free(e->evicted);
	free(e->storm);
	buf_fini(&e->others);
	free(e->refs);
	free(e->pending);
	free(e);
}

void
engine_stats(const struct engine *e, struct engine_stats *ret)
{
	*ret = e->stats;
	ret->keys = keys_len(e->keys);
	ret->bytes = keys_bytes(e->keys);
	ret->waiting = due_len(&e->due) + (!e->began && engine_waits(e->rs));
}

uint64_t
engine_evicted(const struct engine *e, size_t rule)
{
	return e->evicted[rule];
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

static void feed(struct engine *e, unsigned depth, uint32_t number, const struct ctype_event *ev);

/* Raises a finding and hands it on to what is fed by it. */
static void
emit(struct engine *e, unsigned depth, const struct crule *rule, const struct finding *f,
    const struct ctype_event *by)
{
	struct ctype_event ev = *by;

	fire_raise(e, rule, f);
	if (e->late)
		return;
	ev.finding = f;
	ev.rec = f->rec;
	ev.weight = f->n_more;
	if (rule->corr != NULL)
		ev.t = f->last;
	for (size_t i = 0; rule->corr != NULL && i < rule->n_feeds; i++) {
		ev.refs = (uint64_t)1 << rule->feeds[i].ref;
		feed(e, depth + 1, rule->feeds[i].corr, &ev);
	}
	ev.refs = 1;
	for (size_t i = 0; rule->pub.alerts && i < e->rs->any.n; i++)
		if (rule->corr == NULL || !rule->corr->any)
			feed(e, depth + 1, e->rs->any.p[i], &ev);
}

static void
reset_hit(struct level *l)
{
	l->hit.value = 0;
	l->hit.events = 0;
	l->hit.first = l->hit.last = 0;
	l->hit.n_evidence = 0;
	l->hit.confidence = 0;
	l->hit.level = NULL;
	buf_reset(&l->text);
	buf_reset(&l->details);
}

static void
feed_key(struct engine *e, unsigned depth, uint32_t number, const struct ctype_event *ev)
{
	const struct crule *rule = &e->rs->rule.p[number];
	struct level *l = fire_level(e, depth);
	struct key *k = live_use(e, number, buf_view(&l->group), ev);
	const struct ctype_at at = state_at(e, k);
	enum ctype_result got;
	struct finding f;

	reset_hit(l);
	got = rule->corr->type->feed(&at, ev, &l->hit);
	live_touch(e, rule->corr->type, &at, k, INT64_MIN);
	e->stats.late += got == CTYPE_LATE;
	if (got != CTYPE_FIRES)
		return;
	fire_correlation(e, l, k, ev, ev->t, &f);
	emit(e, depth, rule, &f, ev);
}

/* Where aliases make different groups of one record, each gets the rules that say so. */
static void
feed_aliased(struct engine *e, unsigned depth, uint32_t number, const struct ctype_event *ev)
{
	const struct corr *c = e->rs->rule.p[number].corr;
	struct level *l = fire_level(e, depth);
	struct ctype_event one = *ev;

	for (uint64_t todo = ev->refs; todo != 0; todo &= ~one.refs) {
		size_t i = (size_t)__builtin_ctzll(todo);
		bool have;

		buf_reset(&l->group);
		have = group_event(&c->ref_group[i], ev, &l->group);
		one.refs = (uint64_t)1 << i;
		for (size_t k = i + 1; k < c->n_refs && have; k++) {
			buf_reset(&l->other);
			if ((todo >> k) & 1 && group_event(&c->ref_group[k], ev, &l->other) &&
			    str_eq(buf_view(&l->group), buf_view(&l->other)))
				one.refs |= (uint64_t)1 << k;
		}
		if (have)
			feed_key(e, depth, number, &one);
	}
}

static void
feed(struct engine *e, unsigned depth, uint32_t number, const struct ctype_event *ev)
{
	const struct crule *rule = &e->rs->rule.p[number];
	struct level *l = fire_level(e, depth);
	struct ctype_event own = *ev;

	own.seed = rule->corr->seed;
	if (rule->corr->ref_group != NULL) {
		feed_aliased(e, depth, number, &own);
		return;
	}
	buf_reset(&l->group);
	if (group_event(&rule->group, &own, &l->group))
		feed_key(e, depth, number, &own);
}

/* Keys whose time has come, before anything newer is fed. */
static void
feed_due(struct engine *e, const struct ctype_event *by)
{
	const int64_t now = mark_now(e->mark);
	struct key *k;

	while ((k = due_next(&e->due, now)) != NULL) {
		const struct crule *rule = &e->rs->rule.p[k->rule];
		const struct ctype_at at = state_at(e, k);
		struct level *l = fire_level(e, 1);
		struct ctype_event ev = { .t = k->due, .seq = by->seq, .watermark = now };
		enum ctype_result got;
		struct finding f;

		reset_hit(l);
		got = rule->corr->type->due(&at, now, &l->hit);
		live_touch(e, rule->corr->type, &at, k, ev.t);
		if (got != CTYPE_FIRES)
			continue;
		fire_correlation(e, l, k, NULL, ev.t, &f);
		emit(e, 1, rule, &f, &ev);
	}
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
feed_rules(struct engine *e, struct ctype_event *ev)
{
	const struct ahead_rec *said = ahead_take(&e->ahead, ev->rec);
	size_t n = said != NULL ? said->rules.n : 0, n_pending = 0;
	const uint32_t *rules = said != NULL ? said->rules.p : match_rec(e->match, ev->rec, &n);

	for (size_t i = 0; i < n; i++) {
		const struct crule *rule = &e->rs->rule.p[rules[i]];
		struct finding f;

		if (rule->pub.alerts) {
			fire_detection(e, rule, ev, &f);
			emit(e, 0, rule, &f, ev);
		}
		for (size_t k = 0; k < rule->n_feeds && !e->late; k++) {
			const struct corr_feed *to = &rule->feeds[k];

			if (e->refs[to->corr] == 0)
				e->pending[n_pending++] = to->corr;
			e->refs[to->corr] |= (uint64_t)1 << to->ref;
		}
	}
	if (n_pending > 1)
		qsort(e->pending, n_pending, sizeof(*e->pending), by_number);
	for (size_t i = 0; i < n_pending; i++) {
		ev->refs = e->refs[e->pending[i]];
		e->refs[e->pending[i]] = 0;
		feed(e, 1, e->pending[i], ev);
	}
}

/* Groups that rules wait for before anything comes of them. */
static void
feed_expected(struct engine *e, const struct ctype_event *by)
{
	struct ctype_event ev = {
		.t = by->t, .seq = by->seq, .weight = 1, .watermark = by->watermark
	};
	struct level *l = fire_level(e, 1);
	struct str group;

	e->began = true;
	for (uint32_t i = 0; i < e->rs->rule.n; i++) {
		const struct corr *c = e->rs->rule.p[i].corr;

		for (size_t k = 0; c != NULL && c->type->expects != NULL; k++) {
			if (!c->type->expects(c, e->shared[i], k, &group))
				break;
			buf_reset(&l->group);
			buf_str(&l->group, group);
			feed_key(e, 1, i, &ev);
		}
	}
}

/* No event: time has come this far. */
static void
feed_tick(struct engine *e, const struct ctype_event *ev)
{
	bool started = str_eq(rec_str(ev->rec, F_STATUS), STR(REC_TICK_STARTED));

	for (size_t i = 0; i < e->rs->rule.n && started; i++) {
		const struct corr *c = e->rs->rule.p[i].corr;

		if (c != NULL && c->type->resumed != NULL)
			c->type->resumed(e->shared[i], ev->t);
	}
	feed_due(e, ev);
}

/* The record as an event; time goes on to it. */
static struct ctype_event
begin(struct engine *e, const struct rec *r, finding_fn raise, void *ctx)
{
	struct ctype_event ev = {
		.t = time_of(r), .seq = r->seq, .weight = weight_of(r), .rec = r
	};
	uint64_t source = group_hash_text(0, rec_str(r, F_SOURCE));

	source = group_hash_text(source, rec_str(r, F_HOST));
	e->raise = raise;
	e->ctx = ctx;
	e->seq = r->seq;
	e->demo = str_eq(rec_str(r, F_SOURCE), STR(REC_SOURCE_DEMO));
	if (e->demo) /* it was erased, and is loaded again */
		mark_again(e->mark, source, ev.t, DEMO_BACK);
	if (rec_is_tick(r)) {
		mark_tick(e->mark, ev.t);
		e->late = false;
	} else {
		e->late = !mark_add(e->mark, source, ev.t);
	}
	e->stats.records++;
	e->stats.late += e->late;
	ev.watermark = rec_is_tick(r) ? mark_now(e->mark) : mark_own(e->mark, source);
	if (!e->began)
		feed_expected(e, &ev);
	return ev;
}

static void
end(struct engine *e, int64_t t)
{
	live_sweep(e);
	if (e->forgets)
		fire_forgotten(e, t);
}

void
engine_feed(struct engine *e, const struct rec *r, finding_fn raise, void *ctx)
{
	struct ctype_event ev = begin(e, r, raise, ctx);

	if (rec_is_tick(r)) {
		feed_tick(e, &ev);
	} else {
		if (!e->late) /* a late one moves no time */
			feed_due(e, &ev);
		feed_rules(e, &ev);
	}
	end(e, ev.t);
}

void
engine_ahead(struct engine *e, const struct rec *r)
{
	struct ahead_rec *x = rec_is_tick(r) ? NULL : ahead_push(&e->ahead, r);
	const uint32_t *rules;
	size_t n;

	if (x == NULL)
		return;
	rules = match_rec(e->match, r, &n);
	for (size_t i = 0; i < n; i++) {
		const struct crule *rule = &e->rs->rule.p[rules[i]];

		VEC_PUSH(&x->rules, rules[i]);
		for (size_t k = 0; k < rule->n_feeds; k++)
			ahead_key(&e->ahead, x, e->rs, rule->feeds[k].corr, e->keys);
		for (size_t k = 0; rule->pub.alerts && k < e->rs->any.n; k++)
			ahead_key(&e->ahead, x, e->rs, e->rs->any.p[k], e->keys);
	}
	ahead_step(&e->ahead, e->keys);
}

void
engine_signal_ahead(struct engine *e, uint32_t number, const struct rec *r)
{
	struct ahead_rec *x = ahead_push(&e->ahead, r);

	if (x == NULL)
		return;
	ahead_key(&e->ahead, x, e->rs, number, e->keys);
	ahead_step(&e->ahead, e->keys);
}

void
engine_signal(struct engine *e, uint32_t number, uint64_t refs, const struct rec *r,
    finding_fn raise, void *ctx)
{
	const struct crule *rule = &e->rs->rule.p[number];
	struct ctype_event ev = begin(e, r, raise, ctx);
	struct finding f;

	ev.refs = refs;
	(void)ahead_take(&e->ahead, r);
	if (!e->late)
		feed_due(e, &ev);
	if (rule->corr != NULL && !e->late)
		feed(e, 1, number, &ev);
	if (rule->corr == NULL) {
		fire_detection(e, rule, &ev, &f);
		emit(e, 0, rule, &f, &ev);
	}
	end(e, ev.t);
}
