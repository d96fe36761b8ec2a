/*
 * Silences: people say that alerts of a kind need not be told of, for a time.
 * An alert that a silence hides is kept, counted and listed like any other; only
 * nobody is told.  A silence breaks by itself when an alert has something that it
 * has not seen before, and that alert is told.  A window is a silence for planned
 * work: once or every week, with a summary at its end.
 */
#ifndef ALERT_SILENCE_H
#define ALERT_SILENCE_H

#include "alert/dispatch.h"
#include "base/buf.h"

#define SILENCE_MAX_SPAN ((int64_t)90 * 86400 * 1000000000)
#define SILENCE_MAX_WEEKLY ((int64_t)366 * 86400 * 1000000000) /* of what comes every week */
#define SILENCE_LOOK_BACK ((int64_t)30 * 86400 * 1000000000)
#define SILENCE_LOOK_MAX 50000 /* alerts that are looked through, the newest */
#define SILENCE_HELD_MAX 200   /* silences that have not ended */
#define SILENCE_KNOWN_MAX 2000 /* names of one kind that a silence knows */
#define SILENCE_TEXT_MAX 1024  /* bytes of a text of it */
#define SILENCE_QUIET_SIZE 40  /* "silence:12" */

enum silence_state {
	SILENCE_WAITING, /* its time has not come, or not again */
	SILENCE_HOLDS,
	SILENCE_BROKEN, /* until it is renewed; a weekly one until it comes again */
	SILENCE_ENDED,
	SILENCE_STATES
};

/* What breaks it when it is new: bits 1 << these. */
enum silence_trip {
	SILENCE_USER, /* as enum affected_kind, but for the addresses */
	SILENCE_TAG,  /* an ATT&CK tag */
	SILENCE_COUNTRY,
	SILENCE_NETWORK,
	SILENCE_SEVERITY, /* higher than any before */
	SILENCE_TRIPS
};
#define SILENCE_ALL_TRIPS ((1U << SILENCE_TRIPS) - 1)

/* All that are not "" must hold. */
struct silence_match {
	struct str rule_id, group;
	struct str user;  /* it has users, and none but this */
	struct str net;   /* it has addresses, and all lie in this address or network */
	struct str tag;   /* it has this tag */
	bool by_severity; /* and is at most as urgent as this: */
	enum alerts_severity at_most;
};

struct silence_weekly {
	unsigned days; /* bits: 1 << 0 Sunday ... 1 << 6 Saturday; 0: not weekly */
	int from, to;  /* minutes of the day; to <= from: into the next day */
	int offset;    /* minutes that its zone is ahead of UTC */
};

struct silence { /* texts are borrowed */
	int64_t id;
	bool window;
	struct silence_match match;
	struct silence_weekly weekly;
	unsigned trips;
	struct str owner, reason;
	struct str note;     /* why it was saved though it hides true positives; "" */
	struct str alert_id; /* it was made from; "" */
	int64_t start, end;
	uint64_t max_hits; /* alerts that it may hide; 0: any number */

	/* Set by this module only. */
	int64_t created;
	uint64_t seen; /* alerts it knew when it was made */
	enum alerts_severity seen_worst;
	uint64_t alerts, events; /* that it hid */
	int64_t newest;          /* event of these; 0: none */
	int64_t ended, broken;   /* when; 0: not */
	struct str rule_title;   /* of its rule, when that has raised alerts */
	struct str ended_by, ended_why, broken_why, broken_alert;
};

/* What is known of an alert. */
struct silence_about {
	struct str rule_id, group, tags, affected;
	enum alerts_severity severity;
};
bool silence_matches(const struct silence_match *m, const struct silence_about *x) NONNULL;
/* Is `t` in its time, and then from when to when?  Whatever became of it. */
bool silence_covers(const struct silence *s, int64_t t, int64_t *ret_from, int64_t *ret_to) NONNULL;
/* The same of the last time that was over at `t`; false: there was none. */
bool silence_before(const struct silence *s, int64_t t, int64_t *ret_from, int64_t *ret_to) NONNULL;
/* When it holds again, or for the first time; 0: never. */
int64_t silence_next(const struct silence *s, int64_t t) NONNULL;
enum silence_state silence_state(const struct silence *s, int64_t now) NONNULL;
const char *silence_state_word(enum silence_state s);
bool silence_state_find(struct str word, enum silence_state *ret);
const char *silence_trip_word(enum silence_trip t);
bool silence_trip_find(struct str word, enum silence_trip *ret);

