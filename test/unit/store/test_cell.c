/* Values of every type as JSON and as text. */
#include "store/cell.h"

#include "store/duck.h"
#include "test.h"

static const struct {
	const char *sql, *type, *json, *text; /* text NULL: no value */
} cases[] = {
	{ "NULL::VARCHAR", "VARCHAR", "null", NULL },
	{ "true", "BOOLEAN", "true", "true" },
	{ "-5::TINYINT", "TINYINT", "-5", "-5" },
	{ "65535::USMALLINT", "USMALLINT", "65535", "65535" },
	{ "9223372036854775807", "BIGINT", "9223372036854775807", "9223372036854775807" },
	{ "18446744073709551615::UBIGINT", "UBIGINT", "18446744073709551615",
	    "18446744073709551615" },
	{ "sum(3)", "HUGEINT", "3", "3" },
	{ "170141183460469231731687303715884105727::HUGEINT", "HUGEINT",
	    "\"170141183460469231731687303715884105727\"",
	    "170141183460469231731687303715884105727" },
	{ "1.25::DECIMAL(4,2)", "DECIMAL(4,2)", "1.25", "1.25" },
	{ "-1.5::DECIMAL(30,3)", "DECIMAL(30,3)", "-1.500", "-1.500" },
	{ "0.5::DOUBLE", "DOUBLE", "0.5", "0.5" },
	{ "0.25::FLOAT", "FLOAT", "0.25", "0.25" },
	{ "'nan'::DOUBLE", "DOUBLE", "null", "null" },
	{ "'a\"b'", "VARCHAR", "\"a\\\"b\"", "a\"b" },
	{ "'\\x00\\xFF'::BLOB", "BLOB", "\"\\\\x00\\\\xFF\"", "\\x00\\xFF" },
	{ "DATE '2026-01-02'", "DATE", "\"2026-01-02\"", "2026-01-02" },
	{ "TIME '01:02:03.5'", "TIME", "\"01:02:03.5\"", "01:02:03.5" },
	{ "TIMESTAMP '2026-01-02 03:04:05'", "TIMESTAMP", "\"2026-01-02 03:04:05\"",
	    "2026-01-02 03:04:05" },
	{ "TIMESTAMPTZ '2026-01-02 03:04:05.25+00'", "TIMESTAMP WITH TIME ZONE",
	    "\"2026-01-02T03:04:05.250Z\"", "2026-01-02T03:04:05.250Z" },
	{ "'infinity'::TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "\"infinity\"", "infinity" },
	{ "INTERVAL 90 minute", "INTERVAL", "\"01:30:00\"", "01:30:00" },
	{ "'00112233-4455-6677-8899-aabbccddeeff'::UUID", "UUID",
	    "\"00112233-4455-6677-8899-aabbccddeeff\"", "00112233-4455-6677-8899-aabbccddeeff" },
	{ "'b'::ENUM('a', 'b')", "ENUM", "\"b\"", "b" },
	{ "[1, NULL, 3]", "INTEGER[]", "[1,null,3]", "[1,null,3]" },
	{ "[1, 2]::INTEGER[2]", "INTEGER[]", "[1,2]", "[1,2]" },
	{ "{'a': 1, 'b': ['x']}", "STRUCT(a INTEGER, b VARCHAR[])", "{\"a\":1,\"b\":[\"x\"]}",
	    "{\"a\":1,\"b\":[\"x\"]}" },
	{ "map {'k': 2}", "MAP(VARCHAR, INTEGER)", "{\"k\":2}", "{\"k\":2}" },
};

static void
check_chunk(size_t i, const struct cell_type *type, duckdb_data_chunk chunk)
{
	duckdb_vector v = duckdb_data_chunk_get_vector(chunk, 0);
	struct buf got, name;
	struct jsonw json;

	buf_init(&got, 0);
	buf_init(&name, 0);
	cell_type_name(type, &name);
	CHECK_SLICE(buf_view(&name), cases[i].type);
	jsonw_init(&json, &got);
	cell_json(type, v, 0, &json);
	CHECK_SLICE(buf_view(&got), cases[i].json);
	buf_reset(&got);
	CHECK_INT(cell_text(type, v, 0, &got), cases[i].text != NULL);
	if (cases[i].text != NULL)
		CHECK_SLICE(buf_view(&got), cases[i].text);
	buf_fini(&got);
	buf_fini(&name);
}

TEST(every_type)
{
	struct duck d = { 0 };
	struct diag why;
	char sql[256];
	size_t i;

	CHECK_OK(duck_open(64, 1, &d, &why), why);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		duckdb_logical_type logical;
		duckdb_data_chunk chunk;
		struct cell_type *type;
		duckdb_result result;

		snprintf(sql, sizeof(sql), "SELECT %s", cases[i].sql);
		CHECK_INT(duckdb_query(d.conn, sql, &result), DuckDBSuccess);
		logical = duckdb_column_logical_type(&result, 0);
		CHECK_OK(cell_type_new(logical, &type, &why), why);
		chunk = duckdb_fetch_chunk(result);
		check_chunk(i, type, chunk);
		duckdb_destroy_data_chunk(&chunk);
		duckdb_destroy_logical_type(&logical);
		duckdb_destroy_result(&result);
		cell_type_free(type);
	}
	duck_close(&d);
}

TEST(types_without_text_and_deep_ones_are_refused)
{
	static const struct {
		const char *sql;
		enum err want;
	} bad[] = {
		{ "SELECT '101'::BIT", FAIL_SYNTAX },
		{ "SELECT union_value(a := 1)", FAIL_SYNTAX },
		{ "SELECT [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", FAIL_LIMIT },
	};
	struct duck d = { 0 };
	struct diag why;
	size_t i;

	CHECK_OK(duck_open(64, 1, &d, &why), why);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		duckdb_logical_type logical;
		struct cell_type *type;
		duckdb_result result;

		CHECK_INT(duckdb_query(d.conn, bad[i].sql, &result), DuckDBSuccess);
		logical = duckdb_column_logical_type(&result, 0);
		CHECK_INT(cell_type_new(logical, &type, &why), bad[i].want);
		duckdb_destroy_logical_type(&logical);
		duckdb_destroy_result(&result);
	}
	duck_close(&d);
}
