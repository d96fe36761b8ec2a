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
#include "alert/brake.h"
#include "alert/outbox.h"

#define PAGE_POLICY_SIZE 41 /* as names of channels */
#define PAGE_CODE_SIZE 12   /* of a short link */
#define PAGE_NOTE_MAX 300   /* bytes */
#define PAGE_CALLS_MAX 64   /* of one step */

enum page_state {
	PAGE_RUNNING,
	PAGE_HELD,       /* taken on: only steps that want it resolved go on */
	PAGE_ENDED,      /* taken on or closed */
	PAGE_SILENCED,   /* a silence was made since; it goes on when that ends or breaks */
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
	struct str why, note;          /* how: a status, "nobody answered"; the words given */
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

/* Is a channel of use?  DOWN: it failed some times in a row. */
enum page_channel { PAGE_CHANNEL_OK, PAGE_CHANNEL_DOWN, PAGE_CHANNEL_OFF };
enum err page_channel(struct alerts *a, struct str name, enum page_channel *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

/* What became of a call.  TOLD: its message is in the outbox. */
enum page_told {
	PAGE_TOLD,
	PAGE_SKIPPED, /* its channel is off or down: the next contact was told in its place */
	PAGE_FAILED,  /* its message did not arrive: the next contact was told */
	PAGE_BACK,    /* not sent any more: somebody had answered */
	PAGE_NOBODY,  /* there was nobody to call */
	PAGE_SUMMARY, /* too many at once: it is a line of one message for all of them */
	PAGE_TOLDS
};
const char *page_told_word(enum page_told t);

struct page_order { /* one line of a step: a message, or that there is none */
	struct str person, channel, address, note;
	unsigned contact;            /* of the person, from 0 */
	unsigned step, round, level; /* that it is part of */
	enum page_told told;         /* TOLD, SKIPPED or NOBODY */
	int64_t due;                 /* of the message, ns */
	bool night;                  /* where they are it is before seven */
	bool plain; /* the alert's own message to that channel: once, whoever sends it */
	char code[PAGE_CODE_SIZE]; /* of its short link; random */
};

struct page_move { /* from how a page was read to how it is then */
	int64_t id;
	enum page_state was;
	unsigned was_step, was_round;
	int64_t failed;            /* a call whose message did not arrive; 0 none */
	struct page_order *orders; /* `told` becomes PAGE_SUMMARY of those that are held */
	size_t n;
	struct brake brake; /* of what each of them gets; see alert/page_brake.h */
	enum page_state state;
	unsigned step, round, level;
	int64_t base, due;
	struct str why; /* of PAGE_ENDED and PAGE_UNANSWERED; "" leaves it */
};
/* One transaction.  FAIL_AGAIN: it is not as it was read, nothing happened. */
enum err page_do(struct alerts *a, const struct page_move *m, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));

struct page_failed {
	int64_t call, page;
	unsigned contact, step, round;
	char person[OUTBOX_PERSON_SIZE];
	char channel[OUTBOX_NAME_SIZE];
};
/*
 * Calls of running pages whose message is dead, has failed twice, or waits for a channel that is
 * down.
 */
enum err page_failures(struct alerts *a, struct page_failed *ret, size_t max, size_t *ret_n,
    struct diag *why) __attribute__((nonnull(1, 2, 4)));
/* As it is now; FAIL_NOT_FOUND. */
enum err page_get(struct alerts *a, int64_t id, page_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* How many calls of this step and round are on their way or arrived. */
enum err page_alive(struct alerts *a, int64_t id, unsigned step, unsigned round, uint64_t *ret,
    struct diag *why) __attribute__((nonnull(1, 5)));

struct page_call { /* a receipt; texts are borrowed during the call of a page_call_fn */
	int64_t id, page, at;
	unsigned level, step, round, contact;
	struct str person, channel, address, note;
	enum page_told told;
	bool night;
	bool sent_known; /* there is a message: */
	enum outbox_state state;
	unsigned attempts;
	int64_t sent, next; /* 0: not */
	struct str answer;  /* what came back: the channel's answer, or its last error */
};
typedef enum err (*page_call_fn)(void *ctx, const struct page_call *c);
/* Of one page, in order. */
enum err page_calls(struct alerts *a, int64_t page, page_call_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

/* Of the message with that key: the code of its short link; "" none. */
enum err page_code(struct alerts *a, struct str key, char ret[PAGE_CODE_SIZE], struct diag *why)
    __attribute__((nonnull(1)));
/* What a short link stands for.  FAIL_NOT_FOUND. */
struct page_link {
	char alert_id[ALERTS_ID_SIZE], channel[OUTBOX_NAME_SIZE], person[OUTBOX_PERSON_SIZE];
	int64_t at;
};
enum err page_link(struct alerts *a, struct str code, struct page_link *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct page_load {
	struct str person;
	uint64_t n,
	    night; /* times they were called since then; of those from 00 to 07 h of theirs */
};
typedef enum err (*page_load_fn)(void *ctx, const struct page_load *l);
enum err page_loads(struct alerts *a, int64_t since, page_load_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct page_counts {
	uint64_t running, held, unanswered, all, calls, silenced;
};
enum err page_counts(struct alerts *a, struct page_counts *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
