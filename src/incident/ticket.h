/*
 * Tickets of incidents, kept in step: made once by a channel that makes tickets,
 * commented on when the incident changes, closed when it is.  Nothing is sent
 * here; who sends takes what is due and says what became of it.
 */
#ifndef INCIDENT_TICKET_H
#define INCIDENT_TICKET_H

#include "incident/incident.h"

#define TICKET_KEY_SIZE 80
#define TICKET_CHANNEL 64
#define TICKET_WORDS 4000
#define TICKET_REF 128
#define TICKET_URL 500
#define TICKET_TRIES 10 /* of one message; then it is given up */

/*
 * One is to be made, unless there is or was one of this channel.  effect: the effect of a playbook
 * that waits for it, 0 none.  *ret_there: there is one already.
 */
struct ticket_want {
	int64_t incident, effect;
	struct str channel, words; /* words: what it says; "" the title */
};
enum err ticket_add(struct incidents *all, const struct ticket_want *w, int64_t now,
    bool *ret_there, struct diag *why) __attribute__((nonnull(1, 2, 4)));

enum ticket_what { TICKET_MAKE, TICKET_COMMENT, TICKET_CLOSE };
struct ticket_job {
	int64_t incident, effect;
	enum ticket_what what;
	unsigned tries; /* this one included */
	char channel[TICKET_CHANNEL + 1], key[TICKET_KEY_SIZE], ref[TICKET_REF + 1];
	char words[TICKET_WORDS + 1]; /* what it says */
	char title[INCIDENT_TITLE + 1], told[160];
	enum incident_severity severity;
	int64_t created;
};
/* What is due, at most `max`; not due again for a minute unless ticket_done() says more. */
enum err ticket_due(struct incidents *all, int64_t now, struct ticket_job *jobs, size_t max,
    size_t *ret_n, struct diag *why) __attribute__((nonnull(1, 3, 5)));

struct ticket_result {
	bool ok, never; /* never: it is no use to try again */
	struct str ref, url, words;
	int64_t after; /* ns, not before; 0: as usual */
};
/* *ret_over: nothing more is tried of this job. */
enum err ticket_done(struct incidents *all, const struct ticket_job *job,
    const struct ticket_result *r, int64_t now, bool *ret_over, struct diag *why)
    __attribute__((nonnull(1, 2, 3, 5)));

struct ticket_row {                                 /* borrowed for the call */
	struct str channel, state, ref, url, error; /* state: wanted, open, closed, failed */
	int64_t at;
};
typedef enum err (*ticket_fn)(void *ctx, const struct ticket_row *row);
enum err ticket_list(struct incidents *all, int64_t incident, ticket_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));

#endif
