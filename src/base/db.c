/* SPDX-License-Identifier: Apache-2.0 */
/* The only place that knows sqlite3.h. */
#include "base/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#define BUSY_MS 5000

#define STEPS_PER_LOOK 20000 /* of SQLite's machine, between looks at the clock: about 1 ms */

#define IDLE_MAX 32    /* statements kept for who prepares the same text again */
#define IDLE_TEXT 4000 /* bytes of one; longer ones are not kept */

struct db {
	sqlite3 *handle;
	int64_t deadline;
	struct db_stmt *idle[IDLE_MAX]; /* the one finalized last is the last */
	size_t n_idle;
};

struct db_stmt {
	sqlite3_stmt *handle;
	sqlite3 *db;
	struct db *of;
	int failed; /* what the first failed bind said */
};

static enum err
fail(sqlite3 *handle, int code, const char *what, struct diag *why)
{
	enum err e = FAIL_STORE;

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		e = FAIL_AGAIN;
	else if (code == SQLITE_INTERRUPT)
		return err_set(why, FAIL_LIMIT, "%s: it takes too long", what);
	else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		e = FAIL_CORRUPT;
	else if (code == SQLITE_CONSTRAINT)
		switch (sqlite3_extended_errcode(handle)) {
		case SQLITE_CONSTRAINT_UNIQUE:
		case SQLITE_CONSTRAINT_PRIMARYKEY:
		case SQLITE_CONSTRAINT_ROWID:
			e = FAIL_EXISTS;
			break;
		default:
			break;
		}
	return err_set(why, e, "%s: %s", what,
	    handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

static enum err
open_as(const char *path, int flags, const char *setup, struct db **ret, struct diag *why)
{
	struct db *db = MEM_NEW(struct db);
	int code = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
	enum err e;

	if (code == SQLITE_OK) {
		(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
		(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		code = sqlite3_exec(db->handle, setup, NULL, NULL, NULL);
	}
	if (code == SQLITE_OK) {
		*ret = db;
		return OK;
	}
	e = fail(db->handle, code & 0xff, path, why);
	db_close(db);
	return e;
}

enum err
db_open(const char *path, struct db **ret, struct diag *why)
{
	auto_close int fd = -1;
	const bool memory = strcmp(path, DB_MEMORY) == 0;
	/*
	 * SQLite would create it readable for all.  A file that is there is not opened here:
	 * closing it would drop the locks of this process's other connections.
	 */
	enum err e = memory ? OK : fs_open(path, O_RDWR | O_CREAT | O_EXCL, &fd, why);

	if (e != OK && e != FAIL_EXISTS)
		return e;
	fs_closep(&fd);
	return open_as(path, SQLITE_OPEN_READWRITE,
	    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
	    "PRAGMA trusted_schema=OFF",
	    ret, why);
}

enum err
db_open_readonly(const char *path, struct db **ret, struct diag *why)
{
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return err_set(why, FAIL_NOT_FOUND, "%s does not exist", path);
	return open_as(path, SQLITE_OPEN_READONLY,
	    "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; SELECT count(*) FROM sqlite_schema",
	    ret, why);
}

static void
drop(struct db_stmt *st)
{
	(void)sqlite3_finalize(st->handle);
	free(st);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->n_idle; i++)
		drop(db->idle[i]);
	(void)sqlite3_close_v2(db->handle);
	free(db);
}

enum err
db_exec(struct db *db, const char *sql, struct diag *why)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? OK : fail(db->handle, code & 0xff, "SQL", why);
}

static void
finalize(struct db_stmt **st)
{
	db_finalize(*st);
}

static enum err
read_version(struct db *db, int64_t *ret, struct diag *why)
{
	AUTO(finalize) struct db_stmt *st = NULL;
	bool row;
	enum err e = db_prepare(db, "PRAGMA user_version", &st, why);

	if (e == OK)
		e = db_step(st, &row, why);
	if (e == OK)
		*ret = db_int(st, 0);
	return e;
}

/* One step inside an open transaction, unless somebody else did it meanwhile. */
static enum err
migrate_step(struct db *db, const char *step, int64_t from, struct diag *why)
{
	char sql[64];
	int64_t version;
	enum err e = read_version(db, &version, why);

	if (e != OK || version != from)
		return e;
	e = db_exec(db, step, why);
	if (e != OK)
		return e;
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version=%lld", (long long)from + 1);
	return db_exec(db, sql, why);
}

enum err
db_migrate(struct db *db, const char *const *steps, size_t n, struct diag *why)
{
	int64_t version;
	enum err e = read_version(db, &version, why);

	if (e != OK)
		return e;
	if (version < 0 || version > (int64_t)n)
		return err_set(why, FAIL_STORE,
		    "database is of version %lld, this program knows versions up to %zu",
		    (long long)version, n);
	for (int64_t i = version; i < (int64_t)n; i++) {
		e = db_exec(db, "BEGIN IMMEDIATE", why);
		if (e != OK)
			return e;
		e = migrate_step(db, steps[i], i, why);
		if (e == OK)
			e = db_exec(db, "COMMIT", why);
		if (e != OK) {
			(void)!db_exec(db, "ROLLBACK", NULL);
			return e;
		}
	}
	return OK;
}

static struct db_stmt *
take_idle(struct db *db, size_t i)
{
	struct db_stmt *st = db->idle[i];

	db->n_idle--;
	memmove(&db->idle[i], &db->idle[i + 1], (db->n_idle - i) * sizeof(db->idle[0]));
	return st;
}

/* NULL: none is kept of this text. */
static struct db_stmt *
find_idle(struct db *db, const char *sql)
{
	for (size_t i = db->n_idle; i-- > 0;)
		if (strcmp(sqlite3_sql(db->idle[i]->handle), sql) == 0)
			return take_idle(db, i);
	return NULL;
}

/* What some pragmas do they do while they are prepared. */
static bool
may_keep(const struct db_stmt *st)
{
	const char *sql = sqlite3_sql(st->handle);

	return sqlite3_strnicmp(sql, "PRAGMA", 6) != 0 && strlen(sql) <= IDLE_TEXT;
}

enum err
db_prepare(struct db *db, const char *sql, struct db_stmt **ret, struct diag *why)
{
	sqlite3_stmt *handle;
	struct db_stmt *st = find_idle(db, sql);
	int code;

	if (st != NULL) {
		*ret = st;
		return OK;
	}
	code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
	if (code != SQLITE_OK)
		return fail(db->handle, code & 0xff, "SQL", why);
	if (handle == NULL)
		return err_set(why, FAIL_STORE, "SQL: no statement");
	st = MEM_NEW(struct db_stmt);
	st->handle = handle;
	st->db = db->handle;
	st->of = db;
	*ret = st;
	return OK;
}

void
db_finalize(struct db_stmt *st)
{
	struct db *db;

	if (st == NULL)
		return;
	if (!may_keep(st)) {
		drop(st);
		return;
	}
	db_reset(st);
	db = st->of;
	if (db->n_idle == IDLE_MAX)
		drop(take_idle(db, 0));
	db->idle[db->n_idle++] = st;
}

static void
note(struct db_stmt *st, int code)
{
	if (st->failed == SQLITE_OK)
		st->failed = code;
}

void
db_bind_int(struct db_stmt *st, int i, int64_t v)
{
	note(st, sqlite3_bind_int64(st->handle, i, v));
}

void
db_bind_f64(struct db_stmt *st, int i, double v)
{
	note(st, sqlite3_bind_double(st->handle, i, v));
}

void
db_bind_str(struct db_stmt *st, int i, struct str s)
{
	note(st, sqlite3_bind_text64(st->handle, i, s.n != 0 ? s.p : "", s.n, SQLITE_STATIC,
		     SQLITE_UTF8));
}

void
db_bind_blob(struct db_stmt *st, int i, struct str s)
{
	note(st, sqlite3_bind_blob64(st->handle, i, s.n != 0 ? s.p : "", s.n, SQLITE_STATIC));
}

void
db_bind_null(struct db_stmt *st, int i)
{
	note(st, sqlite3_bind_null(st->handle, i));
}

enum err
db_step(struct db_stmt *st, bool *ret_row, struct diag *why)
{
	int code = st->failed;

	if (code == SQLITE_OK)
		code = sqlite3_step(st->handle);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return fail(st->db, code & 0xff, "SQL", why);
	*ret_row = code == SQLITE_ROW;
	return OK;
}

void
db_reset(struct db_stmt *st)
{
	(void)sqlite3_reset(st->handle);
	(void)sqlite3_clear_bindings(st->handle);
	st->failed = SQLITE_OK;
}

enum err
db_run(struct db_stmt *st, struct diag *why)
{
	bool row = true;
	enum err e = OK;

	while (e == OK && row)
		e = db_step(st, &row, why);
	db_reset(st);
	return e;
}

int64_t
db_int(struct db_stmt *st, int column)
{
	return sqlite3_column_int64(st->handle, column);
}

double
db_f64(struct db_stmt *st, int column)
{
	return sqlite3_column_double(st->handle, column);
}

struct str
db_str(struct db_stmt *st, int column)
{
	const char *p = sqlite3_column_blob(st->handle, column);
	int n = sqlite3_column_bytes(st->handle, column);

	return (struct str){ p, p != NULL ? (size_t)n : 0 };
}

bool
db_is_null(struct db_stmt *st, int column)
{
	return sqlite3_column_type(st->handle, column) == SQLITE_NULL;
}

static int
is_late(void *arg)
{
	const struct db *db = arg;

	return clock_mono() >= db->deadline;
}

void
db_deadline(struct db *db, int64_t mono)
{
	db->deadline = mono;
	sqlite3_progress_handler(db->handle, mono != 0 ? STEPS_PER_LOOK : 0,
	    mono != 0 ? is_late : NULL, db);
}

int64_t
db_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}
