/* Alerts, copied from SQLite into the query's own instance. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/alertview.h"

#include "base/db.h"
#include "base/utf8.h"

enum kind { TEXT, TIME, INT, BOOL };

/* Columns of the table here, and what they are in SQLite. */
static const struct {
	const char *name, *from;
	enum kind kind;
} columns[] = {
	{ "id", "id", TEXT },
	{ "rule_id", "rule_id", TEXT },
	{ "title", "title", TEXT },
	{ "severity", "severity", TEXT },
	{ "status", "status", TEXT },
	{ "owner", "owner", TEXT },
	{ "reason", "reason", TEXT },
	{ "group_key", "group_key", TEXT },
	{ "summary", "summary", TEXT },
	{ "tags", "tags", TEXT },
	{ "advice", "advice", TEXT },
	{ "action", "action", TEXT },
	{ "confidence", "nullif(confidence, 0)", INT },
	{ "details", "details", TEXT },
	{ "status_by", "status_by", TEXT },
	{ "status_note", "status_note", TEXT },
	{ "first_seen", "first_ns", TIME },
	{ "last_seen", "last_ns", TIME },
	{ "created_at", "created_ns", TIME },
	{ "updated_at", "updated_ns", TIME },
	{ "count", "count", INT },
	{ "comments", "comments", INT },
	{ "demo", "demo", BOOL },
};

static const char *const types[] = {
	[TEXT] = "VARCHAR", [TIME] = "TIMESTAMPTZ", [INT] = "BIGINT", [BOOL] = "BOOLEAN"
};

/* client_ip is the address in the group key "client_ip=192.0.2.7", when it has one. */
static const char view[] =
    "CREATE VIEW alerts AS SELECT *, nullif(regexp_extract(group_key,"
    " '(?:^|[ ,;|])client_ip=([0-9A-Fa-f:.]+)', 1), '') AS client_ip FROM alerts_stored";

static enum err
create(struct duck *d, struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	enum err e;
	size_t i;

	buf_init(&sql, 0);
	buf_str(&sql, STR("CREATE TABLE alerts_stored("));
	for (i = 0; i < ARRAY_LEN(columns); i++)
		buf_printf(&sql, "%s\"%s\" %s", i > 0 ? ", " : "", columns[i].name,
		    types[columns[i].kind]);
	buf_str(&sql, STR(")"));
	e = duck_run(d, duck_sql(&sql), why);
	return e == OK ? duck_run(d, view, why) : e;
}

static void
append_text(duckdb_appender to, struct str s)
{
	auto_buf struct buf mended = { 0 };

	buf_init(&mended, 0);
	if (!utf8_valid(s)) {
		utf8_mend(s, &mended);
		s = buf_view(&mended);
	}
	(void)duckdb_append_varchar_length(to, s.n > 0 ? s.p : "", s.n);
}

static enum err
append_row(duckdb_appender to, struct db_stmt *st, struct diag *why)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(columns); i++) {
		if (db_is_null(st, (int)i))
			(void)duckdb_append_null(to);
		else if (columns[i].kind == TEXT)
			append_text(to, db_str(st, (int)i));
		else if (columns[i].kind == INT)
			(void)duckdb_append_int64(to, db_int(st, (int)i));
		else if (columns[i].kind == BOOL)
			(void)duckdb_append_bool(to, db_int(st, (int)i) != 0);
		else
			(void)duckdb_append_timestamp(to,
			    (duckdb_timestamp){ db_int(st, (int)i) / 1000 });
	}
	if (duckdb_appender_end_row(to) != DuckDBSuccess)
		return err_set(why, FAIL_STORE, "%s", duckdb_appender_error(to));
	return OK;
}

static enum err
copy(struct duck *d, struct db_stmt *st, struct diag *why)
{
	duckdb_appender to;
	bool row = true;
	enum err e = OK;

	if (duckdb_appender_create(d->conn, NULL, "alerts_stored", &to) != DuckDBSuccess) {
		duckdb_appender_destroy(&to);
		return err_set(why, FAIL_STORE, "DuckDB takes no alerts");
	}
	while (e == OK && row) {
		e = db_step(st, &row, why);
		if (e == OK && row)
			e = append_row(to, st, why);
	}
	if (duckdb_appender_destroy(&to) != DuckDBSuccess && e == OK)
		e = err_set(why, FAIL_STORE, "DuckDB refuses the alerts");
	return e;
}

/* The newest, should there be very many. */
static enum err
prepare(struct db *db, struct db_stmt **ret, struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	size_t i;

	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT "));
	for (i = 0; i < ARRAY_LEN(columns); i++)
		buf_printf(&sql, "%s%s", i > 0 ? ", " : "", columns[i].from);
	buf_str(&sql, STR(" FROM alerts ORDER BY rev DESC LIMIT 100000"));
	return db_prepare(db, duck_sql(&sql), ret, why);
}

enum err
alertview_load(struct duck *d, const char *path, struct diag *why)
{
	struct db_stmt *st = NULL;
	struct db *db = NULL;
	enum err e;

	e = create(d, why);
	if (e != OK || path == NULL || db_open_readonly(path, &db, NULL) != OK)
		return e;
	if (prepare(db, &st, NULL) == OK)
		e = copy(d, st, why);
	db_finalize(st);
	db_close(db);
	return e;
}
