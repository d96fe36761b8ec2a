/* The store's process: every number once, whatever dies. */
#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crash.h"
#include "store/catalog.h"
#include "store/sealer.h"
#include "store/merge.h"
#include "records.h"

struct child {
	pid_t pid;
	int stop;
};

static struct child
start(const char *log, const char *dir, unsigned seal_rows, const char *crash)
{
	struct store_opts opts = { .log_dir = log,
		.dir = dir,
		.seal_rows = seal_rows,
		.seal_after = 20 * CLOCK_MS,
		.memory_mb = 128 };
	struct diag why = { 0 };
	struct child c;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	fflush(NULL);
	c.pid = fork();
	CHECK(c.pid >= 0);
	if (c.pid == 0) {
		close(ends[1]);
		if (crash != NULL)
			setenv("TOCSIN_CRASH", crash, 1);
		opts.stop_fd = ends[0];
		_exit(store_run(&opts, &why) == OK ? 0 : 1);
	}
	close(ends[0]);
	c.stop = ends[1];
	return c;
}

static int
stop(struct child c)
{
	int status;

	close(c.stop);
	CHECK_INT(waitpid(c.pid, &status, 0), c.pid);
	return status;
}

static bool
wait_through(struct child c, const char *dir, uint64_t want)
{
	struct diag why;
	uint64_t got;
	int i, status;

	for (i = 0; i < 3000; i++) {
		CHECK_OK(store_through(dir, &got, &why), why);
		if (got >= want)
			return true;
		if (waitpid(c.pid, &status, WNOHANG) != 0)
			return false;
		usleep(10000);
	}
	return false;
}

