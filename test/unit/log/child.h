/*
 * Processes that may die.  A child reads the orders of base/crash.h from its
 * environment at its first use of the log, so a case that gives orders must
 * not have used the log itself.
 */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

/* Runs fn(arg) in a child with NAME=VALUE in its environment; returns the wait status. */
static inline int
in_child(void (*fn)(void *), void *arg, const char *name, const char *value)
{
	int status = -1;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (name != NULL)
			(void)setenv(name, value, 1);
		fn(arg);
		_exit(EXIT_SUCCESS);
	}
	CHECK(pid > 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	return status;
}

static inline bool
was_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static inline bool
went_well(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* Zeroed memory that children share. */
static inline void *
shared_memory(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

#endif
