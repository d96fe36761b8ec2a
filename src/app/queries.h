/*
 * The query workers: processes that answer one query each.  One is kept warm
 * for a while after a query, so that the next need not wait for its start;
 * when nobody asks, none uses memory.  Loop thread only.
 */
#ifndef APP_QUERIES_H
#define APP_QUERIES_H

#include "api/api.h"

struct queries;

struct queries_opts { /* borrowed until queries_free() */
	struct loop *loop;
	const char *program; /* this executable */
	const char *log_dir, *store_dir, *alerts_path;
	unsigned workers, memory_mb, threads;
	int64_t keep_warm; /* ns after the last query */
};

struct queries *queries_new(const struct queries_opts *opts) NONNULL RETURNS_NONNULL;
void queries_free(struct queries *q); /* kills all; NULL is fine */

/* For struct api_host; ctx is the struct queries. */
enum err queries_take(void *ctx, const struct api_query_user *user, struct child **ret,
    struct diag *why);
/* The same for what nobody waits for: one worker is left for people where there are more. */
enum err queries_take_spare(void *ctx, const struct api_query_user *user, struct child **ret,
    struct diag *why);
void queries_release(void *ctx, struct child *c);

unsigned queries_running(const struct queries *q) NONNULL;
uint64_t queries_starts(const struct queries *q) NONNULL;

#endif
