/*
 * The kernel's table kept as it should be.  Trusts nobody: what the daemon asks
 * for is held against a guard of its own, and against a limit per minute of its own.
 */
#ifndef APP_GATEKEEP_H
#define APP_GATEKEEP_H

#include "respond/wire.h"

struct gatekeep;

struct gatekeep_opts {
	const char *const *never; /* networks, NULL at the end; besides those of the system */
	bool private_too;         /* private addresses may be blocked */
	unsigned per_minute;      /* new elements; more wait */
};

enum err gatekeep_new(const struct gatekeep_opts *o, struct gatekeep **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void gatekeep_free(struct gatekeep *k); /* NULL is fine */

/* How it should be, from now on; copied.  The kernel follows at once; `ret` says how far. */
void gatekeep_set(struct gatekeep *k, const struct wire_state *s, int64_t mono,
    struct wire_answer *ret) NONNULL;
/* The kernel is compared with what was set last, and mended; each minute, and at the start. */
void gatekeep_look(struct gatekeep *k, int64_t mono, struct wire_answer *ret) NONNULL;

#endif
