/*
 * Adds to a parsed record what we know about its address: place, network,
 * class; and the risk score.  One struct enrich per process (databases are
 * shared and hot-swapped), one struct enricher per thread (its cache).
 */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H

#include "rec/rec.h"

struct enrich;
struct enricher;

struct enrich_opts {
	const char *const *mmdb; /* paths: country, city, ASN, anonymous-IP, in any order */
	size_t n_mmdb;
	const char *high_risk_countries; /* "KP,IR", may be "" */
	const char *vpn_networks;	 /* file with a network per line, or NULL */
	const char *malicious_networks;	 /* file with a network per line, or NULL */
};

/* A file that is missing or corrupt is an error here (file in `why`). */
enum err enrich_new(const struct enrich_opts *opts, struct enrich **ret, struct diag *why);
void enrich_free(struct enrich *e);

/* Looks whether files changed and swaps them; a bad new file is refused and the old one stays. */
enum err enrich_reload(struct enrich *e, bool *ret_changed, struct diag *why);

struct enricher *enricher_new(struct enrich *e) RETURNS_NONNULL;
void enricher_free(struct enricher *en);

/* Fields the sender set himself are kept.  Text lives until the next enricher_release() or swap. */
void enricher_apply(struct enricher *en, struct rec *r) NONNULL;
/* Records of the batch are encoded: their borrowed text may go. */
void enricher_release(struct enricher *en) NONNULL;

#endif
