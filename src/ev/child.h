/*
 * A child process: started without a shell, with pipes or without, dying with
 * us.  Loop thread only; the thread that starts children must live as long as
 * the program, or they are killed when it ends.
 *
 * The child gets descriptors 0, 1 and 2 and no other, default signal handlers,
 * an empty signal mask, a process group of its own (Ctrl-C reaches us, and we
 * decide), and SIGKILL when we die.
 */
#ifndef EV_CHILD_H
#define EV_CHILD_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

#define CHILD_INPUT_MAX ((size_t)16 << 20) /* bytes waiting for the child to read them */

struct child;
struct loop;

struct child_spec {
	const char *const *argv; /* argv[0] is the path of the program; NULL at the end */
	const char *const *env;  /* "NAME=value", NULL at the end; NULL: ours */
	bool pipe_stdin;         /* child_write() goes there; else /dev/null */
	bool pipe_stdout;        /* to output(); else ours */

	/* What the child says; bytes.n is 0 once, at the end.  Borrowed for the call. */
	void (*output)(void *ctx, struct str bytes);
	/* All that was written has gone into the pipe.  May be NULL. */
	void (*written)(void *ctx);
	/*
	 * It is gone (`status` as of waitpid) and all its output was delivered.  Called once; may
	 * free the child.  May be NULL.
	 */
	void (*exited)(void *ctx, int status);
	void *ctx;
};

/* FAIL_IO when it cannot be started: no such program, not executable ... */
enum err child_start(struct loop *l, const struct child_spec *spec, struct child **ret,
    struct diag *why);
/* Kills and reaps it when it still runs (without exited()).  NULL is fine; also from a callback. */
void child_free(struct child *c);

/* FAIL_LIMIT past CHILD_INPUT_MAX (nothing is taken), FAIL_IO when the child reads no more. */
enum err child_write(struct child *c, struct str bytes) __attribute__((nonnull(1)));
size_t child_unwritten(const struct child *c) NONNULL;
/* End of input, once all that was written has gone. */
void child_close_input(struct child *c) NONNULL;

/* Back-pressure: while paused, output() is not called and the pipe fills up. */
void child_pause(struct child *c, bool paused) NONNULL;

void child_kill(struct child *c, int signo) NONNULL; /* nothing once it is gone */
pid_t child_pid(const struct child *c) NONNULL;      /* 0 once it is gone */

#endif
