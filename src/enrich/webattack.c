/* Values of a request through the readers of each language; a cheap look first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "enrich/memo.h"
#include "enrich/webattack_expr.h"
#include "enrich/webattack_html.h"
#include "enrich/webattack_input.h"
#include "enrich/webattack_path.h"
#include "enrich/webattack_shell.h"
#include "enrich/webattack_sql.h"
#include "enrich/webattack_ssrf.h"

#define BASE64_MIN 16U
#define NAME_SHOWN 48U

/* What characters a text has. */
enum {
	C_BLANK = 1 << 0,
	C_SLASH = 1 << 1,
	C_DOT = 1 << 2,
	C_QUOTE = 1 << 3,
	C_PAREN = 1 << 4,
	C_LESS = 1 << 5,
	C_JOIN = 1 << 6, /* ; | & ` and line ends */
	C_DOLLAR = 1 << 7,
	C_BRACE = 1 << 8,
	C_EQUAL = 1 << 9, /* = : */
	C_STAR = 1 << 10,
	C_WRAP = 1 << 11, /* begins an encoding: % \ & + high bytes, control */
	C_LINE = 1 << 12,
	C_OTHER = 1 << 13, /* # > ! ^ */
	C_DIGIT = 1 << 14
};
#define C_ODD                                                                                      \
	(C_QUOTE | C_PAREN | C_LESS | C_JOIN | C_DOLLAR | C_BRACE | C_EQUAL | C_STAR | C_WRAP |    \
	    C_LINE | C_OTHER)

static uint16_t classes[256];

__attribute__((constructor)) static void
build(void)
{
	static const struct {
		const char *chars;
		unsigned class;
	} table[] = {
		{ " ", C_BLANK },
		{ "/", C_SLASH },
		{ ".", C_DOT },
		{ "'\"", C_QUOTE },
		{ "(){", C_PAREN },
		{ "<", C_LESS },
		{ ";|&`", C_JOIN },
		{ "\n\r", C_JOIN | C_LINE },
		{ "$", C_DOLLAR },
		{ "{}[]", C_BRACE },
		{ "=:", C_EQUAL },
		{ "*", C_STAR },
		{ "%\\&", C_WRAP },
		{ "\\", C_SLASH },
		{ "#>!^", C_OTHER },
		{ "0123456789", C_DIGIT },
	};

	for (unsigned c = 0; c < 256; c++)
		classes[c] = c >= 0x7f || c < 0x20 ? C_WRAP : 0;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		for (const char *p = table[i].chars; *p != '\0'; p++)
			classes[(unsigned char)*p] |= (uint16_t)table[i].class;
}

static inline unsigned
look(struct str s)
{
	unsigned has = 0;

	for (size_t i = 0; i < s.n; i++)
		has |= classes[(unsigned char)s.p[i]];
	return has;
}

struct webattack {
	char text[WEBATTACK_VALUE_MAX];
	char inner[WEBATTACK_VALUE_MAX]; /* out of base64 */
	char name[WEBATTACK_VALUE_MAX];
	/* By place: how many values a text has in which nothing at all was found. */
	struct memo *clean[WEBATTACK_HEAD + 1];
};

static const enum webattack_place remembered[] = { WEBATTACK_QUERY, WEBATTACK_URL_PATH,
	WEBATTACK_HEAD };

struct webattack *
webattack_new(void)
{
	struct webattack *w = MEM_NEW(struct webattack);

	for (size_t i = 0; i < ARRAY_LEN(remembered); i++)
		w->clean[remembered[i]] = memo_new(sizeof(unsigned));
	return w;
}

void
webattack_free(struct webattack *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(remembered); i++)
		memo_free(w->clean[remembered[i]]);
	free(w);
}

struct str
webattack_name(enum webattack_type t)
{
	static const struct str names[WEBATTACK_TYPES] = { STR("sql_injection"), STR("xss"),
		STR("path_traversal"), STR("command_injection"), STR("ssrf"),
		STR("lookup_injection"), STR("template_injection"), STR("nosql_injection"),
		STR("xxe"), STR("header_injection"), STR("ldap_injection"), STR("code_injection") };

	return names[t];
}

static inline void
raise(struct webattack_verdict *v, enum webattack_type t, unsigned score)
{
	if (score > v->score[t])
		v->score[t] = (uint8_t)score;
}

