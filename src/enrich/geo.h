/*
 * One MMDB file: opened, checked, looked up in.  Immutable, counted by
 * reference, any thread.
 *
 * The file is copied into memory that nobody else can change (a sealed
 * memfd): a mapped file that somebody truncates kills its readers by SIGBUS,
 * one that is overwritten in place changes under a check already made, and
 * one on a network stalls them.  The price is its size in memory.
 */
#ifndef ENRICH_GEO_H
#define ENRICH_GEO_H

#include <sys/stat.h>

#include "base/err.h"
#include "base/ip.h"

#define GEO_FILE_MAX ((size_t)1 << 30)

struct geo;

enum geo_has {
	GEO_HAS_PLACE = 1, /* country, region or city: whichever is not empty */
	GEO_HAS_POINT = 2, /* lat, lon */
	GEO_HAS_RADIUS = 4,
	GEO_HAS_ASN = 8,   /* asn; org when it is not empty */
	GEO_HAS_ANON = 16, /* anonymous is known to be true */
};

struct geo_place {
	unsigned has; /* bits of enum geo_has */
	uint32_t asn, radius_km;
	double lat, lon;
	struct str country, region, city, org; /* live as long as the struct geo */
};

/* FAIL_NOT_FOUND, FAIL_IO, FAIL_CORRUPT with the file in `why`.  Reads all of it. */
enum err geo_open(const char *path, struct geo **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* The same from bytes, which are copied. */
enum err geo_open_bytes(struct str bytes, struct geo **ret, struct diag *why)
    __attribute__((nonnull(2)));
struct geo *geo_ref(struct geo *g) NONNULL;
void geo_unref(struct geo *g); /* NULL is fine */

/* Adds what this database knows and `to` does not know yet. */
void geo_lookup(const struct geo *g, const struct ip *ip, struct geo_place *to) NONNULL;

const char *geo_type(const struct geo *g) NONNULL; /* as the file names itself */
int64_t geo_built(const struct geo *g) NONNULL;    /* ns UTC */
/* The file as it was when it was read. */
const struct stat *geo_stat(const struct geo *g) NONNULL;
/* Are both the same file with the same content, as far as can be seen from outside? */
bool geo_same_file(const struct stat *a, const struct stat *b) NONNULL;

#endif
