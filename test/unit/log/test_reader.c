/* Readers: in other processes, live, at any place, past retention, before publication. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"
#include "fixture.h"

#include <time.h>

#define LIVE 6000u /* records */

static struct found found;

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct reader *
open_reader(const char *dir, uint64_t seq)
{
	struct reader *r = NULL;
	struct diag why;

	CHECK_OK(reader_open(dir, seq, &r, &why), why);
	return r;
}

/* The next record is this one. */
static void
expect(struct reader *r, uint64_t seq)
{
	struct reader_entry e;
	struct diag why;

	CHECK_OK(reader_next(r, &e, &why), why);
	CHECK_INT(e.seq, seq);
	CHECK_INT(id_of(e.payload), seq);
}

static void
expect_end(struct reader *r)
{
	struct reader_entry e;
	struct diag why;

	CHECK_INT(reader_next(r, &e, &why), FAIL_AGAIN);
}

static void
pause_ms(long ms)
{
	const struct timespec t = { 0, ms * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* Follows from `from` to record `to`, woken by every publication. */
static void
follow(const char *dir, uint64_t from, uint64_t to)
{
	struct reader *r = open_reader(dir, from);

	while (from <= to) {
		struct reader_entry e;
		struct diag why;
		enum err err = reader_next(r, &e, &why);

		if (err == OK) {
			CHECK_INT(e.seq, from);
			CHECK_INT(id_of(e.payload), from);
			from++;
			continue;
		}
		CHECK_INT(err, FAIL_AGAIN);
		reader_wait(r, 20000);
	}
	CHECK_INT(reader_lost(r), 0);
	reader_close(r);
}

/* Processes that are there before the log is. */
static void
follower(void *arg)
{
	struct reader *r;
	struct diag why;

	while (reader_open(arg, 1, &r, &why) != OK)
		pause_ms(1);
	reader_close(r);
	follow(arg, 1, LIVE);
}

static void
late_follower(void *arg)
{
	struct reader *r;
	struct diag why;

	while (reader_open(arg, 1, &r, &why) != OK)
		pause_ms(1);
	reader_close(r);
	follow(arg, LIVE / 2, LIVE / 2);
	follow(arg, 1, LIVE);
}

static pid_t
start(void (*fn)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		fn(arg);
		_exit(EXIT_SUCCESS);
	}
	CHECK(pid > 0);
	return pid;
}

static void
check_end(pid_t pid)
{
	int status;

	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(went_well(status));
}

TEST(two_processes_follow)
{
	char dir[64];
	struct journal *j;
	int64_t since = now_ms();
	uint64_t random = test_seed(), id = 1;
	pid_t pids[2];

	(void)snprintf(dir, sizeof(dir), "%s", test_dir());
	pids[0] = start(follower, dir);
	pids[1] = start(late_follower, dir);
	j = open_log(dir, 20000, NULL);
	while (id <= LIVE) {
		size_t n = 1 + (size_t)(next_random(&random) % 40);

		n = n > LIVE - id + 1 ? (size_t)(LIVE - id + 1) : n;
		append_good(j, id, n);
		id += n;
		if (next_random(&random) % 50 == 0) { /* another writer takes over */
			journal_close(j);
			j = open_log(dir, 20000, NULL);
		}
	}
	check_end(pids[0]);
	check_end(pids[1]);
	CHECK(now_ms() - since < 15000); /* nobody sat a wait out */
	journal_close(j);
}

TEST(wait_ends)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct reader *r = open_reader(test_dir(), 0);
	int64_t since;

	append_good(j, 1, 2);
	since = now_ms();
	reader_wait(r, 5000); /* nothing was looked at yet */
	expect(r, 1);
	reader_wait(r, 5000); /* one is there */
	expect(r, 2);
	CHECK(now_ms() - since < 4000);
	expect_end(r);
	since = now_ms();
	reader_wait(r, 60);
	CHECK(now_ms() - since >= 55);
	append_good(j, 3, 1);
	since = now_ms();
	reader_wait(r, 5000); /* published since it was looked at */
	CHECK(now_ms() - since < 4000);
	expect(r, 3);
	CHECK_INT(reader_published(r), 3);
	reader_close(r);
	journal_close(j);
}

TEST(from_every_number)
{
	struct journal *j = open_log(test_dir(), 800, NULL);

	append_good(j, 1, 100);
	for (uint64_t from = 1; from <= 101; from++) {
		struct reader *r = open_reader(test_dir(), from);

		for (uint64_t seq = from; seq <= 100; seq++)
			expect(r, seq);
		expect_end(r);
		CHECK_INT(reader_lost(r), 0);
		reader_close(r);
	}
	journal_close(j);
}

TEST(from_beyond_the_end)
{
	struct journal *j = open_log(test_dir(), 300, NULL);
	struct reader *r = open_reader(test_dir(), 30);

	append_good(j, 1, 20);
	expect_end(r);
	append_good(j, 21, 9);
	expect_end(r);
	append_good(j, 30, 2);
	expect(r, 30);
	expect(r, 31);
	expect_end(r);
	CHECK_INT(reader_lost(r), 0);
	reader_close(r);
	journal_close(j);
}

/* A slow reader ends the segment it has open, and goes on with the oldest there is. */
TEST(retention_under_a_reader)
{
	const struct journal_opts opts = { .dir = test_dir(), .segment_size = 1, .retain_size = 1 };
	struct journal *j;
	struct reader *r;
	struct diag why;

	CHECK_OK(journal_open(&opts, &j, NULL, &why), why);
	append_good(j, 1, 10);
	r = open_reader(test_dir(), 1);
	expect(r, 1);
	CHECK_OK(journal_retain(j, 7, 0, &why), why);
	CHECK_INT(journal_first(j), 8);
	expect(r, 8);
	CHECK_INT(reader_lost(r), 6);
	append_good(j, 11, 3);
	CHECK_OK(journal_retain(j, 8, 0, &why), why);
	for (uint64_t seq = 9; seq <= 13; seq++)
		expect(r, seq);
	expect_end(r);
	CHECK_INT(reader_lost(r), 6);
	reader_close(r);
	journal_close(j);
}

