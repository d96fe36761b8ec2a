/*
 * What a User-Agent says of itself: browser, tool or bot, version, system, kind of device; and
 * whether it is one that deserves a look.  Tables, no regular expressions; at most
 * USERAGENT_MAX bytes are read.
 */
#ifndef ENRICH_USERAGENT_H
#define ENRICH_USERAGENT_H

#include "rec/rec.h"

#define USERAGENT_MAX 1024U
#define USERAGENT_ANCIENT_CHROME 60 /* browsers older than these of 2017 are ancient */
#define USERAGENT_ANCIENT_FIREFOX 55

struct useragent {
	struct str name;       /* static text, or of the agent itself; empty: not known */
	struct str version;    /* borrowed from the agent */
	struct str os;         /* static text */
	struct str device;     /* desktop, phone, tablet, tv, bot, tool; or empty */
	struct str suspicious; /* scanner, tool, empty, ancient, impossible, malformed; or empty */
};

void useragent_parse(struct str agent, struct useragent *ret) NONNULL;

/* Adds what it says to a record as user_agent_*; fields that are there stay. */
void useragent_add(struct rec *r, const struct useragent *u) NONNULL;

#endif
