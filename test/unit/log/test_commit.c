/* The shared page: publication, waiting, and what a reader believes of a damaged one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "log/commit.h"

#include <sys/resource.h>

#include "child.h"
#include "fixture.h"

TEST(reader_needs_a_writer)
{
	struct commit *c;
	struct diag why;
	char path[512];

	CHECK_INT(commit_open(test_dir(), false, &c, &why), FAIL_NOT_FOUND);
	(void)snprintf(path, sizeof(path), "%s/commit", test_dir());
	save(path, "short", 5); /* mapping that would be a SIGBUS to come */
	CHECK_INT(commit_open(test_dir(), false, &c, &why), FAIL_NOT_FOUND);
	CHECK_OK(commit_open(test_dir(), true, &c, &why), why);
	CHECK_INT(commit_published(c), 0);
	commit_close(c);
	commit_close(NULL);
}

/* No room on the disk is an error when opening, not a SIGBUS when publishing. */
TEST(no_room)
{
	struct rlimit limit = { 100, RLIM_INFINITY };
	struct commit *c;
	struct diag why;

	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(commit_open(test_dir(), true, &c, &why), FAIL_IO);
}

static void
wait_for_seven(void *arg)
{
	struct commit *c;
	struct diag why;

	CHECK_OK(commit_open(arg, false, &c, &why), why);
	for (;;) {
		uint32_t wake = commit_wake(c);

		if (commit_published(c) == 7)
			break;
		commit_wait(c, wake, 30000);
	}
	CHECK_INT(commit_segment(c), 5);
	commit_close(c);
}

TEST(publication_wakes_other_processes)
{
	struct commit *c;
	struct diag why;
	char dir[64];
	int status;
	pid_t pid;

	test_timeout(20); /* less than the wait */
	(void)snprintf(dir, sizeof(dir), "%s", test_dir());
	CHECK_OK(commit_open(dir, true, &c, &why), why);
	pid = fork();
	if (pid == 0) {
		wait_for_seven(dir);
		_exit(EXIT_SUCCESS);
	}
	CHECK(pid > 0);
	for (uint64_t seq = 1; seq <= 7; seq++) {
		(void)usleep(2000);
		commit_publish(c, seq, 5);
		CHECK_INT(commit_published(c), seq);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(went_well(status));
	commit_close(c);
	CHECK_OK(commit_open(dir, true, &c, &why), why);
	CHECK_INT(commit_published(c), 7); /* it outlives its writer */
	commit_close(c);
}

/* No flipped bit makes a reader believe in more than was published. */
TEST(every_bit_flipped)
{
	struct commit *c;
	struct diag why;
	unsigned char *bytes;
	char path[512];
	size_t n;

	CHECK_OK(commit_open(test_dir(), true, &c, &why), why);
	commit_publish(c, 1000, 900);
	commit_close(c);
	(void)snprintf(path, sizeof(path), "%s/commit", test_dir());
	bytes = load(path, &n);
	for (size_t bit = 0; bit < 64 * 8; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
		save(path, bytes, n);
		CHECK_OK(commit_open(test_dir(), false, &c, &why), why);
		CHECK(commit_published(c) <= 1000);
		commit_close(c);
		CHECK_OK(commit_open(test_dir(), true, &c, &why), why);
		CHECK(commit_published(c) <= 1000);
		commit_publish(c, 1001, 900);
		CHECK_INT(commit_published(c), 1001);
		commit_close(c);
		bytes[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
	free(bytes);
}

TEST(replaced)
{
	struct commit *c;
	struct diag why;
	char path[512];

	CHECK_OK(commit_open(test_dir(), true, &c, &why), why);
	CHECK(!commit_replaced(c));
	(void)snprintf(path, sizeof(path), "%s/commit", test_dir());
	CHECK_INT(unlink(path), 0);
	CHECK(!commit_replaced(c)); /* nothing to move to yet */
	save(path, "", 0);
	CHECK(commit_replaced(c));
	commit_close(c);
}
