/* Does a value make the server ask an address that only itself can reach? */
#ifndef ENRICH_WEBATTACK_SSRF_H
#define ENRICH_WEBATTACK_SSRF_H

#include "base/str.h"

/* Confidence in percent, 0 to 99, for a decoded value; name: of the parameter, lower case. */
unsigned webattack_ssrf(struct str s, struct str name);

#endif
