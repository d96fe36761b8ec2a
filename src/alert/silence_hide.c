/* SPDX-License-Identifier: Apache-2.0 */
/* Is an alert hidden, and does it break what hides it? */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/page_in.h"
#include "alert/silence_in.h"
#include "base/mem.h"

#define WHY_SIZE 200

enum verdict_of { PASS, HIDE, BREAK, USED_UP };

struct hit { /* what one silence says of the alert */
	int64_t id;
	enum verdict_of verdict;
	bool learn;         /* of HIDE: it knows nothing yet */
	char why[WHY_SIZE]; /* of BREAK */
};

struct look {
	struct alerts *a;
	const struct dispatch *d;
	struct silence_about about;
	int64_t now, n; /* n: of the alert; 0: not looked up */
	struct db_stmt *known;
	struct hit hits[SILENCE_HELD_MAX];
	size_t n_hits;
};

struct trip {
	struct look *l;
	const struct silence *s;
	struct hit *hit;
};

static enum err
check_value(void *ctx, enum silence_trip kind, struct str value, struct diag *why)
{
	struct trip *t = ctx;
	struct db_stmt *st = t->l->known;
	bool row = false;
	enum err e;

	if (t->hit->verdict == BREAK || (t->s->trips >> kind & 1) == 0)
		return OK;
	db_bind_int(st, 1, t->s->id);
	db_bind_int(st, 2, (int64_t)kind);
	db_bind_str(st, 3, value);
	e = db_step(st, &row, why);
	db_reset(st);
	if (e != OK || row)
		return e;
	t->hit->verdict = BREAK;
	(void)snprintf(t->hit->why, WHY_SIZE, "new %s %.*s", silence_trip_word(kind),
	    STR_ARG(value));
	return OK;
}

/* Is there anything of the alert that the silence has not seen? */
static enum err
check_trips(struct look *l, const struct silence *s, struct hit *hit, struct diag *why)
{
	struct trip t = { l, s, hit };
	struct silence_about own = l->about;
	enum err e = OK;

	hit->learn = s->seen + s->alerts == 0; /* the first one says what is usual */
	if (hit->learn)
		return OK;
	if (l->known == NULL)
		e = db_prepare(l->a->db,
		    "SELECT 1 FROM silence_known WHERE silence = ?1 AND kind = ?2 AND value = ?3",
		    &l->known, why);
	if (e == OK)
		e = silence_values(&l->about, check_value, &t, why);
	own.affected = l->d->own;
	own.tags = STR("");
	if (e == OK && own.affected.n != 0)
		e = silence_values(&own, check_value, &t, why);
	if (e == OK && hit->verdict != BREAK && (s->trips >> SILENCE_SEVERITY & 1) != 0 &&
	    l->d->severity < s->seen_worst) {
		hit->verdict = BREAK;
		(void)snprintf(hit->why, WHY_SIZE, "severity %s, higher than any before",
		    alerts_severity_word(l->d->severity));
	}
	return e;
}

static enum err
alert_number(struct look *l, struct diag *why)
{
	return l->n != 0
		   ? OK
		   : txn_number(l->a, "SELECT n FROM alerts WHERE id = ?1", l->d->id, &l->n, why);
}

/* Does this one hide the alert already? */
static bool
hides_already(const struct look *l, int64_t id)
{
	char quiet[SILENCE_QUIET_SIZE];

	(void)snprintf(quiet, sizeof(quiet), "silence:%lld", (long long)id);
	return str_eq(l->d->quiet, str_c(quiet));
}

static enum err
judge(struct look *l, const struct silence *s, struct hit *hit, struct diag *why)
{
	const bool already = hides_already(l, s->id),
		   matches = silence_matches(&s->match, &l->about);
	enum err e;

	*hit = (struct hit){ .id = s->id };
	if (silence_state(s, l->now) != SILENCE_HOLDS || (!matches && !already))
		return OK;
	e = check_trips(l, s, hit, why);
	if (e != OK || hit->verdict == BREAK || !matches)
		return e;
	hit->verdict = HIDE;
	if (s->max_hits != 0 && s->alerts >= s->max_hits && !already)
		hit->verdict = USED_UP;
	return OK;
}