static bool
may_be_sql(struct str s, unsigned has)
{
	if ((has & (C_QUOTE | C_PAREN)) != 0)
		return true;
	if ((has & (C_JOIN | C_STAR | C_OTHER | C_BLANK)) == 0)
		return false;
	return (has & (C_EQUAL | C_OTHER | C_JOIN | C_STAR)) != 0 || (has & C_DIGIT) != 0 ||
	       str_find(s, STR("select")) >= 0;
}

/* Languages of applications, other than those that most requests are tried for. */
static void
judge_rare(struct str s, unsigned has, struct webattack_verdict *v)
{
	if ((has & C_DOLLAR) != 0 && (has & C_BRACE) != 0)
		raise(v, WEBATTACK_LOOKUP, webattack_expr_lookup(s));
	if ((has & C_BRACE) != 0 || (has & C_LESS) != 0)
		raise(v, WEBATTACK_TEMPLATE, webattack_expr_template(s));
	if ((has & (C_PAREN | C_LESS | C_BRACE | C_DOLLAR | C_EQUAL)) != 0)
		raise(v, WEBATTACK_CODE, webattack_expr_code(s));
	if ((has & C_LESS) != 0)
		raise(v, WEBATTACK_XXE, webattack_expr_xxe(s));
	if ((has & C_LINE) != 0)
		raise(v, WEBATTACK_HEADER, webattack_expr_header(s));
	if ((has & C_PAREN) != 0)
		raise(v, WEBATTACK_LDAP, webattack_expr_ldap(s));
	if ((has & C_DOLLAR) != 0 || (has & (C_QUOTE | C_JOIN)) == (C_QUOTE | C_JOIN))
		raise(v, WEBATTACK_NOSQL, webattack_expr_nosql(s));
}

/* Agents and referers are full of what other values are not: only what no browser sends. */
static bool
is_plain_head(struct str s, unsigned has)
{
	ptrdiff_t at;

	if ((has & (C_LESS | C_DOLLAR | C_QUOTE | C_LINE)) != 0)
		return false;
	while ((has & C_PAREN) != 0 && (at = str_find(s, STR("()"))) >= 0) {
		s = str_from(s, (size_t)at + 2);
		if (str_starts(s, STR("{")) || str_starts(s, STR(" {")))
			return false;
	}
	return true;
}

static bool
may_be_command(unsigned has, enum webattack_place place)
{
	if (place == WEBATTACK_URL_PATH)
		return (has & (C_JOIN | C_DOLLAR)) != 0;
	return (has & (C_JOIN | C_DOLLAR | C_BLANK | C_SLASH | C_LESS | C_PAREN)) != 0;
}

/* A decoded text. */
static void
judge_text(struct str s, struct str name, enum webattack_place place, struct webattack_verdict *v)
{
	unsigned has = look(s);
	bool inside = place == WEBATTACK_QUERY || place == WEBATTACK_BODY;

	if (place == WEBATTACK_HEAD && is_plain_head(s, has))
		return;
	if (may_be_sql(s, has))
		raise(v, WEBATTACK_SQL, webattack_sql(s));
	if ((has & (C_LESS | C_PAREN | C_EQUAL | C_QUOTE | C_JOIN)) != 0)
		raise(v, WEBATTACK_XSS, webattack_html(s));
	if (place != WEBATTACK_HEAD && (has & (C_SLASH | C_DOT)) != 0)
		raise(v, WEBATTACK_PATH, webattack_path(s));
	if (may_be_command(has, place))
		raise(v, WEBATTACK_COMMAND, webattack_shell(s));
	if (inside && (has & C_SLASH) != 0)
		raise(v, WEBATTACK_SSRF, webattack_ssrf(s, name));
	if ((has & C_ODD) != 0)
		judge_rare(s, has, v);
	else if ((has & (C_BLANK | C_SLASH)) == 0)
		raise(v, WEBATTACK_CODE, webattack_expr_code(s));
	if (place == WEBATTACK_BODY)
		v->score[WEBATTACK_HEADER] = 0; /* texts of several lines are at home there */
}

/* A single word without anything odd: only base64 could hide something. */
static void
judge_base64(struct webattack *w, struct str value, enum webattack_place place,
    struct webattack_verdict *v, struct str *decoded)
{
	struct webattack_verdict inner = { { 0 } };
	size_t n = webattack_decode_base64(value, w->inner);

	if (n == 0)
		return;
	n = webattack_decode((struct str){ w->inner, n }, false, w->inner);
	judge_text((struct str){ w->inner, n }, STR(""), place, &inner);
	for (unsigned t = 0; t < WEBATTACK_TYPES; t++) {
		if (inner.score[t] < WEBATTACK_SURE || inner.score[t] <= v->score[t])
			continue;
		v->score[t] = inner.score[t];
		*decoded = (struct str){ w->inner, n };
	}
}

