/*
 * The store: rows sealed per CPU second, and the questions of a security team
 * over ten million stored events.  BENCH_ROWS and BENCH_SEAL_ROWS change how many.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "log/journal.h"
#include "rec/codec.h"
#include "store/duck.h"
#include "store/query.h"
#include "store/seal.h"
#include "store/store.h"

#define BATCH 250
#define DAYS 30
#define RUNS 5
#define DAY_US ((int64_t)86400 * 1000000)

static char folder[64] = "/tmp/tocsin-bench-XXXXXX";

static void
check(enum err e, const struct diag *why)
{
	if (e == OK)
		return;
	(void)fprintf(stderr, "failed: %s\n", why->text);
	exit(EXIT_FAILURE);
}

static unsigned
setting(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);
	uint64_t n;

	return text != NULL && str_u64(str_c(text), &n) ? (unsigned)n : otherwise;
}

static struct str
text(struct arena *a, const char *head, unsigned n, const char *tail)
{
	char *to = arena_bytes(a, 400);

	return (struct str){ to, (size_t)snprintf(to, 400, "%s%u%s", head, n, tail) };
}

/* A line of an access log as the parser and the enricher leave it. */
static void
make(struct rec *r, struct arena *a, unsigned i, int64_t now)
{
	rec_init(r, a);
	rec_set_int(r, F_TIMESTAMP, now + (int64_t)i * 10000);
	rec_set_int(r, F_RECEIVED, now + (int64_t)i * 10000);
	rec_set_str(r, F_RAW,
	    text(a, "203.0.113.9 - - [21/Nov/2026:02:03:04 +0000] \"GET /api/orders/",
		i * 7919 % 100000,
		"?sort=date HTTP/1.1\" 200 5123 \"https://shop.example.org/cart\""
		" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 "
		"Safari/537.36\""));
	rec_set_str(r, F_EVENT_TYPE, STR("http.request"));
	rec_set_str(r, F_SEVERITY, STR("INFO"));
	rec_set_str(r, F_OUTCOME, STR("success"));
	rec_set_str(r, F_CATEGORY, STR("web"));
	rec_set_str(r, F_CLIENT_IP, text(a, "10.0.0.", i % 256, ""));
	rec_set_str(r, F_ENDPOINT, text(a, "/api/orders/", i * 7919 % 100000, ""));
	rec_set_str(r, F_URL, text(a, "/api/orders/", i * 7919 % 100000, "?sort=date"));
	rec_set_str(r, F_QUERY, STR("sort=date"));
	rec_set_str(r, F_METHOD, STR("GET"));
	rec_set_str(r, F_PROTOCOL, STR("HTTP/1.1"));
	rec_set_int(r, F_STATUS_CODE, 200);
	rec_set_int(r, F_BYTES_OUT, 5123 + i % 1000);
	rec_set_str(r, F_REFERER, STR("https://shop.example.org/cart"));
	rec_set_str(r, F_USER_AGENT,
	    STR("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"));
	rec_set_str(r, F_GEO_COUNTRY, i % 3 == 0 ? STR("DE") : STR("US"));
	rec_set_str(r, F_NET_CLASS, STR("public"));
	rec_set_int(r, F_RISK_SCORE, 1);
	rec_set_str(r, F_THREAT_LEVEL, STR("LOW"));
	rec_set_str(r, F_LS_CATEGORY, STR("webserver"));
	rec_set_str(r, F_SOURCE, STR("access"));
	rec_set_str(r, F_FORMAT, STR("combined"));
}

static void
write_log(const char *dir, unsigned rows)
{
	struct journal_opts opts = { .dir = dir, .segment_size = (size_t)64 << 20 };
	struct journal_item items[BATCH];
	struct journal_recovery recovery;
	struct arena *a = arena_new((size_t)16 << 20);
	size_t ends[BATCH + 1] = { 0 };
	int64_t now = clock_wall() - (int64_t)rows * 10000;
	struct journal *j;
	struct buf payloads;
	struct diag why;
	uint64_t first;
	struct rec r;
	unsigned i, k;

	check(journal_open(&opts, &j, &recovery, &why), &why);
	buf_init(&payloads, 0);
	for (i = 0; i < rows; i += BATCH) {
		buf_reset(&payloads);
		arena_reset(a);
		for (k = 0; k < BATCH; k++) {
			make(&r, a, i + k, now);
			check(codec_encode(&r, &payloads, &why), &why);
			ends[k + 1] = payloads.n;
		}
		for (k = 0; k < BATCH; k++)
			items[k] =
			    (struct journal_item){ { payloads.p + ends[k], ends[k + 1] - ends[k] },
				    now + (int64_t)i * 10000 };
		check(journal_append(j, items, BATCH, &first, &why), &why);
	}
	journal_close(j);
	buf_fini(&payloads);
	arena_free(a);
}

