/* Rewriting short forms, token by token. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/shortform.h"

#include "store/sqltok.h"

/* A statement that begins with one of these is left as it is (and may be refused later). */
static const char *const beginnings[] = { "select", "with", "from", "values", "table", "explain",
	"describe", "desc", "show", "summarize", "pivot", "unpivot", "insert", "update", "delete",
	"merge", "create", "drop", "alter", "copy", "export", "import", "attach", "detach", "use",
	"set", "reset", "pragma", "call", "install", "load", "begin", "start", "commit", "rollback",
	"abort", "checkpoint", "force", "vacuum", "analyze", "prepare", "execute", "deallocate",
	"truncate", "comment", "grant", "revoke", "kill" };

/* What may follow FROM, so FROM stands before it. */
static const char *const clauses[] = { "where", "group", "having", "window", "qualify", "order",
	"limit", "offset", "union", "intersect", "except" };

/* Words that say which view a statement without FROM means; else security_events. */
static const struct {
	const char *word, *view;
} hints[] = {
	{ "detect_time", "incidents" },
	{ "response_time", "incidents" },
	{ "resolve_time", "incidents" },
	{ "incident_id", "incidents" },
	{ "block_reason", "ip_blocklist" },
	{ "block_duration", "ip_blocklist" },
	{ "is_active", "ip_blocklist" },
	{ "rule_id", "alerts" },
	{ "group_key", "alerts" },
};

/* states of an incident: status = 'open' means those */
static const char *const states[] = { "'open'", "'investigating'", "'contained'", "'acknowledged'",
	"'resolved'", "'closed'" };

static const struct {
	const char *letters, *unit;
} units[] = {
	{ "s", "second" },
	{ "sec", "second" },
	{ "m", "minute" },
	{ "min", "minute" },
	{ "h", "hour" },
	{ "hr", "hour" },
	{ "d", "day" },
	{ "w", "week" },
};

static const char *const aggregates[] = { "count", "sum", "avg", "mean", "min", "max", "any_value",
	"first", "last", "arg_max", "arg_min", "array_agg", "list", "string_agg", "group_concat",
	"median", "mode", "quantile", "quantile_cont", "quantile_disc", "approx_count_distinct",
	"approx_quantile", "stddev", "variance", "bool_and", "bool_or", "histogram" };

static bool
among(const struct sqltok *t, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (sqltok_is(t, words[i]))
			return true;
	return false;
}

/* Depth of brackets behind token `t`, being `depth` before it. */
static size_t
nest(const struct sqltok *t, size_t depth)
{
	if (sqltok_sign(t, '(') || sqltok_sign(t, '['))
		return depth + 1;
	if ((sqltok_sign(t, ')') || sqltok_sign(t, ']')) && depth > 0)
		return depth - 1;
	return depth;
}

static const char *
view_for(const struct sqltok *t, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < ARRAY_LEN(hints); k++)
			if (sqltok_is(&t[i], hints[k].word))
				return hints[k].view;
		if (i + 2 >= n || !sqltok_is(&t[i], "status") || !sqltok_sign(&t[i + 1], '='))
			continue;
		for (k = 0; k < ARRAY_LEN(states); k++)
			if (str_eq_nocase(t[i + 2].text, str_c(states[k])))
				return "incidents";
	}
	return "security_events";
}

/* FROM is that of IS [NOT] DISTINCT FROM. */
static bool
compares(const struct sqltok *t, size_t i)
{
	return i > 1 && sqltok_is(&t[i - 1], "distinct") &&
	       (sqltok_is(&t[i - 2], "is") || sqltok_is(&t[i - 2], "not"));
}

