/* A DuckDB instance: opening it closed to the outside, running statements, quoting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/duck.h"

#include <stdio.h>

static const char *const settings[][2] = {
	{ "autoinstall_known_extensions", "false" }, { "autoload_known_extensions", "false" },
	{ "allow_community_extensions", "false" }, { "allow_persistent_secrets", "false" },
	{ "secret_directory", "none" }, /* else it shows somebody's home */
};

static enum err
configure(duckdb_config config, unsigned memory_mb, unsigned threads, struct diag *why)
{
	char memory[32], count[32];
	size_t i;

	snprintf(memory, sizeof(memory), "%uMB", memory_mb);
	snprintf(count, sizeof(count), "%u", threads);
	if (duckdb_set_config(config, "memory_limit", memory) != DuckDBSuccess ||
	    duckdb_set_config(config, "threads", count) != DuckDBSuccess)
		return err_set(why, FAIL_STORE, "DuckDB refuses %s and %s threads", memory, count);
	for (i = 0; i < ARRAY_LEN(settings); i++)
		if (duckdb_set_config(config, settings[i][0], settings[i][1]) != DuckDBSuccess)
			return err_set(why, FAIL_STORE, "DuckDB refuses setting %s",
			    settings[i][0]);
	return OK;
}

enum err
duck_open(unsigned memory_mb, unsigned threads, struct duck *ret, struct diag *why)
{
	struct duck d = { 0 };
	duckdb_config config = NULL;
	char *words = NULL;
	enum err e;

	if (duckdb_create_config(&config) != DuckDBSuccess)
		return err_set(why, FAIL_STORE, "DuckDB gives no configuration");
	e = configure(config, memory_mb, threads, why);
	if (e == OK && duckdb_open_ext(":memory:", &d.db, config, &words) != DuckDBSuccess)
		e = err_set(why, FAIL_STORE, "DuckDB does not open: %s",
		    words != NULL ? words : "no reason given");
	duckdb_free(words);
	duckdb_destroy_config(&config);
	if (e != OK)
		return e;
	if (duckdb_connect(d.db, &d.conn) != DuckDBSuccess) {
		duckdb_close(&d.db);
		return err_set(why, FAIL_STORE, "DuckDB gives no connection");
	}
	e = duck_run(&d, "SET TimeZone = 'UTC'", why);
	if (e != OK) {
		duck_close(&d);
		return e;
	}
	*ret = d;
	return OK;
}

void
duck_close(struct duck *d)
{
	if (d->conn != NULL)
		duckdb_disconnect(&d->conn);
	if (d->db != NULL)
		duckdb_close(&d->db);
	*d = (struct duck){ 0 };
}

static enum err
query(struct duck *d, const char *sql, duckdb_result *ret, struct diag *why)
{
	if (duckdb_query(d->conn, sql, ret) == DuckDBSuccess)
		return OK;
	(void)err_set(why, FAIL_STORE, "%s", duckdb_result_error(ret));
	duckdb_destroy_result(ret);
	return FAIL_STORE;
}

enum err
duck_run(struct duck *d, const char *sql, struct diag *why)
{
	duckdb_result result;
	enum err e;

	e = query(d, sql, &result, why);
	if (e == OK)
		duckdb_destroy_result(&result);
	return e;
}

enum err
duck_i64(struct duck *d, const char *sql, int64_t *ret, struct diag *why)
{
	duckdb_result result;
	duckdb_data_chunk chunk;
	duckdb_vector vector;
	uint64_t *valid;
	enum err e;

	e = query(d, sql, &result, why);
	if (e != OK)
		return e;
	if (duckdb_column_type(&result, 0) != DUCKDB_TYPE_BIGINT) {
		duckdb_destroy_result(&result);
		return err_set(why, FAIL_STORE, "not a BIGINT: %s", sql);
	}
	chunk = duckdb_fetch_chunk(result);
	if (chunk == NULL) {
		e = err_set(why, FAIL_NOT_FOUND, "no row: %s", sql);
	} else {
		vector = duckdb_data_chunk_get_vector(chunk, 0);
		valid = duckdb_vector_get_validity(vector);
		*ret = valid != NULL && !duckdb_validity_row_is_valid(valid, 0)
			   ? 0
			   : *(int64_t *)duckdb_vector_get_data(vector);
		duckdb_destroy_data_chunk(&chunk);
	}
	duckdb_destroy_result(&result);
	return e;
}

void
duck_interrupt(struct duck *d)
{
	duckdb_interrupt(d->conn);
}

static void
quoted(struct buf *to, struct str text, char mark)
{
	size_t i;

	buf_byte(to, mark);
	for (i = 0; i < text.n; i++) {
		if (text.p[i] == mark)
			buf_byte(to, mark);
		buf_byte(to, text.p[i]);
	}
	buf_byte(to, mark);
}

void
duck_quote(struct buf *to, struct str text)
{
	quoted(to, text, '\'');
}

void
duck_name(struct buf *to, struct str name)
{
	quoted(to, name, '"');
}

const char *
duck_sql(struct buf *b)
{
	buf_byte(b, '\0');
	return buf_overflow(b) ? "" : b->p;
}
