/* Structures of SQL at a token: lists, comparisons, statements. */
#ifndef ENRICH_WEBATTACK_SQLREAD_H
#define ENRICH_WEBATTACK_SQLREAD_H

#include "enrich/webattack_sqltok.h"

/* A value while it is read; the tokens belong to the caller. */
struct webattack_sqlread {
	const struct webattack_sqltok *t;
	size_t n, i;
	bool broke;    /* began inside a string, which was closed */
	bool numbered; /* began with a number */
	bool operand;  /* one is expected at i */
	bool compared; /* something, before anything told */
	bool aliased;  /* the last word was an alias already */
	unsigned bad;  /* places where the grammar breaks */
	unsigned points;
};

/* Sets of kinds. */
#define SQL_IN(kind, set) ((((uint64_t)1 << (kind)) & (set)) != 0)
#define SQL_BIT(kind) ((uint64_t)1 << (kind))
#define SQL_CONSTANTS (SQL_BIT(SQL_NUM) | SQL_BIT(SQL_STR) | SQL_BIT(SQL_VAR) | SQL_BIT(SQL_CONST))
#define SQL_CALLS (SQL_BIT(SQL_FUNC) | SQL_BIT(SQL_RISKY))
#define SQL_ENDS (SQL_BIT(SQL_END) | SQL_BIT(SQL_COMMENT) | SQL_BIT(SQL_SEMI))
#define SQL_NAMES (SQL_BIT(SQL_WORD) | SQL_BIT(SQL_SYS))
#define SQL_NESTED (SQL_BIT(SQL_SELECT) | SQL_BIT(SQL_CASE))

static inline unsigned
webattack_sqlread_kind(const struct webattack_sqlread *r, size_t i)
{
	return i < r->n ? r->t[i].kind : SQL_END;
}
static inline bool
webattack_sqlread_is(const struct webattack_sqlread *r, size_t i, const char *text)
{
	return i < r->n && str_eq(r->t[i].text, str_c(text));
}

/* Past signs, parentheses and `not`. */
size_t webattack_sqlread_open(const struct webattack_sqlread *r, size_t i) NONNULL;
/* Past the parenthesis that opens at i, or i + 1. */
size_t webattack_sqlread_group(const struct webattack_sqlread *r, size_t i) NONNULL;
/* How much what stands behind `select` looks like a list: 3 surely, 2 rather, 1 perhaps, 0 not. */
unsigned webattack_sqlread_list(const struct webattack_sqlread *r, size_t i) NONNULL;
/* Does what begins at i, behind `and` or `where`, compare? 3 constants, 2 anything, 0 nothing. */
unsigned webattack_sqlread_comparison(const struct webattack_sqlread *r, size_t i) NONNULL;
/* Points for a statement that begins at i; `select` is none here. */
unsigned webattack_sqlread_statement(const struct webattack_sqlread *r, size_t i) NONNULL;

#endif
