/*
 * Routes in force, and what they collect: reads them, gives them to those who
 * tell of alerts, and sends bundles when they are due.  Loop thread.
 *
 * Bundles are in state.db and closed in one transaction each with their message
 * (alert/bundle.h): what was due while nobody ran goes out at the start, once.
 */
#ifndef APP_BUNDLES_H
#define APP_BUNDLES_H

#include "alert/routing.h"
#include "conf/conf.h"
#include "oncall/book.h"

struct bundles;
struct loop;

struct bundles_opts {
	struct loop *loop;
	struct alerts *alerts; /* connection of the loop thread; joined to the routes */
	const struct conf *conf;
	const struct book *const *book; /* of escalation policies; NULL: none */
	void (*wake)(void *ctx);        /* there are messages */
	void *ctx;
};

/* FAIL_SYNTAX and the like: the routes are not understood. */
enum err bundles_new(const struct bundles_opts *o, struct bundles **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void bundles_free(struct bundles *b); /* NULL is fine */
/* Reads the routes again; the old ones stay when the new ones are not understood. */
enum err bundles_reload(struct bundles *b, const struct conf *conf, struct diag *why)
    __attribute__((nonnull(1, 2)));
struct routing *bundles_routing(const struct bundles *b) NONNULL RETURNS_NONNULL;

#endif
