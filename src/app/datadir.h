/* Names of what stands in the data folder. */
#ifndef APP_DATADIR_H
#define APP_DATADIR_H

#include "base/err.h"

#define DATADIR_PATH 512

struct datadir {
	char dir[DATADIR_PATH], log[DATADIR_PATH], store[DATADIR_PATH], state[DATADIR_PATH],
	    cursors[DATADIR_PATH], detect[DATADIR_PATH], rollup[DATADIR_PATH], token[DATADIR_PATH],
	    users[DATADIR_PATH], respond[DATADIR_PATH], people[DATADIR_PATH],
	    evidence[DATADIR_PATH], incidents[DATADIR_PATH];
};

/* Fills in the names; FAIL_LIMIT when one is too long. */
enum err datadir_set(struct datadir *d, const char *dir, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Creates the folders (0700). */
enum err datadir_create(const struct datadir *d, struct diag *why) __attribute__((nonnull(1)));

/*
 * The data folder for a command: `data` when given, else data_dir of the
 * configuration file (may be NULL) and environment.
 */
enum err datadir_find(struct datadir *d, const char *data, const char *config, struct diag *why)
    __attribute__((nonnull(1)));

#endif
