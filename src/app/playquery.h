/*
 * Queries of playbooks: each by a query worker, a few rows, half a minute at
 * most.  Loop thread.
 */
#ifndef APP_PLAYQUERY_H
#define APP_PLAYQUERY_H

#include "api/api.h"

#define PLAYQUERY_ROWS 200

struct playquery_set; /* those that run */

/* What it found, JSON as GET /v1/query has it; ok false: `answer` says why. */
typedef void (*playquery_fn)(void *ctx, int64_t id, bool ok, struct str answer, uint64_t rows);

struct playquery_opts { /* borrowed */
	struct loop *loop;
	enum err (*take)(void *ctx, const struct api_query_user *user, struct child **ret,
	    struct diag *why);
	void (*release)(void *ctx, struct child *c);
	void *ctx;
	playquery_fn done;
	void *done_ctx;
};

struct playquery_set *playquery_new(const struct playquery_opts *o) NONNULL RETURNS_NONNULL;
void playquery_free(struct playquery_set *s); /* NULL is fine; nobody is answered */
/* FAIL_AGAIN: too many run. */
enum err playquery_run(struct playquery_set *s, int64_t id, struct str sql, struct diag *why)
    __attribute__((nonnull(1)));

#endif
