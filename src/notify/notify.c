/* SPDX-License-Identifier: Apache-2.0 */
/* The notify process. */
#include "notify/notify.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fs.h"
#include "base/mem.h"
#include "notify/job.h"
#include "notify/sender.h"

#define STACK_SIZE ((size_t)512 << 10)
#define NAME_SIZE 64 /* of a lane: "test " and the name of a channel */

struct task {
	struct task *next;
	struct arena *arena; /* all of it is in there */
	struct str line;
	struct job job;
};

struct lane {
	struct notify *owner;
	char channel[NAME_SIZE];
	pthread_t thread;
	pthread_cond_t more;
	struct task *first, **last; /* waiting */
	unsigned n;                 /* waiting and running */
	struct sender *sender;
};

struct notify {
	const struct notify_opts *o;
	pthread_mutex_t mutex; /* of all below and of the lanes */
	struct lane *lanes[NOTIFY_LANES_MAX];
	size_t n_lanes;
	bool ending;    /* no job comes any more */
	bool abandoned; /* jobs that wait are forgotten */
	bool mute;      /* nobody reads the results */
	struct buf in;
};

void
notify_harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

static void
task_free(struct task *t)
{
	struct arena *a = t->arena;
	const struct str secret = t->job.channel.secret;

	/* A test message may have brought it along. */
	if (secret.n != 0)
		explicit_bzero((char *)(uintptr_t)secret.p, secret.n);
	if (t->line.n != 0)
		explicit_bzero((char *)(uintptr_t)t->line.p, t->line.n);
	arena_free(a); /* the task itself is in it */
}

/* Under the mutex: a line is written as a whole. */
static void
answer(struct notify *n, const struct job_result *r)
{
	auto_buf struct buf line = { 0 };

	job_result_put(r, &line);
	if (!n->mute && fs_write_all(n->o->out, line.p, line.n, NULL) != OK)
		n->mute = true;
}

static void
run_task(struct lane *l, struct task *t)
{
	struct notify *n = l->owner;
	struct job_result r;

	crash_point(CRASH_NOTIFY_JOB);
	sender_send(l->sender, &t->job, &r);
	crash_point(CRASH_NOTIFY_SENT);
	pthread_mutex_lock(&n->mutex);
	l->n--;
	answer(n, &r);
	pthread_mutex_unlock(&n->mutex);
	task_free(t);
}

static void *
lane_main(void *arg)
{
	struct lane *l = arg;
	struct notify *n = l->owner;

	for (;;) {
		struct task *t;

		pthread_mutex_lock(&n->mutex);
		while (l->first == NULL && !n->ending)
			pthread_cond_wait(&l->more, &n->mutex);
		t = n->abandoned ? NULL : l->first;
		if (t != NULL) {
			l->first = t->next;
			if (l->first == NULL)
				l->last = &l->first;
		}
		pthread_mutex_unlock(&n->mutex);
		if (t == NULL)
			return NULL;
		run_task(l, t);
	}
}

static struct lane *
lane_new(struct notify *n, struct diag *why)
{
	struct lane *l = MEM_NEW(struct lane);
	pthread_attr_t attr;
	int failed;

	l->owner = n;
	l->last = &l->first;
	l->sender = sender_new(n->o->ca_file, n->o->kinds);
	(void)pthread_cond_init(&l->more, NULL);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_SIZE);
	failed = pthread_create(&l->thread, &attr, lane_main, l);
	(void)pthread_attr_destroy(&attr);
	if (failed == 0) {
		n->lanes[n->n_lanes++] = l;
		return l;
	}
	(void)pthread_cond_destroy(&l->more);
	sender_free(l->sender);
	free(l);
	errno = failed;
	(void)err_sys(why, "cannot start a thread");
	return NULL;
}

/* Test messages have a lane of their own: somebody waits for them. */
static struct str
lane_name(const struct job *j, char to[NAME_SIZE])
{
	(void)snprintf(to, NAME_SIZE, "%s%.*s", j->test ? "test " : "", STR_ARG(j->channel.name));
	return str_c(to);
}

/* The lane of a channel: its own, a new one, or one that has nothing to do. */
static struct lane *
lane_of(struct notify *n, struct str channel, struct diag *why)
{
	struct lane *idle = NULL;

	for (size_t i = 0; i < n->n_lanes; i++) {
		if (str_eq(str_c(n->lanes[i]->channel), channel))
			return n->lanes[i];
		if (n->lanes[i]->n == 0)
			idle = n->lanes[i];
	}
	if (n->n_lanes < NOTIFY_LANES_MAX)
		idle = lane_new(n, why);
	else if (idle == NULL)
		(void)err_set(why, FAIL_LIMIT, "too many channels at a time");
	if (idle != NULL)
		(void)str_to_c(channel, idle->channel, sizeof(idle->channel));
	return idle;
}

