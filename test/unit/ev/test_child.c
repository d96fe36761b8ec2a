/* Child processes: output, input, back-pressure, ends of all kinds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ev/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ev/loop.h"
#include "test.h"

#define PAUSES 5

struct heard {
	struct loop *loop;
	struct child *child;
	struct loop_timer *timer;
	struct buf out;
	unsigned ends, written, exits, pauses;
	int status;
	size_t at_pause;
};

static void
on_output(void *ctx, struct str bytes)
{
	struct heard *h = ctx;

	CHECK_INT(h->ends, 0);
	CHECK_INT(h->exits, 0);
	if (bytes.n == 0)
		h->ends++;
	buf_str(&h->out, bytes);
}

static void
on_written(void *ctx)
{
	((struct heard *)ctx)->written++;
}

static void
on_exited(void *ctx, int status)
{
	struct heard *h = ctx;

	h->exits++;
	h->status = status;
	child_free(h->child);
	loop_stop(h->loop);
}

static void
begin(struct heard *h, const char *script, struct child_spec spec)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct diag why;

	*h = (struct heard){ 0 };
	buf_init(&h->out, 0);
	CHECK_OK(loop_new(&h->loop, &why), why);
	spec.argv = argv;
	spec.output = on_output;
	spec.written = on_written;
	spec.exited = on_exited;
	spec.ctx = h;
	CHECK_OK(child_start(h->loop, &spec, &h->child, &why), why);
}

static void
run(struct heard *h)
{
	struct diag why;

	CHECK_OK(loop_run(h->loop, &why), why);
	loop_free(h->loop);
}

TEST(output_and_status_of_each_way_to_end)
{
	static const struct {
		const char *script, *out;
		int exit, signal;
	} rows[] = {
		{ "exit 0", "", 0, 0 }, { "exit 7", "", 7, 0 },
		{ "echo one; sleep 0.05; echo two", "one\ntwo\n", 0, 0 },
		{ "echo last words; kill -9 $$", "last words\n", 0, 9 },
		{ "exec >&-; sleep 0.05; exit 3", "", 3, 0 },
		{ "sleep 3 & echo gone", "gone\n", 0, 0 }, /* a descendant keeps the pipe */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct heard h;
		int64_t start = clock_mono();

		begin(&h, rows[i].script, (struct child_spec){ .pipe_stdout = true });
		run(&h);
		CHECK_SLICE(buf_view(&h.out), rows[i].out);
		CHECK_INT(h.exits, 1);
		CHECK_INT(h.ends, 1);
		CHECK(clock_mono() - start < 2 * CLOCK_S);
		if (rows[i].signal != 0)
			CHECK_INT(WTERMSIG(h.status), rows[i].signal);
		else
			CHECK_INT(WEXITSTATUS(h.status), rows[i].exit);
		buf_fini(&h.out);
	}
}

TEST(what_cannot_start_says_why)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct child_spec spec = { .argv = argv, .pipe_stdin = true, .pipe_stdout = true };
	struct loop *l;
	struct child *c = NULL;
	struct diag why;

	CHECK_OK(loop_new(&l, &why), why);
	CHECK_INT(child_start(l, &spec, &c, &why), FAIL_IO);
	CHECK(strstr(why.text, "/nonexistent/program") != NULL);
	CHECK(strstr(why.text, strerror(ENOENT)) != NULL);
	CHECK(c == NULL);
	loop_free(l);
}

TEST(input_goes_in_whole_and_order_is_kept)
{
	struct heard h;
	struct buf want;

	begin(&h, "cat", (struct child_spec){ .pipe_stdin = true, .pipe_stdout = true });
	buf_init(&want, 0);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&want, "%u\n", i);
	CHECK_INT(child_write(h.child, buf_view(&want)), OK);
	CHECK_INT(child_unwritten(h.child), want.n);
	CHECK_INT(child_write(h.child, STR("end\n")), OK);
	buf_str(&want, STR("end\n"));
	child_close_input(h.child);
	CHECK_INT(child_write(h.child, STR("late")), FAIL_IO);
	run(&h);
	CHECK_BYTES(h.out.p, h.out.n, want.p, want.n);
	CHECK_INT(h.written, 1);
	buf_fini(&want);
	buf_fini(&h.out);
}

TEST(input_has_a_cap)
{
	static char mib[1 << 20];
	struct heard h;

	begin(&h, "exec sleep 60", (struct child_spec){ .pipe_stdin = true });
	for (size_t n = 0; n < CHILD_INPUT_MAX; n += sizeof(mib))
		CHECK_INT(child_write(h.child, (struct str){ mib, sizeof(mib) }), OK);
	CHECK_INT(child_write(h.child, STR("x")), FAIL_LIMIT);
	CHECK_INT(child_unwritten(h.child), CHILD_INPUT_MAX);
	child_free(h.child);
	loop_free(h.loop);
}