/* The living files hold each of 1..n once, with the right content. */
static void
check_once(const char *dir, unsigned n)
{
	char name[CATALOG_NAME_SIZE];
	struct catalog c = { 0 };
	struct duck d = { 0 };
	struct buf sql;
	struct diag why;
	int64_t got;
	size_t i;

	CHECK_OK(catalog_list(dir, &c, &why), why);
	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT count(*) * 1000000 + count(DISTINCT seq) FROM read_parquet(["));
	for (i = 0; i < c.files.n; i++)
		if (!c.files.p[i].dead)
			buf_printf(&sql, "'%s/%s',", dir, catalog_name(&c.files.p[i], name));
	buf_printf(&sql, "], union_by_name = true) WHERE raw = 'line ' || (seq - 1) AND seq <= %u",
	    n);
	CHECK_OK(duck_open(128, 1, &d, &why), why);
	CHECK_OK(duck_i64(&d, duck_sql(&sql), &got, &why), why);
	CHECK_INT(got, (int64_t)n * 1000000 + n);
	duck_close(&d);
	buf_fini(&sql);
	catalog_free(&c);
}

TEST(seals_what_the_log_has)
{
	const char *log = records_dir("log"), *dir = records_dir("store");
	struct child c;

	records_log(log, 3000);
	c = start(log, dir, 1000, NULL);
	CHECK(wait_through(c, dir, 3000));
	CHECK_INT(stop(c), 0);
	check_once(dir, 3000);
	c = start(log, dir, 1000, NULL); /* again: nothing is doubled */
	usleep(300000);
	CHECK_INT(stop(c), 0);
	check_once(dir, 3000);
}

/* Dies at the first or second passing of a point, with half of the records there or all. */
static void
die_and_go_on(enum crash point, unsigned pass)
{
	char dir[4096], log[4096], at[64];
	struct child c;
	int status;

	snprintf(dir, sizeof(dir), "%s/store-%u-%u", test_dir(), (unsigned)point, pass);
	snprintf(log, sizeof(log), "%s/log-%u-%u", test_dir(), (unsigned)point, pass);
	snprintf(at, sizeof(at), "%s:%u", crash_name(point), pass);
	records_log(log, 250);
	c = start(log, dir, 100, at);
	if (pass > 1)
		CHECK(wait_through(c, dir, 250));
	records_log_more(log, 250, 250);
	CHECK_INT(waitpid(c.pid, &status, 0), c.pid);
	close(c.stop);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	c = start(log, dir, 100, NULL);
	CHECK(wait_through(c, dir, 500));
	CHECK_INT(stop(c), 0);
	check_once(dir, 500);
}

TEST(each_number_once_whatever_point_it_dies_at)
{
	unsigned point;

	for (point = CRASH_STORE_COPY; point <= CRASH_STORE_RENAMED; point++) {
		die_and_go_on((enum crash)point, 1);
		die_and_go_on((enum crash)point, 2);
	}
}

/* Seals n records of the log in files of `each`. */
static void
seal_in_small_files(const char *log, const char *dir, unsigned n, unsigned each)
{
	struct sealer_opts opts = { log, dir, 1, 0, 128 };
	struct sealer *f;
	struct diag why;
	int status;
	unsigned i;
	pid_t pid;

	CHECK_OK(fs_mkdirs(dir, &why), why);
	for (i = 0; i < n; i += each) {
		records_log_more(log, i, each);
		fflush(NULL);
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			f = sealer_new(&opts);
			CHECK_OK(sealer_step(f, 1, &why), why);
			CHECK_INT(sealer_sealed(f), 1);
			_exit(0);
		}
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK_INT(status, 0);
	}
}

static unsigned
count_files(const char *dir)
{
	struct catalog c = { 0 };
	struct diag why;
	unsigned n;

	CHECK_OK(catalog_list(dir, &c, &why), why);
	n = (unsigned)c.files.n;
	catalog_free(&c);
	return n;
}

static int
merge_in_child(const char *dir, const char *crash)
{
	struct merge_job job = { 0 };
	struct catalog c = { 0 };
	struct duck d = { 0 };
	struct diag why;
	unsigned swept;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		if (crash != NULL)
			setenv("TOCSIN_CRASH", crash, 1);
		CHECK_OK(catalog_list(dir, &c, &why), why);
		catalog_stat(&c, dir);
		CHECK_OK(duck_open(128, 1, &d, &why), why);
		CHECK_OK(duck_run(&d, "SET preserve_insertion_order = false", &why), why);
		if (merge_plan(&c, RECORDS_T0 / 1000 + 1000LL * 3600 * 1000000, 0, &job))
			CHECK_OK(merge_run(&d, dir, &job, &(struct erased){ 0 }, &why), why);
		CHECK_OK(catalog_list(dir, &c, &why), why);
		catalog_stat(&c, dir);
		CHECK_OK(merge_sweep(&c, dir, clock_wall() + 1000 * CLOCK_S, &swept, &why), why);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

TEST(merging_loses_and_doubles_nothing_wherever_it_dies)
{
	char dir[4096], log[4096], at[64];
	unsigned point;

	for (point = CRASH_STORE_COPY; point <= CRASH_STORE_UNLINK; point++) {
		snprintf(dir, sizeof(dir), "%s/store-%u", test_dir(), point);
		snprintf(log, sizeof(log), "%s/log-%u", test_dir(), point);
		seal_in_small_files(log, dir, 300, 50);
		CHECK_INT(count_files(dir), 6);
		snprintf(at, sizeof(at), "%s:1", crash_name((enum crash)point));
		CHECK(WIFSIGNALED(merge_in_child(dir, at)));
		check_once(dir, 300);
		CHECK_INT(merge_in_child(dir, NULL), 0);
		check_once(dir, 300);
		CHECK_INT(count_files(dir), 1);
	}
}

TEST(a_damaged_file_is_set_aside_and_sealed_again)
{
	const char *log = records_dir("log"), *dir = records_dir("store");
	char name[CATALOG_NAME_SIZE], path[4096];
	struct catalog c = { 0 };
	struct child child;
	struct diag why;

	seal_in_small_files(log, dir, 300, 100);
	CHECK_OK(catalog_list(dir, &c, &why), why);
	CHECK_INT(c.files.n, 3);
	snprintf(path, sizeof(path), "%s/%s", dir, catalog_name(&c.files.p[1], name));
	CHECK_INT(truncate(path, 100), 0);
	catalog_free(&c);
	child = start(log, dir, 100, NULL);
	CHECK(wait_through(child, dir, 300));
	CHECK_INT(stop(child), 0);
	check_once(dir, 300);
	snprintf(path + strlen(path), sizeof(path) - strlen(path), ".corrupt");
	CHECK_INT(access(path, F_OK), 0);
}

TEST(what_a_dead_run_left_is_removed)
{
	const char *log = records_dir("log"), *dir = records_dir("store");
	struct child child;
	struct diag why;
	char path[4096];

	records_log(log, 10);
	CHECK_OK(fs_mkdirs(dir, &why), why);
	snprintf(path, sizeof(path), "%s/tmp-1", dir);
	CHECK_OK(fs_replace(path, STR("half"), &why), why);
	child = start(log, dir, 10, NULL);
	CHECK(wait_through(child, dir, 10));
	CHECK_INT(stop(child), 0);
	CHECK_INT(access(path, F_OK), -1);
}

TEST(waits_for_a_log_that_is_not_there_yet)
{
	const char *log = records_dir("log"), *dir = records_dir("store");
	struct child child = start(log, dir, 10, NULL);

	usleep(200000);
	records_log(log, 20);
	CHECK(wait_through(child, dir, 20));
	CHECK_INT(stop(child), 0);
	check_once(dir, 20);
}
