/* Addresses and networks: 16 bytes, IPv4 as ::ffff:a.b.c.d. */
#ifndef BASE_IP_H
#define BASE_IP_H

#include "base/str.h"

struct ip {
	uint8_t b[16];
};
struct ip_net {
	struct ip ip;  /* host bits are 0 */
	unsigned bits; /* 0..128 */
};
#define IP_TEXT_SIZE 46

/* Exactly one address: dotted quad without leading zeros, or RFC 4291; no zone, port, brackets. */
bool ip_parse(struct str s, struct ip *ret) NONNULL;
bool ip_is_v4(const struct ip *ip) NONNULL;
/* Canonical text (RFC 5952; v4-mapped as dotted quad); returns `to`. */
char *ip_text(const struct ip *ip, char to[IP_TEXT_SIZE]) NONNULL;
/* "10.0.0.0/8", "2001:db8::/32", or an address.  ret_masked (may be NULL): host bits were set. */
bool ip_net_parse(struct str s, struct ip_net *ret, bool *ret_masked) __attribute__((nonnull(2)));
/* An IPv4 address lies in IPv4 networks only: not in ::/0. */
bool ip_net_has(const struct ip_net *net, const struct ip *ip) NONNULL;

#endif
