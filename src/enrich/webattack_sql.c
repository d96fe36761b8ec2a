/* Structures of SQL injection over tokens, and what each is worth. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack_sql.h"

#include "enrich/webattack_sqltok.h"

#define SURE 10U

struct reader {
	const struct webattack_sqltok *t;
	size_t n, i;
	bool broke;   /* began inside a string, which was closed */
	bool operand; /* one is expected here */
	unsigned bad; /* places where the grammar breaks */
	bool aliased; /* the last word was an alias already */
	unsigned points;
	bool numbered; /* began with a number */
};

static inline unsigned
kind(const struct reader *r, size_t i)
{
	return i < r->n ? r->t[i].kind : SQL_END;
}

static inline bool
is_symbol(const struct reader *r, size_t i, const char *text)
{
	return i < r->n && str_eq(r->t[i].text, str_c(text));
}

/* Values that are known before any row is read. */
static inline bool
is_constant(unsigned k)
{
	return k == SQL_NUM || k == SQL_STR || k == SQL_VAR || k == SQL_CONST;
}

static inline bool
is_call(unsigned k)
{
	return k == SQL_FUNC || k == SQL_RISKY;
}

static inline bool
is_end(unsigned k)
{
	return k == SQL_END || k == SQL_COMMENT || k == SQL_SEMI;
}

/* Past signs, parentheses and `not`. */
static size_t
skip_open(const struct reader *r, size_t i)
{
	unsigned k;

	while ((k = kind(r, i)) == SQL_LP || k == SQL_NOT || (k == SQL_OP && !is_symbol(r, i, "*")))
		i++;
	return i;
}

/* Past the parenthesis at i, or i + 1. */
static size_t
skip_group(const struct reader *r, size_t i)
{
	unsigned depth = 0;
	size_t k = i;

	for (; k < r->n; k++) {
		if (r->t[k].kind == SQL_LP)
			depth++;
		else if (r->t[k].kind == SQL_RP && --depth == 0)
			return k + 1;
	}
	return depth != 0 ? r->n : i + 1;
}

/* How much the list behind `select` looks like one: 3 surely, 2 rather, 0 not. */
static unsigned
list_quality(const struct reader *r, size_t i)
{
	unsigned k, k2;

	while (kind(r, i) == SQL_ALL || is_symbol(r, i, "top"))
		i++;
	k = kind(r, i);
	if (is_constant(k) || is_call(k) || k == SQL_CASE || is_symbol(r, i, "*") || k == SQL_LP ||
	    k == SQL_SYS || (k == SQL_OP && kind(r, i + 1) == SQL_NUM))
		return 3;
	if (k != SQL_WORD)
		return k == SQL_STMT && kind(r, i + 1) == SQL_LP ? 3 : 0;
	k2 = kind(r, i + 1);
	if (k2 == SQL_COMMA || is_symbol(r, i + 1, "from") || k2 == SQL_OP || k2 == SQL_AS)
		return 2;
	return k2 == SQL_RP || is_end(k2) ? 1 : 0;
}

/* Does what begins at i, behind `and` or `where`, compare? 3 constants, 2 anything, 0 nothing. */
static unsigned
comparison(const struct reader *r, size_t i)
{
	unsigned left, right, k;
	size_t j = skip_open(r, i);

	left = kind(r, j);
	if (kind(r, j) == SQL_SELECT || kind(r, j) == SQL_CASE || is_symbol(r, j, "exists"))
		return 3;
	if (!is_constant(left) && !is_call(left) && left != SQL_WORD && left != SQL_SYS)
		return 0;
	j = is_call(left) ? skip_group(r, j + 1) : j + 1;
	while (kind(r, j) == SQL_RP)
		j++;
	for (unsigned turns = 0; kind(r, j) == SQL_OP && turns < 16; turns++) {
		j = skip_open(r, j + 1);
		j = is_call(kind(r, j)) ? skip_group(r, j + 1) : j + 1;
	}
	while (kind(r, j) == SQL_NOT)
		j++;
	k = kind(r, j);
	if (k != SQL_CMP && k != SQL_IS)
		return 0;
	right = kind(r, skip_open(r, j + 1));
	if (k == SQL_IS && kind(r, j + 1) != SQL_LP && !is_symbol(r, j + 1, "null") &&
	    kind(r, j + 1) != SQL_NOT && !is_constant(right))
		return 0;
	if (!is_constant(right) && !is_call(right) && right != SQL_SELECT && right != SQL_CASE &&
	    right != SQL_WORD && right != SQL_SYS)
		return 0;
	return left != SQL_WORD && right != SQL_WORD ? 3 : 2;
}

