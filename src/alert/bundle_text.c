/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a bundle: what is in it, and of digests what else there was in their time. */
/* exports: bundle_ */
/* tested by: test/unit/alert/test_bundle.c */
#include "alert/bundle.h"
#include "alert/internal.h"
#include "base/clock.h"

#define GROUPS 3 /* of a rule that are named */
#define TEXT_MAX ((size_t)4000)
#define WORD_MAX 120 /* bytes of a title or a group key */
#define DAY ((int64_t)86400 * CLOCK_S)

struct writing {
	struct alerts *a;
	const struct bundle *b;
	int64_t from; /* the time that a digest is of begins */
	struct buf *to;
	struct diag *why;
};

static bool
is_digest(const struct bundle *b)
{
	return b->form == BUNDLE_DAILY || b->form == BUNDLE_WEEKLY;
}

static int64_t
span_of(const struct bundle *b)
{
	if (b->form == BUNDLE_DAILY)
		return DAY;
	return b->form == BUNDLE_WEEKLY ? 7 * DAY : b->due - b->begin;
}

static void
put_span(int64_t ns, struct buf *to)
{
	static const struct {
		int64_t s;
		const char *one, *many;
	} units[] = {
		{ 86400, "day", "days" },
		{ 3600, "hour", "hours" },
		{ 60, "minute", "minutes" },
		{ 1, "second", "seconds" },
	};
	const int64_t s = ns < CLOCK_S ? 1 : ns / CLOCK_S;
	size_t i = 0;

	while (s % units[i].s != 0)
		i++;
	buf_printf(to, "%lld %s", (long long)(s / units[i].s),
	    s / units[i].s == 1 ? units[i].one : units[i].many);
}

/* Cut, so that no text of an attacker makes the others fall out. */
static void
put_word(struct str s, struct buf *to)
{
	const size_t n = s.n <= WORD_MAX ? s.n : WORD_MAX;

	for (size_t i = 0; i < n; i++)
		buf_byte(to, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	if (n < s.n)
		buf_str(to, STR("..."));
}

/* ?1 the bundle's id, ?2 to ?3 the time it is of; what a query does not ask for is left out. */
static enum err
ask(const struct writing *w, const char *sql, struct db_stmt **ret)
{
	enum err e = db_prepare(w->a->db, sql, ret, w->why);

	if (e != OK)
		return e;
	if (strstr(sql, "?1") != NULL)
		db_bind_str(*ret, 1, w->b->id);
	if (strstr(sql, "?2") != NULL) {
		db_bind_int(*ret, 2, w->from);
		db_bind_int(*ret, 3, w->b->due);
	}
	return OK;
}

/* "Label: CRITICAL 1, HIGH 2": rows are (word, number), left out when there are none. */
static enum err
put_numbers(const struct writing *w, const char *label, const char *sql)
{
	struct db_stmt *st;
	bool more = false;
	size_t n = 0;
	enum err e = ask(w, sql, &st);

	while (e == OK && (e = db_step(st, &more, w->why)) == OK && more) {
		buf_printf(w->to, n == 0 ? "%s: " : ", ", label);
		put_word(db_str(st, 0), w->to);
		buf_printf(w->to, " %lld", (long long)db_int(st, 1));
		n++;
	}
	db_finalize(st);
	if (n != 0)
		buf_byte(w->to, '\n');
	return e;
}

#define OF_BUNDLE " FROM bundle_items JOIN alerts ON id = alert WHERE bundle = ?1"
#define OF_TIME " FROM alerts WHERE last_ns >= ?2 AND last_ns < ?3 AND demo = 0"

/* Of one rule: whom it concerns most. */
static enum err
put_groups(const struct writing *w, struct str rule, int64_t n)
{
	struct db_stmt *st;
	bool more = false;
	int64_t said = 0;
	enum err e = ask(w,
	    "SELECT group_key" OF_BUNDLE " AND rule_id = ?4 GROUP BY 1 ORDER BY count(*) DESC, 1"
	    " LIMIT ?5",
	    &st);

	if (e != OK)
		return e;
	db_bind_str(st, 4, rule);
	db_bind_int(st, 5, GROUPS);
	while ((e = db_step(st, &more, w->why)) == OK && more) {
		buf_str(w->to, said++ == 0 ? STR(": ") : STR("; "));
		put_word(db_str(st, 0), w->to);
	}
	db_finalize(st);
	if (n > said)
		buf_printf(w->to, "; %lld more", (long long)(n - said));
	return e;
}

/* A line each: how many, which rule, whom. */
static enum err
put_rules(const struct writing *w)
{
	struct db_stmt *st;
	bool more = false;
	int64_t lines = 0, named = 0;
	enum err e = ask(w,
	    "SELECT rule_id, max(title), min(rank), count(*), count(DISTINCT group_key)" OF_BUNDLE
	    " GROUP BY rule_id ORDER BY 3, 4 DESC, 1",
	    &st);

	while (e == OK && lines < BUNDLE_LINES && (e = db_step(st, &more, w->why)) == OK && more) {
		buf_printf(w->to, "%lld x ", (long long)db_int(st, 3));
		put_word(db_str(st, 1), w->to);
		buf_printf(w->to, " (%s)",
		    alerts_severity_word((enum alerts_severity)db_int(st, 2)));
		e = put_groups(w, db_str(st, 0), db_int(st, 4));
		buf_byte(w->to, '\n');
		named += db_int(st, 3);
		lines++;
	}
	db_finalize(st);
	if (e == OK && named < (int64_t)w->b->alerts)
		buf_printf(w->to, "%lld more of other rules\n",
		    (long long)((int64_t)w->b->alerts - named));
	return e;
}

/* What a digest says of the whole time, beyond what was collected for it. */
static enum err
put_report(const struct writing *w)
{
	static const struct {
		const char *label, *sql;
	} parts[] = {
		{ "All alerts of this time", "SELECT severity, count(*)" OF_TIME " GROUP BY rank"
					     " ORDER BY rank" },
		{ "Top rules", "SELECT max(title), count(*)" OF_TIME " GROUP BY rule_id"
			       " ORDER BY 2 DESC, 1 LIMIT 5" },
		{ "Most affected", "SELECT group_key, count(*)" OF_TIME " AND group_key <> ''"
				   " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5" },
		{ "Still open", "SELECT severity, sum(n) FROM alert_counts WHERE status IN ('open',"
				" 'acknowledged', 'in_progress') AND demo = 0 GROUP BY severity"
				" HAVING sum(n) > 0 ORDER BY CASE severity WHEN 'CRITICAL' THEN 0"
				" WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2 WHEN 'LOW' THEN 3 ELSE 4"
				" END" },
		{ "Messages not delivered",
		    "SELECT iif(state = 'dead', 'given up', 'waiting'), count(*) FROM outbox WHERE"
		    " state <> 'sent' GROUP BY 1 ORDER BY 1" },
		{ "Nobody was told of", "SELECT CASE WHEN quiet LIKE 'silence:%' THEN 'silenced'"
					" WHEN quiet LIKE 'inhibited:%' THEN 'explained by others'"
					" ELSE 'quiet' END, count(*)" OF_TIME
					" AND quiet <> '' GROUP BY 1 ORDER BY 1" },
		{ "Hidden by silences",
		    "SELECT id || ' of ' || owner, count(*) FROM silence_hidden JOIN silences ON"
		    " id = silence WHERE last_ns >= ?2 AND last_ns < ?3 GROUP BY id"
		    " ORDER BY 2 DESC, id LIMIT 10" },
		{ "Held in a storm for summaries", "SELECT channel, sum(n) FROM bundles WHERE form "
						   "= 'storm' AND closed_ns >= ?2 AND"
						   " closed_ns < ?3 GROUP BY 1 ORDER BY 1" },
	};
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(parts) && e == OK; i++)
		e = put_numbers(w, parts[i].label, parts[i].sql);
	return e;
}