static void
run_store(const char *log, const char *dir, int stop_fd)
{
	struct store_opts opts = { .log_dir = log,
		.dir = dir,
		.seal_rows = 20000,
		.seal_after = 5 * CLOCK_S,
		.memory_mb = 128,
		.stop_fd = stop_fd };
	struct diag why;

	check(store_run(&opts, &why), &why);
	_exit(EXIT_SUCCESS);
}

static void
bench_seal(unsigned rows)
{
	char log[100], dir[100];
	uint64_t through = 0;
	struct rusage used;
	struct diag why;
	int ends[2], status;
	int64_t began;
	double cpu;
	pid_t pid;

	snprintf(log, sizeof(log), "%s/log", folder);
	snprintf(dir, sizeof(dir), "%s/sealed", folder);
	write_log(log, rows);
	if (pipe(ends) != 0 || (pid = fork()) < 0)
		exit(EXIT_FAILURE);
	if (pid == 0) {
		close(ends[1]);
		run_store(log, dir, ends[0]);
	}
	began = clock_mono();
	while (through < rows && clock_mono() - began < 120 * CLOCK_S) {
		usleep(20000);
		check(store_through(dir, &through, &why), &why);
	}
	close(ends[1]);
	close(ends[0]);
	if (wait4(pid, &status, 0, &used) != pid || through < rows)
		exit(EXIT_FAILURE);
	cpu = (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
	      (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	printf("seal: %u rows, %.0f rows per CPU second, at most %ld MB\n", rows, rows / cpu,
	    used.ru_maxrss / 1024);
}

/* One day's events in the store's own columns; %llu: first number, rows, first time. */
static const char day_sql[] =
    "SELECT (%llu + i)::UBIGINT AS seq, make_timestamptz(%lld + (i * 86400000000 // %llu)) AS "
    "\"timestamp\","
    " \"timestamp\" AS received_at, t AS event_type,"
    " CASE WHEN h %% 100 = 0 THEN 'CRITICAL' WHEN h %% 10 = 0 THEN 'HIGH' ELSE 'INFO' END AS "
    "severity,"
    " CASE WHEN t = 'auth.login.failed' THEN 'failure' ELSE 'success' END AS outcome,"
    " '10.' || (h %% 4) || '.' || (h // 7 %% 200) || '.' || (h // 3000 %% 250) AS client_ip,"
    " 'user' || (h // 11 %% 5000) || '@example.org' AS user_email, (h // 11 %% 5000)::VARCHAR AS "
    "user_id,"
    " 'Mozilla/5.0 (X11; Linux x86_64) Chrome/' || (h %% 40) AS user_agent,"
    " '/api/' || (['orders', 'auth/login', 'portfolio', 'settings'])[1 + (h %% 4)::INT] AS "
    "endpoint,"
    " 'POST' AS method, (CASE t WHEN 'rate_limit.exceeded' THEN 429 WHEN 'auth.login.failed' THEN "
    "401"
    "  ELSE 200 END)::INTEGER AS status_code,"
    " (['DE', 'US', 'FR', 'BR', 'JP', 'IN'])[1 + (h // 13 %% 6)::INT] AS geolocation_country,"
    " (h %% 10)::INTEGER AS risk_score, 'app' AS source, 'json' AS format,"
    " '{\"event_type\":\"' || t || '\",\"request_id\":\"req_' || h || '\",\"method\":\"POST\"}' AS "
    "raw"
    " FROM (SELECT range AS i, hash(range + %llu) %% 1000000007 AS h,"
    " (['http.request', 'auth.login.success', 'auth.login.failed', 'rate_limit.exceeded',"
    " 'csrf.validation.failed', 'http.request', 'http.request', 'auth.login.success'])"
    "[1 + (hash(range * 31 + %llu) %% 8)::INT] AS t FROM range(%llu))";

static void
make_days(const char *dir, unsigned rows)
{
	unsigned long long each = rows / DAYS, first;
	struct catalog_file f = { .level = CATALOG_DAILY };
	int64_t now = clock_wall() / 1000;
	struct duck d;
	struct diag why;
	struct buf sql;
	int day;

	check(fs_mkdirs(dir, &why), &why);
	check(duck_open(512, 1, &d, &why), &why);
	check(duck_run(&d, "SET preserve_insertion_order = false", &why), &why);
	buf_init(&sql, 0);
	for (day = 0; day < DAYS; day++) {
		first = 1 + (unsigned long long)day * each;
		f.first = first;
		f.last = first + each - 1;
		f.tmin = now - (DAYS - day) * DAY_US;
		f.tmax = f.tmin + DAY_US;
		buf_reset(&sql);
		buf_printf(&sql, day_sql, first, (long long)f.tmin, each, first, first, each);
		check(seal_copy(&d, duck_sql(&sql), dir, &f, &why), &why);
	}
	duck_close(&d);
	buf_fini(&sql);
}

static const char *const questions[] = {
	"SELECT client_ip, user_email, count(*) AS n FROM security_events"
	" WHERE event_type = 'auth.login.failed' AND timestamp > now() - INTERVAL '24 hours'"
	" GROUP BY client_ip, user_email ORDER BY n DESC",
	"SELECT endpoint, count(*) AS n FROM rate_limit_events WHERE status_code = 429"
	" GROUP BY endpoint ORDER BY n DESC",
	"SELECT client_ip, count(*) AS n FROM security_events"
	" WHERE event_type = 'csrf.validation.failed' GROUP BY client_ip ORDER BY n DESC",
	"SELECT user_id, COUNT(DISTINCT geolocation.country) AS n,"
	" array_agg(DISTINCT geolocation.country) AS countries FROM auth_events"
	" WHERE event_type = 'auth.login.success' GROUP BY user_id"
	" HAVING COUNT(DISTINCT geolocation.country) > 2",
	"SELECT * FROM security_events WHERE client_ip = '10.1.2.3' ORDER BY timestamp DESC LIMIT "
	"100",
	"SELECT user_email, client_ip, count(*) AS n FROM auth_events"
	" WHERE event_type = 'auth.login.failed' AND timestamp > now() - INTERVAL '1 hour'"
	" GROUP BY user_email, client_ip HAVING count(*) > 5",
	"count(*) WHERE event_type='auth.login.failed' AND timestamp > now() - 1h",
	"SELECT severity, count(*) FROM security_events GROUP BY severity",
	"SELECT geoip.country, count(*) FROM auth_events WHERE event_type='auth.login.failed'"
	" GROUP BY geoip.country",
};

/* From the start of the process to the last byte of its answer. */
static double
ask(const struct query_opts *opts, const char *sql, size_t *ret_bytes)
{
	int in[2], out[2], status;
	struct buf line, answer;
	struct jsonw w;
	int64_t began;
	char *room;
	ssize_t n;
	pid_t pid;

	buf_init(&line, 0);
	buf_init(&answer, 0);
	jsonw_init(&w, &line);
	jsonw_obj(&w);
	jsonw_kstr(&w, "sql", str_c(sql));
	jsonw_kint(&w, "timeout_ms", 60000);
	jsonw_end(&w);
	buf_byte(&line, '\n');
	began = clock_mono();
	if (pipe(in) != 0 || pipe(out) != 0 || (pid = fork()) < 0)
		exit(EXIT_FAILURE);
	if (pid == 0) {
		close(in[1]);
		close(out[0]);
		_exit(query_run(opts, in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	if (write(in[1], line.p, line.n) != (ssize_t)line.n)
		exit(EXIT_FAILURE);
	close(in[1]);
	while ((room = buf_room(&answer, 65536)) != NULL && (n = read(out[0], room, 65536)) > 0)
		buf_added(&answer, (size_t)n);
	close(out[0]);
	if (waitpid(pid, &status, 0) != pid || !str_starts(buf_view(&answer), STR("200 "))) {
		(void)fprintf(stderr, "%.*s\n", STR_ARG(buf_view(&answer)));
		exit(EXIT_FAILURE);
	}
	*ret_bytes = answer.n;
	buf_fini(&answer);
	buf_fini(&line);
	return (double)(clock_mono() - began) / (double)CLOCK_MS;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
bench_query(unsigned rows)
{
	char dir[100], log[100];
	struct query_opts opts = {
		.log_dir = log, .store_dir = dir, .memory_mb = 512, .threads = 2
	};
	double took[RUNS];
	size_t i, k, bytes = 0;

	snprintf(dir, sizeof(dir), "%s/days", folder);
	snprintf(log, sizeof(log), "%s/no-log", folder);
	make_days(dir, rows);
	printf("query: %u rows in %d files; median of %d, process start included\n", rows, DAYS,
	    RUNS);
	for (i = 0; i < ARRAY_LEN(questions); i++) {
		for (k = 0; k < RUNS; k++)
			took[k] = ask(&opts, questions[i], &bytes);
		qsort(took, RUNS, sizeof(took[0]), compare);
		printf("%7.0f ms %9zu bytes  %.70s\n", took[RUNS / 2], bytes, questions[i]);
		(void)fflush(stdout);
	}
}

static enum err
drop(void *ctx, const char *name)
{
	char path[400];

	if (fs_join(path, sizeof(path), ctx, name) == OK && unlink(path) != 0 &&
	    fs_each(path, drop, path, NULL) == OK)
		(void)rmdir(path);
	return OK;
}

int
main(void)
{
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	bench_seal(setting("BENCH_SEAL_ROWS", 1000000));
	bench_query(setting("BENCH_ROWS", 10000000));
	if (fs_each(folder, drop, folder, NULL) == OK)
		(void)rmdir(folder);
	return EXIT_SUCCESS;
}
