/* Structures of SQL injection over tokens, and what each is worth. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_sql.h"

#include "enrich/webattack_sqlread.h"

#define SURE 10U

#define reader webattack_sqlread
#define kind(r, i) webattack_sqlread_kind(r, i)
#define is(r, i, text) webattack_sqlread_is(r, i, text)
#define comparison(r, i) webattack_sqlread_comparison(r, i)
#define statement(r, i) webattack_sqlread_statement(r, i)
#define list_quality(r, i) webattack_sqlread_list(r, i)

/* Has the token a blank within, as words of a sentence do? */
static bool
has_blank(const struct reader *r, size_t i)
{
	struct str text = r->t[i].text;

	return str_trim(text).n != 0 && memchr(text.p, ' ', text.n) != NULL;
}

/* and, or, xor: and something that needs no comparison */
static unsigned
logic_alone(const struct reader *r)
{
	size_t j = webattack_sqlread_open(r, r->i + 1);
	unsigned k = kind(r, j), next = kind(r, j + 1);

	if (k == SQL_RISKY)
		return r->broke || r->i > 0 ? SURE : 5;
	if (k == SQL_FUNC)
		return r->broke ? SURE : 3;
	if (!SQL_IN(k, SQL_CONSTANTS))
		return 0;
	/* the "or" operator in Python */
	if (k == SQL_STR && r->t[j].open && has_blank(r, j))
		return 3;
	if (r->broke && SQL_IN(next, SQL_ENDS | SQL_BIT(SQL_RP)))
		return 7;
	return next == SQL_COMMENT ? 7 : 3;
}

static unsigned
logic(const struct reader *r)
{
	unsigned c = comparison(r, r->i + 1);

	/* "true and false = false" is logic, "1 + 1 = 2 and 2 + 2 = 4" arithmetic. */
	if (c == 3)
		return r->broke || (kind(r, 0) != SQL_CONST && !r->compared) ? SURE : 5;
	if (c == 2)
		return r->broke ? 8 : 3;
	return logic_alone(r);
}

static unsigned
set_operation(const struct reader *r)
{
	size_t j = r->i + 1;
	unsigned q;

	while (SQL_IN(kind(r, j), SQL_BIT(SQL_ALL) | SQL_BIT(SQL_LP)))
		j++;
	if (is(r, j, "values") && kind(r, j + 1) == SQL_LP)
		return SURE;
	if (kind(r, j) != SQL_SELECT)
		return 0;
	q = list_quality(r, j + 1);
	if (q >= 2)
		return SURE;
	if (r->broke || r->numbered)
		return 8;
	return q == 1 ? 5 : 3;
}

static unsigned
select_at(const struct reader *r)
{
	unsigned q = list_quality(r, r->i + 1);
	bool inside = r->i > 0 && kind(r, r->i - 1) == SQL_LP;

	if (q == 3)
		return inside ? SURE : 5;
	if (q == 2)
		return inside ? 8 : 4;
	return 0;
}

static unsigned
clause(const struct reader *r)
{
	size_t next = r->i + 1;

	if (is(r, r->i, "where") || is(r, r->i, "having"))
		return comparison(r, next) == 3 ? SURE : r->broke ? 3 : 0;
	if (is(r, r->i, "into"))
		return is(r, next, "outfile") || is(r, next, "dumpfile") ? SURE : 0;
	if (is(r, r->i, "procedure"))
		return SQL_IN(kind(r, next), SQL_CALLS) ? SURE : 0;
	if (!is(r, r->i, "limit") || kind(r, next) != SQL_NUM)
		return 0;
	return r->broke || kind(r, next + 1) == SQL_COMMA ? 5 : 0;
}

/* order by 3: nobody sorts by a number but who counts columns. */
static unsigned
ordering(const struct reader *r)
{
	if (kind(r, r->i + 1) != SQL_BY)
		return 0;
	if (SQL_IN(kind(r, r->i + 2), SQL_CALLS | SQL_BIT(SQL_NUM) | SQL_BIT(SQL_LP)))
		return r->broke || r->numbered ? SURE : 5;
	return r->broke ? 7 : 0;
}

/* Functions that say something by being called. */
static bool
is_telling(const struct reader *r)
{
	static const char *const telling[] = { "sleep", "benchmark", "pg_sleep", "extractvalue",
		"updatexml", "load_file", "dbms_pipe.receive_message", "dbms_lock.sleep",
		"utl_inaddr.get_host_address", "utl_inaddr.get_host_name", "utl_http.request",
		"ctxsys.drithsx.sn", "randomblob", "regexp_substring", "crypt_key",
		"generate_series", "xmltype", "gtid_subset", "json_keys", "load_extension",
		"pg_read_file", "lo_import", "query_to_xml", "openrowset", "sys_eval", "make_set",
		"elt", "iif" };

	for (size_t k = 0; k < ARRAY_LEN(telling); k++)
		if (is(r, r->i, telling[k]))
			return true;
	return false;
}

