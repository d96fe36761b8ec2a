/* Opens listening sockets, names peers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/str.h"

#define BACKLOG 512
#define HOST_SIZE 128

static bool
split(const char *where, char host[HOST_SIZE], const char **ret_port)
{
	const char *colon = strrchr(where, ':'), *from = where;
	size_t n = colon != NULL ? (size_t)(colon - where) : 0;
	uint64_t port; /* some resolvers take a larger one modulo 65536 */

	if (colon == NULL || !str_u64(str_c(colon + 1), &port) || port > UINT16_MAX)
		return false;
	if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n == 0 || n >= HOST_SIZE)
		return false;
	memcpy(host, from, n);
	host[n] = '\0';
	*ret_port = colon + 1;
	return true;
}

static int
bound_socket(const struct addrinfo *a, int type)
{
	int fd = socket(a->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
	    (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
		return fd;
	on = errno;
	(void)close(fd);
	errno = on;
	return -1;
}

enum err
net_listen(const char *where, int type, int *ret_fd, struct diag *why)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = type };
	struct addrinfo *found = NULL;
	char host[HOST_SIZE];
	const char *port;
	int fd;

	if (!split(where, host, &port) || getaddrinfo(host, port, &hints, &found) != 0)
		return err_set(why, FAIL_SYNTAX, "\"%s\" is no address and port", where);
	fd = bound_socket(found, type);
	freeaddrinfo(found);
	if (fd < 0)
		return err_sys(why, "cannot listen on %s", where);
	*ret_fd = fd;
	return OK;
}

const char *
net_peer(const struct sockaddr_storage *from, char to[46])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)from;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)from;

	to[0] = '\0';
	if (from->ss_family == AF_INET)
		(void)inet_ntop(AF_INET, &v4->sin_addr, to, 46);
	else if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		(void)inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], to, 46);
	else if (from->ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, to, 46);
	return to;
}

unsigned
net_port(int fd)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 0;
	/* The port stands at the same place for both families. */
	return ntohs(((const struct sockaddr_in *)(const void *)&a)->sin_port);
}
