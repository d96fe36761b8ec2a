/*
 * A record of syslog: one datagram over UDP (RFC 5426), or counted octets over
 * TCP (RFC 6587) and TLS (RFC 5425).  Syslog answers nothing: a record counts as
 * delivered when the machine of the receiver has all of it.
 */
#ifndef NOTIFY_SYSLOG_H
#define NOTIFY_SYSLOG_H

#include "notify/call.h"
#include "notify/guard.h"

#define SYSLOG_HEAD_SIZE 24 /* of syslog_head() */

/* "123 ": what stands before a record of n octets. */
struct str syslog_head(size_t n, char to[SYSLOG_HEAD_SIZE]) NONNULL;

/*
 * One datagram.  `deadline` is monotonic; what the guard refuses is in it, and the result is not
 * set then (false).
 */
bool syslog_udp(const struct call *q, struct guard *g, struct job_result *ret) NONNULL;

/*
 * All of the record by a connected socket; `put` writes some of it: how many octets went, 0: not
 * now, -1: never.  Until the other side has it, or `deadline`.
 */
typedef ptrdiff_t (*syslog_put_fn)(void *ctx, struct str octets);
void syslog_stream(const struct call *q, int fd, syslog_put_fn put, void *ctx, int64_t deadline,
    struct job_result *ret) __attribute__((nonnull(1, 3, 6)));

#endif
