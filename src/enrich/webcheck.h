/*
 * Two looks at a web request that are no attack yet: where a request that changes something came
 * from (referer_kind), and which security headers its answer lacks (security_headers).
 */
#ifndef ENRICH_WEBCHECK_H
#define ENRICH_WEBCHECK_H

#include "rec/rec.h"

/*
 * missing, same, foreign, or unknown when the record does not say which host was asked.  A
 * subdomain of the host, and the host of a subdomain, are the same.
 */
struct str webcheck_referer(struct str referer, struct str host);

/*
 * Sets referer_kind of requests by POST, PUT, PATCH and DELETE and of failed CSRF validations, and
 * security_headers of records that carry the headers of the answer ("response.headers.NAME",
 * "response_headers.NAME"): names that are missing, "weak:NAME" for those that protect little.
 */
void webcheck_apply(struct rec *r) NONNULL;

#endif
