/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Starts a worker, hands it one question. */
#include "app/sqlchild.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/jsonw.h"
#include "store/query.h"

/* The question as a file to read it from. */
static enum err
ask_fd(const struct sqlchild_ask *ask, int *ret, struct diag *why)
{
	auto_buf struct buf line = { 0 };
	struct jsonw w;

	jsonw_init(&w, &line);
	jsonw_obj(&w);
	jsonw_kstr(&w, "sql", str_c(ask->sql));
	jsonw_kstr(&w, "format", str_c(ask->format));
	jsonw_kint(&w, "timeout_ms", ask->timeout / CLOCK_MS);
	jsonw_kint(&w, "max_rows", (int64_t)ask->max_rows);
	if (ask->from != 0)
		jsonw_kint(&w, "from", ask->from);
	if (ask->to != 0)
		jsonw_kint(&w, "to", ask->to);
	jsonw_end(&w);
	buf_byte(&line, '\n');
	*ret = memfd_create("request", MFD_CLOEXEC);
	if (*ret >= 0 && fs_write_all(*ret, line.p, line.n, why) == OK &&
	    lseek(*ret, 0, SEEK_SET) == 0)
		return OK;
	fs_closep(ret);
	return err_sys(why, "cannot hand over the query");
}

static pid_t
start(const struct datadir *dir, int in, int out)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(query_run(&(struct query_opts){ .log_dir = dir->log,
				    .store_dir = dir->store,
				    .alerts_path = dir->state,
				    .memory_mb = 1024,
				    .threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN) },
		    in, out));
	return pid;
}

enum err
sqlchild_start(const struct datadir *dir, const struct sqlchild_ask *ask, int *ret_fd,
    pid_t *ret_pid, struct diag *why)
{
	int in, pipes[2];
	enum err e = ask_fd(ask, &in, why);

	if (e != OK)
		return e;
	if (pipe2(pipes, O_CLOEXEC) != 0) {
		fs_closep(&in);
		return err_sys(why, "cannot make a pipe");
	}
	*ret_pid = start(dir, in, pipes[1]);
	fs_closep(&pipes[1]);
	fs_closep(&in);
	*ret_fd = pipes[0];
	if (*ret_pid > 0)
		return OK;
	fs_closep(&pipes[0]);
	return err_sys(why, "cannot start a worker");
}

void
sqlchild_end(int fd, pid_t pid)
{
	fs_closep(&fd);
	(void)waitpid(pid, NULL, 0);
}