static bool
makes_character(const struct reader *r)
{
	return is(r, r->i, "char") || is(r, r->i, "chr") || is(r, r->i, "nchar");
}

/* What is worth something by the name of the function, or by what it is given. */
static unsigned
call(const struct reader *r)
{
	unsigned first = kind(r, r->i + 2);
	bool whole = r->i == 0 && webattack_sqlread_group(r, 1) >= r->n;

	if (makes_character(r))
		return first == SQL_NUM ? 4 : 0;
	if (is(r, r->i, "if"))
		return comparison(r, r->i + 2) == 3 ? 8 : 0;
	if (!is_telling(r))
		return r->broke || first == SQL_SELECT ? 3 : 0;
	if (SQL_IN(first, SQL_BIT(SQL_RP) | SQL_BIT(SQL_END)))
		return 0;
	if (is(r, r->i, "iif") && comparison(r, r->i + 2) == 3)
		return SURE;
	return r->broke || whole ? SURE : 6;
}

/* x'='x, '||'a: two halves of what was one string. */
static unsigned
halves(const struct reader *r, size_t i)
{
	const struct webattack_sqltok *last = &r->t[r->n - 1];
	bool open = last->kind == SQL_STR && last->open, call_next;
	unsigned next = kind(r, i + 1);

	call_next = SQL_IN(next, SQL_CALLS);
	if (kind(r, i) == SQL_OP)
		return next == SQL_STR || call_next ? (open ? 7 : 3) : next == SQL_LP ? 4 : 0;
	if (kind(r, i) != SQL_CMP || (!call_next && !SQL_IN(next, SQL_CONSTANTS)))
		return 0;
	if (last->kind == SQL_COMMENT)
		return 7;
	return open && !has_blank(r, 0) && !has_blank(r, r->n - 1) ? 7 : 5;
}

/* Right behind the closed string. */
static unsigned
break_out(const struct reader *r)
{
	size_t i = 1;

	while (kind(r, i) == SQL_RP)
		i++;
	i += kind(r, i) == SQL_SEMI;
	if (kind(r, i) == SQL_COMMENT)
		return r->t[i].open ? 7 : i > 1 ? 5 : 2;
	return halves(r, i);
}

static unsigned
semicolon(const struct reader *r)
{
	size_t next = r->i + 1;

	if (kind(r, next) == SQL_SELECT)
		return list_quality(r, next + 1) >= 2 ? SURE : 0;
	return SQL_IN(kind(r, next), SQL_CALLS) && r->broke ? 5 : statement(r, next);
}

static unsigned
other_statement(const struct reader *r)
{
	if (is(r, r->i, "if") && kind(r, r->i + 1) == SQL_LP)
		return call(r);
	if (is(r, r->i, "waitfor") && (r->broke || r->numbered))
		return statement(r, r->i);
	return r->i == 0 ? statement(r, 0) / 2 + 1 : 0;
}

/* (1=1)*2 */
static unsigned
parenthesis(const struct reader *r)
{
	if (r->i != 0 || kind(r, 1) != SQL_NUM || comparison(r, 1) != 3)
		return 0;
	return kind(r, webattack_sqlread_group(r, 0)) == SQL_OP ? 7 : 0;
}

static unsigned
case_when(const struct reader *r)
{
	if (kind(r, r->i + 1) != SQL_WHEN)
		return 3;
	return comparison(r, r->i + 2) == 3 ? SURE : 5;
}

static unsigned
system_name(const struct reader *r)
{
	return r->broke || r->numbered || r->points != 0 ? 5 : 2;
}

static unsigned
operator(const struct reader *r)
{
	return is(r, r->i, "||") && r->i > 0 && comparison(r, r->i + 1) == 3 ? SURE : 0;
}

static unsigned
comment(const struct reader *r)
{
	return r->i > 0 && r->points != 0 && r->t[r->i].open ? 3 : 0;
}

/* What a token and those behind it are worth; tokens that are not here: nothing. */
static unsigned (*const evidence[SQL_OTHER + 1])(const struct reader *r) = {
	[SQL_LOGIC] = logic,
	[SQL_SET] = set_operation,
	[SQL_SELECT] = select_at,
	[SQL_SEMI] = semicolon,
	[SQL_STMT] = other_statement,
	[SQL_LP] = parenthesis,
	[SQL_CLAUSE] = clause,
	[SQL_ORDER] = ordering,
	[SQL_CASE] = case_when,
	[SQL_FUNC] = call,
	[SQL_RISKY] = call,
	[SQL_SYS] = system_name,
	[SQL_OP] = operator,
	[SQL_COMMENT] = comment,
};

