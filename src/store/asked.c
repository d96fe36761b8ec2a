/* Reading a query worker's request. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/asked.h"

#include <errno.h>
#include <unistd.h>

#define TIMEOUT_MS 10000
#define TIMEOUT_MAX_MS 600000
#define ROWS 10000
#define ROWS_MAX 10000000

enum err
asked_read(int fd, struct buf *ret_line, struct diag *why)
{
	char *room;
	ssize_t n;

	for (;;) {
		room = buf_room(ret_line, 4096);
		if (room == NULL)
			return err_set(why, FAIL_LIMIT, "the request is too long");
		n = read(fd, room, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(why, "reading the request");
		buf_added(ret_line, (size_t)n);
		if (n == 0 && ret_line->n == 0)
			return err_set(why, FAIL_NOT_FOUND, "no request came");
		if (n == 0 || memchr(room, '\n', (size_t)n) != NULL)
			return OK;
	}
}

static const char sql_text[] =
    "SELECT json_extract_string(j, '$.sql'), json_extract_string(j, '$.format'),"
    " json_extract_string(j, '$.timeout_ms'), json_extract_string(j, '$.max_rows'),"
    " json_extract_string(j, '$.from'), json_extract_string(j, '$.to')"
    " FROM (SELECT $1::VARCHAR AS j)";

/* Column `i` of the only row; {NULL, 0} when it is NULL. */
static struct str
column(duckdb_data_chunk chunk, idx_t i)
{
	duckdb_vector v = duckdb_data_chunk_get_vector(chunk, i);
	uint64_t *valid = duckdb_vector_get_validity(v);
	duckdb_string_t *s = duckdb_vector_get_data(v);

	if (valid != NULL && !duckdb_validity_row_is_valid(valid, 0))
		return (struct str){ NULL, 0 };
	return (struct str){ duckdb_string_t_data(s), duckdb_string_t_length(*s) };
}

static enum err
number(duckdb_data_chunk chunk, idx_t i, const char *name, uint64_t otherwise, uint64_t max,
    uint64_t *ret, struct diag *why)
{
	struct str s = column(chunk, i);

	*ret = otherwise;
	if (s.p != NULL && !str_u64(s, ret))
		return err_set(why, FAIL_SYNTAX, "%s is not a whole number", name);
	if (*ret > max)
		*ret = max;
	return OK;
}

static enum err
bound(duckdb_data_chunk chunk, idx_t i, const char *name, int64_t *ret, struct diag *why)
{
	struct str s = column(chunk, i);

	*ret = 0;
	if (s.p != NULL && !str_i64(s, ret))
		return err_set(why, FAIL_SYNTAX, "%s is not a time in nanoseconds", name);
	return OK;
}

static enum err
take(duckdb_data_chunk chunk, struct asked *r, struct diag *why)
{
	struct str sql = column(chunk, 0), form = column(chunk, 1);
	enum err e;

	if (sql.p == NULL)
		return err_set(why, FAIL_SYNTAX, "the request has no \"sql\"");
	buf_init(&r->sql, ASKED_LINE_MAX);
	buf_str(&r->sql, sql);
	r->form = answer_find(form.p != NULL ? form : STR("json"));
	if (r->form == NULL)
		return err_set(why, FAIL_SYNTAX, "the format is json, csv, parquet or table");
	e = number(chunk, 2, "timeout_ms", TIMEOUT_MS, TIMEOUT_MAX_MS, &r->timeout_ms, why);
	if (e == OK)
		e = number(chunk, 3, "max_rows", ROWS, ROWS_MAX, &r->max_rows, why);
	if (e == OK)
		e = bound(chunk, 4, "from", &r->from, why);
	if (e == OK)
		e = bound(chunk, 5, "to", &r->to, why);
	return e;
}

static enum err
run(duckdb_prepared_statement st, struct str line, struct asked *r, struct diag *why)
{
	duckdb_data_chunk chunk;
	duckdb_result result;
	enum err e;

	if (duckdb_bind_varchar_length(st, 1, line.p, line.n) != DuckDBSuccess ||
	    duckdb_execute_prepared(st, &result) != DuckDBSuccess) {
		duckdb_destroy_result(&result);
		return err_set(why, FAIL_SYNTAX, "the request is not JSON");
	}
	chunk = duckdb_fetch_chunk(result);
	e = chunk != NULL ? take(chunk, r, why) : err_set(why, FAIL_SYNTAX, "the request is empty");
	duckdb_destroy_data_chunk(&chunk);
	duckdb_destroy_result(&result);
	return e;
}

enum err
asked_parse(struct duck *d, struct str line, struct asked *ret, struct diag *why)
{
	duckdb_prepared_statement st;
	struct asked r = { 0 };
	enum err e;

	if (duckdb_prepare(d->conn, sql_text, &st) != DuckDBSuccess)
		e = err_set(why, FAIL_STORE, "%s", duckdb_prepare_error(st));
	else
		e = run(st, line, &r, why);
	duckdb_destroy_prepare(&st);
	if (e != OK) {
		asked_fini(&r);
		return e;
	}
	*ret = r;
	return OK;
}

void
asked_fini(struct asked *r)
{
	if (r != NULL)
		buf_fini(&r->sql);
}
