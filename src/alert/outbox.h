/*
 * The outbox: one row for each alert and channel, written in the transaction
 * of the alert and kept until the channel took it or it is a dead letter.
 * Delivery is at least once; `key` is the same at every attempt.  That an alert
 * was taken on or closed is never sent before that it was raised (alert/tell.h).
 *
 *   pending -> sending    outbox_claim()
 *   sending -> sent, pending again later, or dead    outbox_result()
 *   sending -> pending    outbox_recover(), at start: whoever sent is gone
 *   dead -> pending       outbox_resend(), by a person
 *
 * Nothing here reads a clock or draws a random number.
 */
#ifndef ALERT_OUTBOX_H
#define ALERT_OUTBOX_H

#include "alert/alerts.h"

/*
 * ALERT ID "-" CHANNEL, or that and "-" what sets it apart: no dot, for signatures of webhooks set
 * their parts off by these.
 */
#define OUTBOX_KEY_SIZE 160
#define OUTBOX_PERSON_SIZE 65
#define OUTBOX_ADDRESS_SIZE 257
#define OUTBOX_NAME_SIZE 41
#define OUTBOX_DETAIL_MAX 500  /* bytes kept of what a receiver said */
#define OUTBOX_ATTEMPTS_MAX 10 /* then dead */
/* Failures in a row after which a channel is tried by one message at a time. */
#define OUTBOX_DOWN 5

enum outbox_state { OUTBOX_PENDING, OUTBOX_SENDING, OUTBOX_SENT, OUTBOX_DEAD, OUTBOX_STATES };

/* What a message says: an alert was raised, taken on, closed; or a bundle of alerts. */
enum outbox_event { OUTBOX_RAISE, OUTBOX_ACK, OUTBOX_RESOLVE, OUTBOX_BUNDLE, OUTBOX_EVENTS };

struct outbox_order {
	struct str alert_id, channel; /* of OUTBOX_BUNDLE the bundle's id */
	enum outbox_event event;
	enum alerts_severity severity;
	struct str person, address; /* whom it is for, where the channel alone does not say; "" */
	struct str apart; /* "": the one message of this alert and channel; [A-Za-z0-9_-] */
};
/*
 * In a transaction of the caller.  With a key that is there already nothing is added.
 * FAIL_NOT_FOUND: no such channel, or it is off.
 */
enum err outbox_add(struct alerts *a, const struct outbox_order *o, int64_t due, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 2)));
const char *outbox_event_word(enum outbox_event e);
bool outbox_event_find(struct str word, enum outbox_event *ret);

struct outbox_job {
	int64_t id;
	char alert_id[ALERTS_ID_SIZE];
	char channel[OUTBOX_NAME_SIZE];
	char key[OUTBOX_KEY_SIZE];
	enum outbox_event event;
	char person[OUTBOX_PERSON_SIZE], address[OUTBOX_ADDRESS_SIZE]; /* "": as the channel says */
	unsigned attempt;                                              /* 1 the first */
	int64_t created;
};

/* All rows that were being sent are due again.  Once, before the first claim. */
enum err outbox_recover(struct alerts *a, struct diag *why);

/*
 * Takes due rows of enabled channels, at most `max` in all and as many of a channel as leave it
 * with no more than `per_channel` being sent: the most urgent alerts first, then the oldest.  A
 * channel that is down (OUTBOX_DOWN) gets one, when its pause is over.
 */
enum err outbox_claim(struct alerts *a, unsigned per_channel, int64_t now, struct outbox_job *jobs,
    size_t max, size_t *ret_n, struct diag *why);
/*
 * When outbox_claim() is worth calling again, should nothing change before: the earliest time that
 * a row of an enabled channel is due (may be past); INT64_MAX when none waits.
 */
enum err outbox_next(struct alerts *a, int64_t *ret, struct diag *why);

enum outbox_verdict {
	OUTBOX_OK,
	OUTBOX_RETRY, /* it may work later */
	OUTBOX_NEVER  /* the receiver refuses this message for good */
};
struct outbox_result {
	int64_t id;
	enum outbox_verdict verdict;
	int64_t after;     /* of OUTBOX_RETRY: ns the receiver asks to wait; 0: it said nothing */
	int64_t ms;        /* the attempt took */
	struct str detail; /* "250 2.0.0 Ok", "connection refused" ... */
};
struct outbox_policy {
	double scale;    /* of all waiting times: 1; tests use less */
	uint64_t random; /* for the jitter: a new one for each call */
};
/* Of a row that is not being sent (any more): FAIL_NOT_FOUND, nothing changes. */
enum err outbox_result(struct alerts *a, const struct outbox_result *r,
    const struct outbox_policy *p, int64_t now, struct diag *why);
/* Several in one transaction; one that is not being sent any more is left out. */
enum err outbox_results(struct alerts *a, const struct outbox_result *r, size_t n,
    const struct outbox_policy *p, int64_t now, struct diag *why);
/* ns until attempt `failed` + 1: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h, each by 0.8 to 1.2. */
int64_t outbox_wait(unsigned failed, const struct outbox_policy *p);

struct outbox_row { /* borrowed during the call of an outbox_row_fn */
	int64_t id;
	struct str alert_id, channel, key, last_error, person, address;
	enum outbox_event event;
	enum outbox_state state;
	unsigned attempts;
	int64_t next; /* of pending */
	int64_t created, sent, ms;
};
struct outbox_filter {
	bool by_state;
	enum outbox_state state;
	struct str channel, alert_id; /* p NULL: any */
	int64_t before;               /* only ids below: the next page; 0: from the newest */
	unsigned limit;               /* 0: 100 */
};
typedef enum err (*outbox_row_fn)(void *ctx, const struct outbox_row *row);
/* Newest first. */
enum err outbox_list(struct alerts *a, const struct outbox_filter *f, outbox_row_fn fn, void *ctx,
    struct diag *why);
enum err outbox_get(struct alerts *a, int64_t id, outbox_row_fn fn, void *ctx, struct diag *why);

/*
 * A dead letter becomes due with all its attempts before it; a pending one becomes due now.
 * FAIL_NOT_FOUND, FAIL_DENIED: it was sent, is being sent, or its channel is gone.
 */
enum err outbox_resend(struct alerts *a, int64_t id, int64_t now, struct diag *why);
/* All dead letters, of one channel or (p NULL) of every channel there is. */
enum err outbox_resend_all(struct alerts *a, struct str channel, int64_t now, uint64_t *ret_n,
    struct diag *why);

struct outbox_counts {
	uint64_t pending, sending, dead;
};
enum err outbox_counts(struct alerts *a, struct outbox_counts *ret, struct diag *why);
const char *outbox_state_word(enum outbox_state s);
bool outbox_state_find(struct str word, enum outbox_state *ret);

#endif
