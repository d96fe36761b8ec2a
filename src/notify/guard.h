/*
 * Where messages may go: each address is judged when it is connected to, after
 * all names are resolved, whatever form it was written in.  So a name that
 * answers differently the second time, or a number in hexadecimal, gains nothing.
 */
#ifndef NOTIFY_GUARD_H
#define NOTIFY_GUARD_H

#include <sys/socket.h>

#include "base/ip.h"

enum guard_class {
	GUARD_PUBLIC,
	GUARD_PRIVATE, /* our own network and this machine: only when allowed */
	GUARD_NEVER    /* metadata services, link-local, multicast, no address at all */
};

/* IPv4 inside of IPv6 (mapped, translated, tunnelled) counts as what it leads to. */
enum guard_class guard_classify(const struct ip *ip) NONNULL;

struct guard {
	bool allow_private;
	char refused[IP_TEXT_SIZE]; /* the last address that was refused; "" none */
	enum guard_class refused_as;
};

/* May this be connected to?  Notes what it refuses; what is neither IPv4 nor IPv6 is refused. */
bool guard_admits(struct guard *g, const struct sockaddr *addr, socklen_t n) NONNULL;

#endif
