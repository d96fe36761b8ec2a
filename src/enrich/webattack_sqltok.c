/* The tokens of SQL as MySQL, PostgreSQL, SQL Server, Oracle and SQLite read it, all at once. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_sqltok.h"

#include "enrich/webattack_words.h"

#define KEYWORD_MAX 24U
#define QUOTED_MAX 64U
#define TAIL_MAX 12U /* a word of this length behind a comment is still no sentence */

static struct webattack_words words;

static const struct {
	enum webattack_sqltok_kind kind;
	const char *words;
} table[] = {
	{ SQL_LOGIC, "and or xor" },
	{ SQL_NOT, "not" },
	{ SQL_CMP, "like rlike regexp ilike glob similar sounds match" },
	{ SQL_IS, "is in between" },
	{ SQL_OP, "div mod collate escape binary interval" },
	{ SQL_SET, "union intersect except minus" },
	{ SQL_ALL, "all distinct distinctrow" },
	{ SQL_SELECT, "select" },
	{ SQL_STMT,
	    "insert update delete drop create alter exec execute declare truncate shutdown call "
	    "begin waitfor merge replace grant revoke load rename handler attach vacuum commit "
	    "rollback backup restore print kill reconfigure copy do set if" },
	{ SQL_CLAUSE,
	    "where having from on limit offset into procedure join using values returning for "
	    "window fetch top rownum set" },
	{ SQL_ORDER, "order group partition" },
	{ SQL_BY, "by" },
	{ SQL_AS, "as" },
	{ SQL_CASE, "case" },
	{ SQL_WHEN, "when then else" },
	{ SQL_CASE_END, "end" },
	{ SQL_CONST,
	    "null true false current_user session_user current_timestamp sysdate localtimestamp" },
	{ SQL_PROSE,
	    "the an your my our their his her its this that these those any one please how why "
	    "which who i we you he she they it what are was were will would can could should "
	    "with about of to" },
	{ SQL_RISKY,
	    "sleep benchmark pg_sleep extractvalue updatexml load_file load_extension "
	    "dbms_pipe.receive_message dbms_lock.sleep utl_inaddr.get_host_address "
	    "utl_inaddr.get_host_name utl_http.request ctxsys.drithsx.sn dbms_xmlgen.getxml "
	    "dbms_utility.sqlid_to_sqlhash randomblob zeroblob regexp_substring crypt_key "
	    "generate_series xmltype make_set elt exp row iif gtid_subset gtid_subtract "
	    "json_keys st_latfromgeohash st_longfromgeohash st_pointfromgeohash geometrycollection "
	    "polygon multipoint linestring multilinestring multipolygon openrowset "
	    "opendatasource pg_read_file pg_ls_dir lo_import lo_export query_to_xml "
	    "database_to_xml dblink dblink_connect sys_eval sys_exec group_concat concat_ws "
	    "ord ascii mid substring substr unhex char chr nchar floor rand name_const "
	    "current_setting string_agg fn_xe_file_target_read_file schema database user version "
	    "system_user user_name db_name is_srvrolemember has_dbaccess quote_literal "
	    "sqlite_version hex cast convert concat count repeat left right upper lower length" },
	{ SQL_SYS,
	    "information_schema sqlite_master sqlite_schema sqlite_temp_master sysobjects "
	    "syscolumns sysdatabases sysusers sysprocesses pg_catalog pg_user pg_shadow "
	    "pg_database pg_tables pg_class pg_namespace all_tables all_users all_tab_columns "
	    "user_tables user_tab_columns dba_users dba_tables sysibm syscat sysmaster systables "
	    "v$version v$instance dual rdb$database rdb$relations rdb$fields rdb$types "
	    "msysaccessobjects msysobjects xp_cmdshell xp_dirtree xp_fileexist xp_regread "
	    "sp_executesql sp_makewebtask "
	    "sp_oacreate sp_password mysql.user sys.tables sys.databases sys.objects "
	    "domain.domains domain.tables domain.columns" },
};

