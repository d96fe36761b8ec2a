/* The harness tested by itself: what passes must pass and what fails must be seen to fail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct str {
	const char *p;
	size_t n;
};

/* Runs `fn` in a process of its own and returns how it ended, its words thrown away. */
static int
outcome(void (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		fn();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
wrong_truth(void)
{
	CHECK(1 > 2);
}

static void
wrong_int(void)
{
	CHECK_INT(INT64_MIN, INT64_MAX);
}

static void
wrong_double(void)
{
	CHECK_DOUBLE(0.5, 0.75, 0.1);
}

static void
wrong_str(void)
{
	CHECK_STR("one", NULL);
}

static void
wrong_slice(void)
{
	CHECK_SLICE(((struct str){ "onetwo", 3 }), "one\x01");
}

static void
skipped(void)
{
	TEST_SKIP("nothing to see");
}

static void
too_long(void)
{
	test_timeout(1);
	for (;;)
		(void)pause();
}

TEST(wrong_values_fail)
{
	static void (*const wrong[])(void) = { wrong_truth, wrong_int, wrong_double, wrong_str,
		wrong_slice };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_INT(outcome(wrong[i]), EXIT_FAILURE);
}

TEST(right_values_pass)
{
	CHECK(2 > 1);
	CHECK_INT(-1, -1);
	CHECK_DOUBLE(0.1 + 0.2, 0.3, 1e-12);
	CHECK_STR(NULL, NULL);
	CHECK_STR("a", "a");
	CHECK_SLICE(((struct str){ "onetwo", 3 }), "one");
	CHECK_SLICE(((struct str){ NULL, 0 }), "");
	CHECK_BYTES("a\0b", 3, "a\0b", 3);
}

TEST(skip_is_told_apart)
{
	CHECK_INT(outcome(skipped), 77);
}

TEST(deadline_ends_a_hang)
{
	CHECK_INT(outcome(too_long), -SIGALRM);
}

/* Seen by the next case, which runs in another process. */
static char *last_dir;

__attribute__((constructor)) static void
share_last_dir(void)
{
	last_dir = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

TEST(dir_is_empty_and_ours)
{
	const char *dir = test_dir();
	char inner[80];

	CHECK_STR(test_dir(), dir);
	(void)snprintf(inner, sizeof(inner), "%s/inner", dir);
	CHECK_INT(mkdir(inner, 0700), 0);
	(void)snprintf(last_dir, 64, "%s", dir);
}

TEST(dir_is_gone_after_the_case)
{
	CHECK(last_dir[0] == '/');
	CHECK_INT(access(last_dir, F_OK), -1);
}
