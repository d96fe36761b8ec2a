/* Letting single queries through and nothing else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/gate.h"

#include "store/shortform.h"
#include "store/sqltok.h"

#define SQL_MAX ((size_t)2 << 20)
#define WRAPS_MAX 16 /* columns missing from one GROUP BY */

static const char refusal[] = "only a single SELECT statement is allowed";

/* Beginnings of statements that only read.  What DuckDB says of their type counts too. */
static const char *const readers[] = { "select", "with", "from", "values", "table", "describe",
	"desc", "summarize", "show", "pivot", "unpivot" };

/*
 * Words that may not occur: what shows settings (they hold paths), and what
 * runs text as SQL, which would hide such words from us.
 */
static const char *const forbidden[] = { "duckdb_settings", "pg_settings", "current_setting",
	"duckdb_secrets", "which_secret", "query", "query_table", "enable_logging",
	"enable_profiling", "checkpoint", "force_checkpoint" };

static enum err
refuse(struct buf *words, enum err e, struct str reason)
{
	buf_reset(words);
	buf_str(words, reason);
	return e;
}

static enum err
prepare(struct duck *d, duckdb_extracted_statements ex, duckdb_prepared_statement *ret,
    struct buf *words)
{
	duckdb_prepared_statement st = NULL;
	duckdb_statement_type type;

	if (duckdb_prepare_extracted_statement(d->conn, ex, 0, &st) != DuckDBSuccess) {
		enum err e = refuse(words, FAIL_SYNTAX, str_c(duckdb_prepare_error(st)));

		duckdb_destroy_prepare(&st);
		return e;
	}
	type = duckdb_prepared_statement_type(st);
	if ((type != DUCKDB_STATEMENT_TYPE_SELECT && type != DUCKDB_STATEMENT_TYPE_EXPLAIN) ||
	    duckdb_nparams(st) != 0) {
		duckdb_destroy_prepare(&st);
		return refuse(words, FAIL_DENIED, str_c(refusal));
	}
	*ret = st;
	return OK;
}

static enum err
single(struct duck *d, struct str sql, duckdb_prepared_statement *ret, struct buf *words)
{
	duckdb_extracted_statements ex = NULL;
	auto_buf struct buf text = { 0 };
	const char *reason;
	idx_t n;
	enum err e;

	buf_init(&text, SQL_MAX);
	buf_str(&text, sql);
	n = duckdb_extract_statements(d->conn, duck_sql(&text), &ex);
	if (n == 1) {
		e = prepare(d, ex, ret, words);
	} else {
		reason = n == 0 ? duckdb_extract_statements_error(ex) : NULL;
		e = reason != NULL ? refuse(words, FAIL_SYNTAX, str_c(reason))
				   : refuse(words, FAIL_DENIED, str_c(refusal));
	}
	duckdb_destroy_extracted(&ex);
	return e;
}

/* The statement behind EXPLAIN [ANALYZE] [(options)]; the whole when there is no EXPLAIN. */
static struct str
explained(struct str sql, const struct sqltok_list *l)
{
	size_t i = 0;

	if (l->t.n == 0 || !sqltok_is(&l->t.p[0], "explain"))
		return sql;
	i = 1;
	if (i < l->t.n && sqltok_is(&l->t.p[i], "analyze"))
		i++;
	if (i < l->t.n && sqltok_sign(&l->t.p[i], '('))
		while (i < l->t.n && !sqltok_sign(&l->t.p[i++], ')'))
			;
	return i < l->t.n ? str_from(sql, (size_t)(l->t.p[i].text.p - sql.p)) : STR("");
}

static bool
is_forbidden(const struct sqltok_list *l, size_t i)
{
	const struct sqltok *t = &l->t.p[i];
	struct str name = t->text;
	size_t k;

	if (t->kind == SQLTOK_NAME)
		name = (struct str){ name.p + 1, name.n - 2 };
	else if (t->kind != SQLTOK_WORD)
		return false;
	for (k = 0; k < ARRAY_LEN(forbidden); k++) {
		if (!str_eq_nocase(name, str_c(forbidden[k])))
			continue;
		/* "query" is a column too: only as a function is it bad. */
		if (!str_eq_nocase(name, STR("query")) ||
		    (i + 1 < l->t.n && sqltok_sign(&l->t.p[i + 1], '(')))
			return true;
	}
	return false;
}

static bool
innocent(const struct sqltok_list *l)
{
	size_t i;

	for (i = 0; i < l->t.n; i++)
		if (is_forbidden(l, i))
			return false;
	return true;
}

/* By its first word; a statement in brackets is taken for a query, DuckDB will say. */
static bool
reads(struct str sql, bool *ret_explain)
{
	struct sqltok_list l, inner;
	struct str rest;
	bool good = false;
	size_t i;

	if (!sqltok_split(sql, &l))
		return false;
	rest = explained(sql, &l);
	*ret_explain = rest.p != sql.p;
	if (sqltok_split(rest, &inner)) {
		good = inner.t.n > 0 && sqltok_sign(&inner.t.p[0], '(');
		for (i = 0; i < ARRAY_LEN(readers) && inner.t.n > 0; i++)
			good = good || sqltok_is(&inner.t.p[0], readers[i]);
		good = good && innocent(&inner);
		sqltok_free(&inner);
	}
	sqltok_free(&l);
	return good;
}