__attribute__((constructor)) static void
build(void)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		webattack_words_add(&words, (uint8_t)table[i].kind, table[i].words);
}

struct lexer {
	struct str s;
	size_t i;
	struct webattack_sqltok *tok; /* being made */
};

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

static inline char
at(const struct lexer *l, size_t k)
{
	return l->i + k < l->s.n ? l->s.p[l->i + k] : '\0';
}

/* Past a closed comment at the cursor; 0 when there is none. MySQL runs what is in its own kind. */
static size_t
comment_len(const struct lexer *l)
{
	struct str rest;
	ptrdiff_t end;

	if (at(l, 0) == '*' && at(l, 1) == '/')
		return 2;
	if (at(l, 0) != '/' || at(l, 1) != '*')
		return 0;
	if (at(l, 2) == '!') {
		size_t n = 3;

		while (is_digit(at(l, n)))
			n++;
		return n;
	}
	rest = str_from(l->s, l->i + 2);
	end = str_find(rest, STR("*/"));
	return end < 0 ? 0 : (size_t)end + 4;
}

static void
skip_blanks(struct lexer *l)
{
	for (;;) {
		size_t n = is_blank(at(l, 0)) ? 1 : comment_len(l);

		if (n == 0)
			return;
		l->i += n;
	}
}

/* From the cursor, which stands behind an opening quote, past the closing one. */
static void
string(struct lexer *l, char quote, bool first)
{
	size_t begin = l->i;

	l->tok->kind = SQL_STR;
	for (; l->i < l->s.n; l->i++) {
		if (l->s.p[l->i] == '\\' && !first && l->i + 1 < l->s.n)
			l->i++;
		else if (l->s.p[l->i] != quote)
			continue;
		else if (!first && at(l, 1) == quote)
			l->i++;
		else
			break;
	}
	l->tok->open = l->i >= l->s.n;
	if (l->i > l->s.n)
		l->i = l->s.n;
	l->tok->text = (struct str){ l->s.p + begin, l->i - begin };
	l->i += !l->tok->open;
}

static void
to_end(struct lexer *l, size_t skip)
{
	struct str rest = str_trim(str_from(l->s, l->i + skip));

	l->tok->kind = SQL_COMMENT;
	l->tok->text = rest;
	l->tok->open = rest.n <= TAIL_MAX && (rest.n == 0 || memchr(rest.p, ' ', rest.n) == NULL);
	l->i = l->s.n;
}

/* A word that comments take apart, as filters leave it: its letters, and how far it goes. */
static size_t
joined(const struct lexer *l, char to[KEYWORD_MAX], size_t *ret_out)
{
	struct lexer in = *l;
	size_t out = 0, skip;

	do {
		while (is_name(at(&in, 0))) {
			if (out == KEYWORD_MAX)
				return 0;
			to[out++] = in.s.p[in.i++];
		}
		skip = at(&in, 0) == '/' ? comment_len(&in) : 0;
		if (skip != 0 && is_name(at(&in, skip)))
			in.i += skip;
		else
			skip = 0;
	} while (skip != 0);
	*ret_out = out;
	return in.i - l->i;
}

static bool
try_joined(struct lexer *l, size_t n)
{
	char whole[KEYWORD_MAX];
	size_t out, end;
	unsigned kind;

	if (at(l, n) != '/' || at(l, n + 1) != '*' ||
	    webattack_words_find(&words, (struct str){ l->s.p + l->i, n }) != 0)
		return false;
	end = joined(l, whole, &out);
	kind = end != 0 ? webattack_words_find(&words, (struct str){ whole, out }) : 0;
	if (kind == 0 || kind == SQL_PROSE)
		return false;
	l->tok->kind = (uint8_t)kind;
	l->tok->text = (struct str){ l->s.p + l->i, end };
	l->i += end;
	return true;
}

