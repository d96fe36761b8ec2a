/*
 * Pages: an alert walks the steps of an escalation policy until somebody takes
 * it on.  A page is begun in the transaction of its alert; each step is one
 * transaction with the messages it sends and the receipts of whom it told, so
 * that none is lost and none is sent twice, wherever a crash comes.  Who is to
 * be told is not known here: app/pager.h asks src/oncall.
 *
 * The database itself stops a page when its alert is closed and holds it when
 * the alert is taken on; a message of it that still waits is taken back.
 */
#ifndef ALERT_PAGE_H
#define ALERT_PAGE_H

#include "alert/alerts.h"
#include "alert/outbox.h"

#define PAGE_POLICY_SIZE 41 /* as names of channels */
#define PAGE_CODE_SIZE 12   /* of a short link */
#define PAGE_NOTE_MAX 300   /* bytes */
#define PAGE_CALLS_MAX 64   /* of one step */

enum page_state {
	PAGE_RUNNING,
	PAGE_HELD,       /* taken on: only steps that want it resolved go on */
	PAGE_ENDED,      /* taken on or closed */
	PAGE_UNANSWERED, /* every step is over, all channels were told, nobody answered */
	PAGE_STATES
};
const char *page_state_word(enum page_state s);

/*
 * The alert begins to walk the steps of `policy`, the first at `now`.  In a transaction of the
 * caller; while it walks them already nothing changes.  FAIL_STORE.
 */
enum err page_begin(struct alerts *a, struct str alert_id, struct str policy, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));
/* The same in a transaction of its own. */
enum err page_start(struct alerts *a, struct str alert_id, struct str policy, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));

struct page { /* texts are borrowed during the call of a page_fn */
	int64_t id;
	char alert_id[ALERTS_ID_SIZE];
	char policy[PAGE_POLICY_SIZE];
	enum page_state state;
	enum alerts_severity severity; /* of the alert, as of now */
	unsigned step, round;          /* the step that is next; rounds from 0 */
	unsigned level;                /* reached so far, 1 to 4; 0: nobody was told */
	int64_t base;                  /* ns; the times of the steps count from here */
	int64_t begun, due, ended;     /* ended 0: not */
	struct str by;                 /* who ended or held it, "" nobody */
	struct str why;                /* how: a status, "nobody answered" */
};
typedef enum err (*page_fn)(void *ctx, const struct page *p);

struct page_filter {
	struct str alert_id; /* p NULL: any */
	int64_t before;      /* ids below; 0: from the newest */
	unsigned limit;      /* 0: 100 */
};
/* Newest first. */
enum err page_list(struct alerts *a, const struct page_filter *f, page_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* Running and held ones that are due, the longest overdue first; at most `max`. */
enum err page_due(struct alerts *a, int64_t now, struct page *ret, size_t max, size_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 3, 5)));
/* When the next one is due, may be past; INT64_MAX when none is. */
enum err page_next(struct alerts *a, int64_t *ret, struct diag *why) __attribute__((nonnull(1, 2)));

#endif