/* Where FROM is to be put in; SIZE_MAX when the statement has one, or needs none. */
static size_t
from_place(const struct sqltok *t, size_t n, bool bare)
{
	size_t i, depth = 0, place = n;

	for (i = 0; i < n; i++) {
		if (depth == 0 && sqltok_is(&t[i], "from") && !compares(t, i))
			return SIZE_MAX;
		if (depth == 0 && place == n && i > 0 && among(&t[i], clauses, ARRAY_LEN(clauses)))
			place = i;
		depth = nest(&t[i], depth);
	}
	/* "SELECT 1" asks for no table; within open brackets nothing is put. */
	return depth == 0 && (place < n || bare) ? place : SIZE_MAX;
}

/* now() - 1h */
static size_t
put_interval(const struct sqltok *t, size_t i, size_t n, struct buf *to)
{
	size_t k;

	if (i == 0 || i + 1 >= n || t[i].kind != SQLTOK_NUMBER || t[i + 1].spaced ||
	    (!sqltok_sign(&t[i - 1], '-') && !sqltok_sign(&t[i - 1], '+')))
		return 0;
	for (k = 0; k < ARRAY_LEN(units); k++) {
		if (!sqltok_is(&t[i + 1], units[k].letters))
			continue;
		buf_printf(to, " INTERVAL '%.*s %s'", STR_ARG(t[i].text), units[k].unit);
		return 2;
	}
	return 0;
}

/* time_bucket('5 minutes') */
static size_t
put_bucket(const struct sqltok *t, size_t i, size_t n, struct buf *to)
{
	if (i + 3 >= n || !sqltok_is(&t[i], "time_bucket") || !sqltok_sign(&t[i + 1], '(') ||
	    t[i + 2].kind != SQLTOK_STRING || !sqltok_sign(&t[i + 3], ')'))
		return 0;
	buf_str(to, STR(" time_bucket(INTERVAL "));
	buf_str(to, t[i + 2].text);
	buf_str(to, STR(", \"timestamp\")"));
	return 4;
}

/* Where FROM goes in; n: at the end, SIZE_MAX: nowhere. */
static size_t
place_of(const struct sqltok *t, size_t n, bool bare)
{
	size_t place;

	if (n == 0)
		return SIZE_MAX;
	if (bare || sqltok_is(&t[0], "select"))
		return from_place(t, n, bare);
	if (n < 2 || !sqltok_is(&t[0], "explain") || !sqltok_is(&t[1], "select"))
		return SIZE_MAX;
	place = from_place(t + 1, n - 1, false);
	return place != SIZE_MAX ? place + 1 : SIZE_MAX;
}

/* Writes token `i`, or the short form that begins there; how many tokens that took. */
static size_t
put_next(const struct sqltok *t, size_t i, size_t n, struct buf *to)
{
	size_t used;

	used = put_interval(t, i, n, to);
	if (used == 0)
		used = put_bucket(t, i, n, to);
	if (used != 0)
		return used;
	sqltok_put(&t[i], to);
	return 1;
}

static void
expand(const struct sqltok *t, size_t n, struct buf *to)
{
	size_t i, place;
	bool bare;

	bare =
	    n > 0 && t[0].kind == SQLTOK_WORD && !among(&t[0], beginnings, ARRAY_LEN(beginnings));
	place = place_of(t, n, bare);
	if (bare)
		buf_str(to, STR("SELECT "));
	for (i = 0; i < n; i += put_next(t, i, n, to))
		if (i == place)
			buf_printf(to, " FROM %s ", view_for(t, n));
	if (place == n)
		buf_printf(to, " FROM %s", view_for(t, n));
}

void
shortform_expand(struct str sql, struct buf *to)
{
	struct sqltok_list l;

	if (!sqltok_split(sql, &l)) {
		buf_str(to, sql);
		return;
	}
	while (l.t.n > 0 && sqltok_sign(&l.t.p[l.t.n - 1], ';'))
		l.t.n--;
	expand(l.t.p, l.t.n, to);
	sqltok_free(&l);
}

static bool
names(const struct sqltok *t, struct str column)
{
	if (t->kind == SQLTOK_NAME)
		return str_eq_nocase((struct str){ t->text.p + 1, t->text.n - 2 }, column);
	return t->kind == SQLTOK_WORD && str_eq_nocase(t->text, column);
}

