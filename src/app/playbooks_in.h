/* Between the files about playbooks at work. */
#ifndef APP_PLAYBOOKS_IN_H
#define APP_PLAYBOOKS_IN_H

#include "app/playbooks.h"
#include "app/playquery.h"
#include "incident/playlib.h"
#include "incident/playword.h"
#include "incident/runs.h"
#include "incident/ticket.h"

#define PLAYBOOKS_TICKETS 4 /* on their way */

struct playbooks_ticket {
	struct playbooks *p;
	struct ticket_job job;
	bool busy;
};

struct playbooks {
	struct playbooks_opts o;
	struct playlib lib;
	struct api_playbooks host;
	struct loop_timer *timer;
	struct playquery_set *queries;
	struct playbooks_ticket tickets[PLAYBOOKS_TICKETS];
	bool begins, unasked; /* by themselves when an incident opens; all that they do */
	uint64_t seen;        /* rev of the incidents */
	int64_t ticket_look;  /* monotonic */
	char url[600];        /* of the incident that was asked for last */
	char said[RUNS_TEXT]; /* result of the effect that is carried out */
	char ref[80];
};

/* playbooks_do.c: one effect, for struct runs_hooks. */
void playbooks_carry_out(void *ctx, const struct runs_effect *e, struct runs_outcome *ret);
struct str playbooks_url(void *ctx, int64_t incident);
/* Something was settled: there may be more to do at once. */
void playbooks_wake(void *ctx);

/* playbooks_ticket.c */
void playbooks_tickets(struct playbooks *p) NONNULL;
/* The channel a ticket is made by when nobody names one; "" none. */
enum err playbooks_tracker(struct playbooks *p, char to[TICKET_CHANNEL + 1], struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
