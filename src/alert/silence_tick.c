/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of silences, and of what they hid, as time goes on. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include <stdio.h>
#include <stdlib.h>

#include "alert/silence_in.h"
#include "base/vec.h"

#define AT_ONCE 500 /* alerts that are let out by one call */

struct tick {
	struct alerts *a;
	int64_t now;
	size_t n; /* that changed */
	struct diag *why;
	VEC(int64_t) ids; /* of silences at hand */
};

static enum err
collect(struct tick *t, const char *sql)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(t->a->db, sql, &st, t->why);

	t->ids.n = 0;
	while (e == OK && (e = db_step(st, &row, t->why)) == OK && row)
		VEC_PUSH(&t->ids, db_int(st, 0));
	db_finalize(st);
	return e;
}

static enum err
each(struct tick *t, silence_fn fn)
{
	enum err e = OK;

	for (size_t i = 0; i < t->ids.n && e == OK; i++)
		e = silence_get(t->a, t->ids.p[i], fn, t, t->why);
	return e;
}

static enum err
expire(void *ctx, const struct silence *s)
{
	struct tick *t = ctx;
	enum err e;

	if (s->end > t->now)
		return OK;
	t->n++;
	e = silence_run(t->a,
	    "UPDATE silences SET ended_ns = end_ns, ended_why = 'expired' WHERE id = ?1",
	    (const struct silence_value[]){ SILENCE_N(s->id) }, 1, t->why);
	return e == OK ? silence_log(t->a, s->id, STR(""), "expire", STR(""), t->now, t->why) : e;
}

/* What it hid since it last said so: "hid 3 alerts (12 events)". */
static enum err
sum_up(struct tick *t, const struct silence *s, int64_t told, int64_t through)
{
	const struct silence_value v[] = { SILENCE_N(s->id), SILENCE_N(through) };
	char id[24], note[96];
	int64_t alerts = 0, events = 0;
	enum err e;

	(void)snprintf(id, sizeof(id), "%lld", (long long)s->id);
	e = txn_number(t->a, "SELECT alerts - told_alerts FROM silences WHERE id = CAST(?1 AS INT)",
	    str_c(id), &alerts, t->why);
	if (e == OK)
		e = txn_number(t->a,
		    "SELECT events - told_events FROM silences WHERE id = CAST(?1 AS INT)",
		    str_c(id), &events, t->why);
	if (e == OK)
		e = silence_run(t->a,
		    "UPDATE silences SET told_ns = ?2, told_alerts = alerts, told_events = events"
		    " WHERE id = ?1",
		    v, ARRAY_LEN(v), t->why);
	if (e == OK && alerts != 0)
		e = silence_bundle(t->a, s, told, t->now, t->why);
	(void)snprintf(note, sizeof(note), "hid %lld alert%s (%lld event%s)", (long long)alerts,
	    alerts == 1 ? "" : "s", (long long)events, events == 1 ? "" : "s");
	t->n++;
	return e == OK ? silence_log(t->a, s->id, STR(""), "summary", str_c(note), t->now, t->why)
		       : e;
}

static enum err
say_ended(struct tick *t, const struct silence *s, int64_t told, int64_t unsaid)
{
	int64_t from, to;

	if (unsaid != 0 || silence_covers(s, s->ended - 1, &from, &to))
		return sum_up(t, s, told, INT64_MAX);
	return silence_run(t->a, "UPDATE silences SET told_ns = ?2 WHERE id = ?1",
	    (const struct silence_value[]){ SILENCE_N(s->id), SILENCE_N(INT64_MAX) }, 2, t->why);
}

/* A window that is over says so; one that ended before its time does then. */
static enum err
say_over(void *ctx, const struct silence *s)
{
	struct tick *t = ctx;
	char id[24];
	int64_t from, to, told = 0, unsaid = 0;
	enum err e;

	(void)snprintf(id, sizeof(id), "%lld", (long long)s->id);
	e = txn_number(t->a, "SELECT told_ns FROM silences WHERE id = CAST(?1 AS INT)", str_c(id),
	    &told, t->why);
	if (e == OK)
		e = txn_number(t->a,
		    "SELECT alerts - told_alerts FROM silences WHERE id = CAST(?1 AS INT)",
		    str_c(id), &unsaid, t->why);
	if (e != OK)
		return e;
	if (s->ended != 0)
		return say_ended(t, s, told, unsaid);
	if (silence_before(s, t->now, &from, &to) && told < to && to > s->created)
		return sum_up(t, s, told, to);
	return OK;
}

struct held { /* an alert that nobody was told of */
	char id[ALERTS_ID_SIZE];
	int64_t n;
	bool urgent;
};

