/* Listening sockets and addresses of peers. */
#ifndef INGEST_NET_H
#define INGEST_NET_H

#include <sys/socket.h>

#include "base/err.h"

/* "127.0.0.1:514", "[::1]:514", port 0 for any free one.  Non-blocking; `type` as of socket(2). */
enum err net_listen(const char *where, int type, int *ret_fd, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* Address without port, IPv4 in IPv6 as IPv4.  Returns `to`. */
const char *net_peer(const struct sockaddr_storage *from, char to[46]) NONNULL;
/* The port a socket is bound to. */
unsigned net_port(int fd);

#endif
