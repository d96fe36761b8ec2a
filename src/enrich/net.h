/* Networks: what kind of address one is, and lists of networks with fast lookup. */
#ifndef ENRICH_NET_H
#define ENRICH_NET_H

#include "base/err.h"
#include "base/ip.h"

#define NET_LIST_MAX 1000000 /* networks of one list */
#define NET_LIST_BYTES_MAX ((size_t)64 << 20)

enum net_class {
	NET_PUBLIC,
	NET_PRIVATE,
	NET_LOOPBACK,
	NET_LINK_LOCAL,
	NET_CGNAT,
	NET_MULTICAST,
	NET_DOCUMENTATION,
	NET_RESERVED
};

/* By the special-purpose registries of IANA; the narrowest network decides. */
enum net_class net_class(const struct ip *ip) NONNULL;
struct str net_class_name(enum net_class c); /* static */

/* Immutable once read; any thread. */
struct net_list;

/*
 * One network or address a line; '#' and ';' begin a comment.  FAIL_SYNTAX
 * with line and column of the first line that is neither, or whose network has
 * host bits; FAIL_LIMIT.
 */
enum err net_list_parse(struct str text, struct net_list **ret, struct diag *why)
    __attribute__((nonnull(2)));
enum err net_list_load(const char *path, struct net_list **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void net_list_free(struct net_list *l); /* NULL is fine */
bool net_list_has(const struct net_list *l, const struct ip *ip) __attribute__((nonnull(2)));
size_t net_list_len(const struct net_list *l) NONNULL; /* ranges, after merging */

#endif