/* Names that databases keep for themselves. */
static bool
is_system(struct str name)
{
	static const struct str heads[] = { STR("sp_"), STR("xp_"), STR("dbms_"), STR("utl_") };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (name.n > heads[i].n && str_starts(name, heads[i]))
			return true;
	return false;
}

static unsigned
kind_of(const struct lexer *l, struct str name)
{
	unsigned kind = webattack_words_find(&words, name);
	const char *dot = kind == 0 ? memchr(name.p, '.', name.n) : NULL;

	if (dot != NULL) {
		kind = webattack_words_find(&words, (struct str){ name.p, (size_t)(dot - name.p) });
		if (kind != SQL_SYS) {
			struct str tail = str_from(name, (size_t)(dot - name.p) + 1);

			while (tail.n != 0 && tail.p[0] == '.')
				tail = str_from(tail, 1);
			kind = webattack_words_find(&words, tail);
			kind = kind == SQL_RISKY || kind == SQL_SYS ? kind : 0;
		}
	}
	if (kind == 0 && is_system(name))
		return SQL_SYS;
	if (kind == SQL_RISKY && at(l, 0) != '(')
		return SQL_WORD;
	if (kind == 0)
		return at(l, 0) == '(' ? SQL_FUNC : SQL_WORD;
	return kind;
}

static void
word(struct lexer *l)
{
	size_t begin = l->i, n = 0;

	while (is_name(at(l, n)))
		n++;
	if (try_joined(l, n))
		return;
	while (is_name(at(l, n)) ||
	       (at(l, n) == '.' && (is_name(at(l, n + 1)) || at(l, n + 1) == '.')))
		n++;
	l->i += n;
	l->tok->text = (struct str){ l->s.p + begin, n };
	l->tok->kind = (uint8_t)kind_of(l, l->tok->text);
}

/* Where an operand may end, so that a word behind it is an operator. */
static bool
ends_operand(unsigned kind)
{
	return kind == SQL_WORD || kind == SQL_NUM || kind == SQL_STR || kind == SQL_VAR ||
	       kind == SQL_CONST || kind == SQL_SYS || kind == SQL_RP || kind == SQL_NOT;
}

static size_t
digits(const struct lexer *l, size_t n)
{
	while (is_digit(at(l, n)))
		n++;
	return n;
}

/* Length of the number at the cursor. */
static size_t
number_len(const struct lexer *l)
{
	size_t n = 2;

	if (at(l, 0) == '0' && at(l, 1) == 'x') {
		while (is_digit(at(l, n)) || (at(l, n) >= 'a' && at(l, n) <= 'f'))
			n++;
		return n;
	}
	n = digits(l, 0);
	if (at(l, n) == '.')
		n = digits(l, n + 1);
	return at(l, n) == 'e' && is_digit(at(l, n + 1)) ? digits(l, n + 1) : n;
}

/* 12, 1.5, 0x1f, 1e5; "1or" is a number and a word, "12abc" is a name. */
static void
number(struct lexer *l)
{
	size_t n = number_len(l), tail = n;
	unsigned kind;

	while (is_name(at(l, tail)))
		tail++;
	kind = webattack_words_find(&words, (struct str){ l->s.p + l->i + n, tail - n });
	l->tok->kind = SQL_NUM;
	if (tail > n && kind != SQL_LOGIC && kind != SQL_SET && kind != SQL_SELECT &&
	    kind != SQL_CLAUSE) {
		l->tok->kind = SQL_WORD;
		n = tail;
	}
	l->tok->text = (struct str){ l->s.p + l->i, n };
	l->i += n;
}

