/*
 * Everything enrichment looks into, as it was at one moment: databases,
 * lists, countries, scores.  Immutable; counted, so that text borrowed from
 * an old one stays until its last user lets go.
 */
#ifndef ENRICH_SNAP_H
#define ENRICH_SNAP_H

#include "enrich/enrich.h"
#include "enrich/geo.h"
#include "enrich/net.h"

#define SNAP_TEXT_MAX ((size_t)16 << 20)

struct snap_file { /* something that was read from a path */
	const char *path;
	struct stat st;
};

struct snap {
	unsigned refs; /* under the lock of struct enrich */
	struct arena *arena;
	struct enrich_opts opts; /* copied into the arena */
	struct geo **geo;        /* opts.mmdb.n of them */
	struct net_list *vpn, *malicious;
	struct snap_file *files; /* databases, then lists */
	size_t n_files;
};

/*
 * Reads what changed since `old` (NULL: all) and shares the rest with it.
 * `opts` may be those of `old`.  The count is 1.
 */
enum err snap_new(const struct enrich_opts *opts, const struct snap *old, struct snap **ret,
    struct diag *why) __attribute__((nonnull(1, 3)));
void snap_free(struct snap *s); /* NULL is fine; whatever its count */

/* Base risk configured for the type, by either of its names; -1: none. */
int snap_base(const struct snap *s, struct str name, struct str upper) __attribute__((nonnull(1)));
bool snap_is_high_risk(const struct snap *s, struct str country) __attribute__((nonnull(1)));
/* Place and network of an address in all databases; `ret` is overwritten. */
void snap_lookup(const struct snap *s, const struct ip *ip, struct geo_place *ret) NONNULL;

#endif
