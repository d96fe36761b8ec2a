/* Death and failure on demand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "test.h"

#define PASSINGS 5

/* The signal that ends a child with this environment, or its exit status negated. */
static int
end_of(const char *variable, const char *value, int (*fn)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)close(STDERR_FILENO);
		(void)setenv(variable, value, 1);
		_exit(fn());
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static const char *tally_path;

/* Leaves one byte for each passing survived. */
static int
pass(void)
{
	int fd = -1;

	if (fs_open(tally_path, O_WRONLY | O_CREAT | O_TRUNC, &fd, NULL) != OK)
		return 9;
	for (int i = 0; i < PASSINGS; i++) {
		crash_point(CRASH_JOURNAL_HALF);
		crash_point(CRASH_JOURNAL_WRITTEN);
		if (write(fd, "x", 1) != 1)
			return 9;
	}
	return 1;
}

static size_t
survived(void)
{
	auto_buf struct buf b = { 0 };

	CHECK_INT(fs_read(tally_path, 100, &b, NULL), OK);
	return b.n;
}

static void
use_tally(char path[300])
{
	CHECK_INT(fs_join(path, 300, test_dir(), "tally"), OK);
	tally_path = path;
}

TEST(dies_at_the_passing_that_was_named)
{
	static const struct {
		const char *order;
		int end;
		size_t survived;
	} rows[] = {
		{ "journal.written", SIGKILL, 0 },
		{ "journal.written:1", SIGKILL, 0 },
		{ "journal.half:3", SIGKILL, 2 },
		{ "journal.half:3+", SIGKILL, 2 },
		{ "journal.written:5", SIGKILL, 4 },
		{ "journal.written:6", -1, PASSINGS },
		{ "journal.synced:1", -1, PASSINGS },
	};
	char path[300];

	use_tally(path);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_INT(end_of("TOCSIN_CRASH", rows[i].order, pass), rows[i].end);
		CHECK_INT(survived(), rows[i].survived);
	}
}

TEST(only_the_first_process_dies)
{
	char path[300], once[300];

	use_tally(path);
	CHECK_INT(fs_join(once, sizeof(once), test_dir(), "once"), OK);
	(void)setenv("TOCSIN_CRASH_ONCE", once, 1);
	CHECK_INT(end_of("TOCSIN_CRASH", "journal.half:2", pass), SIGKILL);
	CHECK_INT(end_of("TOCSIN_CRASH", "journal.half:2", pass), -1);
	CHECK_INT(survived(), PASSINGS);
}

TEST(what_is_not_understood_is_refused)
{
	static const char *const crashes[] = { "", "no.such.point", "journal.half:0",
		"journal.half:x", "journal.half:-1", "journal.half:1x" };
	static const char *const faults[] = { "", "a", "a:1", "a:1:", "a:1:ENOSUCH", "a:0:EIO" };
	char path[300];

	use_tally(path);
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		CHECK_INT(end_of("TOCSIN_CRASH", crashes[i], pass), SIGABRT);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		CHECK_INT(end_of("TOCSIN_FAULT", faults[i], pass), SIGABRT);
}

/* Bit i of the result: the i-th passing failed with EIO. */
static int
try_faults(void)
{
	int failed = 0;

	for (int i = 0; i < PASSINGS; i++) {
		int e = crash_fault("journal.sync");

		if (e != 0 && e != EIO)
			return 99;
		failed |= (e == EIO) << i;
		if (crash_fault("other") != 0)
			return 98;
	}
	return failed;
}

TEST(fails_at_the_passing_that_was_named)
{
	CHECK_INT(end_of("TOCSIN_FAULT", "journal.sync:2:EIO", try_faults), -2);
	CHECK_INT(end_of("TOCSIN_FAULT", "journal.sync:2+:EIO", try_faults), -30);
	CHECK_INT(end_of("TOCSIN_FAULT", "journal.sync::EIO", try_faults), -1);
	CHECK_INT(end_of("TOCSIN_FAULT", "none:1:EIO", try_faults), 0);
	CHECK_INT(end_of("TOCSIN_FAULT", "journal.sync:1:", try_faults), SIGABRT);
}

TEST(sync_asks)
{
	struct diag why;
	int fd;

	(void)setenv("TOCSIN_FAULT", "mine:2:ENOSPC", 1);
	CHECK_OK(fs_open(test_dir(), O_RDONLY, &fd, &why), why);
	CHECK_OK(fs_sync(fd, "mine", &why), why);
	CHECK_OK(fs_sync(fd, "yours", &why), why);
	CHECK_INT(fs_sync(fd, "mine", &why), FAIL_IO);
	CHECK_STR(why.text, "sync (mine): No space left on device");
	CHECK_OK(fs_sync(fd, "mine", &why), why);
	fs_closep(&fd);
}

TEST(every_point_has_name_and_meaning)
{
	for (int a = 0; a < CRASH_COUNT; a++) {
		CHECK(crash_name((enum crash)a)[0] != '\0');
		CHECK(crash_doc((enum crash)a)[0] != '\0');
		for (int b = 0; b < a; b++)
			CHECK(strcmp(crash_name((enum crash)a), crash_name((enum crash)b)) != 0);
	}
	CHECK(crash_name(CRASH_COUNT) == NULL);
	CHECK(crash_doc(CRASH_COUNT) == NULL);
}
