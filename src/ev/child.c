/* Child processes: fork, exec, pipes, and the end of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/mem.h"
#include "ev/loop.h"

#define READ_SIZE 65536
#define READS_PER_TURN 16 /* then the others have their turn */

struct child {
	struct child_spec spec;
	pid_t pid; /* 0 once reaped */
	int status;
	struct loop_signal *sigchld;
	int in, out; /* our ends of the pipes, -1: closed */
	struct loop_watch *in_watch, *out_watch;
	struct buf input;
	size_t input_at; /* what of it has been written */
	struct loop_timer *later;
	unsigned busy; /* callbacks that are running */
	bool closing_input, paused, told, dead;
	char piece[READ_SIZE];
};

/* Both ends of the pipes of a child that is being started; -1: none. */
struct pipes {
	int in[2], out[2], failed[2];
};

static void
pipes_close(struct pipes *p)
{
	for (size_t i = 0; i < 2; i++) {
		fs_closep(&p->in[i]);
		fs_closep(&p->out[i]);
		fs_closep(&p->failed[i]);
	}
}

static enum err
pipes_open(const struct child_spec *spec, struct pipes *p, struct diag *why)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (pipe2(p->failed, O_CLOEXEC) == 0 &&
	    (!spec->pipe_stdin || pipe2(p->in, O_CLOEXEC) == 0) &&
	    (!spec->pipe_stdout || pipe2(p->out, O_CLOEXEC) == 0))
		return OK;
	pipes_close(p);
	return err_sys(why, "cannot make a pipe");
}