/* and, or, xor */
static unsigned
logic(const struct reader *r)
{
	unsigned c = comparison(r, r->i + 1), k;
	size_t j = skip_open(r, r->i + 1);

	/* "true and false = false" is logic, not SQL. */
	if (c == 3)
		return r->broke || kind(r, 0) != SQL_CONST ? SURE : 5;
	if (c == 2)
		return r->broke ? 8 : 3;
	k = kind(r, j);
	if (k == SQL_RISKY)
		return r->broke || r->i > 0 ? SURE : 5;
	if (k == SQL_FUNC)
		return r->broke ? SURE : 3;
	if (!is_constant(k))
		return 0;
	if (r->broke && (is_end(kind(r, j + 1)) || kind(r, j + 1) == SQL_RP))
		return 7;
	return kind(r, j + 1) == SQL_COMMENT ? 7 : 3;
}

static unsigned
set_operation(const struct reader *r)
{
	size_t j = r->i + 1;
	unsigned q;

	while (kind(r, j) == SQL_ALL || kind(r, j) == SQL_LP)
		j++;
	if (is_symbol(r, j, "values") && kind(r, j + 1) == SQL_LP)
		return SURE;
	if (kind(r, j) != SQL_SELECT)
		return 0;
	q = list_quality(r, j + 1);
	return q >= 2 ? SURE : r->broke || r->numbered ? 8 : q == 1 ? 5 : 3;
}

/* Behind a semicolon, or at the very beginning: is this a statement? */
static unsigned
statement(const struct reader *r, size_t i)
{
	static const struct {
		const char *first, *second; /* "": an operand; "(": that */
	} table[] = {
		{ "insert", "into" },
		{ "delete", "from" },
		{ "drop", "table" },
		{ "drop", "database" },
		{ "drop", "schema" },
		{ "drop", "user" },
		{ "drop", "view" },
		{ "alter", "table" },
		{ "alter", "user" },
		{ "create", "table" },
		{ "create", "user" },
		{ "create", "function" },
		{ "create", "or" },
		{ "truncate", "table" },
		{ "waitfor", "delay" },
		{ "waitfor", "time" },
		{ "exec", "(" },
		{ "execute", "(" },
		{ "execute", "immediate" },
		{ "load", "data" },
		{ "backup", "database" },
		{ "attach", "database" },
		{ "grant", "all" },
		{ "if", "(" },
		{ "copy", "(" },
	};
	unsigned next = kind(r, i + 1);

	for (size_t k = 0; k < ARRAY_LEN(table); k++)
		if (is_symbol(r, i, table[k].first) && is_symbol(r, i + 1, table[k].second))
			return SURE;
	if (is_symbol(r, i, "update"))
		return is_symbol(r, i + 2, "set") && kind(r, i + 4) == SQL_CMP ? SURE : 0;
	if (is_symbol(r, i, "shutdown"))
		return is_end(next) ? 8 : 0;
	if (is_symbol(r, i, "declare"))
		return next == SQL_VAR ? SURE : 0;
	if (is_symbol(r, i, "begin") || is_symbol(r, i, "call"))
		return is_call(next) || next == SQL_RISKY ? SURE : 0;
	if (is_symbol(r, i, "exec") || is_symbol(r, i, "execute"))
		return next == SQL_SYS || next == SQL_VAR || is_call(next) ? SURE : 0;
	if (is_symbol(r, i, "handler") || is_symbol(r, i, "set"))
		return is_symbol(r, i + 2, "open") || next == SQL_VAR ? 8 : 0;
	return 0;
}

static unsigned
select_at(const struct reader *r, size_t i)
{
	unsigned q = list_quality(r, i + 1);
	bool inside = i > 0 && kind(r, i - 1) == SQL_LP;

	if (q == 3)
		return inside ? SURE : 5;
	return q == 2 ? inside ? 8 : 4 : 0;
}

static unsigned
clause(const struct reader *r)
{
	unsigned k, more = r->broke ? 3 : 0;

	if (is_symbol(r, r->i, "where") || is_symbol(r, r->i, "having"))
		return comparison(r, r->i + 1) == 3 ? SURE : more;
	if (is_symbol(r, r->i, "into"))
		return is_symbol(r, r->i + 1, "outfile") || is_symbol(r, r->i + 1, "dumpfile")
			   ? SURE
			   : 0;
	if (is_symbol(r, r->i, "procedure"))
		return is_call(kind(r, r->i + 1)) ? SURE : 0;
	if (!is_symbol(r, r->i, "limit"))
		return 0;
	k = kind(r, r->i + 1);
	return k == SQL_NUM && (r->broke || kind(r, r->i + 2) == SQL_COMMA) ? 5 : 0;
}

