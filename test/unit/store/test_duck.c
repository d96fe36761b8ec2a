/* The DuckDB wrapper. */
#include "store/duck.h"

#include "test.h"

TEST(opens_runs_and_reports)
{
	struct duck d = { 0 };
	struct diag why;
	int64_t n = 7;

	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_OK(duck_run(&d, "CREATE TABLE t AS SELECT range AS i FROM range(10)", &why), why);
	CHECK_OK(duck_i64(&d, "SELECT count(*) FROM t", &n, &why), why);
	CHECK_INT(n, 10);
	CHECK_OK(duck_i64(&d, "SELECT NULL::BIGINT", &n, &why), why);
	CHECK_INT(n, 0);
	CHECK_INT(duck_i64(&d, "SELECT i FROM t WHERE i > 99", &n, &why), FAIL_NOT_FOUND);
	CHECK_INT(duck_i64(&d, "SELECT 'x'", &n, &why), FAIL_STORE);
	CHECK_INT(duck_run(&d, "SELEC 1", &why), FAIL_STORE);
	CHECK(strstr(why.text, "syntax error") != NULL);
	duck_close(&d);
	duck_close(&d);
}

TEST(installs_and_loads_nothing)
{
	struct duck d = { 0 };
	struct diag why;

	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_INT(duck_run(&d, "SELECT * FROM read_parquet('http://127.0.0.1:1/x')", &why),
	    FAIL_STORE);
	CHECK_OK(duck_run(&d, "SELECT * FROM duckdb_settings() WHERE name = 'TimeZone'", &why),
	    why);
	duck_close(&d);
}

TEST(quotes)
{
	struct duck d = { 0 };
	struct buf sql;
	struct diag why;
	int64_t n = 0;

	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT length("));
	duck_quote(&sql, STR("it's '' all"));
	buf_str(&sql, STR(") AS "));
	duck_name(&sql, STR("a\"b"));
	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_OK(duck_i64(&d, duck_sql(&sql), &n, &why), why);
	CHECK_INT(n, 11);
	duck_close(&d);
	buf_fini(&sql);
}