/* As new, but for what hides it now. */
static enum err
tell(void *ctx, const struct alerts_row *row)
{
	struct tick *t = ctx;
	struct dispatch d = { .id = str_c(row->id),
		.rule_id = row->rule_id,
		.title = row->title,
		.tags = row->tags,
		.group = row->group,
		.affected = row->affected,
		.own = STR(""),
		.severity = ALERTS_INFO,
		.why = DISPATCH_MORE,
		.last = row->last,
		.events = row->count,
		.quiet = row->quiet };

	(void)alerts_severity_find(row->severity, &d.severity);
	return dispatch_alert(t->a, &d, t->now, t->why);
}

static enum err
let_out(struct tick *t, const struct silence *s, const struct held *h)
{
	uint64_t rev = 0;
	enum err e = silence_run(t->a,
	    "UPDATE silence_hidden SET held = 0 WHERE silence = ?1 AND alert = ?2",
	    (const struct silence_value[]){ SILENCE_N(s->id), SILENCE_N(h->n) }, 2, t->why);

	t->n++;
	if (e != OK || !h->urgent)
		return e;
	e = alerts_get(t->a, str_c(h->id), tell, t, t->why);
	if (e == OK)
		e = txn_revs(t->a, 1, &rev, t->why);
	return e == OK
		   ? silence_run(t->a, "UPDATE alerts SET rev = ?2 WHERE n = ?1",
			 (const struct silence_value[]){ SILENCE_N(h->n), SILENCE_N((int64_t)rev) },
			 2, t->why)
		   : e;
}

static enum err
read_held(struct tick *t, const struct silence *s, struct held *h, size_t *ret_n)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(t->a->db,
	    "SELECT alerts.id, n, status = 'open' AND quiet = 'silence:' || ?1 AND (rank <= 1 OR"
	    " EXISTS (SELECT 1 FROM pages WHERE alert_id = alerts.id AND state = 'silenced'))"
	    " FROM silence_hidden JOIN alerts ON n = alert WHERE silence = ?1 AND held = 1"
	    " ORDER BY n LIMIT ?2",
	    &st, t->why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_int(st, 1, s->id);
	db_bind_int(st, 2, AT_ONCE);
	while (*ret_n < AT_ONCE && (e = db_step(st, &row, t->why)) == OK && row) {
		struct held *to = &h[(*ret_n)++];

		(void)str_to_c(db_str(st, 0), to->id, sizeof(to->id));
		to->n = db_int(st, 1);
		to->urgent = db_int(st, 2) != 0;
	}
	db_finalize(st);
	return e;
}

static enum err
let_all_out(void *ctx, const struct silence *s)
{
	struct tick *t = ctx;
	auto_free struct held *held = NULL;
	size_t n = 0;
	enum err e;

	if (silence_state(s, t->now) == SILENCE_HOLDS)
		return OK;
	held = mem_alloc(AT_ONCE * sizeof(*held));
	e = read_held(t, s, held, &n);
	for (size_t i = 0; i < n && e == OK; i++)
		e = let_out(t, s, &held[i]);
	return e;
}

static enum err
all_steps(struct tick *t)
{
	static const struct {
		const char *sql;
		silence_fn fn;
	} steps[] = {
		{ "SELECT id FROM silences WHERE ended_ns = 0", expire },
		{ "SELECT id FROM silences WHERE window = 1 AND told_ns < 9223372036854775807",
		    say_over },
		{ "SELECT DISTINCT silence FROM silence_hidden WHERE held = 1", let_all_out },
	};
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && e == OK; i++) {
		e = collect(t, steps[i].sql);
		if (e == OK)
			e = each(t, steps[i].fn);
	}
	return e;
}

enum err
silence_tick(struct alerts *a, int64_t now, size_t *ret, struct diag *why)
{
	struct tick t = { .a = a, .now = now, .why = why };
	int64_t any = 0;
	enum err e = txn_number(a,
	    "SELECT EXISTS(SELECT 1 FROM silences WHERE ended_ns = 0) OR EXISTS(SELECT 1 FROM"
	    " silences WHERE window = 1 AND told_ns < 9223372036854775807) OR EXISTS(SELECT 1 FROM"
	    " silence_hidden WHERE held = 1)",
	    (struct str){ NULL, 0 }, &any, why);

	*ret = 0;
	if (e != OK || any == 0)
		return e;
	e = txn_begin(a, why);
	if (e == OK)
		e = txn_end(a, all_steps(&t), why);
	VEC_FINI(&t.ids);
	if (e == OK)
		*ret = t.n;
	return e;
}

enum err
silence_news(struct alerts *a, struct str alert_id, struct buf *to, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT note FROM alert_history WHERE alert_id = ?1 AND action = 'unsilenced'"
	    " ORDER BY at_ns DESC, rowid DESC LIMIT 1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, alert_id);
	e = db_step(st, &row, why);
	if (e == OK && row)
		buf_printf(to, "Told although silenced: %.*s.", STR_ARG(db_str(st, 0)));
	db_finalize(st);
	return e;
}
