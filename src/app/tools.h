/*
 * Commands of this program that the API runs for somebody: in a process of
 * their own, two at a time, for a minute at most.  Loop thread.
 */
#ifndef APP_TOOLS_H
#define APP_TOOLS_H

#include "api/api.h"
#include "ev/loop.h"

struct tools;

struct tools_opts { /* borrowed */
	struct loop *loop;
	const char *program, *conf_file, *data; /* conf_file "" for none */
};

struct tools *tools_new(const struct tools_opts *opts) NONNULL RETURNS_NONNULL;
void tools_free(struct tools *t); /* NULL is fine; nobody who waits is answered */

/* For struct api_host: runs `args` (NULL at the end) with `input` as its standard input. */
enum err tools_run(void *ctx, const char *const *args, struct str input, api_tool_fn done,
    void *done_ctx, struct diag *why) __attribute__((nonnull(1, 2, 4)));

#endif
