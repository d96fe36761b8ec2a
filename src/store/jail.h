/*
 * The prison of a query: what a statement of a stranger can reach once it
 * runs.  Entered by a process with one thread; the threads it starts later
 * inherit it.
 */
#ifndef STORE_JAIL_H
#define STORE_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct jail_opts {
	const char *const *files; /* those that may still be opened, for reading */
	size_t n_files;
	uint64_t memory; /* bytes of address space on top of what is used now */
	unsigned cpu_s;
	int keep[3]; /* descriptors that stay open; below 3: none, they all do */
	/* One of them that may be written and opened again by /proc/self/fd; 0: none. */
	int write_fd;
	uint64_t write_max; /* bytes of it */
};

/* Which protections hold now. */
struct jail_level {
	int landlock; /* its ABI version; 0: the kernel has none */
	bool network; /* sockets are refused */
};

/*
 * No other files, no sockets, no programs, no new privileges, no core, no
 * writing to other files, limited memory and time.  Fails closed: when any part that this
 * kernel has does not hold, FAIL_DENIED.
 */
enum err jail_enter(const struct jail_opts *opts, struct jail_level *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* From now on no thread can be started either. */
enum err jail_no_threads(struct diag *why);

#endif