/* A descriptor above 2, so that dup2() below overwrites none that is still needed. */
static int
above_std(int fd)
{
	return fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Between fork and exec: nothing but system calls, for other threads may hold locks. */
static void
become(const struct child_spec *spec, const struct pipes *p, pid_t parent)
{
	int in = spec->pipe_stdin ? above_std(p->in[0]) : open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = spec->pipe_stdout ? above_std(p->out[1]) : -1;
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(127); /* the parent died before that took hold */
	(void)setpgid(0, 0);
	for (int signo = 1; signo < NSIG; signo++)
		(void)signal(signo, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (in < 0 || dup2(in, 0) < 0 || (spec->pipe_stdout && (out < 0 || dup2(out, 1) < 0)))
		return;
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	(void)execve(spec->argv[0], (char *const *)(uintptr_t)spec->argv,
	    spec->env != NULL ? (char *const *)(uintptr_t)spec->env : environ);
}

/* The child of fork: reports why it could not become what it should. */
_Noreturn static void
run_child(const struct child_spec *spec, struct pipes *p, pid_t parent)
{
	int failed = above_std(p->failed[1]), e;

	become(spec, p, parent);
	e = errno;
	(void)!write(failed, &e, sizeof(e));
	_exit(127);
}

static enum err
spawn(const struct child_spec *spec, struct pipes *p, pid_t *ret, struct diag *why)
{
	sigset_t all, old;
	pid_t parent = getpid(), pid;
	ssize_t n;
	int e = 0;

	sigfillset(&all); /* no handler of ours may run in the child */
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		run_child(spec, p, parent);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		return err_sys(why, "cannot fork");
	fs_closep(&p->failed[1]);
	do
		n = read(p->failed[0], &e, sizeof(e));
	while (n < 0 && errno == EINTR);
	if (n == 0) { /* closed by exec */
		*ret = pid;
		return OK;
	}
	(void)waitpid(pid, NULL, 0);
	errno = n == (ssize_t)sizeof(e) ? e : EIO;
	return err_sys(why, "cannot start %s", spec->argv[0]);
}

static void
child_destroy(struct child *c)
{
	loop_watch_free(c->in_watch);
	loop_watch_free(c->out_watch);
	loop_signal_free(c->sigchld);
	loop_timer_free(c->later);
	fs_closep(&c->in);
	fs_closep(&c->out);
	buf_fini(&c->input);
	free(c);
}

static void
close_in(struct child *c)
{
	loop_watch_free(TAKE(c->in_watch));
	fs_closep(&c->in);
	buf_fini(&c->input);
	buf_init(&c->input, CHILD_INPUT_MAX);
	c->input_at = 0;
}

static void
close_out(struct child *c)
{
	loop_watch_free(TAKE(c->out_watch));
	fs_closep(&c->out);
	if (c->spec.output != NULL)
		c->spec.output(c->spec.ctx, (struct str){ "", 0 });
}

/* Reaps without waiting. */
static void
reap(struct child *c)
{
	int status;

	if (c->pid == 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	c->status = status;
	if (c->in >= 0)
		close_in(c);
}

/* One piece of output; false: no more for now. */
static bool
read_some(struct child *c)
{
	ssize_t n = read(c->out, c->piece, sizeof(c->piece));

	if (n > 0) {
		if (c->spec.output != NULL)
			c->spec.output(c->spec.ctx, (struct str){ c->piece, (size_t)n });
		return true;
	}
	if (n < 0 && errno == EINTR)
		return true;
	/* Once the process is gone an empty pipe is the end, though a descendant may hold it open.
	 */
	if (n == 0 || errno != EAGAIN || c->pid == 0)
		close_out(c);
	return false;
}

static void
read_in_turn(struct child *c)
{
	for (unsigned i = 0; i < READS_PER_TURN; i++) {
		if (c->dead || c->paused || c->out < 0 || !read_some(c))
			break;
	}
	if (!c->dead && !c->paused && c->out >= 0 && c->pid == 0)
		loop_timer_after(c->later, 0); /* perhaps no event comes any more */
}

static void
tell_end(struct child *c)
{
	if (c->dead || c->told || c->pid != 0 || c->out >= 0)
		return;
	c->told = true;
	if (c->spec.exited != NULL)
		c->spec.exited(c->spec.ctx, c->status);
}

/* Whatever can be done now: reap, deliver output, tell the end. */
static void
turn(void *ctx)
{
	struct child *c = ctx;

	c->busy++;
	reap(c);
	read_in_turn(c);
	tell_end(c);
	c->busy--;
	if (c->dead && c->busy == 0)
		child_destroy(c);
}

static void
on_out(void *ctx, bool readable, bool writable)
{
	(void)readable;
	(void)writable;
	turn(ctx);
}

static void
on_in(void *ctx, bool readable, bool writable)
{
	struct child *c = ctx;
	ssize_t n = write(c->in, c->input.p + c->input_at, c->input.n - c->input_at);

	(void)readable;
	(void)writable;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) { /* it reads no more; what became of it exited() will tell */
		close_in(c);
		return;
	}
	c->input_at += (size_t)n;
	if (c->input_at < c->input.n)
		return;
	explicit_bzero(c->input.p, c->input.n); /* some of it may have been a secret */
	buf_reset(&c->input);
	c->input_at = 0;
	loop_watch_set(c->in_watch, false, false);
	if (c->closing_input)
		close_in(c);
	if (c->spec.written != NULL)
		c->spec.written(c->spec.ctx); /* may free the child: nothing after it */
}

static int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

enum err
child_start(struct loop *l, const struct child_spec *spec, struct child **ret, struct diag *why)
{
	struct child *c;
	struct pipes p;
	enum err e = pipes_open(spec, &p, why);
	pid_t pid;

	if (e != OK)
		return e;
	e = spawn(spec, &p, &pid, why);
	if (e != OK) {
		pipes_close(&p);
		return e;
	}
	c = MEM_NEW(struct child);
	c->spec = *spec;
	c->pid = pid;
	c->in = fd_take(&p.in[1]);
	c->out = fd_take(&p.out[0]);
	pipes_close(&p);
	buf_init(&c->input, 2 * CHILD_INPUT_MAX);
	c->later = loop_timer_new(l, turn, c);
	loop_timer_after(c->later, 0); /* it may have ended before we listened */
	c->sigchld = loop_signal_new(l, SIGCHLD, turn, c);
	if (c->in >= 0) {
		(void)fcntl(c->in, F_SETFL, O_NONBLOCK);
		c->in_watch = loop_watch_new(l, c->in, on_in, c);
	}
	if (c->out >= 0) {
		(void)fcntl(c->out, F_SETFL, O_NONBLOCK);
		c->out_watch = loop_watch_new(l, c->out, on_out, c);
		loop_watch_set(c->out_watch, true, false);
	}
	*ret = c;
	return OK;
}

void
child_free(struct child *c)
{
	if (c == NULL || c->dead)
		return;
	if (c->pid != 0) {
		(void)kill(c->pid, SIGKILL);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		c->pid = 0;
	}
	c->dead = true;
	if (c->busy == 0)
		child_destroy(c);
}

enum err
child_write(struct child *c, struct str bytes)
{
	if (c->in < 0 || c->closing_input)
		return FAIL_IO;
	if (bytes.n > CHILD_INPUT_MAX - child_unwritten(c))
		return FAIL_LIMIT;
	if (c->input_at >= CHILD_INPUT_MAX / 2) {
		buf_shift(&c->input, c->input_at);
		c->input_at = 0;
	}
	buf_str(&c->input, bytes);
	loop_watch_set(c->in_watch, false, c->input.n > c->input_at);
	return OK;
}

size_t
child_unwritten(const struct child *c)
{
	return c->input.n - c->input_at;
}

void
child_close_input(struct child *c)
{
	c->closing_input = true;
	if (c->in >= 0 && child_unwritten(c) == 0)
		close_in(c);
}

void
child_pause(struct child *c, bool paused)
{
	if (c->paused == paused)
		return;
	c->paused = paused;
	if (c->out_watch != NULL)
		loop_watch_set(c->out_watch, !paused, false);
	if (!paused)
		loop_timer_after(c->later, 0);
}

void
child_kill(struct child *c, int signo)
{
	if (c->pid != 0)
		(void)kill(c->pid, signo);
}

pid_t
child_pid(const struct child *c)
{
	return c->pid;
}
