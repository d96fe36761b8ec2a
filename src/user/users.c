/* SPDX-License-Identifier: Apache-2.0 */
/* users.db: its schema, and the people in it. */
#include "user/users.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "user/internal.h"
#include "user/sessions.h"

/* Written once, added to at the end: each entry leads one version on. */
static const char *const schema[] = {
	"CREATE TABLE users(name TEXT PRIMARY KEY, role TEXT NOT NULL,"
	" disabled INTEGER NOT NULL DEFAULT 0, hash TEXT NOT NULL DEFAULT '',"
	" created INTEGER NOT NULL, last_login INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
	"CREATE TABLE sessions(digest BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,"
	" created INTEGER NOT NULL, seen INTEGER NOT NULL, ip TEXT NOT NULL,"
	" agent TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX sessions_user ON sessions(user, created);"
	"CREATE TABLE invites(digest BLOB PRIMARY KEY, user TEXT NOT NULL UNIQUE,"
	" expires INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE tokens(digest BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE, by TEXT NOT NULL, scopes INTEGER NOT NULL,"
	" created INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" last_used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
	"CREATE TABLE places(user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,"
	" place TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY(user, place)) WITHOUT ROWID;"
	"CREATE TABLE facts(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
};

void
users_close(struct users *u)
{
	if (u == NULL)
		return;
	db_finalize(u->session);
	db_finalize(u->token);
	db_close(u->db);
	free(u);
}

enum err
users_open(const char *path, struct users **ret, struct diag *why)
{
	struct users *u = MEM_NEW(struct users);
	enum err e = db_open(path, &u->db, why);

	if (e == OK)
		e = db_migrate(u->db, schema, ARRAY_LEN(schema), why);
	if (e == OK)
		e = db_prepare(u->db,
		    "SELECT s.id, s.user, u.role, s.created, s.seen, s.ip, s.agent"
		    " FROM sessions s JOIN users u ON u.name = s.user"
		    " WHERE s.digest = ?1 AND u.disabled = 0",
		    &u->session, why);
	if (e == OK)
		e = db_prepare(u->db,
		    "SELECT id, name, by, scopes, created, expires, last_used"
		    " FROM tokens WHERE digest = ?1",
		    &u->token, why);
	if (e != OK) {
		users_close(u);
		return e;
	}
	*ret = u;
	return OK;
}

struct walk {
	users_fn fn;
	void *ctx;
};

static enum err
read_row(void *ctx, struct db_stmt *st)
{
	const struct walk *w = ctx;
	struct users_row row = { 0 };

	(void)str_to_c(db_str(st, 0), row.name, sizeof(row.name));
	if (!role_find(db_str(st, 1), &row.role))
		row.role = ROLE_VIEWER;
	row.disabled = db_int(st, 2) != 0;
	row.ready = db_int(st, 3) != 0;
	row.created = db_int(st, 4);
	row.last_login = db_int(st, 5);
	row.sessions = (uint64_t)db_int(st, 6);
	row.tokens = (uint64_t)db_int(st, 7);
	return w->fn(w->ctx, &row);
}

/* Everybody for name "". */
static enum err
walk(struct users *u, const char *name, int64_t now, users_fn fn, void *ctx, struct diag *why)
{
	return users_query(u,
	    "SELECT name, role, disabled, hash != '', created, last_login,"
	    " (SELECT count(*) FROM sessions WHERE user = u.name AND seen > ?2 AND created > ?3),"
	    " (SELECT count(*) FROM tokens WHERE by = u.name AND (expires = 0 OR expires > ?4))"
	    " FROM users u WHERE ?1 = '' OR name = ?1 ORDER BY name",
	    USERS_ARGS(ARG_C(name), ARG_INT(now - SESSIONS_IDLE), ARG_INT(now - SESSIONS_LONGEST),
		ARG_INT(now)),
	    read_row, &(struct walk){ fn, ctx }, why);
}

enum err
users_list(struct users *u, int64_t now, users_fn fn, void *ctx, struct diag *why)
{
	return walk(u, "", now, fn, ctx, why);
}

static enum err
keep(void *ctx, const struct users_row *row)
{
	*(struct users_row *)ctx = *row;
	return OK;
}

static enum err
unknown(const char *name, struct diag *why)
{
	return err_set(why, FAIL_NOT_FOUND, "there is no user %s", name);
}

enum err
users_get(struct users *u, struct str name, int64_t now, struct users_row *ret, struct diag *why)
{
	struct users_row row = { 0 };
	char key[NAME_SIZE];
	enum err e = name_read(name, key, why);

	if (e == OK)
		e = walk(u, key, now, keep, &row, why);
	if (e == OK && row.name[0] == '\0')
		e = unknown(key, why);
	if (e == OK)
		*ret = row;
	return e;
}

/* Admins who can log in, `name` not counted. */
static enum err
other_admins(struct users *u, const char *name, int64_t *ret, struct diag *why)
{
	return users_number(u,
	    "SELECT count(*) FROM users"
	    " WHERE role = 'admin' AND disabled = 0 AND hash != '' AND name != ?1",
	    USERS_ARGS(ARG_C(name)), ret, why);
}

bool
users_need_admin(struct users *u)
{
	int64_t n = 0;

	return other_admins(u, "", &n, NULL) != OK || n == 0;
}

