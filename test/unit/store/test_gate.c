/* Which statements pass. */
#include "store/gate.h"

#include "test.h"

static const struct {
	const char *sql;
	enum err want;
} cases[] = {
	{ "SELECT 1", OK },
	{ "  select 1 ;", OK },
	{ "(SELECT 1)", OK },
	{ "WITH x AS (SELECT 1) SELECT * FROM x", OK },
	{ "FROM t", OK },
	{ "VALUES (1)", OK },
	{ "EXPLAIN SELECT * FROM t", OK },
	{ "EXPLAIN ANALYZE SELECT * FROM t", OK },
	{ "SELECT query FROM t", OK },
	{ "SELECT a, b, count(*) FROM t GROUP BY a", OK },
	{ "SELECT a, upper(b), min(c) FROM t GROUP BY a HAVING min(c) < 9 ORDER BY b", OK },
	{ "", FAIL_DENIED },
	{ ";", FAIL_DENIED },
	{ "SELECT 1; SELECT 2", FAIL_DENIED },
	{ "DROP TABLE t", FAIL_DENIED },
	{ "EXPLAIN DROP TABLE t", FAIL_DENIED },
	{ "EXPLAIN ANALYZE DELETE FROM t", FAIL_DENIED },
	{ "EXPLAIN (FORMAT json) INSERT INTO t SELECT * FROM t", FAIL_DENIED },
	{ "PRAGMA database_list", FAIL_DENIED },
	{ "CALL pragma_version()", FAIL_DENIED },
	{ "SET threads = 9", FAIL_DENIED },
	{ "COPY t TO 'x'", FAIL_DENIED },
	{ "WITH x AS (SELECT 1) DELETE FROM t", FAIL_DENIED },
	{ "SELECT * FROM query('SELECT 1')", FAIL_DENIED },
	{ "SELECT * FROM \"Query_Table\"('t')", FAIL_DENIED },
	{ "SELECT * FROM DuckDB_Settings()", FAIL_DENIED },
	{ "SELECT ?", FAIL_DENIED },
	{ "SELECT nothing FROM t", FAIL_SYNTAX },
	{ "SELECT 1 +", FAIL_SYNTAX },
	{ "SELECT 'x", FAIL_DENIED },
};

TEST(single_queries_pass)
{
	duckdb_prepared_statement st;
	struct duck d = { 0 };
	struct buf words;
	struct diag why;
	size_t i;
	enum err e;

	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_OK(duck_run(&d, "CREATE TABLE t(a INT, b VARCHAR, c INT, query VARCHAR)", &why), why);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_init(&words, 0);
		e = gate_prepare(&d, str_c(cases[i].sql), &st, &words);
		if (e != cases[i].want)
			test_fail(TEST_AT(e), "is %s for: %s (%.*s)", err_name(e), cases[i].sql,
			    STR_ARG(buf_view(&words)));
		CHECK((e == OK) == (words.n == 0) || cases[i].want == OK);
		if (e == OK)
			duckdb_destroy_prepare(&st);
		buf_fini(&words);
	}
	duck_close(&d);
}
