/* What the files of this layer share. */
#ifndef ALERT_INTERNAL_H
#define ALERT_INTERNAL_H

#include "alert/alerts.h"
#include "base/buf.h"
#include "base/db.h"

struct alerts {
	struct db *db;
	struct db_stmt *insert, *bump, *find, *position, *history, *channels, *rev, *silences;
	uint8_t ack_key[32];
	alerts_whom_fn whom; /* NULL: nobody knows */
	void *whom_ctx;
	struct routing *routing; /* NULL: without routes */
};

/* rows.c: what a SELECT of ROWS_COLUMNS returns. */
#define ROWS_COLUMNS                                                                               \
	"id, rule_id, title, severity, tags, advice, group_key, summary, status, owner, reason,"   \
	" status_by, status_note, first_ns, last_ns, created_ns, updated_ns, count, rev, "         \
	"comments, demo, evidence, confidence, action, details, affected, acked_ns, closed_ns, "   \
	"quiet, breached_ns"
enum err rows_each(struct db_stmt *st, alerts_row_fn fn, void *ctx, struct diag *why);

/* txn.c: BEGIN IMMEDIATE; and its end: COMMIT when `e` is OK, else ROLLBACK.  Returns `e`. */
enum err txn_begin(struct alerts *a, struct diag *why);
enum err txn_end(struct alerts *a, enum err e, struct diag *why);
/* The next `n` numbers of changes: *ret_first and on.  In a transaction. */
enum err txn_revs(struct alerts *a, uint64_t n, uint64_t *ret_first, struct diag *why);
/* One statement with at most two texts; for what is rare. */
enum err txn_run(struct alerts *a, const char *sql, struct str one, struct str two,
    struct diag *why);
/* The number that a query with at most one text yields; 0 when it yields none. */
enum err txn_number(struct alerts *a, const char *sql, struct str one, int64_t *ret,
    struct diag *why);

struct txn_entry { /* a line of history */
	struct str alert_id, from, to, by, note, action, reason;
};
enum err txn_history(struct alerts *a, const struct txn_entry *e, int64_t now, struct diag *why);

/* where.c: a filter as SQL. */
struct where {
	struct buf sql; /* all conditions behind each other: " WHERE ..." */
	const char *index;
	char pattern[600]; /* of the text, for LIKE; length below */
	size_t pattern_n;
};
void where_init(struct where *w, const struct alerts_filter *f);
void where_fini(struct where *w); /* for AUTO */
/* Values of its parameters, ?1 to ?9, ?20 and ?21; ?10 to ?19 are the caller's. */
void where_bind(const struct where *w, const struct alerts_filter *f, struct db_stmt *st);
/* "SELECT n, last_ns, id ... LIMIT ?10" of the filter, in the order of lists. */
void where_keys(const struct alerts_filter *f, struct buf *to);

#endif