static bool
is_name(const struct sqltok *t)
{
	return t->kind == SQLTOK_WORD || t->kind == SQLTOK_NAME;
}

/* Length of a dotted chain (e.geoip.country) at `i` that has `column` in it; 0: none. */
static size_t
chain(const struct sqltok *t, size_t i, size_t n, struct str column)
{
	size_t length = 1;
	bool found;

	if (!is_name(&t[i]) || (i > 0 && sqltok_sign(&t[i - 1], '.')))
		return 0;
	found = names(&t[i], column);
	while (i + length + 1 < n && sqltok_sign(&t[i + length], '.') &&
	       is_name(&t[i + length + 1])) {
		found = found || names(&t[i + length + 1], column);
		length += 2;
	}
	if (i + length < n && sqltok_sign(&t[i + length], '('))
		return 0; /* a function */
	return found && (i == 0 || !sqltok_is(&t[i - 1], "as")) ? length : 0;
}

/* Part of the outermost statement a column may be wrapped in. */
static bool
part_of(const struct sqltok *t, bool before)
{
	if (sqltok_is(t, "select") || sqltok_is(t, "having") || sqltok_is(t, "order"))
		return true;
	if (sqltok_is(t, "from") || sqltok_is(t, "where") || sqltok_is(t, "group") ||
	    sqltok_is(t, "limit"))
		return false;
	return before;
}

struct wrap {
	bool part;      /* see part_of() */
	bool list;      /* in the select list */
	size_t depth;   /* of brackets */
	size_t guarded; /* depth from which on an aggregate holds us; 0: none */
};

static void
track(struct wrap *w, const struct sqltok *t, size_t i)
{
	size_t depth = nest(&t[i], w->depth);

	if (w->depth == 0) {
		w->part = part_of(&t[i], w->part);
		w->list = w->part && (sqltok_is(&t[i], "select") || w->list) &&
			  !sqltok_is(&t[i], "order") && !sqltok_is(&t[i], "having");
	}
	if (depth > w->depth && w->guarded == 0 && i > 0 &&
	    (among(&t[i - 1], aggregates, ARRAY_LEN(aggregates)) || sqltok_is(&t[i + 1], "select")))
		w->guarded = depth;
	if (depth < w->guarded)
		w->guarded = 0;
	w->depth = depth;
}

/* The chain is a whole item of the select list, without a name of its own. */
static bool
whole_item(const struct wrap *w, const struct sqltok *t, size_t i, size_t length, size_t n)
{
	bool before, after;

	if (!w->list || w->depth != 0)
		return false;
	before = i > 0 && (sqltok_is(&t[i - 1], "select") || sqltok_sign(&t[i - 1], ','));
	after = i + length >= n || sqltok_is(&t[i + length], "from") ||
		sqltok_sign(&t[i + length], ',');
	return before && after;
}

bool
shortform_any_value(struct str sql, struct str column, struct buf *to)
{
	struct sqltok_list l;
	struct wrap w = { 0 };
	bool any = false;
	size_t i, k, n, length;

	if (!sqltok_split(sql, &l))
		return false;
	n = l.t.n;
	for (i = 0; i < n; i += length) {
		const struct sqltok *t = l.t.p;

		length = w.part && w.guarded == 0 ? chain(t, i, n, column) : 0;
		if (length == 0) {
			length = 1;
			sqltok_put(&t[i], to);
			if (i + 1 < n)
				track(&w, t, i);
			continue;
		}
		any = true;
		buf_str(to, STR(" any_value("));
		for (k = i; k < i + length; k++)
			buf_str(to, t[k].text);
		buf_byte(to, ')');
		if (whole_item(&w, t, i, length, n)) {
			buf_str(to, STR(" AS "));
			buf_str(to, t[i + length - 1].text);
		}
	}
	sqltok_free(&l);
	return any;
}
