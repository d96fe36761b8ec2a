/*
 * Networks that say nothing about where somebody is: VPNs, relays, data
 * centres, mobile carriers, satellites.  Told by what the record says of its
 * address, by numbers of autonomous systems, and by words in their names.
 */
#ifndef DETECT_NETKIND_H
#define DETECT_NETKIND_H

#include "rec/rec.h"

enum netkind {
	NETKIND_FIXED,     /* the address is where its user is */
	NETKIND_UNKNOWN,   /* no public address */
	NETKIND_ANONYMOUS, /* is_vpn_or_proxy */
	NETKIND_VPN,
	NETKIND_TOR,
	NETKIND_RELAY,   /* of an operating system or browser */
	NETKIND_GATEWAY, /* of a company's traffic, in the cloud */
	NETKIND_HOSTING,
	NETKIND_MOBILE,
	NETKIND_SATELLITE,
	NETKIND_COUNT
};

enum netkind netkind_of(const struct rec *r) NONNULL;
const char *netkind_word(enum netkind k); /* "VPN", "mobile network" ... */

#endif
