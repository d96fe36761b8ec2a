/*
 * Attacks that `tocsin simulate` plays: what is sent, when, and which of the
 * requirement's detections it is for.  Addresses are those reserved for
 * documentation; every event carries simulation: NAME, so that drills can be
 * told from real attacks.
 */
#ifndef APP_SCENARIO_H
#define APP_SCENARIO_H

#include "app/saying.h"

/* Called in order of time; `t` is ns since the scenario began. */
typedef void (*scenario_say_fn)(void *ctx, int64_t t, const struct saying *s);

struct scenario_play {
	const char *name;
	const char *host; /* of its own, so that no other clock makes its events late ones */
	scenario_say_fn say;
	void *ctx;
};

struct scenario {
	const char *name, *what;
	double rate; /* events a second, as it plays by itself */
	unsigned n;  /* events */
	void (*play)(const struct scenario_play *p, int64_t gap); /* ns from event to event */
};

const struct scenario *scenario_at(size_t i); /* NULL behind the last */
const struct scenario *scenario_find(struct str name);

#endif
