/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* `tocsin sql`: a query from the shell, with or without a running daemon. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "store/query.h"

#define SQL_MAX ((size_t)1 << 20)

struct sql {
	struct datadir dir;
	const char *text, *format, *timeout, *max_rows;
};

/* The request as a file descriptor to read it from; -1 on failure. */
static int
request_fd(const struct sql *q, struct diag *why)
{
	auto_buf struct buf line = { 0 };
	int64_t timeout = 30 * CLOCK_S;
	uint64_t rows = 100000;
	struct jsonw w;
	int fd;

	if ((q->timeout != NULL && !clock_span(str_c(q->timeout), &timeout)) ||
	    (q->max_rows != NULL && !str_u64(str_c(q->max_rows), &rows))) {
		(void)err_set(why, FAIL_SYNTAX,
		    "--timeout is a time like 30s, --max-rows a number");
		return -1;
	}
	jsonw_init(&w, &line);
	jsonw_obj(&w);
	jsonw_kstr(&w, "sql", str_c(q->text));
	jsonw_kstr(&w, "format", str_c(q->format));
	jsonw_kint(&w, "timeout_ms", timeout / CLOCK_MS);
	jsonw_kint(&w, "max_rows", (int64_t)rows);
	jsonw_end(&w);
	buf_byte(&line, '\n');
	fd = memfd_create("request", MFD_CLOEXEC);
	if (fd < 0 || fs_write_all(fd, line.p, line.n, why) != OK || lseek(fd, 0, SEEK_SET) != 0) {
		(void)err_sys(why, "cannot hand over the query");
		fs_closep(&fd);
		return -1;
	}
	return fd;
}

static pid_t
start_worker(const struct sql *q, int in, int out)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(query_run(&(struct query_opts){ .log_dir = q->dir.log,
				    .store_dir = q->dir.store,
				    .alerts_path = q->dir.state,
				    .memory_mb = 1024,
				    .threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN) },
		    in, out));
	return pid;
}

/* Passes the body on: to stdout when the status line says 200, else its words to stderr. */
static int
relay(int fd, struct diag *why)
{
	auto_buf struct buf all = { 0 };
	bool head = true, good = false;

	for (;;) {
		char *room = buf_room(&all, 65536);
		ssize_t n = room != NULL ? read(fd, room, 65536) : -1;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_added(&all, (size_t)n);
		if (head && memchr(all.p, '\n', all.n) != NULL) {
			good = str_starts(buf_view(&all), STR("200 "));
			buf_shift(&all, (size_t)str_find(buf_view(&all), STR("\n")) + 1);
			head = false;
		}
		if (!head && good) {
			if (fs_write_all(STDOUT_FILENO, all.p, all.n, why) != OK)
				return CMD_FAILED;
			buf_reset(&all);
		}
	}
	if (good)
		return CMD_OK;
	fprintf(stderr, "tocsin: %.*s\n", STR_ARG(buf_view(&all)));
	return CMD_FAILED;
}

static int
ask(const struct sql *q)
{
	struct diag why = { 0 };
	int in = request_fd(q, &why), pipes[2], status;
	pid_t pid;

	if (in < 0)
		return cmd_fail(&why);
	if (pipe2(pipes, O_CLOEXEC) != 0) {
		(void)err_sys(&why, "cannot make a pipe");
		return cmd_fail(&why);
	}
	pid = start_worker(q, in, pipes[1]);
	fs_closep(&pipes[1]);
	fs_closep(&in);
	if (pid < 0) {
		(void)err_sys(&why, "cannot start a worker");
		return cmd_fail(&why);
	}
	status = relay(pipes[0], &why);
	fs_closep(&pipes[0]);
	(void)waitpid(pid, NULL, 0);
	return status;
}

int
cmd_sql(int argc, char **argv)
{
	struct sql q = { .format = "table" };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "format", "F", "table, json or csv", &q.format, NULL },
		{ "timeout", "TIME", "stop the query after this (30s)", &q.timeout, NULL },
		{ "max-rows", "N", "rows shown at most (100000)", &q.max_rows, NULL },
	};
	const struct args_spec spec = { "tocsin sql [options] \"SELECT ...\"",
		"Runs one query over all stored events, those of this second included.\n"
		"Views: security_events, auth_events, rate_limit_events, startup_events, alerts "
		"...\n"
		"`tocsin sql \"DESCRIBE security_events\"` shows the columns.",
		options, ARRAY_LEN(options) };
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n != 1 || strlen(argv[0]) > SQL_MAX) {
		(void)err_set(&why, FAIL_SYNTAX, "give the query as one argument, in quotes");
		return cmd_fail(&why);
	}
	q.text = argv[0];
	if (datadir_find(&q.dir, data, config, &why) != OK)
		return cmd_fail(&why);
	return ask(&q);
}