/* An operand stands where an operator should: an alias, or no SQL. */
static void
beside(struct reader *r, unsigned k)
{
	unsigned before = r->i > 0 ? r->t[r->i - 1].kind : SQL_END;

	if (k == SQL_STR && before == SQL_STR && !r->t[r->i].tight)
		return;
	if (k == SQL_WORD && !r->aliased &&
	    (before == SQL_RP || (before == SQL_WORD && r->points >= SURE))) {
		r->aliased = true;
		return;
	}
	r->bad++;
}

/* Behind an operand, a parenthesis belongs to a name or holds a select. */
static bool
may_open(const struct reader *r)
{
	return r->i == 0 || SQL_IN(kind(r, r->i - 1), SQL_CALLS | SQL_BIT(SQL_WORD)) ||
	       kind(r, r->i + 1) == SQL_SELECT;
}

/* Moves over the token at r->i and says whether the grammar holds. */
static void
step(struct reader *r)
{
	const uint64_t operands = SQL_CONSTANTS | SQL_NAMES, heads = SQL_CALLS | SQL_BIT(SQL_CASE),
		       joins = SQL_BIT(SQL_LOGIC) | SQL_BIT(SQL_CMP) | SQL_BIT(SQL_SET),
		       ends = SQL_BIT(SQL_RP) | SQL_BIT(SQL_CASE_END);
	unsigned k = r->t[r->i].kind;

	if (SQL_IN(k, SQL_BIT(SQL_PROSE) | SQL_BIT(SQL_OTHER))) {
		r->bad++;
		return;
	}
	if (k == SQL_NOT)
		return;
	if (r->operand)
		r->bad += SQL_IN(k, joins) && r->i > 0;
	else if (SQL_IN(k, operands))
		beside(r, k);
	else
		r->bad += SQL_IN(k, heads) || (k == SQL_LP && !may_open(r));
	r->operand = !SQL_IN(k, operands | ends);
	r->compared = r->compared || (k == SQL_CMP && r->i < 6 && !r->broke && r->points == 0);
	r->aliased = r->aliased && k != SQL_RP;
}

/* As far as the grammar holds. */
static void
read_on(struct reader *r)
{
	for (; r->i < r->n && r->bad == 0; r->i++) {
		unsigned k = r->t[r->i].kind;

		/* "1' in boolean mode" belongs to what was there. */
		if (r->broke && is(r, r->i, "in") && is(r, r->i + 1, "boolean")) {
			r->i += 2;
			continue;
		}
		if (evidence[k] != NULL)
			r->points += evidence[k](r);
		step(r);
	}
	/* A second statement is one whatever stood before it. */
	for (; r->i < r->n; r->i++)
		if (r->t[r->i].kind == SQL_SEMI && statement(r, r->i + 1) >= SURE &&
		    kind(r, r->n - 1) == SQL_COMMENT)
			r->points += 8;
}

static unsigned
read_as(struct str s, char quote, struct webattack_sqltok *t)
{
	struct reader r = { .t = t, .broke = quote != '\0' };

	r.n = webattack_sqltok(s, quote, t);
	r.operand = !r.broke;
	r.i = r.broke;
	r.numbered = kind(&r, webattack_sqlread_open(&r, 0)) == SQL_NUM;
	if (r.broke && r.n < 2)
		return 0;
	if (r.broke)
		r.points = break_out(&r);
	/* A word of statements that begins none begins a sentence. */
	else if (kind(&r, 0) == SQL_STMT && statement(&r, 0) == 0 && kind(&r, 1) != SQL_LP)
		r.bad = 1;
	read_on(&r);
	return r.points;
}

unsigned
webattack_sql(struct str s)
{
	static const unsigned char percent[] = { 0, 10, 20, 40, 45, 60, 65, 75, 85, 90, 95 };
	/* Written before it is read: clearing it would cost more than most values. */
	__attribute__((uninitialized)) struct webattack_sqltok t[WEBATTACK_SQLTOK_MAX];
	unsigned best = read_as(s, '\0', t), points;

	if (memchr(s.p, '\'', s.n) != NULL && (points = read_as(s, '\'', t)) > best)
		best = points;
	if (memchr(s.p, '"', s.n) != NULL && (points = read_as(s, '"', t)) > best)
		best = points;
	return best < ARRAY_LEN(percent) ? percent[best] : 95;
}
