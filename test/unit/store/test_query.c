/* Query workers: answers, limits, and what strangers cannot do. */
#include "store/query.h"

#include <dirent.h>

#include "base/db.h"
#include "store/jail.h"
#include "store/sealer.h"
#include "worker.h"

#define RECORDS 600

/* Under AddressSanitizer: memory that is not to be had is refused, as everywhere else. */
const char *__asan_default_options(void); /* NOLINT: its name */

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* A log of RECORDS, the first `sealed` of them in files. */
static struct query_opts
site(unsigned sealed)
{
	struct query_opts opts = { .log_dir = records_dir("log"),
		.store_dir = records_dir("store"),
		.alerts_path = records_dir("state.db"),
		.memory_mb = 128,
		.threads = 2 };
	struct sealer_opts sealing = { opts.log_dir, opts.store_dir, 1, 0, 128 };
	struct sealer *s;
	struct diag why;

	CHECK_OK(fs_mkdirs(opts.store_dir, &why), why);
	records_log(opts.log_dir, sealed);
	if (sealed > 0) {
		s = sealer_new(&sealing);
		CHECK_OK(sealer_step(s, 1, &why), why);
		CHECK_INT(sealer_sealed(s), 1);
		sealer_free(s);
	}
	records_log_more(opts.log_dir, sealed, RECORDS - sealed);
	return opts;
}

static void
check_rows(const struct query_opts *opts, const char *sql, const char *rows)
{
	struct worker_ask ask = { .sql = sql };
	struct worker_answer a;
	const char *at, *end;
	size_t n;

	worker_ask(opts, &ask, &a);
	at = strstr(worker_body(&a), "\"rows\":");
	CHECK(at != NULL);
	at += sizeof("\"rows\":") - 1;
	end = strstr(at, ",\"row_count\"");
	CHECK(end != NULL);
	n = (size_t)(end - at);
	CHECK_BYTES(at, n, rows, strlen(rows));
	CHECK_INT(a.status, 0);
	buf_fini(&a.all);
}

static void
check_site(unsigned sealed)
{
	struct query_opts opts = site(sealed);

	check_rows(&opts, "count(*)", "[[600]]");
	check_rows(&opts, "SELECT count(DISTINCT seq), min(seq), max(seq) FROM security_events",
	    "[[600,1,600]]");
	check_rows(&opts, "SELECT count(*) FROM auth_events", "[[200]]");
	check_rows(&opts, "SELECT count(*) FROM rate_limit_events WHERE status_code = 429",
	    "[[100]]");
	check_rows(&opts, "SELECT status, count(*) FROM startup_events GROUP BY status",
	    "[[\"failed\",100]]");
	check_rows(&opts,
	    "SELECT timestamp, client_ip, geolocation.country FROM security_events"
	    " WHERE seq = 2",
	    "[[\"2026-01-01T00:00:01Z\",\"192.0.2.1\",\"FR\"]]");
	check_rows(&opts, "SELECT event_details, ip_address FROM security_events WHERE seq = 600",
	    "[[\"line 599\",\"192.0.2.9\"]]");
	check_rows(&opts, "SELECT count(*) FROM alerts", "[[0]]");
}

TEST(sealed_rows_only)
{
	check_site(RECORDS);
}

TEST(unsealed_rows_only)
{
	check_site(0);
}

TEST(both_make_one_table)
{
	check_site(250);
}

