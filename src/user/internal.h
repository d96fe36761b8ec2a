/* What the files over users.db share. */
#ifndef USER_INTERNAL_H
#define USER_INTERNAL_H

#include "base/db.h"
#include "user/users.h"

struct users {
	struct db *db;
	struct db_stmt *session, *token; /* asked for with each request */
};

/* A value for a parameter of a statement. */
struct users_arg {
	enum { USERS_INT, USERS_TEXT, USERS_BLOB } type;
	struct str s;
	int64_t i;
};
#define ARG_INT(v) ((struct users_arg){ USERS_INT, .i = (int64_t)(v) })
#define ARG_STR(v) ((struct users_arg){ USERS_TEXT, .s = (v) })
#define ARG_C(v) ((struct users_arg){ USERS_TEXT, .s = str_c(v) })
#define ARG_DIGEST(v) ((struct users_arg){ USERS_BLOB, .s = { (const char *)(v), DIGEST_SIZE } })
#define USERS_ARGS(...)                                                                            \
	(const struct users_arg[]){ __VA_ARGS__ },                                                 \
	    sizeof((const struct users_arg[]){ __VA_ARGS__ }) / sizeof(struct users_arg)

/* One statement; ret_changes (may be NULL): rows it changed. */
enum err users_run(struct users *u, const char *sql, const struct users_arg *args, size_t n,
    int64_t *ret_changes, struct diag *why);
/* fn for each row, until it does not return OK. */
enum err users_query(struct users *u, const char *sql, const struct users_arg *args, size_t n,
    enum err (*fn)(void *ctx, struct db_stmt *row), void *ctx, struct diag *why);
void users_bind(struct db_stmt *st, const struct users_arg *args, size_t n);
/* The first column of the first row, 0 when there is none. */
enum err users_number(struct users *u, const char *sql, const struct users_arg *args, size_t n,
    int64_t *ret, struct diag *why);

enum err users_begin(struct users *u, struct diag *why);
/* Commits when e is OK; undoes everything else, and returns e. */
enum err users_end(struct users *u, enum err e, struct diag *why);

#endif
