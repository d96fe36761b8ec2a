/*
 * SQLite, thinly: WAL, synchronous=FULL, foreign keys, one connection per
 * thread.  sqlite3.h stays in db.c.  Statements are prepared once and reused:
 *   db_prepare(db, "INSERT ... VALUES(?1,?2)", &st, why); db_bind_str(st, 1, s);
 *   db_run(st, why);                       one that returns no rows
 *   while (db_step(st, &row, why) == OK && row) db_str(st, 0) ...   (then db_reset(st))
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include "base/err.h"
#include "base/str.h"

struct db;
struct db_stmt;

#define DB_MEMORY ":memory:" /* as path of db_open(): gone with the connection */

/* Creates the file (0600) as needed. */
enum err db_open(const char *path, struct db **ret, struct diag *why);
enum err db_open_readonly(const char *path, struct db **ret, struct diag *why); /* FAIL_NOT_FOUND */
void db_close(struct db *db); /* NULL is fine; its statements must be finalised */

/*
 * One or more statements without parameters.  As all below: FAIL_AGAIN when another connection held
 * its lock for 5 s, FAIL_EXISTS when a unique key is there already, FAIL_CORRUPT when the file is
 * no database, else FAIL_STORE.
 */
enum err db_exec(struct db *db, const char *sql, struct diag *why);
/*
 * Brings the schema up to date: steps[i] leads from user_version i to i+1,
 * each in a transaction.  FAIL_STORE when the file is newer than n.
 */
enum err db_migrate(struct db *db, const char *const *steps, size_t n, struct diag *why);

enum err db_prepare(struct db *db, const char *sql, struct db_stmt **ret, struct diag *why);
/* NULL is fine.  The newest few are kept: preparing the same text again costs next to nothing. */
void db_finalize(struct db_stmt *st);
void db_bind_int(struct db_stmt *st, int i, int64_t v); /* parameters from 1 */
void db_bind_f64(struct db_stmt *st, int i, double v);
void db_bind_str(struct db_stmt *st, int i, struct str s); /* borrowed until db_reset */
void db_bind_blob(struct db_stmt *st, int i, struct str s);
void db_bind_null(struct db_stmt *st, int i);
enum err db_step(struct db_stmt *st, bool *ret_row, struct diag *why);
enum err db_run(struct db_stmt *st, struct diag *why); /* step to the end, reset, unbind */
void db_reset(struct db_stmt *st);
int64_t db_int(struct db_stmt *st, int column); /* columns from 0 */
double db_f64(struct db_stmt *st, int column);
struct str db_str(struct db_stmt *st, int column); /* text or blob; borrowed until the next step */
bool db_is_null(struct db_stmt *st, int column);
/*
 * From now on a statement that is still running at `mono` (clock_mono()) fails with FAIL_LIMIT;
 * 0: none does.  For reading: in a transaction that writes, roll back then.
 */
void db_deadline(struct db *db, int64_t mono);
int64_t db_changes(struct db *db);
int64_t db_last_id(struct db *db);

#endif