static void
symbol(struct lexer *l, char c)
{
	static const struct {
		char text[4];
		uint8_t n, kind;
	} symbols[] = {
		{ "<=>", 3, SQL_CMP },
		{ "<>", 2, SQL_CMP },
		{ "<=", 2, SQL_CMP },
		{ ">=", 2, SQL_CMP },
		{ "!=", 2, SQL_CMP },
		{ "^=", 2, SQL_CMP },
		{ "==", 2, SQL_CMP },
		{ "&&", 2, SQL_LOGIC },
		{ "||", 2, SQL_OP },
		{ "::", 2, SQL_AS },
		{ ":=", 2, SQL_OP },
		{ "<<", 2, SQL_OP },
		{ ">>", 2, SQL_OP },
	};
	static const char singles[] = "=<>()+-*/%|&^~!,;";
	static const uint8_t kinds[] = { SQL_CMP, SQL_CMP, SQL_CMP, SQL_LP, SQL_RP, SQL_OP, SQL_OP,
		SQL_OP, SQL_OP, SQL_OP, SQL_OP, SQL_OP, SQL_OP, SQL_OP, SQL_OP, SQL_COMMA,
		SQL_SEMI };
	const char *p;
	size_t n = 1;

	l->tok->kind = SQL_OTHER;
	p = memchr(singles, c, sizeof(singles) - 1);
	if (p != NULL)
		l->tok->kind = kinds[p - singles];
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		if (memcmp(symbols[i].text, &c, 1) == 0 && at(l, 1) == symbols[i].text[1] &&
		    (symbols[i].n < 3 || at(l, 2) == symbols[i].text[2])) {
			n = symbols[i].n;
			l->tok->kind = symbols[i].kind;
			break;
		}
	}
	l->tok->text = (struct str){ l->s.p + l->i, n };
	l->i += n;
}

/* Length of a name in brackets or backticks at the cursor, or 0. */
static size_t
quoted_len(const struct lexer *l, char close)
{
	size_t n = 1;

	while (l->i + n < l->s.n && at(l, n) != close && n < QUOTED_MAX)
		n++;
	return at(l, n) == close ? n + 1 : 0;
}

/* [name], `name`, @name, @@name: past it, or nothing. */
static bool
special(struct lexer *l, char c)
{
	size_t n = 0;

	if (c == '@')
		for (n = 1; is_name(at(l, n)) || at(l, n) == '@' || at(l, n) == '.';)
			n++;
	else if (c == '`' || (c == '[' && is_name(at(l, 1))))
		n = quoted_len(l, c == '[' ? ']' : '`');
	if (n < 2)
		return false;
	l->tok->kind = c == '@' ? SQL_VAR : SQL_WORD;
	l->tok->text = (struct str){ l->s.p + l->i, n };
	l->i += n;
	return true;
}

static void
next(struct lexer *l)
{
	char c = at(l, 0);

	if (c == '\'' || c == '"') {
		l->i++;
		string(l, c, false);
	} else if (c == '#' || (c == '-' && at(l, 1) == '-')) {
		to_end(l, c == '#' ? 1 : 2);
	} else if (c == '/' && at(l, 1) == '*') {
		to_end(l, 2);
	} else if (is_digit(c) || (c == '.' && is_digit(at(l, 1)))) {
		number(l);
	} else if (is_name(c)) {
		word(l);
	} else if (!special(l, c)) {
		symbol(l, c);
	}
}

size_t
webattack_sqltok(struct str s, char quote, struct webattack_sqltok *ret)
{
	struct lexer l = { .s = s };
	size_t n = 0;

	if (quote != '\0') {
		l.tok = &ret[n];
		*l.tok = (struct webattack_sqltok){ .tight = true };
		string(&l, quote, true);
		n++;
	}
	while (n < WEBATTACK_SQLTOK_MAX - 1) {
		size_t before = l.i;

		skip_blanks(&l);
		if (l.i >= s.n)
			break;
		l.tok = &ret[n];
		*l.tok = (struct webattack_sqltok){ .tight = l.i == before };
		next(&l);
		/* like('a', b), glob(a, b): operators that are functions, too. */
		if (l.tok->kind == SQL_CMP && at(&l, 0) == '(' && l.tok->text.n > 3 &&
		    (n == 0 || !ends_operand(ret[n - 1].kind)))
			l.tok->kind = SQL_FUNC;
		n++;
	}
	ret[n] = (struct webattack_sqltok){ .kind = SQL_END };
	return n;
}
