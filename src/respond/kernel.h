/*
 * The table `inet tocsin` of nftables, as text: what is fed to nft, and what it
 * lists.  Nothing here runs anything.
 *
 * Sets: block4, block6 of addresses, net4, net6 of networks, slow4, slow6 of
 * addresses that may open so many connections a second, each element with its own
 * timeout, so that the kernel forgets it though nobody is left to say so; and
 * never4, never6, which a packet is compared with first: what is in them goes on
 * to the next table, whatever the other sets hold.
 */
#ifndef RESPOND_KERNEL_H
#define RESPOND_KERNEL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/ip.h"

#define KERNEL_TABLE "inet tocsin"

struct kernel_item {
	struct ip_net net;
	bool slow;    /* slowed down, not blocked */
	int64_t left; /* seconds; at least 1 */
};

/*
 * Makes the table, or what is missing of it, and its rules anew; protects exactly the
 * `n` networks.  Elements of the other sets stay.  One transaction with what follows it.
 */
void kernel_put_table(struct buf *to, const struct ip_net *never, size_t n)
    __attribute__((nonnull(1)));
/* The element is there afterwards, with its time, whether or not it was. */
void kernel_put_item(struct buf *to, const struct kernel_item *item) NONNULL;
/* It is gone afterwards, whether or not it was there. */
void kernel_put_gone(struct buf *to, const struct kernel_item *item) NONNULL;
/* Which set: "block4" ... */
const char *kernel_set(const struct kernel_item *item) NONNULL RETURNS_NONNULL;

typedef void (*kernel_fn)(void *ctx, const struct kernel_item *item);
/* The elements in the output of `nft -j list table inet tocsin`, those of never4, never6 left out.
 */
enum err kernel_read(struct str json, kernel_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(2)));

#endif