TEST(retention_of_the_open_segment)
{
	const struct journal_opts opts = {
		.dir = test_dir(), .segment_size = 700, .retain_size = 1
	};
	struct journal *j;
	struct reader *r;
	struct diag why;
	uint64_t last;

	CHECK_OK(journal_open(&opts, &j, NULL, &why), why);
	append_good(j, 1, 3);
	r = open_reader(test_dir(), 1);
	expect(r, 1);
	append_good(j, 4, 40);
	CHECK_OK(journal_retain(j, 43, 0, &why), why);
	last = journal_first(j);
	CHECK(last > 10);
	/* What stands in the unlinked file is read to its end. */
	expect(r, 2);
	expect(r, 3);
	for (uint64_t seq = 4; reader_lost(r) == 0; seq++) {
		struct reader_entry e;

		CHECK_OK(reader_next(r, &e, &why), why);
		CHECK(e.seq == seq || e.seq == last);
		CHECK_INT(reader_lost(r), e.seq - seq);
	}
	reader_close(r);
	journal_close(j);
}

static void
append_bytes(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, p, n), n);
	(void)close(fd);
}

/* What stands in the file but is not published is not read, and not remembered either. */
TEST(unpublished_bytes)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct reader *r = open_reader(test_dir(), 1);
	const char *path;
	unsigned char *bytes;
	size_t n, before;

	append_good(j, 1, 1);
	path = segment_path(test_dir(), 1);
	before = size_of(path);
	append_good(j, 2, 4);
	bytes = load(path, &n);
	/* Records 2 .. 5 once more, well made but for their place; then their halves. */
	append_bytes(path, bytes + before, n - before);
	append_bytes(path, bytes + before, 40);
	for (uint64_t seq = 1; seq <= 5; seq++)
		expect(r, seq);
	expect_end(r);
	append_good(j, 6, 3); /* over all that */
	for (uint64_t seq = 6; seq <= 8; seq++)
		expect(r, seq);
	expect_end(r);
	CHECK_INT(reader_lost(r), 0);
	reader_close(r);
	journal_close(j);
	free(bytes);
}

/* Stale records behind a sealed segment's end, and segments that were never published. */
TEST(stale_records_and_segments)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct reader *r = open_reader(test_dir(), 1), *late;
	char commit[512];
	unsigned char *bytes, *published;
	size_t n, commit_n;

	append_good(j, 1, 4);
	(void)snprintf(commit, sizeof(commit), "%s/commit", test_dir());
	published = load(commit, &commit_n);
	append_good(j, 5, 2);
	journal_close(j);
	bytes = load(segment_path(test_dir(), 1), &n);
	for (uint64_t seq = 1; seq <= 4; seq++)
		expect(r, seq);
	/* As if 5 and 6 had been refused: published is 4, and a segment begins with 5. */
	save(segment_path(test_dir(), 5), "", 0);
	save(commit, published, commit_n);
	j = open_log(test_dir(), 0, NULL);
	CHECK_INT(journal_last(j), 4);
	save(segment_path(test_dir(), 9), bytes, n); /* nobody published that */
	late = open_reader(test_dir(), 1);
	for (uint64_t seq = 1; seq <= 4; seq++)
		expect(late, seq);
	expect_end(late);
	append_good(j, 5, 3);
	for (uint64_t seq = 5; seq <= 7; seq++)
		expect(late, seq);
	expect_end(late);
	CHECK_INT(reader_lost(late), 0);
	CHECK_INT(size_of(segment_path(test_dir(), 1)), n);
	reader_close(r);
	reader_close(late);
	journal_close(j);
	free(bytes);
	free(published);
}

/* Somebody removed `commit` and a new writer made another: a reader that waits finds it. */
TEST(commit_replaced)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct reader *r = open_reader(test_dir(), 1);
	char path[512];

	append_good(j, 1, 2);
	expect(r, 1);
	expect(r, 2);
	expect_end(r);
	journal_close(j);
	(void)snprintf(path, sizeof(path), "%s/commit", test_dir());
	CHECK_INT(unlink(path), 0);
	j = open_log(test_dir(), 0, NULL);
	append_good(j, 3, 2);
	for (unsigned i = 0; i < 2; i++) {
		expect_end(r);
		reader_wait(r, 10);
		if (reader_published(r) == 4)
			break;
	}
	expect(r, 3);
	expect(r, 4);
	reader_close(r);
	reader_close(NULL);
	journal_close(j);
}

/* Published numbers that are no longer in the log are lost once, not waited for. */
TEST(lost_at_the_end)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct reader *r;

	append_good(j, 1, 5);
	journal_close(j);
	CHECK_INT(truncate(segment_path(test_dir(), 1), (off_t)HEADER + 100), 0);
	r = open_reader(test_dir(), 1);
	expect(r, 1);
	expect_end(r);
	CHECK_INT(reader_lost(r), 4);
	expect_end(r);
	CHECK_INT(reader_lost(r), 4);
	j = open_log(test_dir(), 0, NULL);
	append_good(j, 6, 1);
	expect(r, 6);
	CHECK_INT(reader_lost(r), 4);
	reader_close(r);
	journal_close(j);
	read_log(test_dir(), 1, &found);
	CHECK_INT(found.n, 2);
	CHECK_INT(found.lost, 4);
}
