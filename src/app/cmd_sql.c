/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* `tocsin sql`: a query from the shell, with or without a running daemon. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/sqlchild.h"
#include "base/clock.h"
#include "base/fs.h"

#define SQL_MAX ((size_t)1 << 20)

struct sql {
	struct datadir dir;
	const char *text, *format, *timeout, *max_rows;
};

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
	struct sqlchild_ask ask = {
		.sql = q->text, .format = q->format, .timeout = 30 * CLOCK_S, .max_rows = 100000
	};
	struct diag why = { 0 };
	int fd, status;
	pid_t pid;

	if ((q->timeout != NULL && !clock_span(str_c(q->timeout), &ask.timeout)) ||
	    (q->max_rows != NULL && !str_u64(str_c(q->max_rows), &ask.max_rows))) {
		(void)err_set(&why, FAIL_SYNTAX,
		    "--timeout is a time like 30s, --max-rows a number");
		return cmd_fail(&why);
	}
	if (sqlchild_start(&q->dir, &ask, &fd, &pid, &why) != OK)
		return cmd_fail(&why);
	status = relay(fd, &why);
	sqlchild_end(fd, pid);
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
