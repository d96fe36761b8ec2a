/* What SQL has at a place, by the kinds of the tokens there. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_sqlread.h"

#define SURE 10U
#define TERMS_MAX 16U /* of one side of a comparison */

#define kind(r, i) webattack_sqlread_kind(r, i)
#define is(r, i, text) webattack_sqlread_is(r, i, text)

size_t
webattack_sqlread_open(const struct webattack_sqlread *r, size_t i)
{
	while (SQL_IN(kind(r, i), SQL_BIT(SQL_LP) | SQL_BIT(SQL_NOT) | SQL_BIT(SQL_OP)) &&
	       !is(r, i, "*"))
		i++;
	return i;
}

size_t
webattack_sqlread_group(const struct webattack_sqlread *r, size_t i)
{
	unsigned depth = 0;

	for (size_t k = i; k < r->n; k++) {
		if (r->t[k].kind == SQL_LP)
			depth++;
		else if (r->t[k].kind == SQL_RP && --depth == 0)
			return k + 1;
	}
	return depth != 0 ? r->n : i + 1;
}

unsigned
webattack_sqlread_list(const struct webattack_sqlread *r, size_t i)
{
	unsigned k, next;

	while (kind(r, i) == SQL_ALL || is(r, i, "top"))
		i++;
	k = kind(r, i);
	next = kind(r, i + 1);
	if (SQL_IN(k,
		SQL_CONSTANTS | SQL_CALLS | SQL_BIT(SQL_CASE) | SQL_BIT(SQL_LP) | SQL_BIT(SQL_SYS)))
		return 3;
	if (k == SQL_OP)
		return is(r, i, "*") || next == SQL_NUM ? 3 : 0;
	if (k == SQL_STMT)
		return next == SQL_LP ? 3 : 0;
	if (k != SQL_WORD)
		return 0;
	if (SQL_IN(next, SQL_BIT(SQL_COMMA) | SQL_BIT(SQL_OP) | SQL_BIT(SQL_AS)) ||
	    is(r, i + 1, "from"))
		return 2;
	return SQL_IN(next, SQL_ENDS | SQL_BIT(SQL_RP)) ? 1 : 0;
}

/* Past an operand: a name, a constant, a call with its arguments. */
static size_t
past_operand(const struct webattack_sqlread *r, size_t i)
{
	return SQL_IN(kind(r, i), SQL_CALLS) ? webattack_sqlread_group(r, i + 1) : i + 1;
}

/* Past one side of a comparison that begins with an operand at i. */
static size_t
past_side(const struct webattack_sqlread *r, size_t i)
{
	i = past_operand(r, i);
	while (kind(r, i) == SQL_RP)
		i++;
	for (unsigned turns = 0; kind(r, i) == SQL_OP && turns < TERMS_MAX; turns++)
		i = past_operand(r, webattack_sqlread_open(r, i + 1));
	while (kind(r, i) == SQL_NOT)
		i++;
	return i;
}

/* `is`, `in` and `between` are English: what follows must be SQL. */
static bool
is_word_comparison(const struct webattack_sqlread *r, size_t i, unsigned right)
{
	return kind(r, i + 1) == SQL_LP || kind(r, i + 1) == SQL_NOT || is(r, i + 1, "null") ||
	       SQL_IN(right, SQL_CONSTANTS);
}

unsigned
webattack_sqlread_comparison(const struct webattack_sqlread *r, size_t i)
{
	size_t j = webattack_sqlread_open(r, i);
	unsigned left = kind(r, j), right, k;

	if (SQL_IN(left, SQL_NESTED) || is(r, j, "exists"))
		return 3;
	if (!SQL_IN(left, SQL_CONSTANTS | SQL_CALLS | SQL_NAMES))
		return 0;
	j = past_side(r, j);
	k = kind(r, j);
	right = kind(r, webattack_sqlread_open(r, j + 1));
	if (!SQL_IN(right, SQL_CONSTANTS | SQL_CALLS | SQL_NAMES | SQL_NESTED))
		return 0;
	if (k != SQL_CMP && !(k == SQL_IS && is_word_comparison(r, j, right)))
		return 0;
	return left != SQL_WORD && right != SQL_WORD ? 3 : 2;
}

/* What must stand behind the first word. */
enum behind {
	B_WORD,   /* `second` */
	B_SET,    /* NAME set NAME = */
	B_END,    /* nothing */
	B_VAR,    /* a variable */
	B_CALL,   /* a call */
	B_RUN,    /* a procedure of the system, a variable or a call */
	B_SECOND, /* `second`, a word later */
};

static const struct {
	const char *first, *second;
	enum behind behind;
	unsigned points;
} statements[] = {
	{ "insert", "into", B_WORD, SURE },
	{ "delete", "from", B_WORD, SURE },
	{ "drop", "table", B_WORD, SURE },
	{ "drop", "database", B_WORD, SURE },
	{ "drop", "schema", B_WORD, SURE },
	{ "drop", "user", B_WORD, SURE },
	{ "drop", "view", B_WORD, SURE },
	{ "alter", "table", B_WORD, SURE },
	{ "alter", "user", B_WORD, SURE },
	{ "create", "table", B_WORD, SURE },
	{ "create", "user", B_WORD, SURE },
	{ "create", "function", B_WORD, SURE },
	{ "create", "or", B_WORD, SURE },
	{ "truncate", "table", B_WORD, SURE },
	{ "waitfor", "delay", B_WORD, SURE },
	{ "waitfor", "time", B_WORD, SURE },
	{ "execute", "immediate", B_WORD, SURE },
	{ "load", "data", B_WORD, SURE },
	{ "backup", "database", B_WORD, SURE },
	{ "attach", "database", B_WORD, SURE },
	{ "grant", "all", B_WORD, SURE },
	{ "exec", "(", B_WORD, SURE },
	{ "execute", "(", B_WORD, SURE },
	{ "if", "(", B_WORD, SURE },
	{ "copy", "(", B_WORD, SURE },
	{ "update", NULL, B_SET, SURE },
	{ "shutdown", NULL, B_END, 8 },
	{ "declare", NULL, B_VAR, SURE },
	{ "set", NULL, B_VAR, 8 },
	{ "begin", NULL, B_CALL, SURE },
	{ "call", NULL, B_CALL, SURE },
	{ "exec", NULL, B_RUN, SURE },
	{ "execute", NULL, B_RUN, SURE },
	{ "handler", "open", B_SECOND, 8 },
};

static bool
stands_behind(const struct webattack_sqlread *r, size_t i, enum behind b, const char *second)
{
	unsigned next = kind(r, i + 1);

	switch (b) {
	case B_WORD:
		return is(r, i + 1, second);
	case B_SET:
		return is(r, i + 2, "set") && kind(r, i + 4) == SQL_CMP;
	case B_END:
		return SQL_IN(next, SQL_ENDS);
	case B_VAR:
		return next == SQL_VAR;
	case B_CALL:
		return SQL_IN(next, SQL_CALLS);
	case B_RUN:
		return SQL_IN(next, SQL_CALLS | SQL_BIT(SQL_SYS) | SQL_BIT(SQL_VAR));
	case B_SECOND:
	default:
		return is(r, i + 2, second);
	}
}

unsigned
webattack_sqlread_statement(const struct webattack_sqlread *r, size_t i)
{
	for (size_t k = 0; k < ARRAY_LEN(statements); k++)
		if (is(r, i, statements[k].first) &&
		    stands_behind(r, i, statements[k].behind, statements[k].second))
			return statements[k].points;
	return 0;
}
