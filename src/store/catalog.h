/*
 * The catalogue: what the names in the store's folder say.  No transaction
 * and no list on disk: a file whose numbers lie inside another's is dead.
 */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

#define CATALOG_NAME_SIZE 96

enum catalog_level { CATALOG_SEALED, CATALOG_HOURLY, CATALOG_DAILY };

struct catalog_file {
	uint64_t first, last; /* sequence numbers it covers, both included */
	int64_t tmin, tmax;   /* event times in us, never negative; 0 and 0 when it holds no row */
	enum catalog_level level;
	bool dead;       /* inside another */
	uint64_t size;   /* bytes, by catalog_stat() */
	int64_t written; /* ns since 1970, by catalog_stat() */
};

struct catalog {
	VEC(struct catalog_file)
	files; /* by first number; of those equal the largest, then the highest */
};

/* Lists `dir` (a missing folder is empty); foreign names are passed over. */
enum err catalog_list(const char *dir, struct catalog *ret, struct diag *why);
void catalog_free(struct catalog *c); /* NULL and zeroed are fine */

/* Fills in sizes and times of writing; what is gone meanwhile has size 0. */
void catalog_stat(struct catalog *c, const char *dir) NONNULL;

/* Sorts and finds the dead. */
void catalog_settle(struct catalog *c) NONNULL;

/* Terminated; returns `to`. */
char *catalog_name(const struct catalog_file *f, char to[CATALOG_NAME_SIZE]) NONNULL;
bool catalog_parse(struct str name, struct catalog_file *ret) __attribute__((nonnull(2)));

/* Newest number without a gap from the oldest; 0 when there is no file. */
uint64_t catalog_through(const struct catalog *c) NONNULL;
/* The first gap between living files; false when there is none. */
bool catalog_gap(const struct catalog *c, uint64_t *ret_first, uint64_t *ret_last) NONNULL;
/* Newest number of all. */
uint64_t catalog_last(const struct catalog *c) NONNULL;

#endif