TEST(who_does_not_read_is_no_harm)
{
	struct heard h;

	begin(&h, "exec <&-; sleep 0.1; exit 4",
	    (struct child_spec){ .pipe_stdin = true, .pipe_stdout = true });
	CHECK_INT(child_write(h.child, STR("nobody listens")), OK);
	run(&h);
	CHECK_INT(WEXITSTATUS(h.status), 4);
	buf_fini(&h.out);
}

/* Pauses for 30 ms and looks whether anything came meanwhile. */
static void
pause_and_look(void *ctx)
{
	struct heard *h = ctx;

	if (h->exits != 0) /* in the last turn of the loop */
		return;
	if (h->pauses % 2 == 1) {
		CHECK_INT(h->out.n, h->at_pause);
		child_pause(h->child, false);
	} else {
		child_pause(h->child, true);
		h->at_pause = h->out.n;
	}
	if (++h->pauses < 2 * PAUSES)
		loop_timer_after(h->timer, (h->pauses % 2 == 1 ? 30 : 1) * CLOCK_MS);
}

TEST(pause_holds_the_output_back_and_loses_none)
{
	const size_t want = (size_t)8 << 20;
	struct heard h;
	struct diag why;

	begin(&h, "head -c 8388608 /dev/zero", (struct child_spec){ .pipe_stdout = true });
	h.timer = loop_timer_new(h.loop, pause_and_look, &h);
	child_pause(h.child, true);
	h.pauses = 1;
	loop_timer_after(h.timer, 30 * CLOCK_MS);
	CHECK_OK(loop_run(h.loop, &why), why);
	CHECK_INT(h.out.n, want);
	CHECK(h.pauses >= 2);
	loop_timer_free(h.timer);
	loop_free(h.loop);
	buf_fini(&h.out);
}

TEST(no_descriptor_leaks_into_it)
{
	struct heard h;
	int fd = open("/dev/null", O_RDONLY); /* without O_CLOEXEC, as a library might */

	CHECK(fd > 2);
	/* No pipe of the shell's own; and it stays, instead of becoming ls. */
	begin(&h, "ls /proc/$$/fd; :", (struct child_spec){ .pipe_stdout = true });
	run(&h);
	CHECK_SLICE(buf_view(&h.out), "0\n1\n2\n");
	buf_fini(&h.out);
	(void)close(fd);
}

/* Without 32 and 33, the C library's own: nobody can set these, so they stay as inherited. */
static uint64_t
signals_of(const char *status, const char *key)
{
	const char *line = strstr(status, key);

	CHECK(line != NULL);
	return strtoull(line + strlen(key), NULL, 16) & ~(UINT64_C(3) << 31);
}

TEST(signals_are_as_new)
{
	struct heard h;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	CHECK_INT(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
	begin(&h, "grep -E '^Sig(Blk|Ign)' /proc/self/status",
	    (struct child_spec){ .pipe_stdout = true });
	run(&h);
	buf_byte(&h.out, '\0');
	CHECK_INT(signals_of(h.out.p, "SigBlk:"), 0);
	CHECK_INT(signals_of(h.out.p, "SigIgn:"), 0);
	buf_fini(&h.out);
}

TEST(kill_reaches_it)
{
	struct heard h;

	begin(&h, "trap 'echo term; exit 5' TERM; echo up; while :; do sleep 0.02; done",
	    (struct child_spec){ .pipe_stdout = true });
	(void)usleep(100000);
	child_kill(h.child, SIGTERM);
	run(&h);
	CHECK_SLICE(buf_view(&h.out), "up\nterm\n");
	CHECK_INT(WEXITSTATUS(h.status), 5);
	buf_fini(&h.out);
}

/* The middle process starts a child and is killed: its child must go too. */
TEST(it_dies_with_its_parent)
{
	int fd[2];
	pid_t middle, inner = 0;

	CHECK_INT(pipe(fd), 0);
	middle = fork();
	if (middle == 0) {
		struct heard h;

		begin(&h, "exec sleep 60", (struct child_spec){ .pipe_stdout = true });
		inner = child_pid(h.child);
		(void)!write(fd[1], &inner, sizeof(inner));
		(void)pause();
	}
	CHECK_INT(read(fd[0], &inner, sizeof(inner)), sizeof(inner));
	CHECK_INT(kill(inner, 0), 0);
	CHECK_INT(kill(middle, SIGKILL), 0);
	CHECK_INT(waitpid(middle, NULL, 0), middle);
	for (unsigned i = 0; i < 200 && kill(inner, 0) == 0; i++) {
		char path[40], state = '?';
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)inner);
		f = fopen(path, "re");
		if (f != NULL) { /* a zombie nobody reaps is dead enough */
			char line[256] = "";

			(void)!fgets(line, sizeof(line), f);
			(void)fclose(f);
			state = strrchr(line, ')') != NULL ? strrchr(line, ')')[2] : '?';
		}
		if (state == 'Z')
			return;
		(void)usleep(10000);
	}
	CHECK_INT(kill(inner, 0), -1);
}
