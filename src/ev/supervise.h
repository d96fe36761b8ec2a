/*
 * Keeps one child process running: starts it again when it ends, after 0.1 s
 * at first and up to 5 s when it keeps ending; a run of 10 s counts as good
 * and takes the wait back to 0.1 s.  Loop thread only.
 */
#ifndef EV_SUPERVISE_H
#define EV_SUPERVISE_H

#include "ev/child.h"

struct supervise;

struct supervise_spec {
	const char *name; /* for messages; static */
	struct child_spec
	    child;     /* kept by value: argv and env must live as long as the supervisor */
	int64_t grace; /* ns between SIGTERM and SIGKILL at the end; 0: 5 s */
	/* A new process runs / it ended or could not be started (status -1, why set).  May be NULL.
	 */
	void (*up)(void *ctx, struct child *c);
	void (*down)(void *ctx, int status, const struct diag *why);
	void *ctx;
};

/* Starts on the next turn of the loop; a failing start is retried like an end. */
struct supervise *supervise_new(struct loop *l,
    const struct supervise_spec *spec) NONNULL RETURNS_NONNULL;
/* Kills what still runs.  NULL is fine. */
void supervise_free(struct supervise *s);

/* SIGTERM, SIGKILL after the grace; then stopped(ctx), also when nothing ran. */
void supervise_stop(struct supervise *s, void (*stopped)(void *ctx), void *ctx)
    __attribute__((nonnull(1, 2)));

/* The running process or NULL: borrowed until the loop runs again. */
struct child *supervise_child(const struct supervise *s) NONNULL;
uint64_t supervise_starts(const struct supervise *s) NONNULL; /* how often it was started */
/* Wait before start number n in a row (0: the first after a good run), in ns. */
int64_t supervise_backoff(unsigned n);

#endif