TEST(no_gap_and_nothing_twice_while_sealing_runs)
{
	struct query_opts opts = site(100);
	struct sealer_opts sealing = { opts.log_dir, opts.store_dir, 1, 0, 128 };
	struct worker_ask ask = {
		.sql = "SELECT count(*) = max(seq) AND count(DISTINCT seq) = max(seq)"
		       " AND max(seq) >= 600 FROM security_events"
	};
	struct worker_answer a;
	struct sealer *s;
	struct diag why;
	unsigned i;
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		s = sealer_new(&sealing);
		for (i = 0; i < 40; i++) {
			records_log_more(opts.log_dir, RECORDS + i * 10, 10);
			CHECK_OK(sealer_step(s, 1, &why), why);
		}
		_exit(0);
	}
	for (i = 0; i < 15; i++) {
		worker_ask(&opts, &ask, &a);
		CHECK(strstr(worker_body(&a), "\"rows\":[[true]]") != NULL);
		buf_fini(&a.all);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

TEST(bounds_of_time)
{
	struct query_opts opts = site(300);
	struct worker_ask ask = { .sql = "SELECT min(seq), max(seq) FROM security_events",
		.from = RECORDS_T0 + 290 * CLOCK_S,
		.to = RECORDS_T0 + 310 * CLOCK_S };
	struct worker_answer a;

	worker_ask(&opts, &ask, &a);
	CHECK(strstr(worker_body(&a), "\"rows\":[[291,310]]") != NULL);
	buf_fini(&a.all);
	ask.from = RECORDS_T0 + 500 * CLOCK_S;
	ask.to = 0;
	worker_ask(&opts, &ask, &a);
	CHECK(strstr(worker_body(&a), "\"rows\":[[501,600]]") != NULL);
	buf_fini(&a.all);
}

TEST(forms_of_answers)
{
	struct query_opts opts = site(0);
	struct worker_ask ask = { .format = "csv",
		.sql = "SELECT * FROM (VALUES (1, 'a,\"b', '=1+1', NULL), (-2, '', '-x', 'y')) "
		       "t(n, s, f, z)" };
	struct worker_answer a;

	worker_ask(&opts, &ask, &a);
	CHECK(strstr(a.all.p, "200 text/csv") == a.all.p);
	CHECK_STR(worker_body(&a), "n,s,f,z\r\n1,\"a,\"\"b\",\"'=1+1\",\r\n-2,\"\",\"'-x\",y\r\n");
	buf_fini(&a.all);
	ask.format = "table";
	ask.sql = "SELECT 1 AS n, 'a' || chr(27) || '[31m' AS s";
	worker_ask(&opts, &ask, &a);
	CHECK_STR(worker_body(&a), "n  s\n-  ---------\n1  a\\x1b[31m\n1 row\n");
	buf_fini(&a.all);
	ask.format = "xml";
	worker_ask(&opts, &ask, &a);
	CHECK(strstr(a.all.p, "400 application/problem+json\n") == a.all.p);
	buf_fini(&a.all);
}

TEST(limits_of_rows_and_time)
{
	struct query_opts opts = site(100);
	struct worker_ask ask = { .sql = "SELECT seq FROM security_events", .max_rows = 5 };
	struct worker_answer a;

	worker_ask(&opts, &ask, &a);
	CHECK(strstr(worker_body(&a), "\"row_count\":5,\"truncated\":true") != NULL);
	buf_fini(&a.all);
	ask.sql = "SELECT * FROM range(5)";
	worker_ask(&opts, &ask, &a);
	CHECK(strstr(worker_body(&a), "\"row_count\":5,\"truncated\":false") != NULL);
	buf_fini(&a.all);
	ask = (struct worker_ask){ .timeout_ms = 300,
		.sql = "SELECT max(a.range * b.range) FROM range(1000000000) a, range(1000000) b" };
	worker_ask(&opts, &ask, &a);
	if (strstr(a.all.p, "504 application/problem+json\n") != a.all.p)
		test_fail(TEST_AT(a.all), "is %s", a.all.p);
	CHECK(a.took < 3 * CLOCK_S);
	buf_fini(&a.all);
}

TEST(problems_show_no_paths)
{
	static const char *const sqls[] = { "SELECT nothing FROM security_events", "SELECT 1 +",
		"SELECT * FROM nowhere", "SELECT * FROM read_csv('x.csv')",
		"SELECT * FROM '00000000000000000001.parquet'",
		"SELECT CAST(raw AS INT) FROM records" };
	struct query_opts opts = site(100);
	struct worker_answer a;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sqls); i++) {
		struct worker_ask ask = { .sql = sqls[i] };

		worker_ask(&opts, &ask, &a);
		CHECK(strstr(a.all.p, "400 application/problem+json\n") == a.all.p);
		CHECK(strstr(a.all.p, test_dir()) == NULL);
		buf_fini(&a.all);
	}
}

TEST(requests_that_are_none)
{
	static const char *const lines[] = { "\n", "{\n", "[]\n",
		"{\"sql\":5,\"max_rows\":\"x\"}\n", "{\"format\":\"json\"}\n", "null\n",
		"{\"sql\":\"SELECT 1\",\"from\":\"x\"}\n" };
	struct query_opts opts = site(0);
	struct worker_answer a;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		worker_run(&opts, str_c(lines[i]), &a);
		if (strstr(a.all.p, "400 application/problem+json\n") != a.all.p)
			test_fail(TEST_AT(a.all), "%s gives %s", lines[i], a.all.p);
		buf_fini(&a.all);
	}
	worker_run(&opts, STR(""), &a); /* not needed after all */
	CHECK_STR(a.all.p, "");
	CHECK_INT(a.status, 0);
	buf_fini(&a.all);
}

