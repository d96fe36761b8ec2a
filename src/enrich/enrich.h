/*
 * Adds to a parsed record what we know about its address: place, network,
 * class; the risk score; attacks in the request (webattack.h), what the user
 * agent says (useragent.h), referer and headers (webcheck.h).  One struct enrich per process
 * (databases are shared and hot-swapped), one struct enricher per thread (its cache).
 */
#ifndef ENRICH_ENRICH_H
#define ENRICH_ENRICH_H

#include "conf/conf.h"
#include "rec/rec.h"

struct enrich;
struct enricher;
struct watch;

/* Members of struct conf as they are; zeroed, only classes of networks and scores are added. */
struct enrich_opts {
	struct conf_list mmdb; /* paths: country, city, ASN, anonymous-IP, in any order */
	struct conf_list high_risk_countries;
	const char *vpn_networks;       /* file with a network per line; NULL or "": none */
	const char *malicious_networks; /* likewise */
	struct conf_scores
	    base_scores;  /* event type (either name) to base risk, before the built-in */
	int utc_offset_s; /* of the hours 02 to 06 that count as night */
};

/* A file that is missing or corrupt is an error here (file in `why`).  Copies `opts`. */
enum err enrich_new(const struct enrich_opts *opts, struct enrich **ret, struct diag *why);
void enrich_free(struct enrich *e); /* after its enrichers; NULL is fine */

/*
 * Looks whether files changed and swaps them; `opts` not NULL: takes up these
 * from now on.  A bad new file is refused, once, and everything stays as it
 * was.  Any thread but the loop's: it reads files, which may be large or far away.
 */
enum err enrich_reload(struct enrich *e, const struct enrich_opts *opts, bool *ret_changed,
    struct diag *why) __attribute__((nonnull(1)));

/* Whose events are marked (enrich/watch.h). */
struct watch *enrich_watch(struct enrich *e) NONNULL RETURNS_NONNULL;

/* A database in use: for health pages.  Text is copied. */
struct enrich_database {
	char path[256], type[64]; /* type as the file names itself */
	int64_t built;            /* ns UTC */
};
/* i-th database; false past the end. */
bool enrich_database(struct enrich *e, size_t i, struct enrich_database *ret) NONNULL;

struct enricher *enricher_new(struct enrich *e) RETURNS_NONNULL;
void enricher_free(struct enricher *en); /* NULL is fine */

/* Fields the sender set himself are kept.  Added text lives until the next enricher_release(). */
void enricher_apply(struct enricher *en, struct rec *r) NONNULL;
/* Records of the batch are encoded: their borrowed text may go.  New databases are taken up here.
 */
void enricher_release(struct enricher *en) NONNULL;

#endif
