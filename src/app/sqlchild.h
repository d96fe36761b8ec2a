/* A query worker (store/query.h) of our own, for commands: with or without a running daemon. */
#ifndef APP_SQLCHILD_H
#define APP_SQLCHILD_H

#include <sys/types.h>

#include "app/datadir.h"
#include "base/str.h"

struct sqlchild_ask {
	const char *sql, *format;
	int64_t timeout, from, to; /* ns; from and to 0: no bound on what is looked at */
	uint64_t max_rows;
};

/* *ret_fd reads the answer: a line "200 type" or "400 ...", then the body. */
enum err sqlchild_start(const struct datadir *dir, const struct sqlchild_ask *ask, int *ret_fd,
    pid_t *ret_pid, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

/* Closes and waits. */
void sqlchild_end(int fd, pid_t pid);

#endif
