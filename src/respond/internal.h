/* What the files of the leases share. */
#ifndef RESPOND_INTERNAL_H
#define RESPOND_INTERNAL_H

#include "base/db.h"
#include "respond/leases.h"

struct leases {
	struct db *db;
	struct db_stmt *rev, *insert, *audit;
	bool inside; /* a transaction of leases_begin() */
};

/* The next number, for a row that changes. */
enum err leases_in_rev(struct leases *l, int64_t *ret, struct diag *why);
/* A line of audit. */
enum err leases_in_audit(struct leases *l, int64_t id, enum lease_state from, enum lease_state to,
    struct str by, struct str result, int64_t now, struct diag *why);

/* Tables of budget.c and arming.c. */
#define BUDGET_SCHEMA                                                                              \
	"CREATE TABLE budget_hits(rule TEXT NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL,"  \
	" at_ns INTEGER NOT NULL, address TEXT NOT NULL, lease INTEGER NOT NULL,"                  \
	" PRIMARY KEY(rule, kind, name)) WITHOUT ROWID;"                                           \
	"CREATE TABLE budget_trips(rule TEXT PRIMARY KEY, at_ns INTEGER NOT NULL,"                 \
	" undone INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;"                           \
	"CREATE TABLE arming(one INTEGER PRIMARY KEY CHECK (one = 1), armed INTEGER NOT NULL,"     \
	" at_ns INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, preview TEXT NOT NULL);" \
	"CREATE TABLE arming_log(id INTEGER PRIMARY KEY AUTOINCREMENT, at_ns INTEGER NOT NULL,"    \
	" what TEXT NOT NULL, rule TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL);"          \
	"CREATE TABLE previews(n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"      \
	" at_ns INTEGER NOT NULL, since_ns INTEGER NOT NULL, policy TEXT NOT NULL,"                \
	" digest TEXT NOT NULL, by TEXT NOT NULL, verdict TEXT NOT NULL, body TEXT NOT NULL);"

#define LEASES_LIVE "('proposed','active','dry-run')"

#endif
