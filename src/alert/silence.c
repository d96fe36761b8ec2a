/* SPDX-License-Identifier: Apache-2.0 */
/* Silences as people make, change and look at them. */
#include "alert/silence.h"

#include "alert/act.h"
#include "alert/silence_in.h"
#include "base/clock.h"
#include "base/ip.h"

#define OFFSET_MAX (14 * 60) /* minutes */
#define HISTORY_MAX 1000

static bool
is_text(struct str s)
{
	if (s.n > SILENCE_TEXT_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

enum err
silence_check(const struct silence_match *m, struct diag *why)
{
	const struct str texts[] = { m->rule_id, m->group, m->user, m->net, m->tag };
	struct ip_net net;
	bool any = m->by_severity, masked = false;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		any |= texts[i].n != 0;
		if (!is_text(texts[i]))
			return err_set(why, FAIL_SYNTAX,
			    "match: texts of at most %d bytes without control characters",
			    SILENCE_TEXT_MAX);
	}
	if (!any)
		return err_set(why, FAIL_SYNTAX,
		    "match: say which alerts: rule_id, group, user, net, tag or severity");
	if (m->net.n != 0 && (!ip_net_parse(m->net, &net, &masked) || masked))
		return err_set(why, FAIL_SYNTAX,
		    "match.net: an address, or a network like 10.0.0.0/8");
	return OK;
}

static enum err
check_weekly(const struct silence *s, struct diag *why)
{
	const struct silence_weekly *w = &s->weekly;

	if (w->days == 0)
		return OK;
	if (!s->window)
		return err_set(why, FAIL_SYNTAX, "weekly: only a window comes every week");
	if (w->days >= 1U << 7 || w->from < 0 || w->from >= 1440 || w->to < 0 || w->to >= 1440)
		return err_set(why, FAIL_SYNTAX, "weekly: days, and times of the day");
	if (w->offset < -OFFSET_MAX || w->offset > OFFSET_MAX)
		return err_set(why, FAIL_SYNTAX, "weekly.offset: at most 14 hours");
	return OK;
}

static enum err
check_end(const struct silence *s, int64_t end, int64_t now, struct diag *why)
{
	const bool weekly = s->weekly.days != 0;

	if (end <= s->start || end <= now)
		return err_set(why, FAIL_SYNTAX, "end: after its start, and not in the past");
	if (end - now > (weekly ? SILENCE_MAX_WEEKLY : SILENCE_MAX_SPAN))
		return err_set(why, FAIL_SYNTAX, "end: at most %d days from now",
		    weekly ? 366 : 90);
	return OK;
}

static enum err
check_words(struct str owner, struct str reason, struct diag *why)
{
	if (str_trim(owner).n == 0 || owner.n > ACT_NAME_MAX || !is_text(owner))
		return err_set(why, FAIL_SYNTAX, "owner: a name of 1 to %d bytes", ACT_NAME_MAX);
	if (str_trim(reason).n == 0 || !is_text(reason))
		return err_set(why, FAIL_SYNTAX, "reason: say why, in at most %d bytes",
		    SILENCE_TEXT_MAX);
	return OK;
}

static enum err
check(const struct silence *s, int64_t now, struct diag *why)
{
	enum err e = silence_check(&s->match, why);

	if (e == OK)
		e = check_weekly(s, why);
	if (e == OK && s->start <= 0)
		e = err_set(why, FAIL_SYNTAX, "start: a time");
	if (e == OK)
		e = check_end(s, s->end, now, why);
	if (e == OK && (s->trips & ~SILENCE_ALL_TRIPS) != 0)
		e = err_set(why, FAIL_SYNTAX, "breaks_on: there is no such thing");
	if (e == OK && s->max_hits > INT64_MAX)
		e = err_set(why, FAIL_SYNTAX, "max_hits: too many");
	if (e == OK && !is_text(s->note))
		e = err_set(why, FAIL_SYNTAX, "note: at most %d bytes", SILENCE_TEXT_MAX);
	return e == OK ? check_words(s->owner, s->reason, why) : e;
}

static enum err
insert(struct alerts *a, const struct silence *s, int64_t now, int64_t *ret_id, struct diag *why)
{
	const struct silence_match *m = &s->match;
	const struct silence_value v[] = { SILENCE_N(s->window), SILENCE_T(m->rule_id),
		SILENCE_T(m->group), SILENCE_T(m->user), SILENCE_T(m->net), SILENCE_T(m->tag),
		SILENCE_N(m->by_severity ? (int64_t)m->at_most : -1), SILENCE_N(s->weekly.days),
		SILENCE_N(s->weekly.from), SILENCE_N(s->weekly.to), SILENCE_N(s->weekly.offset),
		SILENCE_N(s->trips), SILENCE_T(s->owner), SILENCE_T(s->reason), SILENCE_T(s->note),
		SILENCE_T(s->alert_id), SILENCE_N(s->start), SILENCE_N(s->end),
		SILENCE_N((int64_t)s->max_hits), SILENCE_N(now) };
	enum err e = silence_run(a,
	    "INSERT INTO silences(window, rule_id, group_key, user, net, tag, at_most, days,"
	    " from_min, to_min, offset_min, trips, owner, reason, note, alert_id, start_ns, end_ns,"
	    " max_hits, created_ns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	    v, ARRAY_LEN(v), why);

	*ret_id = db_last_id(a->db);
	return e;
}

struct source {
	struct alerts *a;
	int64_t id;
	struct diag *why;
};

/* The alert that it was made from, or that broke it, is known to it whatever it looks for. */
static enum err
learn_source(void *ctx, const struct alerts_row *row)
{
	const struct source *s = ctx;
	struct silence_about x = { .rule_id = row->rule_id,
		.group = row->group,
		.tags = row->tags,
		.affected = row->affected,
		.severity = ALERTS_INFO };
	enum err e = silence_learn(s->a, s->id, &x, s->why);

	(void)alerts_severity_find(row->severity, &x.severity);
	if (e != OK)
		return e;
	return silence_run(s->a,
	    "UPDATE silences SET seen = max(seen, 1), seen_rank = min(seen_rank, ?2) WHERE id = ?1",
	    (const struct silence_value[]){ SILENCE_N(s->id), SILENCE_N((int64_t)x.severity) }, 2,
	    s->why);
}

/* What it knows from the start; and may it be? */
static enum err
look_back(struct alerts *a, const struct silence *s, int64_t now, struct diag *why)
{
	struct source source = { a, s->id, why };
	struct silence_preview seen = { 0 };
	enum err e = silence_learn_past(a, s, now, &seen, why);

	if (e == OK && s->alert_id.n != 0)
		e = alerts_get(a, s->alert_id, learn_source, &source, why);
	if (e != OK || str_trim(s->note).n != 0)
		return e;
	if (seen.true_positives != 0)
		return err_set(why, FAIL_DENIED,
		    "it would have hidden %llu true positives of the last 30 days: narrow it, or"
		    " say in note why it may",
		    (unsigned long long)seen.true_positives);
	if (!seen.complete)
		return err_set(why, FAIL_DENIED,
		    "there are more alerts than can be looked through: narrow it, or say in note"
		    " why it may");
	return OK;
}

static enum err
add_inside(struct alerts *a, const struct silence *s, struct str by, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	struct silence made = *s;
	int64_t held = 0;
	enum err e = txn_number(a, "SELECT count(*) FROM silences WHERE ended_ns = 0",
	    (struct str){ NULL, 0 }, &held, why);

	if (e == OK && held >= SILENCE_HELD_MAX)
		e = err_set(why, FAIL_LIMIT, "at most %d silences: end one", SILENCE_HELD_MAX);
	if (e == OK)
		e = insert(a, s, now, ret_id, why);
	made.id = *ret_id;
	if (e == OK)
		e = look_back(a, &made, now, why);
	if (e == OK)
		e = silence_log(a, made.id, by, "create", s->note, now, why);
	return e == OK ? silence_stop_all(a, now, why) : e;
}

enum err
silence_add(struct alerts *a, const struct silence *s, struct str by, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	enum err e = check(s, now, why);

	if (e == OK)
		e = txn_begin(a, why);
	if (e != OK)
		return e;
	*ret_id = 0;
	return txn_end(a, add_inside(a, s, by, now, ret_id, why), why);
}

static enum err
change_row(struct alerts *a, const struct silence *s, const struct silence_change *c, int64_t now,
    struct diag *why)
{
	const struct silence_value v[] = { SILENCE_N(s->id),
		SILENCE_T(c->owner.p != NULL ? c->owner : s->owner),
		SILENCE_T(c->reason.p != NULL ? c->reason : s->reason),
		SILENCE_N(c->end != 0 ? c->end : s->end),
		SILENCE_N((int64_t)(c->with_max_hits ? c->max_hits : s->max_hits)),
		SILENCE_N(c->renew) };
	struct source source = { a, s->id, why };
	struct silence_preview seen = { 0 };
	enum err e = silence_run(a,
	    "UPDATE silences SET owner = ?2, reason = ?3, end_ns = ?4, max_hits = ?5, broken_ns ="
	    " iif(?6, 0, broken_ns) WHERE id = ?1",
	    v, ARRAY_LEN(v), why);

	if (e == OK && c->renew)
		e = silence_learn_past(a, s, now, &seen, why);
	if (e == OK && c->renew && s->broken_alert.n != 0)
		e = alerts_get(a, s->broken_alert, learn_source, &source, why);
	return e;
}

static void
put_change(const struct silence_change *c, struct buf *to)
{
	char end[40];

	if (c->owner.p != NULL)
		buf_printf(to, "owner %.*s; ", STR_ARG(c->owner));
	if (c->reason.p != NULL)
		buf_printf(to, "reason %.*s; ", STR_ARG(c->reason));
	if (c->end != 0)
		buf_printf(to, "until %s; ", clock_text(c->end, end));
	if (c->with_max_hits)
		buf_printf(to, "at most %llu alerts; ", (unsigned long long)c->max_hits);
	to->n -= to->n >= 2 ? 2 : 0;
}

struct setting {
	struct alerts *a;
	const struct silence_change *c;
	struct str by;
	int64_t now;
	struct diag *why;
};

static enum err
set_one(void *ctx, const struct silence *s)
{
	struct setting *t = ctx;
	auto_buf struct buf note = { 0 };
	enum err e;

	if (silence_state(s, t->now) == SILENCE_ENDED)
		return err_set(t->why, FAIL_DENIED, "silence %lld has ended: make another",
		    (long long)s->id);
	e = check_words(t->c->owner.p != NULL ? t->c->owner : s->owner,
	    t->c->reason.p != NULL ? t->c->reason : s->reason, t->why);
	if (e == OK && t->c->end != 0)
		e = check_end(s, t->c->end, t->now, t->why);
	if (e == OK && t->c->max_hits > INT64_MAX)
		e = err_set(t->why, FAIL_SYNTAX, "max_hits: too many");
	if (e == OK)
		e = change_row(t->a, s, t->c, t->now, t->why);
	put_change(t->c, &note);
	if (e == OK)
		e = silence_log(t->a, s->id, t->by, t->c->renew ? "renew" : "change",
		    buf_view(&note), t->now, t->why);
	return e == OK && t->c->renew ? silence_stop_all(t->a, t->now, t->why) : e;
}

enum err
silence_set(struct alerts *a, int64_t id, const struct silence_change *c, struct str by,
    int64_t now, struct diag *why)
{
	struct setting t = { a, c, by, now, why };
	enum err e = txn_begin(a, why);

	return e == OK ? txn_end(a, silence_get(a, id, set_one, &t, why), why) : e;
}

static enum err
end_one(void *ctx, const struct silence *s)
{
	const struct setting *t = ctx;
	enum err e;

	if (silence_state(s, t->now) == SILENCE_ENDED)
		return err_set(t->why, FAIL_DENIED, "silence %lld has ended already",
		    (long long)s->id);
	e = silence_run(t->a,
	    "UPDATE silences SET ended_ns = ?2, ended_by = ?3, ended_why = 'ended' WHERE id = ?1",
	    (const struct silence_value[]){ SILENCE_N(s->id), SILENCE_N(t->now), SILENCE_T(t->by) },
	    3, t->why);
	return e == OK ? silence_log(t->a, s->id, t->by, "end", STR(""), t->now, t->why) : e;
}

enum err
silence_end(struct alerts *a, int64_t id, struct str by, int64_t now, struct diag *why)
{
	struct setting t = { a, NULL, by, now, why };
	enum err e = txn_begin(a, why);

	return e == OK ? txn_end(a, silence_get(a, id, end_one, &t, why), why) : e;
}

enum err
silence_get(struct alerts *a, int64_t id, silence_fn fn, void *ctx, struct diag *why)
{
	struct silence s;
	struct db_stmt *st;
	bool row = false;
	enum err e =
	    db_prepare(a->db, "SELECT " SILENCE_COLUMNS " FROM silences WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	e = db_step(st, &row, why);
	if (e == OK && !row)
		e = err_set(why, FAIL_NOT_FOUND, "there is no silence %lld", (long long)id);
	if (e == OK) {
		silence_row(st, &s);
		e = fn(ctx, &s);
	}
	db_finalize(st);
	return e;
}

enum err
silence_list(struct alerts *a, unsigned states, int64_t before, unsigned limit, int64_t now,
    silence_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	struct silence s;
	unsigned n = 0;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT " SILENCE_COLUMNS " FROM silences WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, before);
	while (n < limit && (e = db_step(st, &row, why)) == OK && row) {
		silence_row(st, &s);
		if (states != 0 && (states >> silence_state(&s, now) & 1) == 0)
			continue;
		n++;
		e = fn(ctx, &s);
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}

enum err
silence_history(struct alerts *a, int64_t id, silence_entry_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT at_ns, by, action, note FROM (SELECT rowid AS r, * FROM silence_log WHERE"
	    " silence = ?1 ORDER BY r DESC LIMIT ?2) ORDER BY r",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	db_bind_int(st, 2, HISTORY_MAX);
	while ((e = db_step(st, &row, why)) == OK && row) {
		e = fn(ctx, &(struct silence_entry){ .time = db_int(st, 0),
				.by = db_str(st, 1),
				.action = db_str(st, 2),
				.note = db_str(st, 3) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
