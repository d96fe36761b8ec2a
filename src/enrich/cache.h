/*
 * What is known about addresses, by their text: a fixed table in which a new
 * address takes the place of one of the few that share its corner.  One per
 * thread; its memory is touched only as far as it is used.
 */
#ifndef ENRICH_CACHE_H
#define ENRICH_CACHE_H

#include "enrich/geo.h"
#include "enrich/net.h"

#define CACHE_SIZE 65536U /* addresses */
#define CACHE_WAYS 4U

struct cache_info {
	struct geo_place place;
	enum net_class class;
	bool vpn, malicious, high_risk;
};

struct cache;

struct cache *cache_new(void) RETURNS_NONNULL;
void cache_free(struct cache *c); /* NULL is fine */
void cache_clear(struct cache *c) NONNULL;

/* What is kept for this text; else a zeroed place for it, *ret_new set.  Until the next call. */
struct cache_info *cache_get(struct cache *c, struct str text, bool *ret_new)
    __attribute__((nonnull(1, 3)));

#endif