/* order by 3: nobody sorts by a number but who counts columns. */
static unsigned
ordering(const struct reader *r)
{
	unsigned k;

	if (kind(r, r->i + 1) != SQL_BY)
		return 0;
	k = kind(r, r->i + 2);
	if (k == SQL_NUM || is_call(k) || k == SQL_LP)
		return r->broke || r->numbered ? SURE : 5;
	return r->broke ? 7 : 0;
}

/* What is worth something by the name of the function, or by what it is given. */
static unsigned
call(const struct reader *r)
{
	static const char *const telling[] = { "sleep", "benchmark", "pg_sleep", "extractvalue",
		"updatexml", "load_file", "dbms_pipe.receive_message", "dbms_lock.sleep",
		"utl_inaddr.get_host_address", "utl_inaddr.get_host_name", "utl_http.request",
		"ctxsys.drithsx.sn", "xp_cmdshell", "randomblob", "regexp_substring", "crypt_key",
		"generate_series", "xmltype", "gtid_subset", "json_keys", "load_extension",
		"pg_read_file", "lo_import", "query_to_xml", "openrowset", "sys_eval", "make_set",
		"elt", "iif" };
	unsigned first = kind(r, r->i + 2);
	bool whole = r->i == 0 && skip_group(r, 1) >= r->n;

	if (is_symbol(r, r->i, "char") || is_symbol(r, r->i, "chr") || is_symbol(r, r->i, "nchar"))
		return first == SQL_NUM ? 4 : 0;
	if (is_symbol(r, r->i, "if"))
		return comparison(r, r->i + 2) == 3 ? 8 : 0;
	for (size_t k = 0; k < ARRAY_LEN(telling); k++) {
		if (!is_symbol(r, r->i, telling[k]))
			continue;
		if (k == ARRAY_LEN(telling) - 1 && comparison(r, r->i + 2) == 3)
			return SURE;
		return first == SQL_RP || first == SQL_END ? 0 : r->broke || whole ? SURE : 6;
	}
	return r->broke ? 3 : first == SQL_SELECT ? 3 : 0;
}

/* Has the token a blank within, as words of a sentence do? */
static bool
has_blank(const struct reader *r, size_t i)
{
	struct str text = r->t[i].text;

	return str_trim(text).n != 0 && memchr(text.p, ' ', text.n) != NULL;
}

/* Right behind the closed string. */
static unsigned
break_out(const struct reader *r)
{
	size_t i = 1;
	unsigned k;
	bool last_open = r->n > 1 && r->t[r->n - 1].kind == SQL_STR && r->t[r->n - 1].open;

	while (kind(r, i) == SQL_RP)
		i++;
	k = kind(r, i);
	if (k == SQL_SEMI)
		k = kind(r, ++i);
	if (k == SQL_COMMENT)
		return r->t[i].open ? 7 : i > 1 ? 5 : 2;
	if (k == SQL_CMP && (is_constant(kind(r, i + 1)) || is_call(kind(r, i + 1))))
		return (last_open && !has_blank(r, 0) && !has_blank(r, r->n - 1)) ||
			       kind(r, r->n - 1) == SQL_COMMENT
			   ? 7
			   : 5;
	if (k == SQL_OP && (kind(r, i + 1) == SQL_STR || is_call(kind(r, i + 1))))
		return last_open ? 7 : 3;
	return k == SQL_OP && kind(r, i + 1) == SQL_LP ? 4 : 0;
}

static unsigned
evidence(const struct reader *r)
{
	const struct webattack_sqltok *t = &r->t[r->i];

	switch (t->kind) {
	case SQL_LOGIC:
		return logic(r);
	case SQL_SET:
		return set_operation(r);
	case SQL_SELECT:
		return select_at(r, r->i);
	case SQL_SEMI:
		if (kind(r, r->i + 1) == SQL_SELECT)
			return list_quality(r, r->i + 2) >= 2 ? SURE : 0;
		return is_call(kind(r, r->i + 1)) && r->broke ? 5 : statement(r, r->i + 1);
	case SQL_STMT:
		if (is_symbol(r, r->i, "if") && kind(r, r->i + 1) == SQL_LP)
			return call(r);
		if (is_symbol(r, r->i, "waitfor") && (r->broke || r->numbered))
			return statement(r, r->i);
		return r->i == 0 ? statement(r, 0) / 2 + 1 : 0;
	case SQL_LP:
		/* (1=1)*2 */
		return r->i == 0 && kind(r, 1) == SQL_NUM && comparison(r, 1) == 3 &&
			       kind(r, skip_group(r, 0)) == SQL_OP
			   ? 7
			   : 0;
	case SQL_CLAUSE:
		return clause(r);
	case SQL_ORDER:
		return ordering(r);
	case SQL_CASE:
		return kind(r, r->i + 1) == SQL_WHEN ? comparison(r, r->i + 2) == 3 ? SURE : 5 : 3;
	case SQL_FUNC:
	case SQL_RISKY:
		return call(r);
	case SQL_SYS:
		return r->broke || r->numbered || r->points != 0 ? 5 : 2;
	case SQL_OP:
		if (is_symbol(r, r->i, "||") && r->i > 0 && comparison(r, r->i + 1) == 3)
			return SURE;
		return 0;
	case SQL_COMMENT:
		return r->i > 0 && r->points != 0 && t->open ? 3 : 0;
	default:
		return 0;
	}
}

