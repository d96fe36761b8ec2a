/* What the files about silences share. */
#ifndef ALERT_SILENCE_IN_H
#define ALERT_SILENCE_IN_H

#include "alert/internal.h"
#include "alert/silence.h"
#include "base/map.h"

#define SILENCE_DAY ((int64_t)86400 * 1000000000)
#define SILENCE_MINUTE ((int64_t)60 * 1000000000)
#define SILENCE_VALUE 128 /* bytes of a name that a silence knows; longer ones are cut */

/* A row of SELECT SILENCE_COLUMNS. */
#define SILENCE_COLUMNS                                                                            \
	"id, window, rule_id, group_key, user, net, tag, at_most, days, from_min, to_min,"         \
	" offset_min, trips, owner, reason, note, alert_id, start_ns, end_ns, max_hits,"           \
	" created_ns, seen, seen_rank, alerts, events, newest_ns, ended_ns, broken_ns, ended_by,"  \
	" ended_why, broken_why, broken_alert, coalesce((SELECT title FROM alerts"                 \
	" WHERE alerts.rule_id = silences.rule_id AND silences.rule_id <> '' LIMIT 1), '')"
void silence_row(struct db_stmt *st, struct silence *ret) NONNULL;

/* Does it say which alerts, and is that right?  FAIL_SYNTAX. */
enum err silence_check(const struct silence_match *m, struct diag *why) __attribute__((nonnull(1)));

/* Each name that could break a silence; `value` is borrowed during the call. */
typedef enum err (*silence_value_fn)(void *ctx, enum silence_trip kind, struct str value,
    struct diag *why);
enum err silence_values(const struct silence_about *x, silence_value_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 2)));

/* Adds all names of an alert to what silence `id` knows.  In a transaction. */
enum err silence_learn(struct alerts *a, int64_t id, const struct silence_about *x,
    struct diag *why) __attribute__((nonnull(1, 3)));
/* Of every alert of silence_preview(); `ret` says what these were. */
enum err silence_learn_past(struct alerts *a, const struct silence *s, int64_t now,
    struct silence_preview *ret, struct diag *why) __attribute__((nonnull(1, 2, 4)));

/* One message for each channel, of all that window hid after `since`.  In a transaction. */
enum err silence_bundle(struct alerts *a, const struct silence *s, int64_t since, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 2)));

/* A line of the history of a silence; in a transaction. */
enum err silence_log(struct alerts *a, int64_t id, struct str by, const char *action,
    struct str note, int64_t now, struct diag *why) __attribute__((nonnull(1, 4)));

/* Of every alert that people are called for now: does a silence stop that?  In a transaction. */
enum err silence_stop_all(struct alerts *a, int64_t now, struct diag *why);

/* One statement, kept for the next time: in the order of its `n` values, which are texts or, when
 * their p is NULL, the numbers n. */
struct silence_value {
	struct str text;
	int64_t number;
};
#define SILENCE_T(s)                                                                               \
	{                                                                                          \
		.text = (s).p != NULL ? (s) : STR("")                                              \
	}
#define SILENCE_N(v)                                                                               \
	{                                                                                          \
		.number = (v)                                                                      \
	}
enum err silence_run(struct alerts *a, const char *sql, const struct silence_value *v, size_t n,
    struct diag *why) __attribute__((nonnull(1, 2)));

#endif