static bool
is_word(struct str s, unsigned has)
{
	return (has & (C_ODD | C_BLANK | C_SLASH)) == 0 &&
	       ((has & C_DOT) == 0 || str_find(s, STR("..")) < 0);
}

void
webattack_judge(struct webattack *w, struct str name, struct str value, enum webattack_place place,
    struct webattack_verdict *ret, struct str *ret_decoded)
{
	bool plus = place == WEBATTACK_QUERY;
	struct str text = value;
	unsigned has;

	memset(ret, 0, sizeof(*ret));
	if (ret_decoded != NULL)
		*ret_decoded = value;
	value.n = value.n < WEBATTACK_VALUE_MAX ? value.n : WEBATTACK_VALUE_MAX;
	has = look(value);
	if (place == WEBATTACK_HEAD && (has & C_WRAP) == 0 && is_plain_head(value, has))
		return;
	if (plus && value.n != 0 && memchr(value.p, '+', value.n) != NULL)
		has |= C_BLANK;
	if (!is_word(value, has) ||
	    (value.n >= BASE64_MIN && memchr(value.p, '_', value.n) != NULL)) {
		text.p = w->text;
		text.n = webattack_decode(value, plus, w->text);
		judge_text(text, name, place, ret);
	}
	/* The alphabet of base64 has '/' and '=', and '+' stands for itself in it. */
	if (value.n >= BASE64_MIN && (has & (C_DOT | (C_ODD & ~(unsigned)(C_EQUAL | C_WRAP)))) == 0)
		judge_base64(w, value, place, ret, &text);
	if (ret_decoded != NULL)
		*ret_decoded = text;
}

/* The best of a request so far. */
struct found {
	struct webattack *w;
	struct webattack_verdict all;
	enum webattack_place place;
	unsigned values, best;
	bool any; /* a score, be it ever so low */
	enum webattack_type type;
	struct str what; /* query, body, header */
	char where[WEBATTACK_WHERE_MAX];
	size_t where_n;
	char value[WEBATTACK_SHOWN_MAX];
	size_t value_n;
};

static void
append(struct found *f, struct str s)
{
	size_t n = sizeof(f->where) - f->where_n;

	n = s.n < n ? s.n : n;
	if (n != 0)
		memcpy(f->where + f->where_n, s.p, n);
	f->where_n += n;
}

static void
merge(struct found *f, const struct webattack_verdict *v, struct str name, struct str text)
{
	unsigned before = f->best;

	for (unsigned t = 0; t < WEBATTACK_TYPES; t++) {
		f->any |= v->score[t] != 0;
		if (v->score[t] > f->all.score[t])
			f->all.score[t] = v->score[t];
		if (v->score[t] > f->best) {
			f->best = v->score[t];
			f->type = (enum webattack_type)t;
		}
	}
	if (f->best == before)
		return;
	f->where_n = 0;
	append(f, f->what);
	if (name.n != 0) {
		append(f, STR(" "));
		append(f, (struct str){ name.p, name.n < NAME_SHOWN ? name.n : NAME_SHOWN });
	}
	f->value_n = text.n < sizeof(f->value) ? text.n : sizeof(f->value);
	memcpy(f->value, text.p, f->value_n);
}

static bool
on_value(void *ctx, struct str name, struct str value, bool plus)
{
	struct found *f = ctx;
	struct webattack_verdict v;
	unsigned has = look(name);
	struct str text;

	if (++f->values > WEBATTACK_VALUES)
		return false;
	if (value.n != 0) {
		webattack_judge(f->w, name, value, plus ? WEBATTACK_QUERY : f->place, &v, &text);
		merge(f, &v, name, text);
	}
	if ((has & C_ODD & ~(unsigned)C_EQUAL) == 0 && (has & C_DOT) == 0)
		return true;
	text.p = f->w->name;
	text.n = webattack_decode(name, plus, f->w->name);
	memset(&v, 0, sizeof(v));
	if ((look(text) & (C_LESS | C_QUOTE | C_PAREN | C_DOLLAR)) != 0)
		judge_text(text, STR(""), f->place, &v);
	raise(&v, WEBATTACK_CODE, webattack_expr_code(text));
	raise(&v, WEBATTACK_NOSQL, webattack_expr_nosql_name(text));
	merge(f, &v, text, text);
	return true;
}

