/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on users.db with their values, and its transactions. */
/* tested by: test/unit/user/test_users.c */
/* exports: users_ */
#include "user/internal.h"

void
users_bind(struct db_stmt *st, const struct users_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct users_arg *a = &args[i];

		if (a->type == USERS_INT)
			db_bind_int(st, (int)i + 1, a->i);
		else if (a->type == USERS_TEXT)
			db_bind_str(st, (int)i + 1, a->s);
		else
			db_bind_blob(st, (int)i + 1, a->s);
	}
}

enum err
users_run(struct users *u, const char *sql, const struct users_arg *args, size_t n,
    int64_t *ret_changes, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(u->db, sql, &st, why);

	if (e != OK)
		return e;
	users_bind(st, args, n);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && ret_changes != NULL)
		*ret_changes = db_changes(u->db);
	return e;
}

enum err
users_query(struct users *u, const char *sql, const struct users_arg *args, size_t n,
    enum err (*fn)(void *ctx, struct db_stmt *row), void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool row = true;
	enum err e = db_prepare(u->db, sql, &st, why);

	if (e != OK)
		return e;
	users_bind(st, args, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		e = fn(ctx, st);
	db_finalize(st);
	return e;
}

static enum err
first_number(void *ctx, struct db_stmt *row)
{
	*(int64_t *)ctx = db_int(row, 0);
	return OK;
}

enum err
users_number(struct users *u, const char *sql, const struct users_arg *args, size_t n, int64_t *ret,
    struct diag *why)
{
	*ret = 0;
	return users_query(u, sql, args, n, first_number, ret, why);
}

enum err
users_begin(struct users *u, struct diag *why)
{
	return db_exec(u->db, "BEGIN IMMEDIATE", why);
}

enum err
users_end(struct users *u, enum err e, struct diag *why)
{
	if (e == OK)
		e = db_exec(u->db, "COMMIT", why);
	if (e != OK && db_exec(u->db, "ROLLBACK", NULL) != OK)
		return e;
	return e;
}
