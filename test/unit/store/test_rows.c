/* Rows as a table: what goes in comes out of SQL, straight and through Parquet. */
#include "store/rows.h"

#include "base/utf8.h"
#include "rec/view.h"
#include "records.h"
#include "store/seal.h"

static void
add(struct rows *t, const struct rec *r, uint64_t seq)
{
	struct reader_entry entry = { .seq = seq, .received = 5000 };
	struct buf payload;
	struct diag why;

	buf_init(&payload, 0);
	CHECK_OK(codec_encode(r, &payload, &why), why);
	entry.payload = buf_view(&payload);
	CHECK_OK(rows_add(t, &entry, &why), why);
	buf_fini(&payload);
}

static void
check(struct duck *d, const char *sql, int64_t want)
{
	struct diag why;
	int64_t got = -1;

	CHECK_OK(duck_i64(d, sql, &got, &why), why);
	if (got != want)
		test_fail(TEST_AT(got), "%s gives %lld, not %lld", sql, (long long)got,
		    (long long)want);
}

/* Every field has a value of its own. */
static void
make_full(struct rec *r, struct arena *a)
{
	struct rec_extra x = { .path = STR("cart.total"), .type = FIELD_INT, .v.i = 42 };
	size_t f;

	rec_init(r, a);
	for (f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);

		if (field_is_text(info->type))
			records_text(r, (enum field)f, "text of field %u", (unsigned)f);
		else if (info->type == FIELD_TIME)
			rec_set_int(r, (enum field)f, RECORDS_T0 + 1234567);
		else if (info->type == FIELD_INT)
			rec_set_int(r, (enum field)f, 1000 + (int64_t)f);
		else if (info->type == FIELD_FLOAT)
			rec_set_float(r, (enum field)f, (double)f + 0.5);
		else
			rec_set_bool(r, (enum field)f, true);
	}
	CHECK_INT(rec_add_extra(r, &x), OK);
}

/* SQL that is 1 when the column holds what make_full() put there. */
static void
put_condition(struct buf *sql, size_t f)
{
	const struct field_info *info = field_info((enum field)f);

	buf_printf(sql, " AND \"%s\" = ", info->column);
	if (field_is_text(info->type))
		buf_printf(sql, "'text of field %zu'", f);
	else if (info->type == FIELD_TIME)
		buf_str(sql, STR("TIMESTAMPTZ '2026-01-01 00:00:00.001234+00'"));
	else if (info->type == FIELD_INT)
		buf_printf(sql, "%zu", 1000 + f);
	else if (info->type == FIELD_FLOAT)
		buf_printf(sql, "%zu.5", f);
	else
		buf_str(sql, STR("true"));
}

static void
check_full(struct duck *d, const char *from)
{
	struct buf sql;
	size_t f;

	buf_init(&sql, 0);
	buf_printf(&sql, "SELECT count(*) FROM %s WHERE seq = 9", from);
	for (f = 0; f < FIELD_COUNT; f++)
		put_condition(&sql, f);
	buf_str(&sql, STR(" AND json_extract(extra, '$.\"cart.total\"') = 42"));
	check(d, duck_sql(&sql), 1);
	buf_fini(&sql);
}

TEST(every_field_survives_sql_and_parquet)
{
	struct arena *a = arena_new(1 << 20);
	struct rows *t = rows_new(1 << 20, 100);
	struct duck d = { 0 };
	struct diag why;
	char from[5000];
	struct rec r;

	make_full(&r, a);
	add(t, &r, 9);
	rec_init(&r, a);
	add(t, &r, 10);
	CHECK_OK(duck_open(128, 1, &d, &why), why);
	CHECK_OK(rows_register(&d, "tail", t, &why), why);
	check_full(&d, "tail()");
	check(&d,
	    "SELECT count(*) FROM tail() WHERE seq = 10 AND event_type IS NULL"
	    " AND \"timestamp\" = make_timestamptz(5) AND extra IS NULL",
	    1);
	CHECK_OK(duck_run(&d, "SET preserve_insertion_order = false", &why), why);
	CHECK_OK(seal_rows(&d, t, test_dir(), 9, 10, &why), why);
	snprintf(from, sizeof(from), "read_parquet('%s/*-s.parquet')", test_dir());
	check_full(&d, from);
	duck_close(&d);
	rows_free(t);
	arena_free(a);
}

