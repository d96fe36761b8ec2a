/* A query worker in a process of its own, asked one thing. */
#ifndef TEST_STORE_WORKER_H
#define TEST_STORE_WORKER_H

#include <sys/resource.h>

#include "base/jsonw.h"
#include "records.h"
#include "store/query.h"

struct worker_answer {
	struct buf all; /* status line and body, terminated */
	int status;     /* of the process, as wait() tells */
	int64_t took;   /* ns */
	uint64_t rss;   /* bytes at most */
};

struct worker_ask {
	const char *sql, *format;      /* NULL: json */
	unsigned timeout_ms, max_rows; /* 0: not said */
	int64_t from, to;
};

static inline void
worker_request(const struct worker_ask *ask, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kstr(&w, "sql", str_c(ask->sql));
	if (ask->format != NULL)
		jsonw_kstr(&w, "format", str_c(ask->format));
	if (ask->timeout_ms != 0)
		jsonw_kint(&w, "timeout_ms", ask->timeout_ms);
	if (ask->max_rows != 0)
		jsonw_kint(&w, "max_rows", ask->max_rows);
	if (ask->from != 0)
		jsonw_kint(&w, "from", ask->from);
	if (ask->to != 0)
		jsonw_kint(&w, "to", ask->to);
	jsonw_end(&w);
	buf_byte(to, '\n');
}

static inline void
worker_read(int fd, struct buf *to)
{
	ssize_t n;
	char *room;

	while ((room = buf_room(to, 65536)) != NULL && (n = read(fd, room, 65536)) > 0)
		buf_added(to, (size_t)n);
	buf_byte(to, '\0');
}

/* Sends `line` as it is. */
static inline void
worker_run(const struct query_opts *opts, struct str line, struct worker_answer *ret)
{
	int in[2], out[2];
	struct rusage used;
	pid_t pid;

	CHECK_INT(pipe(in), 0);
	CHECK_INT(pipe(out), 0);
	ret->took = clock_mono();
	fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		close(in[1]);
		close(out[0]);
		_exit(query_run(opts, in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	CHECK_INT(write(in[1], line.p, line.n), (ssize_t)line.n);
	close(in[1]);
	buf_init(&ret->all, 0);
	worker_read(out[0], &ret->all);
	close(out[0]);
	CHECK_INT(wait4(pid, &ret->status, 0, &used), pid);
	ret->took = clock_mono() - ret->took;
	ret->rss = (uint64_t)used.ru_maxrss * 1024;
}

static inline void
worker_ask(const struct query_opts *opts, const struct worker_ask *ask, struct worker_answer *ret)
{
	struct buf line;

	buf_init(&line, 0);
	worker_request(ask, &line);
	worker_run(opts, buf_view(&line), ret);
	buf_fini(&line);
}

/* The body of a good answer; fails the case when it is not one. */
static inline const char *
worker_body(struct worker_answer *a)
{
	const char *end = strchr(a->all.p, '\n');

	if (strncmp(a->all.p, "200 ", 4) != 0 || end == NULL)
		test_fail(TEST_AT(a->all), "is %s", a->all.p);
	return end + 1;
}

#endif
