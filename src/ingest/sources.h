/* The kinds of sources; registry.c lists them. */
#ifndef INGEST_SOURCES_H
#define INGEST_SOURCES_H

#include "ingest/source.h"

extern const struct source_ops file_source;       /* file.c */
extern const struct source_ops stdin_source;      /* stdin.c */
extern const struct source_ops syslog_udp_source; /* syslog_udp.c */
extern const struct source_ops syslog_tcp_source; /* syslog_tcp.c */

#endif