static enum err
judge_all(struct look *l, struct diag *why)
{
	struct db_stmt *st = l->a->silences;
	struct silence s;
	bool row = false;
	enum err e;

	while ((e = db_step(st, &row, why)) == OK && row && l->n_hits < ARRAY_LEN(l->hits)) {
		silence_row(st, &s);
		e = judge(l, &s, &l->hits[l->n_hits], why);
		if (e != OK)
			break;
		if (l->hits[l->n_hits].verdict != PASS)
			l->n_hits++;
	}
	db_reset(st);
	db_finalize(l->known);
	l->known = NULL;
	return e;
}

/* "silence 12 of ann (known scanner)" */
static enum err
put_name(struct alerts *a, int64_t id, struct buf *to, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e =
	    db_prepare(a->db, "SELECT owner, reason, window FROM silences WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	e = db_step(st, &row, why);
	if (e == OK && row)
		buf_printf(to, "%s %lld of %.*s (%.*s)", db_int(st, 2) != 0 ? "window" : "silence",
		    (long long)id, STR_ARG(db_str(st, 0)), STR_ARG(db_str(st, 1)));
	db_finalize(st);
	return e;
}

static enum err
alert_history(struct look *l, const char *action, struct str note, struct diag *why)
{
	return txn_history(l->a,
	    &(struct txn_entry){ .alert_id = l->d->id,
		.from = STR(""),
		.to = STR(""),
		.by = STR(""),
		.note = note,
		.action = str_c(action),
		.reason = STR("") },
	    l->now, why);
}

static enum err
break_one(struct look *l, const struct hit *hit, struct diag *why)
{
	const struct silence_value v[] = { SILENCE_N(hit->id), SILENCE_N(l->now),
		SILENCE_T(str_c(hit->why)), SILENCE_T(l->d->id) };
	auto_buf struct buf note = { 0 };
	enum err e = silence_run(l->a,
	    "UPDATE silences SET broken_ns = ?2, broken_why = ?3, broken_alert = ?4 WHERE id = ?1",
	    v, ARRAY_LEN(v), why);

	if (e == OK)
		e = silence_log(l->a, hit->id, STR(""), "break", str_c(hit->why), l->now, why);
	if (e == OK)
		e = put_name(l->a, hit->id, &note, why);
	buf_printf(&note, " broke: %s", hit->why);
	return e == OK ? alert_history(l, "unsilenced", buf_view(&note), why) : e;
}

static enum err
use_up(struct look *l, const struct hit *hit, struct diag *why)
{
	const struct silence_value v[] = { SILENCE_N(hit->id), SILENCE_N(l->now) };
	enum err e = silence_run(l->a,
	    "UPDATE silences SET ended_ns = ?2, ended_why = 'used up' WHERE id = ?1", v,
	    ARRAY_LEN(v), why);

	return e == OK ? silence_log(l->a, hit->id, STR(""), "used-up", STR(""), l->now, why) : e;
}

/* A line for the alert, once for each silence that hides it. */
static enum err
say_hidden(struct look *l, int64_t id, struct diag *why)
{
	auto_buf struct buf note = { 0 };
	enum err e = put_name(l->a, id, &note, why);

	return e == OK ? alert_history(l, "silenced", buf_view(&note), why) : e;
}

/* Is it the first time that this silence hides this alert?  Counts it in its row of the two. */
static enum err
count_pair(struct look *l, int64_t id, bool *ret_first, struct diag *why)
{
	const struct silence_value v[] = { SILENCE_N(id), SILENCE_N(l->n), SILENCE_N(l->now),
		SILENCE_N((int64_t)l->d->events) };
	enum err e = silence_run(l->a,
	    "INSERT INTO silence_hidden VALUES(?1, ?2, ?3, ?3, ?4, 1) ON CONFLICT DO NOTHING", v,
	    ARRAY_LEN(v), why);

	*ret_first = e == OK && db_changes(l->a->db) != 0;
	if (e != OK || *ret_first)
		return e;
	return silence_run(l->a,
	    "UPDATE silence_hidden SET last_ns = ?3, events = events + ?4, held = 1"
	    " WHERE silence = ?1 AND alert = ?2",
	    v, ARRAY_LEN(v), why);
}

/* People are called for it already: no more. */
static enum err
hush(struct look *l, int64_t id, struct diag *why)
{
	auto_buf struct buf note = { 0 };
	enum err e = put_name(l->a, id, &note, why);

	return e == OK ? page_hush(l->a, l->d->id, id, buf_view(&note), l->now, why) : e;
}

static enum err
hide(struct look *l, const struct hit *hit, const char *quiet, struct diag *why)
{
	const struct silence_value mark[] = { SILENCE_N(l->n), SILENCE_T(str_c(quiet)) };
	bool first = false;
	enum err e = count_pair(l, hit->id, &first, why);
	const struct silence_value sum[] = { SILENCE_N(hit->id), SILENCE_N(first),
		SILENCE_N((int64_t)l->d->events), SILENCE_N(l->d->last),
		SILENCE_N((int64_t)l->d->severity) };

	if (e == OK)
		e = silence_run(l->a,
		    "UPDATE silences SET alerts = alerts + ?2, events = events + ?3,"
		    " newest_ns = max(newest_ns, ?4), seen_rank = min(seen_rank, ?5)"
		    " WHERE id = ?1",
		    sum, ARRAY_LEN(sum), why);
	if (e == OK && hit->learn)
		e = silence_learn(l->a, hit->id, &l->about, why);
	if (e == OK)
		e = silence_run(l->a, "UPDATE alerts SET quiet = ?2 WHERE n = ?1", mark,
		    ARRAY_LEN(mark), why);
	if (e == OK && first)
		e = say_hidden(l, hit->id, why);
	return e == OK ? hush(l, hit->id, why) : e;
}

/* "silence 12 of ann (known scanner) is over" */
static enum err
say_over(struct look *l, struct str id, struct diag *why)
{
	auto_buf struct buf note = { 0 };
	int64_t n = 0;
	enum err e;

	(void)str_i64(id, &n);
	e = put_name(l->a, n, &note, why);
	buf_str(&note, STR(" hides it no more"));
	return e == OK ? alert_history(l, "unsilenced", buf_view(&note), why) : e;
}

/* Nothing hides it any more; where nothing broke, the history does not say so yet. */
static enum err
unmark(struct look *l, bool broke, struct diag *why)
{
	const struct str id = str_from(l->d->quiet, strlen("silence:"));
	const struct silence_value v[] = { SILENCE_T(l->d->id), SILENCE_T(l->d->quiet) };
	enum err e;

	if (!str_starts(l->d->quiet, STR("silence:")))
		return OK;
	e = alert_number(l, why);
	if (e == OK)
		e = silence_run(l->a, "UPDATE alerts SET quiet = '' WHERE id = ?1 AND quiet = ?2",
		    v, ARRAY_LEN(v), why);
	if (e == OK)
		e = silence_run(l->a, "UPDATE silence_hidden SET held = 0 WHERE alert = ?1",
		    (const struct silence_value[]){ SILENCE_N(l->n) }, 1, why);
	if (e == OK)
		e = page_heard(l->a, l->d->id, l->now, why);
	return e == OK && !broke ? say_over(l, id, why) : e;
}

/* What is to be done by what they all say: a break is heard through any other silence. */
static enum err
conclude(struct look *l, char quiet[SILENCE_QUIET_SIZE], struct diag *why)
{
	const struct hit *hides = NULL;
	bool broke = false;
	enum err e = OK;

	for (size_t i = 0; i < l->n_hits && e == OK; i++) {
		const struct hit *hit = &l->hits[i];

		broke |= hit->verdict == BREAK;
		if (hit->verdict == BREAK)
			e = break_one(l, hit, why);
		else if (hit->verdict == USED_UP)
			e = use_up(l, hit, why);
		else if (hides == NULL)
			hides = hit;
	}
	if (e != OK || broke || hides == NULL)
		return e == OK ? unmark(l, broke, why) : e;
	(void)snprintf(quiet, SILENCE_QUIET_SIZE, "silence:%lld", (long long)hides->id);
	e = alert_number(l, why);
	return e == OK ? hide(l, hides, quiet, why) : e;
}

enum err
silence_hides(struct alerts *a, const struct dispatch *d, int64_t now,
    char quiet[SILENCE_QUIET_SIZE], struct diag *why)
{
	struct look *l = MEM_NEW(struct look);
	enum err e;

	quiet[0] = '\0';
	l->a = a;
	l->d = d;
	l->now = now;
	l->about = (struct silence_about){ .rule_id = d->rule_id,
		.group = d->group,
		.tags = d->tags,
		.affected = d->affected,
		.severity = d->severity };
	e = judge_all(l, why);
	if (e == OK)
		e = conclude(l, quiet, why);
	if (e != OK)
		quiet[0] = '\0';
	free(l);
	return e;
}
