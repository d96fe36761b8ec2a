/*
 * Where simulated events go: `tocsin serve` by HTTP, a syslog port, a log
 * file, or standard output.  Blocking; for commands.
 */
#ifndef APP_OUTLET_H
#define APP_OUTLET_H

#include "base/err.h"
#include "base/str.h"

struct outlet;

struct outlet_opts {
	const char *to; /* http://, https://, syslog://HOST:PORT (TCP), a file's path, "-" */
	const char *token, *ca_file; /* of HTTP; NULL for none */
};

/* FAIL_SYNTAX when `to` is nothing of that. */
enum err outlet_open(const struct outlet_opts *opts, struct outlet **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void outlet_close(struct outlet *o); /* NULL is fine */

/* Does it take log lines, or JSON? */
bool outlet_is_lines(const struct outlet *o) NONNULL;

/* One event; sent at the latest by outlet_flush(). */
enum err outlet_put(struct outlet *o, struct str event, struct diag *why) NONNULL;
/* Sends what waits; as long as the receiver says "later" it waits and tries again. */
enum err outlet_flush(struct outlet *o, struct diag *why) __attribute__((nonnull(1)));

#endif