enum err
users_add(struct users *u, struct str name, enum role role, int64_t now, struct diag *why)
{
	char key[NAME_SIZE];
	int64_t n = 0;
	enum err e = name_read(name, key, why);

	if (e == OK)
		e = users_begin(u, why);
	if (e != OK)
		return e;
	e = users_number(u, "SELECT count(*) FROM users", NULL, 0, &n, why);
	if (e == OK && n >= USERS_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d users already", USERS_MAX);
	if (e == OK)
		e = users_run(u, "INSERT INTO users(name, role, created) VALUES(?1, ?2, ?3)",
		    USERS_ARGS(ARG_C(key), ARG_C(role_word(role)), ARG_INT(now)), NULL, why);
	if (e == FAIL_EXISTS)
		e = err_set(why, FAIL_EXISTS, "there is a user %s already", key);
	return users_end(u, e, why);
}

static enum err
end_sessions(struct users *u, const char *name, struct diag *why)
{
	return users_run(u, "DELETE FROM sessions WHERE user = ?1", USERS_ARGS(ARG_C(name)), NULL,
	    why);
}

/* The only admin who can log in must not cease to be one. */
static enum err
check_last(struct users *u, const struct users_row *row, struct diag *why)
{
	int64_t others = 0;
	enum err e;

	if (row->role != ROLE_ADMIN || row->disabled || !row->ready)
		return OK;
	e = other_admins(u, row->name, &others, why);
	if (e == OK && others == 0)
		e = err_set(why, FAIL_DENIED,
		    "%s is the last admin who can log in: make another one first", row->name);
	return e;
}

enum err
users_set(struct users *u, struct str name, const enum role *role, const bool *disabled,
    struct diag *why)
{
	struct users_row row, was;
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	e = users_get(u, name, 0, &was, why);
	row = was;
	if (e == OK && role != NULL)
		row.role = *role;
	if (e == OK && disabled != NULL)
		row.disabled = *disabled;
	if (e != OK || (row.role == was.role && row.disabled == was.disabled))
		return users_end(u, e, why);
	if (row.role != ROLE_ADMIN || row.disabled)
		e = check_last(u, &was, why);
	if (e == OK)
		e = users_run(u, "UPDATE users SET role = ?2, disabled = ?3 WHERE name = ?1",
		    USERS_ARGS(ARG_C(row.name), ARG_C(role_word(row.role)), ARG_INT(row.disabled)),
		    NULL, why);
	if (e == OK)
		e = end_sessions(u, row.name, why);
	return users_end(u, e, why);
}

enum err
users_delete(struct users *u, struct str name, struct diag *why)
{
	static const char *const statements[] = { "DELETE FROM users WHERE name = ?1",
		"DELETE FROM invites WHERE user = ?1" };
	struct users_row row;
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	e = users_get(u, name, 0, &row, why);
	if (e == OK)
		e = check_last(u, &row, why);
	for (size_t i = 0; i < ARRAY_LEN(statements) && e == OK; i++)
		e = users_run(u, statements[i], USERS_ARGS(ARG_C(row.name)), NULL, why);
	return users_end(u, e, why);
}

static enum err
copy_hash(void *ctx, struct db_stmt *st)
{
	(void)str_to_c(db_str(st, 0), ctx, GATE_HASH_SIZE);
	return OK;
}

enum err
users_hash(struct users *u, const char *name, char to[GATE_HASH_SIZE], struct diag *why)
{
	to[0] = '\0';
	return users_query(u, "SELECT hash FROM users WHERE name = ?1 AND disabled = 0",
	    USERS_ARGS(ARG_C(name)), copy_hash, to, why);
}

enum err
users_set_hash(struct users *u, const char *name, const char *hash, struct diag *why)
{
	int64_t changed = 0;
	enum err e = users_begin(u, why);

	if (e != OK)
		return e;
	e = users_run(u, "UPDATE users SET hash = ?2 WHERE name = ?1",
	    USERS_ARGS(ARG_C(name), ARG_C(hash)), &changed, why);
	if (e == OK && changed == 0)
		e = unknown(name, why);
	if (e == OK)
		e = end_sessions(u, name, why);
	if (e == OK)
		e = users_run(u, "DELETE FROM invites WHERE user = ?1", USERS_ARGS(ARG_C(name)),
		    NULL, why);
	return users_end(u, e, why);
}

bool
users_familiar(struct users *u, const char *name, const char *place)
{
	int64_t n = 0;

	return users_number(u, "SELECT count(*) FROM places WHERE user = ?1 AND place = ?2",
		   USERS_ARGS(ARG_C(name), ARG_C(place)), &n, NULL) == OK &&
	       n != 0;
}

enum err
users_fact_set(struct users *u, const char *key, struct str value, struct diag *why)
{
	return users_run(u,
	    "INSERT INTO facts VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET"
	    " value = ?2",
	    USERS_ARGS(ARG_C(key), ARG_STR(value)), NULL, why);
}

struct fact {
	char *to;
	size_t size;
};

static enum err
copy_fact(void *ctx, struct db_stmt *st)
{
	const struct fact *f = ctx;

	(void)str_to_c(db_str(st, 0), f->to, f->size);
	return OK;
}

void
users_fact(struct users *u, const char *key, char *to, size_t size)
{
	to[0] = '\0';
	if (users_query(u, "SELECT value FROM facts WHERE key = ?1", USERS_ARGS(ARG_C(key)),
		copy_fact, &(struct fact){ to, size }, NULL) != OK)
		to[0] = '\0';
}
