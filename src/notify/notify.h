/*
 * The notify process: jobs in (notify/job.h), one a line; results out, in the
 * order they come about.  Each channel has a thread of its own and sends one
 * message at a time, so a receiver that hangs holds up its own channel alone.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "base/err.h"
#include "notify/kind.h"

#define NOTIFY_LANES_MAX 128  /* channels at a time */
#define NOTIFY_WAITING_MAX 64 /* jobs waiting in one; a further one is answered "retry" */

struct notify_opts {
	int in, out;
	int stop_fd;               /* readable: cancel and end; -1 none */
	const char *ca_file;       /* PEM, in place of the system's; NULL */
	const struct kinds *kinds; /* NULL: none */
};

/*
 * Until the end of input, when all jobs are answered, or stop_fd.  FAIL_SYNTAX: a line is no job
 * and has no id that could be answered.  sender_prepare() was called before.
 */
enum err notify_run(const struct notify_opts *o, struct diag *why) NONNULL;

/*
 * Before the first secret is read: no core dump, no debugger of another process of the same user,
 * no new rights.  For the rest of the process.
 */
void notify_harden(void);

#endif
