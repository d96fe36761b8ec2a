/* Answers as Parquet: right, bounded, and no way out of the jail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/export.h"

#include <dirent.h>
#include <signal.h>

#include "store/gate.h"
#include "worker.h"

#define RECORDS 400

/* Under AddressSanitizer: memory that is not to be had is refused, as everywhere else. */
const char *__asan_default_options(void); /* NOLINT: its name */

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static struct query_opts
site(void)
{
	struct query_opts opts = { .log_dir = records_dir("log"),
		.store_dir = records_dir("store"),
		.alerts_path = records_dir("state.db"),
		.memory_mb = 128,
		.threads = 2 };
	struct diag why;

	CHECK_OK(fs_mkdirs(opts.store_dir, &why), why);
	records_log(opts.log_dir, RECORDS);
	return opts;
}

static void
ask(const struct query_opts *opts, const char *sql, unsigned max_rows, struct worker_answer *ret)
{
	worker_ask(opts,
	    &(struct worker_ask){
		.sql = sql, .format = "parquet", .timeout_ms = 5000, .max_rows = max_rows },
	    ret);
}

/* One number about the file that was answered. */
static int64_t
number(struct worker_answer *a, const char *what)
{
	const char *body = worker_body(a);
	char path[4096];
	auto_buf struct buf sql = { 0 };
	struct duck d = { 0 };
	struct diag why;
	int64_t n;

	(void)snprintf(path, sizeof(path), "%s/got.parquet", test_dir());
	CHECK(strncmp(a->all.p, "200 application/vnd.apache.parquet\n", 35) == 0);
	CHECK_OK(fs_replace(path, (struct str){ body, a->all.n - 1 - (size_t)(body - a->all.p) },
		     &why),
	    why);
	buf_init(&sql, 0);
	buf_printf(&sql, "SELECT (%s)::BIGINT FROM read_parquet('%s') AS t", what, path);
	CHECK_OK(duck_open(128, 1, &d, &why), why);
	CHECK_OK(duck_i64(&d, duck_sql(&sql), &n, &why), why);
	duck_close(&d);
	return n;
}

static unsigned
left_behind(const char *dir)
{
	DIR *folder = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	CHECK(folder != NULL);
	while ((e = readdir(folder)) != NULL)
		n += strncmp(e->d_name, "tmp-", 4) == 0;
	closedir(folder);
	return n;
}

TEST(the_file_holds_the_answer)
{
	static const struct {
		const char *sql;
		unsigned max_rows;
		const char *what;
		int64_t want;
	} cases[] = {
		{ "SELECT * FROM security_events", 0, "count(DISTINCT seq)", RECORDS },
		{ "SELECT seq FROM records", 0, "sum(seq)", RECORDS * (RECORDS + 1) / 2 },
		{ "SELECT seq FROM records ORDER BY seq DESC", 10, "count(*)", 10 },
		{ "SELECT seq FROM records ORDER BY seq DESC", 10, "min(seq)", RECORDS - 9 },
		{ "count(*)", 0, "max(t::VARCHAR LIKE '%400%')", 1 },
		{ "SELECT 1 AS a, 2 AS a; -- )", 0, "count(*)", 1 },
		{ "WITH x AS (SELECT 7 AS n) SELECT n FROM x /* ) */", 0, "max(n)", 7 },
		{ "SELECT ')' AS b", 0, "max(b = ')')", 1 },
		{ "SELECT event_type, count(*) AS n FROM records GROUP BY 1", 0, "sum(n)",
		    RECORDS },
		{ "SELECT seq FROM records WHERE seq > 1000000", 0, "count(*)", 0 },
	};
	struct query_opts opts = site();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct worker_answer a;

		ask(&opts, cases[i].sql, cases[i].max_rows, &a);
		CHECK_INT(number(&a, cases[i].what), cases[i].want);
		CHECK_INT(a.status, 0);
		buf_fini(&a.all);
	}
	CHECK_INT(left_behind(opts.store_dir), 0);
}