TEST(only_columns_with_values_are_named)
{
	struct arena *a = arena_new(1 << 20);
	struct rows *t = rows_new(1 << 20, 100);
	struct buf columns;
	struct rec r;

	rec_init(&r, a);
	rec_set_str(&r, F_HOST, STR("web1"));
	add(t, &r, 1);
	buf_init(&columns, 0);
	rows_columns(t, &columns);
	CHECK_STR(duck_sql(&columns), "\"seq\", \"timestamp\", \"received_at\", \"host\"");
	buf_fini(&columns);
	rows_free(t);
	arena_free(a);
}

TEST(bad_text_is_mended_and_odd_numbers_are_null)
{
	struct arena *a = arena_new(1 << 20);
	struct rows *t = rows_new(1 << 20, 100);
	struct duck d = { 0 };
	struct diag why;
	struct rec r;

	rec_init(&r, a);
	rec_set_str(&r, F_USER_NAME, STR("a\xff\xc3(b"));
	rec_set_str(&r, F_RAW, STR("nul \0 inside, and long enough"));
	rec_set_int(&r, F_CLIENT_PORT, INT64_MAX);
	rec_set_int(&r, F_BYTES_IN, INT64_MIN);
	rec_set_int(&r, F_TIMESTAMP, -1);
	add(t, &r, 1);
	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_OK(rows_register(&d, "tail", t, &why), why);
	check(&d, "SELECT count(*) FROM tail() WHERE user_name = 'a\xef\xbf\xbd\xef\xbf\xbd(b'", 1);
	check(&d, "SELECT strlen(raw) FROM tail()", 29);
	check(&d, "SELECT count(*) FROM tail() WHERE client_port IS NULL AND bytes_in < -5", 1);
	check(&d, "SELECT epoch_us(\"timestamp\") FROM tail()", -1);
	duck_close(&d);
	rows_free(t);
	arena_free(a);
}

TEST(many_rows_in_order_of_time)
{
	struct arena *a = arena_new(1 << 20);
	struct rows *t = rows_new(8 << 20, 10000);
	struct duck d = { 0 };
	int64_t low, high;
	struct diag why;
	struct rec r;
	unsigned i;

	for (i = 0; i < 5000; i++) {
		arena_reset(a);
		records_make(&r, a, i * 7919 % 5000);
		add(t, &r, i + 1);
	}
	rows_span(t, &low, &high);
	CHECK_INT(low, RECORDS_T0 / 1000);
	CHECK_INT(high, RECORDS_T0 / 1000 + 4999 * 1000000LL);
	rows_sort(t);
	CHECK_OK(duck_open(64, 1, &d, &why), why);
	CHECK_OK(rows_register(&d, "tail", t, &why), why);
	check(&d, "SELECT count(*) FROM tail()", 5000);
	check(&d, "SELECT count(DISTINCT seq) FROM tail()", 5000);
	check(&d,
	    "SELECT count(*) FROM (SELECT \"timestamp\" - lag(\"timestamp\") OVER () AS step"
	    " FROM tail()) WHERE step = INTERVAL 1 second",
	    4999);
	check(&d, "SELECT count(*) FROM tail() a JOIN tail() b USING (seq)", 5000);
	duck_close(&d);
	rows_free(t);
	arena_free(a);
}

TEST(limits_hold)
{
	struct arena *a = arena_new(1 << 20);
	struct rows *t = rows_new(1 << 20, 2);
	struct reader_entry entry = { .seq = 3, .payload = STR("\x01") };
	struct diag why;
	struct rec r;

	records_make(&r, a, 1);
	CHECK_INT(rows_add(t, &entry, &why), FAIL_CORRUPT);
	add(t, &r, 1);
	add(t, &r, 2);
	CHECK_INT(rows_add(t, &entry, &why), FAIL_LIMIT);
	CHECK_INT(rows_count(t), 2);
	rows_reset(t);
	CHECK_INT(rows_count(t), 0);
	rows_free(t);
	arena_free(a);
}
