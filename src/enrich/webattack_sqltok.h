/* SQL of any dialect, in lower case, as tokens: what stands where matters, not what it says. */
#ifndef ENRICH_WEBATTACK_SQLTOK_H
#define ENRICH_WEBATTACK_SQLTOK_H

#include "base/str.h"

#define WEBATTACK_SQLTOK_MAX 256U /* tokens looked at */

enum webattack_sqltok_kind {
	SQL_END = 0,
	SQL_WORD = 1, /* a name; also [name] and `name` */
	SQL_NUM,
	SQL_STR,
	SQL_VAR,   /* @x, @@x, :x, ? */
	SQL_CONST, /* null, true, current_user ... */
	SQL_FUNC,  /* a name right before '(' */
	SQL_RISKY, /* a function that injections call: sleep, extractvalue ... */
	SQL_SYS,   /* a name of a database's own: information_schema, pg_user ... */
	SQL_LOGIC, /* and, or, xor, && */
	SQL_NOT,
	SQL_CMP, /* =, <>, like ... */
	SQL_IS,  /* is, in, between: words of English, too */
	SQL_OP,  /* + - * / || ... */
	SQL_SET, /* union, intersect, except */
	SQL_ALL, /* all, distinct */
	SQL_SELECT,
	SQL_STMT,   /* other words a statement begins with */
	SQL_CLAUSE, /* where, having, from, on, limit, into ... */
	SQL_ORDER,  /* order, group */
	SQL_BY,
	SQL_AS,
	SQL_CASE,
	SQL_WHEN, /* when, then, else */
	SQL_CASE_END,
	SQL_PROSE, /* the, an, please ...: nothing that SQL has */
	SQL_LP,
	SQL_RP,
	SQL_COMMA,
	SQL_SEMI,
	SQL_COMMENT, /* to the end of the line, or one that is not closed */
	SQL_OTHER
};

struct webattack_sqltok {
	uint8_t kind; /* enum webattack_sqltok_kind */
	bool open;    /* SQL_STR: not closed; SQL_COMMENT: nothing but a short word behind it */
	bool tight;   /* no blank before it */
	struct str text;
};

/*
 * Tokens of `s`; with `quote` (' or ") it begins inside such a string, which is the first token.
 * ret[count] is SQL_END.  At most WEBATTACK_SQLTOK_MAX - 1 are made.
 */
size_t webattack_sqltok(struct str s, char quote, struct webattack_sqltok *ret) NONNULL;

#endif
