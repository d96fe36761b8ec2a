/*
 * Webhooks of PagerDuty (V3): was it signed with our secret, and what does it
 * say became of an incident.  Bytes from outside: bounded, nothing trusted.
 */
#ifndef ONCALL_PAGERDUTY_H
#define ONCALL_PAGERDUTY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define PAGERDUTY_BODY_MAX ((size_t)1 << 20)
#define PAGERDUTY_SIGNATURES_MAX 10 /* of a header; more are not looked at */

/*
 * `header`: X-PagerDuty-Signature, "v1=HEX" and more of these behind commas.  `secrets`: one or
 * more behind blanks.  True when one of the signatures is HMAC-SHA256 of the body by one of the
 * secrets.
 */
bool pagerduty_signed(struct str header, struct str body, struct str secrets);

enum pagerduty_what { PAGERDUTY_OTHER, PAGERDUTY_ACKNOWLEDGED, PAGERDUTY_RESOLVED };
struct pagerduty_event {
	enum pagerduty_what what;
	struct str key;   /* incident_key: our dedup_key; "" none */
	struct str agent; /* who did it, in their words; "" nobody */
};
/* It lives as long as the arena and the body.  FAIL_SYNTAX, FAIL_LIMIT. */
enum err pagerduty_read(struct str body, struct arena *a, struct pagerduty_event *ret,
    struct diag *why) __attribute__((nonnull(2, 3)));

#endif