/* Gives a task to its channel; what cannot be taken is answered at once. */
static void
hand_over(struct notify *n, struct task *t)
{
	struct job_result r = { .id = t->job.id };
	struct diag why = { 0 };
	char name[NAME_SIZE];
	struct lane *l;

	pthread_mutex_lock(&n->mutex);
	l = lane_of(n, lane_name(&t->job, name), &why);
	if (l != NULL && l->n < NOTIFY_WAITING_MAX) {
		*l->last = t;
		l->last = &t->next;
		l->n++;
		(void)pthread_cond_signal(&l->more);
		t = NULL;
	} else {
		job_result_set(&r, JOB_RETRY, "%s",
		    l != NULL ? "too many messages wait for this channel" : why.text);
		answer(n, &r);
	}
	pthread_mutex_unlock(&n->mutex);
	if (t != NULL)
		task_free(t);
}

static enum err
take_line(struct notify *n, struct str line, struct diag *why)
{
	struct arena *a = arena_new(JOB_ARENA);
	struct task *t = arena_alloc(a, sizeof(*t));
	struct job_result r = { 0 };
	enum err e;

	if (t == NULL || !arena_copy(a, line, &t->line)) {
		arena_free(a);
		return err_set(why, FAIL_LIMIT, "a job is too long");
	}
	t->arena = a;
	e = job_parse(a, t->line, &t->job, why);
	if (e == OK && t->job.channel.name.n + 6 < NAME_SIZE) {
		hand_over(n, t);
		return OK;
	}
	r.id = t->job.id;
	task_free(t);
	if (r.id <= 0)
		return e;
	job_result_set(&r, JOB_NEVER, "%s", e != OK && why != NULL ? why->text : "no such job");
	pthread_mutex_lock(&n->mutex);
	answer(n, &r);
	pthread_mutex_unlock(&n->mutex);
	return OK;
}

static enum err
take_lines(struct notify *n, struct diag *why)
{
	struct str rest = buf_view(&n->in);
	const char *lf;
	enum err e = OK;

	while (e == OK && rest.n != 0 && (lf = memchr(rest.p, '\n', rest.n)) != NULL) {
		const struct str line = { rest.p, (size_t)(lf - rest.p) };

		rest = str_from(rest, line.n + 1);
		if (line.n != 0)
			e = take_line(n, line, why);
	}
	/* A test message may have brought a secret along. */
	if (n->in.p != NULL)
		explicit_bzero(n->in.p, n->in.n - rest.n);
	buf_shift(&n->in, n->in.n - rest.n);
	return e;
}

/* Reads once; *ret_end at the end of input. */
static enum err
read_some(struct notify *n, bool *ret_end, struct diag *why)
{
	char *room = buf_room(&n->in, 65536);
	ssize_t got;

	if (room == NULL)
		return err_set(why, FAIL_LIMIT, "a job is too long");
	got = read(n->o->in, room, 65536);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? OK : err_sys(why, "cannot read jobs");
	if (got == 0) {
		*ret_end = true;
		return OK;
	}
	buf_added(&n->in, (size_t)got);
	return take_lines(n, why);
}

static enum err
take_all(struct notify *n, bool *ret_stop, struct diag *why)
{
	struct pollfd fds[] = { { .fd = n->o->in, .events = POLLIN },
		{ .fd = n->o->stop_fd, .events = POLLIN } };
	bool end = false;
	enum err e = OK;

	while (e == OK && !end && !*ret_stop) {
		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return err_sys(why, "cannot wait for jobs");
		if (fds[1].revents != 0)
			*ret_stop = true;
		else if (fds[0].revents != 0)
			e = read_some(n, &end, why);
	}
	return e;
}

/* Waits for the lanes; those that are sending finish first unless all is abandoned. */
static void
end_lanes(struct notify *n, bool abandon)
{
	pthread_mutex_lock(&n->mutex);
	n->ending = true;
	n->abandoned = abandon;
	for (size_t i = 0; i < n->n_lanes; i++) {
		if (abandon)
			sender_cancel(n->lanes[i]->sender);
		(void)pthread_cond_signal(&n->lanes[i]->more);
	}
	pthread_mutex_unlock(&n->mutex);
	for (size_t i = 0; i < n->n_lanes; i++) {
		struct lane *l = n->lanes[i];

		(void)pthread_join(l->thread, NULL);
		while (l->first != NULL) {
			struct task *t = l->first;

			l->first = t->next;
			task_free(t);
		}
		(void)pthread_cond_destroy(&l->more);
		sender_free(l->sender);
		free(l);
	}
}

enum err
notify_run(const struct notify_opts *o, struct diag *why)
{
	struct notify *n = MEM_NEW(struct notify);
	bool stop = false;
	enum err e;

	n->o = o;
	(void)pthread_mutex_init(&n->mutex, NULL);
	buf_init(&n->in, JOB_LINE_MAX + (size_t)131072);
	e = take_all(n, &stop, why);
	end_lanes(n, stop || e != OK);
	buf_fini(&n->in);
	(void)pthread_mutex_destroy(&n->mutex);
	free(n);
	return e;
}
