/*
 * The answer of a query on its way to stdout: a status line, then the body.
 * Nothing is written before there is a good deal of it, so that a query that
 * fails early still gets its proper status.
 */
#ifndef STORE_OUT_H
#define STORE_OUT_H

#include <pthread.h>

#include "base/buf.h"
#include "base/err.h"

struct out {
	int fd;
	const char *type;   /* content type of the good answer */
	bool begun;         /* the status line is out */
	bool refused;       /* that of a problem: nothing else follows */
	pthread_mutex_t mu; /* whoever writes; the watchdog may come between */
	struct buf body;
};

void out_init(struct out *o, int fd, const char *type) NONNULL;
void out_fini(struct out *o) NONNULL;

/* Writes o->body when there is enough of it.  FAIL_IO: nobody reads any more. */
enum err out_flow(struct out *o, struct diag *why) __attribute__((nonnull(1)));
/* Writes all of it, the status line too. */
enum err out_end(struct out *o, struct diag *why) __attribute__((nonnull(1)));

/* The answer is this problem, if no other has begun: true.  Any thread. */
bool out_problem(struct out *o, int status, const char *title, struct str detail)
    __attribute__((nonnull(1, 3)));

#endif