TEST(alerts_are_a_table)
{
	struct query_opts opts = site(0);
	struct diag why;
	struct db *db;

	CHECK_OK(db_open(opts.alerts_path, &db, &why), why);
	CHECK_OK(db_exec(db,
		     "CREATE TABLE alerts(id TEXT, rule_id TEXT, title TEXT, severity TEXT,"
		     " tags TEXT, advice TEXT, group_key TEXT, summary TEXT, status TEXT,"
		     " status_by TEXT, status_note TEXT, first_ns INTEGER, last_ns INTEGER,"
		     " created_ns INTEGER, updated_ns INTEGER, count INTEGER, owner TEXT,"
		     " reason TEXT, comments INTEGER, demo INTEGER, rev INTEGER, action TEXT,"
		     " confidence INTEGER, details TEXT);"
		     "INSERT INTO alerts VALUES('a1', 'ssh_brute', 'SSH', 'HIGH', '', '',"
		     " 'client_ip=203.0.113.7', 's', 'open', '', '', 1000000000, 2000000000,"
		     " 3, 4, 12, '', '', 0, 1, 1, 'BLOCK_IP', 80, '{}'),('a2', 'x', CAST(x'ff' AS "
		     "TEXT), 'LOW', '', '',"
		     " '', 's', 'resolved', 'me', 'n', 1, 2, 3, 4, 1, 'me', 'benign', 2, 0, 2, '', "
		     "0, '');",
		     &why),
	    why);
	db_close(db);
	check_rows(&opts,
	    "SELECT id, client_ip, count, last_seen FROM alerts WHERE status = 'open'",
	    "[[\"a1\",\"203.0.113.7\",12,\"1970-01-01T00:00:02Z\"]]");
	check_rows(&opts, "SELECT count(*), count(client_ip) FROM alerts", "[[2,1]]");
	check_rows(&opts, "SELECT owner, reason, comments, demo FROM alerts ORDER BY id",
	    "[[\"\",\"\",0,true],[\"me\",\"benign\",2,false]]");
	check_rows(&opts, "SELECT action, confidence, details FROM alerts ORDER BY id",
	    "[[\"BLOCK_IP\",80,\"{}\"],[\"\",null,\"\"]]");
}

/* The statements of a file; blank lines or, with `lines`, line ends part them. */
static void
each_statement(const char *path, bool lines, void (*fn)(void *ctx, const char *sql), void *ctx)
{
	struct str rest, line;
	struct buf text, sql;
	struct diag why;

	buf_init(&text, 0);
	buf_init(&sql, 0);
	CHECK_OK(fs_read(path, 1 << 20, &text, &why), why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		buf_str(&sql, line);
		if (!lines && line.n > 0 && rest.n > 0) {
			buf_byte(&sql, '\n');
			continue;
		}
		buf_byte(&sql, '\0');
		if (sql.n > 1)
			fn(ctx, sql.p);
		buf_reset(&sql);
	}
	buf_fini(&sql);
	buf_fini(&text);
}

static void
check_answered(void *ctx, const char *sql)
{
	struct worker_ask ask = { .sql = sql };
	struct worker_answer a;

	worker_ask(ctx, &ask, &a);
	if (strncmp(a.all.p, "200 ", 4) != 0)
		test_fail(TEST_AT(sql), "%s gives %s", sql, a.all.p);
	buf_fini(&a.all);
}

TEST(forms_people_write_run_as_written)
{
	struct query_opts opts = site(300);

	each_statement(test_source("test/case/query/forms.sql"), false, check_answered, &opts);
}

/* Calls fn for what stands in `backquotes` behind "Query: ", or is a count or an average. */
static unsigned
line_query(struct str line, void (*fn)(void *ctx, const char *sql), void *ctx)
{
	static const char *const heads[] = { "Query: `", ": `count(", ": `avg(" };
	char sql[4096];
	struct str rest;
	size_t i;

	for (i = 0; i < ARRAY_LEN(heads); i++) {
		if (str_find(line, str_c(heads[i])) < 0)
			continue;
		rest = str_from(line, (size_t)str_find(line, STR(": `")) + 3);
		fn(ctx, str_to_c(str_until(&rest, '`'), sql, sizeof(sql)));
		return 1;
	}
	return 0;
}

