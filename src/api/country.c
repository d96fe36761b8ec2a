/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/preview.py */
/* Looks places up with an enricher of its own. */
#include "api/country.h"

#include <stdlib.h>

#include "base/ip.h"
#include "base/mem.h"
#include "enrich/enrich.h"

#define BUDGET ((size_t)1 << 16)

struct country {
	struct enricher *enricher;
	struct arena *arena;
	struct rec rec; /* here, not on the stack: it is large */
};

static struct country *
open_one(struct api *a)
{
	struct country *c = a->country;

	if (c == NULL && a->host.enrich != NULL) {
		c = a->country = MEM_NEW(struct country);
		c->enricher = enricher_new(a->host.enrich);
		c->arena = arena_new(BUDGET);
	}
	return c;
}

char *
country_of(struct api *a, struct str entity, char to[4])
{
	struct country *c = open_one(a);
	char text[IP_TEXT_SIZE];
	struct ip_net net;

	to[0] = '\0';
	if (c == NULL || !ip_net_parse(entity, &net, NULL))
		return to;
	arena_reset(c->arena);
	rec_init(&c->rec, c->arena);
	rec_set_str(&c->rec, F_CLIENT_IP, str_c(ip_text(&net.ip, text)));
	enricher_apply(c->enricher, &c->rec);
	(void)str_to_c(rec_str(&c->rec, F_GEO_COUNTRY), to, 4);
	enricher_release(c->enricher);
	return to;
}

void
country_end(struct api *a)
{
	if (a->country == NULL)
		return;
	enricher_free(a->country->enricher);
	arena_free(a->country->arena);
	free(TAKE(a->country));
}