/* ": 5 Brute force, 4 Token stolen, 3 others" */
static enum err
put_few(const struct writing *w, struct buf *title)
{
	struct db_stmt *st;
	bool more = false;
	int64_t said = 0;
	size_t n = 0;
	enum err e = ask(w,
	    "SELECT max(title), count(*)" OF_BUNDLE
	    " GROUP BY rule_id ORDER BY min(rank), 2 DESC, rule_id LIMIT 3",
	    &st);

	while (e == OK && (e = db_step(st, &more, w->why)) == OK && more) {
		buf_printf(title, "%s %lld ", n++ == 0 ? ":" : ",", (long long)db_int(st, 1));
		put_word(db_str(st, 0), title);
		said += db_int(st, 1);
	}
	db_finalize(st);
	if (n != 0 && (int64_t)w->b->alerts > said)
		buf_printf(title, ", %lld others", (long long)((int64_t)w->b->alerts - said));
	return e;
}

static void
put_title(const struct bundle *b, struct buf *to)
{
	if (b->form == BUNDLE_DAILY)
		buf_str(to, STR("Daily digest: "));
	if (b->form == BUNDLE_WEEKLY)
		buf_str(to, STR("Weekly report: "));
	if (b->form == BUNDLE_WINDOW)
		buf_printf(to, "Window %.*s is over: it hid ",
		    STR_ARG(str_from(b->slot, strlen("window-"))));
	if (b->form == BUNDLE_PAGE)
		buf_printf(to, "%llu more alert%s for you", (unsigned long long)b->alerts,
		    b->alerts == 1 ? " calls" : "s call");
	else if (b->alerts == 0)
		buf_str(to, STR("no alerts"));
	else
		buf_printf(to, "%llu alert%s", (unsigned long long)b->alerts,
		    b->alerts == 1 ? "" : "s");
	if (b->form == BUNDLE_STORM)
		buf_str(to, STR(" held back"));
	if (!is_digest(b) && b->form != BUNDLE_WINDOW && b->form != BUNDLE_PAGE) {
		buf_str(to, STR(" in "));
		put_span(span_of(b), to);
	}
}

enum err
bundle_write(struct alerts *a, const struct bundle *b, struct buf *title, struct buf *summary,
    struct diag *why)
{
	auto_buf struct buf text = { 0 };
	const struct writing w = { a, b, b->due - span_of(b), &text, why };
	enum err e;

	put_title(b, title);
	if (b->form == BUNDLE_PAGE) {
		e = put_few(&w, title);
		if (e != OK)
			return e;
		buf_str(&text, STR("So many alerts called for you at once that these were held in"
				   " this summary; each goes on to the next person unless it is"
				   " taken on.\n"));
	}
	if (b->form == BUNDLE_STORM)
		buf_str(&text,
		    STR("So many alerts came at once that these were held back; each is on the"
			" page.\n"));
	e = put_numbers(&w, "By severity",
	    "SELECT severity, count(*)" OF_BUNDLE " GROUP BY rank ORDER BY rank");
	if (e == OK)
		e = put_rules(&w);
	if (e == OK && is_digest(b))
		e = put_report(&w);
	buf_put(summary, text.p, text.n < TEXT_MAX ? text.n : TEXT_MAX);
	return e;
}
