/*
 * SQL text as tokens, only as far as rewriting short forms needs: what is a
 * word, a string, a comment.  DuckDB alone decides what a statement means.
 */
#ifndef STORE_SQLTOK_H
#define STORE_SQLTOK_H

#include "base/buf.h"
#include "base/vec.h"

enum sqltok_kind {
	SQLTOK_WORD,   /* name or key word */
	SQLTOK_NAME,   /* "quoted name" */
	SQLTOK_STRING, /* 'text', E'text', $$text$$ */
	SQLTOK_NUMBER,
	SQLTOK_SIGN /* one character of anything else */
};

struct sqltok {
	enum sqltok_kind kind;
	bool spaced; /* blanks or a comment stood before it */
	struct str text;
};

struct sqltok_list {
	VEC(struct sqltok) t;
};

#define SQLTOK_MAX 65536 /* tokens of one statement */

/*
 * Splits `sql`; the tokens borrow from it.  Comments are left out: -- and
 * nested slash-star ones, and lines that begin with "# ".  False when it does not end
 * properly or is too long: then nothing is to be done to it.
 */
bool sqltok_split(struct str sql, struct sqltok_list *ret) __attribute__((nonnull(2)));
void sqltok_free(struct sqltok_list *l); /* NULL is fine */

/* Caseless comparison of a word with a key word. */
bool sqltok_is(const struct sqltok *t, const char *word) NONNULL;
bool sqltok_sign(const struct sqltok *t, char c) NONNULL;

/* Appends the token, with a blank before it if there was something. */
void sqltok_put(const struct sqltok *t, struct buf *to) NONNULL;

#endif
