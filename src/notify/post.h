/* One blocking request to an HTTP API, for commands. */
#ifndef NOTIFY_POST_H
#define NOTIFY_POST_H

#include "base/buf.h"
#include "base/err.h"

struct post;

#define POST_ANSWER_MAX ((size_t)1 << 20)

struct post_answer {
	long status;
	long retry_after_s; /* 0: not said */
	struct buf body;    /* borrowed until the next request; at most POST_ANSWER_MAX */
};

/* `token` is a Bearer token, NULL for none; ca_file NULL for the system's. */
struct post *post_new(const char *token, const char *ca_file) __attribute__((returns_nonnull));
void post_free(struct post *p); /* NULL is fine */

/*
 * Posts JSON lines; body.n 0 makes it a GET.  OK with any status; FAIL_IO when there was no
 * answer.  Follows no redirect, uses no proxy.
 */
enum err post_send(struct post *p, const char *url, struct str body, struct post_answer *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));

#endif
