/* The inside of app/incidents.h. */
#ifndef APP_INCIDENTS_IN_H
#define APP_INCIDENTS_IN_H

#include "app/incidents.h"
#include "incident/guide.h"

struct incidents_desk {
	struct incidents_opts o;
	struct incidents *all;
	struct guide *guide;
	struct api_incidents host;
	struct loop_timer *timer;
	int64_t slow;                 /* monotonic */
	char told_of[ALERTS_ID_SIZE]; /* the last alert whose messages were looked at */
};

struct incidents_look {
	struct incidents_desk *d;
	int64_t now;
	uint64_t rev;
	size_t n, opened, joined;
	int64_t until; /* monotonic: then others have their turn */
	bool more;     /* they had it before all was looked at */
	struct diag *why;
};

/* Messages and targets; now and then. */
enum err incidents_told(struct incidents_desk *d, struct diag *why) __attribute__((nonnull(1)));

#endif