TEST(no_way_out_of_the_brackets)
{
	static const char *const cases[] = {
		"SELECT 1) TO '/tmp/x.parquet'; --",
		"SELECT 1) TO '/tmp/x.parquet' (FORMAT parquet); SELECT (1",
		"SELECT 1; COPY (SELECT 1) TO '/tmp/x.parquet'",
		"COPY (SELECT 1) TO '/tmp/x.parquet'",
		"SELECT * FROM (SELECT 1)) LIMIT 1) TO '/tmp/x.parquet' --",
		"EXPLAIN SELECT 1",
		"SELECT 'x",
		"SELECT 1 /* ",
		"",
	};
	struct query_opts opts = site();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct worker_answer a;

		ask(&opts, cases[i], 0, &a);
		if (strncmp(a.all.p, "4", 1) != 0)
			test_fail(TEST_AT(cases[i]), "%s: %.100s", cases[i], a.all.p);
		buf_fini(&a.all);
	}
	CHECK_INT(access("/tmp/x.parquet", F_OK), -1);
}

/* The limit is what the process had already, when that is less. */
TEST(a_file_that_grows_too_large_is_a_problem)
{
	struct rlimit small = { 1 << 20, 1 << 20 };
	struct query_opts opts = site();
	struct worker_answer a;

	CHECK_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
	CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ask(&opts, "SELECT md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS x FROM range(200000) r(i)",
	    1000000, &a);
	CHECK(WIFEXITED(a.status));
	CHECK(strncmp(a.all.p, "400 ", 4) == 0);
	buf_fini(&a.all);
	ask(&opts, "SELECT 1 AS a", 0, &a);
	CHECK_INT(number(&a, "max(a)"), 1);
	buf_fini(&a.all);
}

static void
check_harmless(const struct query_opts *opts, const char *sql, unsigned *refused)
{
	struct worker_answer a;

	worker_ask(opts,
	    &(struct worker_ask){
		.sql = sql, .format = "parquet", .timeout_ms = 600, .max_rows = 1000 },
	    &a);
	if (a.all.n < 5 || !WIFEXITED(a.status))
		test_fail(TEST_AT(sql), "%s: status %d", sql, a.status);
	if (strncmp(a.all.p, "200 ", 4) == 0) {
		if (number(&a, "coalesce(max(t::VARCHAR LIKE '%root:x:0%' OR t::VARCHAR LIKE"
			       " '%/bin/sh%' OR t::VARCHAR LIKE '%/home/%' OR t::VARCHAR LIKE"
			       " '%PATH=%'), false)") != 0)
			test_fail(TEST_AT(sql), "%s shows what it must not", sql);
	} else {
		if (strstr(a.all.p, test_dir()) != NULL || strstr(a.all.p, "root:x:0") != NULL)
			test_fail(TEST_AT(sql), "%s shows %s", sql, a.all.p);
		++*refused;
	}
	buf_fini(&a.all);
}

TEST(hostile_statements_are_refused_or_harmless)
{
	struct query_opts opts = site();
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	unsigned n = 0, asked = 0, refused = 0;
	struct diag why;

	test_timeout(500);
	buf_init(&text, 0);
	CHECK_OK(fs_read(test_source("test/case/query/hostile.sql"), (size_t)1 << 20, &text, &why),
	    why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		char sql[8192];

		if (line.n == 0 || line.n >= sizeof(sql))
			continue;
		if (!test_turn(n++))
			continue;
		check_harmless(&opts, str_to_c(line, sql, sizeof(sql)), &refused);
		asked++;
	}
	CHECK(n >= 300);
	CHECK(refused >= asked * 5 / 6);
	CHECK_INT(left_behind(opts.store_dir), 0);
	CHECK_INT(access("/tmp/x.csv", F_OK), -1);
}