/* Behind EXPLAIN must stand what would pass by itself. */
static enum err
check_explained(struct duck *d, struct str sql, struct buf *words)
{
	duckdb_prepared_statement st = NULL;
	struct sqltok_list l;
	struct str rest;
	enum err e;

	if (!sqltok_split(sql, &l))
		return refuse(words, FAIL_DENIED, str_c(refusal));
	rest = explained(sql, &l);
	sqltok_free(&l);
	e = single(d, rest, &st, words);
	if (e == OK && duckdb_prepared_statement_type(st) != DUCKDB_STATEMENT_TYPE_SELECT)
		e = refuse(words, FAIL_DENIED, str_c(refusal));
	duckdb_destroy_prepare(&st);
	return e;
}

/* X of: column "X" must appear in the GROUP BY clause */
static struct str
ungrouped(struct str words)
{
	ptrdiff_t at = str_find(words, STR("column \"")), end;
	struct str name = { NULL, 0 };

	if (at < 0)
		return name;
	name = str_from(words, (size_t)at + sizeof("column \"") - 1);
	end = str_find(name, STR("\" must appear in the GROUP BY clause"));
	name.n = end > 0 ? (size_t)end : 0;
	return name;
}

/* As single(); columns missing in GROUP BY are wrapped in any_value(), one after the other. */
static enum err
wrapped(struct duck *d, struct buf *sql, duckdb_prepared_statement *ret, struct buf *words)
{
	auto_buf struct buf next = { 0 };
	unsigned tries;
	enum err e;

	buf_init(&next, SQL_MAX);
	e = single(d, buf_view(sql), ret, words);
	for (tries = 0; e == FAIL_SYNTAX && tries < WRAPS_MAX; tries++) {
		struct str name = ungrouped(buf_view(words));

		buf_reset(&next);
		if (name.n == 0 || !shortform_any_value(buf_view(sql), name, &next))
			break;
		buf_reset(sql);
		buf_str(sql, buf_view(&next));
		e = single(d, buf_view(sql), ret, words);
	}
	return e;
}

/* *whole: the statement as it is run in the end. */
static enum err
prepare_whole(struct duck *d, struct str sql, struct buf *whole, bool *ret_explain,
    duckdb_prepared_statement *ret, struct buf *words)
{
	enum err e;

	shortform_expand(sql, whole);
	if (!reads(buf_view(whole), ret_explain))
		return refuse(words, FAIL_DENIED, str_c(refusal));
	if (*ret_explain) {
		e = check_explained(d, buf_view(whole), words);
		return e == OK ? single(d, buf_view(whole), ret, words) : e;
	}
	e = wrapped(d, whole, ret, words);
	if (e == OK && duckdb_prepared_statement_type(*ret) != DUCKDB_STATEMENT_TYPE_SELECT) {
		duckdb_destroy_prepare(ret);
		e = refuse(words, FAIL_DENIED, str_c(refusal));
	}
	return e;
}

enum err
gate_prepare(struct duck *d, struct str sql, duckdb_prepared_statement *ret, struct buf *words)
{
	auto_buf struct buf whole = { 0 };
	bool explain;

	buf_init(&whole, SQL_MAX);
	return prepare_whole(d, sql, &whole, &explain, ret, words);
}

/* The text up to its last token, when that many brackets open as close and none closes first. */
static bool
closed(struct str sql, struct str *ret)
{
	struct sqltok_list l;
	bool good = true;
	size_t depth = 0;

	if (!sqltok_split(sql, &l))
		return false;
	while (l.t.n > 0 && sqltok_sign(&l.t.p[l.t.n - 1], ';'))
		l.t.n--;
	for (size_t i = 0; i < l.t.n && good; i++) {
		if (sqltok_sign(&l.t.p[i], ';'))
			good = false;
		else if (sqltok_sign(&l.t.p[i], '('))
			depth++;
		else if (sqltok_sign(&l.t.p[i], ')'))
			good = depth-- > 0;
	}
	good = good && depth == 0 && l.t.n > 0;
	if (good) {
		const struct str last = l.t.p[l.t.n - 1].text;

		*ret = (struct str){ sql.p, (size_t)(last.p + last.n - sql.p) };
	}
	sqltok_free(&l);
	return good;
}

enum err
gate_put(struct duck *d, struct str sql, const char *before, const char *after, struct buf *to,
    struct buf *words)
{
	duckdb_prepared_statement st = NULL;
	auto_buf struct buf whole = { 0 };
	struct str inner;
	bool explain;
	enum err e;

	buf_init(&whole, SQL_MAX);
	e = prepare_whole(d, sql, &whole, &explain, &st, words);
	if (e != OK)
		return e;
	duckdb_destroy_prepare(&st);
	if (explain || !closed(buf_view(&whole), &inner))
		return refuse(words, FAIL_DENIED, STR("only a SELECT can be exported"));
	buf_str(to, str_c(before));
	buf_str(to, inner);
	buf_byte(to, '\n'); /* ends a comment */
	buf_str(to, str_c(after));
	return OK;
}
