/* Limits of the syslog listeners, and what tests ask of them. */
#ifndef INGEST_SYSLOG_H
#define INGEST_SYSLOG_H

#include "base/clock.h"

#define SYSLOG_FRAME_MAX ((size_t)128 << 10) /* longer TCP messages are cut */
#define SYSLOG_BATCH_ITEMS 500
#define SYSLOG_BATCH_BYTES ((size_t)256 << 10)
#define SYSLOG_IDLE (CLOCK_S * 3600) /* a connection that says nothing for this long ends */
#define SYSLOG_HALF (CLOCK_S * 300)  /* ... or that leaves a message unfinished */
#define SYSLOG_PEERS 32              /* UDP senders whose messages are collected at a time */
#define SYSLOG_RCVBUF (8 << 20)      /* asked of the kernel, which may give less */

/* The port the source listens on; `s` as of source_ops. */
unsigned syslog_udp_port(const void *s) __attribute__((nonnull));
unsigned syslog_tcp_port(const void *s) __attribute__((nonnull));
size_t syslog_tcp_connections(const void *s) __attribute__((nonnull));

#endif
