/* What trusted proxies say about a request: who sent it, and over what. */
#ifndef HTTP_FORWARD_H
#define HTTP_FORWARD_H

#include "base/ip.h"
#include "http/head.h"

#define FORWARD_HOPS_MAX 32

struct forward {
	char client[IP_TEXT_SIZE];
	bool secure;     /* the client spoke TLS to the outermost trusted proxy */
	struct str host; /* X-Forwarded-Host; empty when there is none to be trusted */
};

/*
 * Walks X-Forwarded-For from its right end for as long as each address is one of the trusted:
 * the first that is not is the client.  What is no address ends the walk at the last trusted one.
 * `peer`: who the connection is from.  Text is borrowed from the head.
 */
void forward_read(const struct ip_net *trusted, size_t n, const char *peer, const struct head *h,
    struct forward *ret) __attribute__((nonnull(3, 4, 5)));

#endif