/* A text of one value or, as a query, of many; not read again when it had nothing in it. */
static void
take(struct found *f, struct str what, struct str text, enum webattack_place place)
{
	unsigned before = f->values, *clean;
	bool new_;

	if (text.n == 0)
		return;
	clean = memo_get(f->w->clean[place], text, &new_);
	if (clean != NULL && *clean != 0) {
		f->values += *clean;
		return;
	}
	f->what = what;
	f->place = place;
	f->any = false;
	if (place == WEBATTACK_QUERY)
		webattack_input_form(text, on_value, f);
	else
		(void)on_value(f, (struct str){ NULL, 0 }, text, false);
	if (clean != NULL && !f->any && f->values <= WEBATTACK_VALUES)
		*clean = f->values - before;
}

/* The path and the query of what was asked for. */
static void
take_target(struct found *f, const struct rec *r)
{
	struct str query = rec_str(r, F_URL), path;
	ptrdiff_t at = str_find(query, STR("://"));

	if (query.n == 0) {
		path = rec_str(r, F_ENDPOINT);
		query = rec_str(r, F_QUERY);
	} else {
		if (at >= 0 && at < 8) {
			query = str_from(query, (size_t)at + 3);
			while (query.n != 0 && query.p[0] != '/' && query.p[0] != '?')
				query = str_from(query, 1);
		}
		path = str_until(&query, '?');
	}
	take(f, STR("path"), path, WEBATTACK_URL_PATH);
	take(f, STR("query"), query, WEBATTACK_QUERY);
}

/* All that are sure, or the one that is rather sure; strongest first. */
static struct str
list_types(const struct found *f, struct rec *r)
{
	struct webattack_verdict left = f->all;
	char text[WEBATTACK_TYPES * 24];
	struct str copy = webattack_name(f->type);
	size_t n = 0;

	for (;;) {
		unsigned best = 0;

		for (unsigned t = 0; t < WEBATTACK_TYPES; t++)
			if (left.score[t] > left.score[best])
				best = t;
		if (left.score[best] < WEBATTACK_SURE && n != 0)
			break;
		copy = webattack_name((enum webattack_type)best);
		memcpy(text + n, copy.p, copy.n);
		n += copy.n;
		left.score[best] = 0;
		text[n++] = ' ';
	}
	(void)arena_copy(r->arena, (struct str){ text, n - 1 }, &copy);
	return copy;
}

/* As valid UTF-8, in the arena. */
static void
set_text(struct rec *r, enum field field, struct str s)
{
	struct str copy;

	if (utf8_valid(s)) {
		if (arena_copy(r->arena, s, &copy))
			rec_set_str(r, field, copy);
	} else {
		auto_buf struct buf mended = { 0 };

		utf8_mend(s, &mended);
		if (arena_copy(r->arena, buf_view(&mended), &copy))
			rec_set_str(r, field, copy);
	}
}

static bool
is_request(const struct rec *r)
{
	return rec_has(r, F_URL) || rec_has(r, F_ENDPOINT) || rec_has(r, F_QUERY) ||
	       rec_has(r, F_REQUEST_BODY) || rec_has(r, F_USER_AGENT) || rec_has(r, F_REFERER);
}

void
webattack_apply(struct webattack *w, struct rec *r)
{
	struct found f;

	if (rec_has(r, F_WEB_ATTACK_TYPE) || !is_request(r))
		return;
	f.w = w;
	memset(&f.all, 0, sizeof(f.all));
	f.values = f.best = 0;
	f.where_n = f.value_n = 0;
	f.any = false;
	take_target(&f, r);
	f.what = STR("body");
	f.place = WEBATTACK_BODY;
	webattack_input_body(rec_str(r, F_REQUEST_BODY), on_value, &f);
	take(&f, STR("header user-agent"), rec_str(r, F_USER_AGENT), WEBATTACK_HEAD);
	take(&f, STR("header referer"), rec_str(r, F_REFERER), WEBATTACK_HEAD);
	if (f.best < WEBATTACK_NOTED)
		return;
	rec_set_str(r, F_WEB_ATTACK_TYPE, webattack_name(f.type));
	rec_set_str(r, F_WEB_ATTACK_TYPES, list_types(&f, r));
	set_text(r, F_WEB_ATTACK_WHERE, (struct str){ f.where, f.where_n });
	set_text(r, F_WEB_ATTACK_VALUE, (struct str){ f.value, f.value_n });
	rec_set_int(r, F_WEB_ATTACK_CONFIDENCE, f.best);
}