/* "sun" ...; "02:30"; "+01:00", "Z": days, minutes of the day and offsets of silence_weekly. */
#define SILENCE_CLOCK_SIZE 8
const char *silence_day_word(unsigned day); /* 0 Sunday; NULL past the end */
bool silence_day_find(struct str word, unsigned *ret) __attribute__((nonnull(2)));
bool silence_clock_read(struct str s, int *ret) __attribute__((nonnull(2)));
bool silence_offset_read(struct str s, int *ret) __attribute__((nonnull(2)));
char *silence_clock_text(int minutes, bool sign, char to[SILENCE_CLOCK_SIZE]) NONNULL;

/*
 * Shall nobody be told?  `quiet` is then "silence:ID", else "".  Counts the alert, breaks silences,
 * writes histories and alerts_row.quiet; in the transaction of the caller.
 */
enum err silence_hides(struct alerts *a, const struct dispatch *d, int64_t now,
    char quiet[SILENCE_QUIET_SIZE], struct diag *why) __attribute__((nonnull(1, 2, 4)));
/*
 * What time brings: silences end; windows that are over say what they hid; alerts that are open and
 * at least HIGH, and that nothing hides any more, are told.  Every second or so.  `ret` is how
 * many changed; 500 at most at a time.
 */
enum err silence_tick(struct alerts *a, int64_t now, size_t *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
/*
 * Before people are called once more for an alert that was told: does a silence of since hide it?
 * Its pages are stopped then (alert/page.h).
 */
enum err silence_stop(struct alerts *a, struct str alert_id, int64_t now, bool *ret,
    struct diag *why) __attribute__((nonnull(1, 4)));
/* Adds why an alert is told though somebody silenced it, as a sentence; nothing when nobody did. */
enum err silence_news(struct alerts *a, struct str alert_id, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct silence_preview {
	uint64_t alerts, events,
	    true_positives; /* of the last 30 days, that it would have hidden */
	uint64_t by_severity[ALERTS_SEVERITIES];
	bool complete; /* false: only the newest were looked at */
};
/* `fn` may be NULL; it gets each of them, the newest first.  FAIL_SYNTAX as silence_add(). */
enum err silence_preview(struct alerts *a, const struct silence *s, int64_t now,
    struct silence_preview *ret, alerts_row_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 2, 4)));

/*
 * FAIL_SYNTAX: what is wrong with it.  FAIL_DENIED: it would have hidden true positives, or more
 * than can be looked through, and has no note.  FAIL_LIMIT: too many, or it knows too much.
 */
enum err silence_add(struct alerts *a, const struct silence *s, struct str by, int64_t now,
    int64_t *ret_id, struct diag *why) __attribute__((nonnull(1, 2, 5)));
struct silence_change {           /* what is not given stays */
	struct str owner, reason; /* p NULL: not given */
	int64_t end;              /* 0: not given */
	bool with_max_hits;
	uint64_t max_hits;
	bool renew; /* broken: it holds again, and knows what broke it */
};
/* FAIL_NOT_FOUND, FAIL_SYNTAX, FAIL_DENIED: it has ended. */
enum err silence_set(struct alerts *a, int64_t id, const struct silence_change *c, struct str by,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 3)));
enum err silence_end(struct alerts *a, int64_t id, struct str by, int64_t now, struct diag *why)
    __attribute__((nonnull(1)));

typedef enum err (*silence_fn)(void *ctx, const struct silence *s);
/* Newest first, ids below `before` (0: any), at most `limit`.  Bits of `states`, 0: any. */
enum err silence_list(struct alerts *a, unsigned states, int64_t before, unsigned limit,
    int64_t now, silence_fn fn, void *ctx, struct diag *why) __attribute__((nonnull(1, 6)));
enum err silence_get(struct alerts *a, int64_t id, silence_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));

struct silence_entry { /* of its history */
	int64_t time;
	struct str by; /* "" the program itself */
	struct str action, note;
};
typedef enum err (*silence_entry_fn)(void *ctx, const struct silence_entry *e);
/* Oldest first, the newest 1000. */
enum err silence_history(struct alerts *a, int64_t id, silence_entry_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));

#endif
