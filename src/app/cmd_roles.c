/* SPDX-License-Identifier: Apache-2.0 */
/* exports: cmd_store cmd_query */
/* tested by: test/e2e/serve.py */
/* The processes the daemon starts: `tocsin store` and `tocsin query`. */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "store/query.h"
#include "store/store.h"

/* A number from the daemon's own argument list. */
static uint64_t
number(const char *text, uint64_t otherwise)
{
	uint64_t v;

	return text != NULL && str_u64(str_c(text), &v) ? v : otherwise;
}

/* Readable once somebody asks us to end. */
static int
stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int
cmd_store(int argc, char **argv)
{
	const char *log = NULL, *dir = NULL, *rows = NULL, *after = NULL, *age = NULL, *size = NULL,
		   *memory = NULL;
	const struct args_option options[] = {
		{ "log", "DIR", "folder of the log", &log, NULL },
		{ "dir", "DIR", "folder of the Parquet files", &dir, NULL },
		{ "seal-rows", "N", "records that make a file", &rows, NULL },
		{ "seal-after", "NS", "longest wait for a file", &after, NULL },
		{ "retain-age", "NS", "age at which events go; 0: never", &age, NULL },
		{ "retain-size", "BYTES", "size past which the oldest go; 0: none", &size, NULL },
		{ "memory", "MB", "memory of the database engine", &memory, NULL },
	};
	const struct args_spec spec = { "tocsin store --log DIR --dir DIR [options]",
		"Follows the log and seals it into Parquet files.  The daemon starts this itself.",
		options, ARRAY_LEN(options) };
	struct store_opts so;
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (log == NULL || dir == NULL) {
		(void)err_set(&why, FAIL_SYNTAX, "store needs --log and --dir");
		return cmd_fail(&why);
	}
	log_role_set("store");
	so = (struct store_opts){ .log_dir = log,
		.dir = dir,
		.seal_rows = (unsigned)number(rows, 20000),
		.seal_after = (int64_t)number(after, 5000000000),
		.retain_age = (int64_t)number(age, 0),
		.retain_size = number(size, 0),
		.memory_mb = (unsigned)number(memory, 256),
		.stop_fd = stop_signals() };
	if (store_run(&so, &why) != OK) {
		log_diag("store", "ended", &why);
		return CMD_FAILED;
	}
	return CMD_OK;
}

int
cmd_query(int argc, char **argv)
{
	const char *log = NULL, *dir = NULL, *alerts = NULL, *memory = NULL, *threads = NULL;
	const struct args_option options[] = {
		{ "log", "DIR", "folder of the log", &log, NULL },
		{ "dir", "DIR", "folder of the Parquet files", &dir, NULL },
		{ "alerts", "FILE", "database of the alerts", &alerts, NULL },
		{ "memory", "MB", "memory of the database engine", &memory, NULL },
		{ "threads", "N", "threads of the database engine", &threads, NULL },
	};
	const struct args_spec spec = { "tocsin query --log DIR --dir DIR --alerts FILE",
		"Answers one query read from standard input.  The daemon starts this itself.",
		options, ARRAY_LEN(options) };
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (log == NULL || dir == NULL || alerts == NULL) {
		(void)err_set(&why, FAIL_SYNTAX, "query needs --log, --dir and --alerts");
		return cmd_fail(&why);
	}
	log_role_set("query");
	/* At once: it is locked in, so nothing that runs at a normal end may be relied on. */
	_exit(query_run(&(struct query_opts){ .log_dir = log,
			    .store_dir = dir,
			    .alerts_path = alerts,
			    .memory_mb = (unsigned)number(memory, 512),
			    .threads = (unsigned)number(threads, 2) },
	    STDIN_FILENO, STDOUT_FILENO));
}
