/* Heap. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "test.h"

TEST(nothing_is_something)
{
	auto_free void *a = mem_alloc(0);
	auto_free void *b = mem_zalloc(0);

	CHECK(a != NULL && b != NULL && a != b);
}

TEST(zalloc_is_zeroed)
{
	auto_free char *p = mem_zalloc(1000);

	for (size_t i = 0; i < 1000; i++)
		CHECK_INT(p[i], 0);
}

TEST(dup_is_terminated)
{
	auto_free char *p = mem_dup("abcdef", 3);
	auto_free char *empty = mem_dup(NULL, 0);

	CHECK_STR(p, "abc");
	CHECK_STR(empty, "");
}

TEST(freep_clears_the_pointer)
{
	char *p = mem_alloc(1);

	mem_freep(&p);
	CHECK(p == NULL);
	mem_freep(&p);
}

TEST(take_hands_over)
{
	auto_free char *p = mem_dup("x", 1);
	char *q = TAKE(p);

	CHECK(p == NULL);
	CHECK_STR(q, "x");
	free(q);
}

/* The process that cannot have its memory must end by abort(). */
static void
check_aborts(void (*fn)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)close(STDERR_FILENO);
		fn();
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK(WIFSIGNALED(status));
	CHECK_INT(WTERMSIG(status), SIGABRT);
}

static void
resize_overflow(void)
{
	free(mem_resize(NULL, SIZE_MAX / 2, 3));
}

TEST(overflow_of_a_size_aborts)
{
	check_aborts(resize_overflow);
}

TEST(vec_grows_and_keeps)
{
	VEC(int) v = { 0 };

	for (int i = 0; i < 1000; i++)
		VEC_PUSH(&v, i);
	CHECK_INT(v.n, 1000);
	for (int i = 0; i < 1000; i++)
		CHECK_INT(v.p[i], i);
	VEC_FINI(&v);
	CHECK(v.p == NULL && v.n == 0 && v.size == 0);
}
