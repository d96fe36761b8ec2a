/*
 * Bundles: what is told together.  Alerts are collected in their own
 * transaction, for one channel and slot (a batch window, a daily or weekly
 * digest, what the storm brake holds, what a window hid); when it is due the bundle is closed: its
 * words and its one message (OUTBOX_BUNDLE) are written in one transaction.
 * Everything is in the database, so a restart in between changes nothing.
 *
 * A bundle whose channel is off waits until it is on; is the channel gone, the
 * message goes to every channel that is on and whose min_severity it reaches.
 */
#ifndef ALERT_BUNDLE_H
#define ALERT_BUNDLE_H

#include "alert/alerts.h"
#include "base/buf.h"

#define BUNDLE_KEEP ((int64_t)90 * 86400 * 1000000000) /* closed ones, ns */
#define BUNDLE_LINES 10                                /* rules that its words name */

enum bundle_form {
	BUNDLE_BATCH,
	BUNDLE_DAILY,
	BUNDLE_WEEKLY,
	BUNDLE_STORM,
	BUNDLE_WINDOW, /* what a window of alert/silence.h hid; its slot is "window-ID" */
	BUNDLE_PAGE,   /* what alert/page_brake.h holds, of one contact of a person */
	BUNDLE_FORMS
};
const char *bundle_word(enum bundle_form f);

struct bundle_place {
	struct str channel, slot; /* slot: what tells it from others of the channel */
	enum bundle_form form;
	int64_t due; /* of a new one */
};

/* In a transaction of the caller; an alert is once in a bundle. */
enum err bundle_collect(struct alerts *a, const struct bundle_place *p, struct str alert_id,
    enum alerts_severity severity, int64_t now, struct diag *why) __attribute__((nonnull(1, 2)));
/* The open one of that place; FAIL_NOT_FOUND. */
enum err bundle_at(struct alerts *a, struct str channel, struct str slot, char id[ALERTS_ID_SIZE],
    struct diag *why) __attribute__((nonnull(1, 4)));
/* Begins one that comes though nothing is collected; nothing happens when it is open. */
enum err bundle_begin(struct alerts *a, const struct bundle_place *p, int64_t now, struct diag *why)
    __attribute__((nonnull(1, 2)));

struct bundle { /* texts are borrowed during the call of a bundle_fn */
	struct str id, channel, slot;
	enum bundle_form form;
	int64_t begin, due, closed; /* closed 0: it is being collected */
	uint64_t alerts;
	enum alerts_severity severity; /* the worst */
	struct str title, summary;     /* of a closed one */
};
typedef enum err (*bundle_fn)(void *ctx, const struct bundle *b);
/* Open ones, the next due first, at most `limit`. */
enum err bundle_list(struct alerts *a, unsigned limit, bundle_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* Open ones that this alert is in. */
enum err bundle_of(struct alerts *a, struct str alert_id, bundle_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3)));
enum err bundle_get(struct alerts *a, struct str id, bundle_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 3))); /* FAIL_NOT_FOUND */

/* When the next one can be closed, may be past; INT64_MAX when none waits. */
enum err bundle_next(struct alerts *a, int64_t *ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
/* Closes one that is due, in a transaction of its own; *ret: there was one. */
enum err bundle_close(struct alerts *a, int64_t now, bool *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
/* Forgets those that were closed BUNDLE_KEEP ago. */
enum err bundle_prune(struct alerts *a, int64_t now, struct diag *why) __attribute__((nonnull(1)));

/* bundle_text.c: what it says, from the database as it is now. */
enum err bundle_write(struct alerts *a, const struct bundle *b, struct buf *title,
    struct buf *summary, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

#define BUNDLE_SCHEMA                                                                              \
	"CREATE TABLE bundles(id TEXT PRIMARY KEY, channel TEXT NOT NULL, slot TEXT NOT NULL,"     \
	" form TEXT NOT NULL, begin_ns INTEGER NOT NULL, due_ns INTEGER NOT NULL,"                 \
	" closed_ns INTEGER NOT NULL DEFAULT 0, n INTEGER NOT NULL DEFAULT 0,"                     \
	" rank INTEGER NOT NULL DEFAULT 4, title TEXT NOT NULL DEFAULT '',"                        \
	" summary TEXT NOT NULL DEFAULT '') WITHOUT ROWID;"                                        \
	"CREATE UNIQUE INDEX bundles_open ON bundles(channel, slot) WHERE closed_ns = 0;"          \
	"CREATE INDEX bundles_due ON bundles(due_ns) WHERE closed_ns = 0;"                         \
	"CREATE INDEX bundles_closed ON bundles(closed_ns) WHERE closed_ns <> 0;"                  \
	"CREATE TABLE bundle_items(bundle TEXT NOT NULL, alert TEXT NOT NULL,"                     \
	" PRIMARY KEY(bundle, alert)) WITHOUT ROWID;"                                              \
	"CREATE INDEX bundle_items_alert ON bundle_items(alert);"

#endif