/* An operand stands where an operator should: an alias, or no SQL. */
static void
beside(struct reader *r, unsigned k)
{
	unsigned before = r->i > 0 ? r->t[r->i - 1].kind : SQL_END;

	if (k == SQL_STR && before == SQL_STR && !r->t[r->i].tight)
		return;
	if (k == SQL_WORD && before == SQL_RP && !r->aliased) {
		r->aliased = true;
		return;
	}
	if (k == SQL_WORD && before == SQL_WORD && r->points >= SURE && !r->aliased) {
		r->aliased = true;
		return;
	}
	r->bad++;
}

/* Moves over the token at r->i and says whether the grammar holds. */
static void
step(struct reader *r)
{
	unsigned k = r->t[r->i].kind;

	switch (k) {
	case SQL_WORD:
	case SQL_NUM:
	case SQL_STR:
	case SQL_VAR:
	case SQL_CONST:
	case SQL_SYS:
		if (!r->operand)
			beside(r, k);
		r->operand = false;
		break;
	case SQL_FUNC:
	case SQL_RISKY:
	case SQL_CASE:
		if (!r->operand)
			r->bad++;
		r->operand = true;
		break;
	case SQL_LP:
		if (!r->operand && !is_call(kind(r, r->i - 1)) && kind(r, r->i - 1) != SQL_WORD &&
		    kind(r, r->i + 1) != SQL_SELECT)
			r->bad++;
		r->operand = true;
		break;
	case SQL_RP:
		r->operand = false;
		r->aliased = false;
		break;
	case SQL_LOGIC:
	case SQL_CMP:
	case SQL_SET:
		if (r->operand && r->i > 0)
			r->bad++;
		r->operand = true;
		break;
	case SQL_PROSE:
	case SQL_OTHER:
		r->bad++;
		break;
	case SQL_AS:
		r->operand = true;
		break;
	case SQL_CASE_END:
		r->operand = false;
		break;
	case SQL_NOT:
		break;
	default:
		r->operand = true;
		break;
	}
}

static unsigned
read_as(struct str s, char quote, struct webattack_sqltok *t)
{
	struct reader r = { .t = t, .broke = quote != '\0' };
	size_t last;

	r.n = webattack_sqltok(s, quote, t);
	r.operand = !r.broke;
	r.i = r.broke;
	last = skip_open(&r, 0);
	r.numbered = kind(&r, last) == SQL_NUM;
	if (r.broke && r.n < 2)
		return 0;
	if (r.broke)
		r.points = break_out(&r);
	/* A word of statements that begins none begins a sentence. */
	if (!r.broke && kind(&r, 0) == SQL_STMT && statement(&r, 0) == 0 && kind(&r, 1) != SQL_LP)
		r.bad = 1;
	for (; r.i < r.n && r.bad == 0; r.i++) {
		/* "1' in boolean mode" belongs to what was there. */
		if (r.broke && is_symbol(&r, r.i, "in") && is_symbol(&r, r.i + 1, "boolean")) {
			r.i += 2;
			continue;
		}
		r.points += evidence(&r);
		step(&r);
	}
	/* A second statement is one whatever stood before it. */
	for (; r.i < r.n; r.i++)
		if (r.t[r.i].kind == SQL_SEMI && statement(&r, r.i + 1) >= SURE &&
		    kind(&r, r.n - 1) == SQL_COMMENT)
			r.points += 8;
	return r.points;
}

unsigned
webattack_sql(struct str s)
{
	static const unsigned char percent[] = { 0, 10, 20, 40, 45, 60, 65, 75, 85, 90, 95 };
	struct webattack_sqltok t[WEBATTACK_SQLTOK_MAX];
	unsigned best = read_as(s, '\0', t), points;

	if (memchr(s.p, '\'', s.n) != NULL && (points = read_as(s, '\'', t)) > best)
		best = points;
	if (memchr(s.p, '"', s.n) != NULL && (points = read_as(s, '"', t)) > best)
		best = points;
	return best < ARRAY_LEN(percent) ? percent[best] : 95;
}
