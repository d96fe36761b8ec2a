/*
 * Between the outbox and the notify process: claims what is due, hands it
 * over, stores the results.  Loop thread, but for delivery_wake().
 *
 * Delivery is at least once.  A row that was handed over when the process
 * died is tried again after the first wait; one that was handed over when the
 * daemon died, at its next start.
 */
#ifndef APP_DELIVERY_H
#define APP_DELIVERY_H

#include "api/api.h"
#include "app/datadir.h"
#include "conf/conf.h"

struct delivery;

struct delivery_opts {
	struct loop *loop;
	struct alerts *alerts; /* connection of the loop thread */
	const struct conf *conf;
	const struct datadir *dir;
	const char *program;
};

/*
 * Starts the process.  The environment's TOCSIN_RETRY_SCALE (a factor of all waiting times, 1) is
 * for tests.
 */
enum err delivery_new(const struct delivery_opts *o, struct delivery **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void delivery_free(struct delivery *d); /* NULL is fine */

/* There may be new rows in the outbox.  From any thread; cheap. */
void delivery_wake(struct delivery *d) NONNULL;

/* Takes up no more, gives what is on its way a moment, ends the process; then stopped(ctx). */
void delivery_stop(struct delivery *d, void (*stopped)(void *ctx), void *ctx)
    __attribute__((nonnull(1, 2)));

/* What links in messages begin with, "" for none; before the loop runs.  Copied. */
void delivery_url_set(struct delivery *d, const char *url) NONNULL;

const char *delivery_url(const struct delivery *d) NONNULL RETURNS_NONNULL;

/* For struct api_host: ctx is the delivery.  `person` and `address` may be "". */
void delivery_test_to(void *ctx, struct str channel, struct str person, struct str address,
    api_sent_fn done, void *done_ctx) __attribute__((nonnull(1, 5)));
static inline void
delivery_test(void *ctx, struct str channel, api_sent_fn done, void *done_ctx)
{
	delivery_test_to(ctx, channel, STR(""), STR(""), done, done_ctx);
}

struct job_order;
struct job_result;
typedef void (*delivery_called_fn)(void *ctx, const struct job_result *r);
/*
 * A job of somebody else's, who keeps it himself should it get lost; its id is set here.  False:
 * none is taken now, and called() does not come.
 */
bool delivery_call(struct delivery *d, struct job_order *o, delivery_called_fn called, void *ctx)
    __attribute__((nonnull(1, 2, 3)));

/* Absolute path of the folder for secrets that are typed on the page; lives as long as `d`. */
const char *delivery_secrets(const struct delivery *d) NONNULL RETURNS_NONNULL;

/* Its part of them. */
void delivery_facts(const struct delivery *d, struct api_facts *ret) NONNULL;

#endif
