/* User agents as useragent_parse() reads them, the frequent ones remembered.  One per thread. */
#ifndef ENRICH_AGENTS_H
#define ENRICH_AGENTS_H

#include "enrich/useragent.h"

struct agents;

struct agents *agents_new(void) RETURNS_NONNULL;
void agents_free(struct agents *a); /* NULL is fine */

/* Just what useragent_parse() says; what it borrows is borrowed from this `agent`. */
void agents_parse(struct agents *a, struct str agent, struct useragent *ret) NONNULL;

#endif