static unsigned
block_query(struct buf *sql, void (*fn)(void *ctx, const char *sql), void *ctx)
{
	unsigned n = 0;

	if (str_find(buf_view(sql), STR("SELECT ")) >= 0 &&
	    str_find(buf_view(sql), STR("\nFROM ")) < 0 &&
	    str_find(buf_view(sql), STR("FROM security_events")) < 0 &&
	    str_find(buf_view(sql), STR("FROM auth_events")) < 0) {
		buf_reset(sql);
		return 0; /* the words in code of another language */
	}
	if (str_find(buf_view(sql), STR("SELECT ")) >= 0) {
		buf_byte(sql, '\0');
		fn(ctx, sql->p);
		n = 1;
	}
	buf_reset(sql);
	return n;
}

/* Statements in the code blocks of a document, and those within its lines. */
static unsigned
each_query(struct str text, void (*fn)(void *ctx, const char *sql), void *ctx)
{
	bool inside = false;
	struct str line;
	struct buf sql;
	unsigned n = 0;

	buf_init(&sql, 0);
	while (str_line(&text, &line)) {
		n += line_query(line, fn, ctx);
		if (str_starts(str_trim(line), STR("```"))) {
			n += block_query(&sql, fn, ctx);
			inside = !inside;
			continue;
		}
		if (!inside)
			continue;
		buf_str(&sql, line);
		buf_byte(&sql, '\n');
		if (str_ends(str_trim(line), STR(";")))
			n += block_query(&sql, fn, ctx);
	}
	buf_fini(&sql);
	return n;
}

TEST(every_query_of_the_requirements_runs)
{
	const char *base = test_corpus("../requirements");
	struct query_opts opts = site(300);
	char path[4096];
	struct dirent *entry;
	struct diag why;
	struct buf text;
	unsigned n = 0;
	DIR *dir;

	test_timeout(120);
	dir = opendir(base);
	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, "003_") != entry->d_name)
			continue;
		snprintf(path, sizeof(path), "%s/%s", base, entry->d_name);
		buf_init(&text, 0);
		CHECK_OK(fs_read(path, 1 << 20, &text, &why), why);
		n += each_query(buf_view(&text), check_answered, &opts);
		buf_fini(&text);
	}
	closedir(dir);
	CHECK_INT(n, 25);
}

struct hostile {
	struct query_opts opts;
	unsigned n, asked, refused;
};

static void
check_harmless(void *ctx, const char *sql)
{
	static const char *const secrets[] = { "root:x:0", "/bin/sh", "/home/", "PATH=", "HOME=" };
	struct worker_ask ask = { .sql = sql, .timeout_ms = 600, .max_rows = 1000 };
	struct hostile *h = ctx;
	struct worker_answer a;
	size_t i;

	if (!test_turn(h->n++))
		return;
	worker_ask(&h->opts, &ask, &a);
	h->asked++;
	h->refused += strncmp(a.all.p, "200 ", 4) != 0;
	if (a.all.n < 5 || !WIFEXITED(a.status))
		test_fail(TEST_AT(sql), "%s: status %d, %s", sql, a.status, a.all.p);
	for (i = 0; i < ARRAY_LEN(secrets); i++)
		if (strstr(a.all.p, secrets[i]) != NULL)
			test_fail(TEST_AT(sql), "%s shows %s", sql, a.all.p);
	if (strstr(a.all.p, test_dir()) != NULL)
		test_fail(TEST_AT(sql), "%s shows a path: %s", sql, a.all.p);
	if (a.took > 5 * CLOCK_S || a.rss > (uint64_t)700 << 20)
		test_fail(TEST_AT(sql), "%s took %lld ms, %llu MB", sql,
		    (long long)(a.took / CLOCK_MS), (unsigned long long)(a.rss >> 20));
	buf_fini(&a.all);
}

TEST(hostile_statements_are_refused_or_harmless)
{
	struct hostile h = { .opts = site(300) };

	test_timeout(500);
	each_statement(test_source("test/case/query/hostile.sql"), true, check_harmless, &h);
	CHECK(h.n >= 300);
	CHECK(h.refused >= h.asked * 5 / 6);
	check_rows(&h.opts, "count(*)", "[[600]]");
	CHECK_INT(access("/tmp/x.csv", F_OK), -1);
}
