/* Look-ups are resolved as their readers do; the rest is told by its structure. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_expr.h"

#include "enrich/webattack_words.h"

#define LOOKUP_MAX 512U
#define LOOKUP_ROUNDS 8U

static const struct webattack_sign lookup_list[] = { { STR("${jndi:"), 98 }, { STR("${::-j"), 92 },
	{ STR("${env:"), 80 }, { STR("${sys:"), 80 }, { STR("${java:"), 80 }, { STR("${ctx:"), 75 },
	{ STR("${main:"), 75 }, { STR("${hostname}"), 72 }, { STR("${script:javascript:"), 92 },
	{ STR("${dns:address"), 85 }, { STR("${url:utf"), 85 } };
static const struct webattack_sign expression_list[] = { { STR("__"), 92 },
	{ STR("constructor"), 92 }, { STR("getclass"), 92 }, { STR(".class"), 85 },
	{ STR("runtime"), 92 }, { STR("processbuilder"), 92 }, { STR("config."), 80 },
	{ STR("request."), 80 }, { STR("self."), 80 }, { STR("lipsum"), 92 }, { STR("cycler"), 88 },
	{ STR("system("), 92 }, { STR("exec("), 92 }, { STR("popen"), 92 }, { STR("eval("), 90 },
	{ STR("alert("), 88 }, { STR("|attr("), 92 }, { STR("freemarker"), 92 },
	{ STR("filter("), 88 }, { STR("_self.env"), 95 }, { STR("|sort("), 85 },
	{ STR("|map("), 85 }, { STR("|filter"), 85 }, { STR("t(java"), 95 }, { STR("@java"), 95 },
	{ STR("java.lang"), 95 }, { STR("require("), 90 }, { STR("process."), 85 },
	{ STR("print("), 75 }, { STR("php}"), 80 }, { STR("file."), 80 }, { STR("dump("), 80 },
	{ STR("session"), 72 }, { STR("sleep"), 80 }, { STR("[]."), 85 } };
static const struct webattack_sign code_list[] = { { STR("<?php"), 88 }, { STR("<?="), 85 },
	{ STR("phpinfo()"), 78 }, { STR("allow_url_include"), 90 },
	{ STR("auto_prepend_file"), 92 }, { STR("call_user_func"), 85 },
	{ STR("base64_decode("), 80 }, { STR("eval($_"), 92 }, { STR("$_get["), 78 },
	{ STR("$_post["), 80 }, { STR("$_request["), 80 }, { STR("file_put_contents("), 85 },
	{ STR("assert($_"), 92 }, { STR("class.module.classloader"), 96 },
	{ STR("getruntime()"), 90 }, { STR("java.lang.runtime"), 92 },
	{ STR("java.lang.processbuilder"), 92 }, { STR("#_memberaccess"), 95 },
	{ STR("@ognl."), 95 }, { STR("xwork2"), 90 }, { STR("__import__("), 88 },
	{ STR("__class__"), 85 }, { STR("__proto__"), 75 }, { STR("constructor.prototype"), 78 },
	{ STR("ro0ab"), 85 }, { STR("aced0005"), 85 }, { STR("child_process"), 85 },
	{ STR("file_get_contents("), 75 }, { STR("invokefunction&function="), 90 },
	{ STR("print(md5("), 88 }, { STR("die(md5("), 88 }, { STR("die(@md5("), 92 },
	{ STR("response.write("), 80 } };
static const struct webattack_sign xxe_list[] = { { STR("<!entity"), 92 },
	{ STR("<xi:include"), 90 }, { STR("xmlns:xi="), 75 }, { STR("xsl:include"), 80 } };
static const struct webattack_sign nosql_list[] = { { STR("this.password"), 80 },
	{ STR("; return true"), 85 }, { STR(";return true"), 85 }, { STR("return(true)"), 80 },
	{ STR("'||'1'=='1"), 88 }, { STR("\"||\"1\"==\"1"), 88 }, { STR("' || '1'=='1"), 88 },
	{ STR("db.getcollection"), 80 }, { STR("db.injection"), 85 }, { STR(";sleep("), 78 },
	{ STR("mapreduce"), 60 }, { STR("|| 1==1"), 85 }, { STR("||1==1"), 85 },
	{ STR("&& this."), 85 }, { STR("|| this."), 85 } };
static struct webattack_signs lookup_signs, expression_signs, code_signs, xxe_signs, nosql_signs;

__attribute__((constructor)) static void
build(void)
{
	webattack_words_signs(&lookup_signs, lookup_list, ARRAY_LEN(lookup_list));
	webattack_words_signs(&expression_signs, expression_list, ARRAY_LEN(expression_list));
	webattack_words_signs(&code_signs, code_list, ARRAY_LEN(code_list));
	webattack_words_signs(&xxe_signs, xxe_list, ARRAY_LEN(xxe_list));
	webattack_words_signs(&nosql_signs, nosql_list, ARRAY_LEN(nosql_list));
}

/* The innermost ${...} of `text`: where, and its inside. */
static bool
innermost(struct str text, size_t *ret_at, struct str *ret_in)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '}')
			continue;
		for (size_t k = i; k-- > 1;) {
			if (text.p[k] == '{' && text.p[k - 1] == '$') {
				*ret_at = k - 1;
				*ret_in = (struct str){ text.p + k + 1, i - k - 1 };
				return true;
			}
		}
	}
	return false;
}

/* What a look-up stands for: its default, or its argument when it only changes letters. */
static struct str
resolve(struct str in)
{
	ptrdiff_t at = str_find(in, STR(":-"));

	if (at >= 0)
		return str_from(in, (size_t)at + 2);
	if (str_starts(in, STR("lower:")) || str_starts(in, STR("upper:")))
		return str_from(in, 6);
	if (str_starts(in, STR("date:'")) && str_ends(in, STR("'")))
		return (struct str){ in.p + 6, in.n - 7 };
	return (struct str){ in.p, 0 };
}

unsigned
webattack_expr_lookup(struct str s)
{
	char text[LOOKUP_MAX];
	ptrdiff_t begin = str_find(s, STR("${"));
	unsigned best;
	struct str left;

	if (begin < 0)
		return 0;
	left = str_from(s, (size_t)begin);
	left.n = left.n < sizeof(text) ? left.n : sizeof(text);
	best = webattack_words_best(&lookup_signs, left);
	memcpy(text, left.p, left.n);
	left.p = text;
	for (unsigned round = 0; round < LOOKUP_ROUNDS * 8 && best < 98; round++) {
		struct str in, to;
		size_t at;

		if (!innermost(left, &at, &in))
			break;
		if (str_starts(in, STR("jndi:")))
			return 98;
		to = resolve(in);
		memmove(text + at, to.p, to.n);
		memmove(text + at + to.n, in.p + in.n + 1,
		    (size_t)(text + left.n - (in.p + in.n + 1)));
		left.n -= in.n + 3 - to.n;
		if (str_find(left, STR("${jndi:")) >= 0)
			return 98;
	}
	return best;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 7*7, '7'*7, 1337*1337: sums that only show whether they are done. */
static bool
is_sum(struct str s)
{
	unsigned digits = 0, signs = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_digit(s.p[i]))
			digits++;
		else if (memchr("*+-/", s.p[i], 4) != NULL)
			signs++;
		else if (memchr(" '\"()@", s.p[i], 6) == NULL)
			return false;
	}
	return digits >= 2 && signs >= 1;
}

static unsigned
expression(struct str in)
{

	in = str_trim(in);
	if (is_sum(in))
		return 90;
	if (str_eq(in, STR("config")) || str_eq(in, STR("self")) || str_eq(in, STR("request")))
		return 80;
	return webattack_words_best(&expression_signs, in);
}

unsigned
webattack_expr_template(struct str s)
{
	static const struct {
		struct str open, close;
		unsigned more;
	} marks[] = {
		{ STR("{{"), STR("}}"), 0 },
		{ STR("${"), STR("}"), 0 },
		{ STR("#{"), STR("}"), 0 },
		{ STR("*{"), STR("}"), 0 },
		{ STR("@{"), STR("}"), 0 },
		{ STR("%{"), STR("}"), 0 },
		{ STR("[["), STR("]]"), 0 },
		{ STR("<%"), STR("%>"), 75 },
		{ STR("{%"), STR("%}"), 0 },
		{ STR("~{"), STR("}"), 0 },
		{ STR("<#"), STR(">"), 0 },
	};
	unsigned best = 0, score;

	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		struct str rest = s;
		ptrdiff_t at, end;

		for (unsigned turn = 0; turn < 8 && (at = str_find(rest, marks[k].open)) >= 0;
		     turn++) {
			rest = str_from(rest, (size_t)at + 2);
			if (marks[k].more != 0 && rest.n != 0 && rest.p[0] == '=')
				rest = str_from(rest, 1);
			end = str_find(rest, marks[k].close);
			score = expression(end < 0 ? rest : (struct str){ rest.p, (size_t)end });
			if (score == 0 && end > 0)
				score = marks[k].more;
			best = score > best ? score : best;
		}
	}
	return best;
}

unsigned
webattack_expr_code(struct str s)
{
	unsigned best = webattack_words_best(&code_signs, s);

	/* O:8:"stdclass":1:{ */
	if (best < 88 && s.n > 8 && (s.p[0] == 'o' || s.p[0] == 'a') && s.p[1] == ':' &&
	    is_digit(s.p[2]) && str_find(s, STR(":{")) > 0)
		best = s.p[0] == 'o' || str_find(s, STR(";o:")) > 0 ? 88 : 60;
	return best;
}

unsigned
webattack_expr_xxe(struct str s)
{
	unsigned best = webattack_words_best(&xxe_signs, s);
	ptrdiff_t at = best < 85 ? str_find(s, STR("<!doctype")) : -1;

	if (at >= 0 &&
	    (memchr(s.p + at, '[', s.n - (size_t)at) != NULL ||
		str_find(str_from(s, (size_t)at), STR("system")) >= 0) &&
	    str_find(s, STR("dtd/xhtml")) < 0)
		best = 85;
	return best;
}

unsigned
webattack_expr_header(struct str s)
{
	static const struct str headers[] = { STR("set-cookie:"), STR("location:"),
		STR("content-type:"), STR("content-length:"), STR("x-"), STR("http/1."),
		STR("refresh:"), STR("transfer-encoding:"), STR("host:"), STR("link:"),
		STR("access-control-"), STR("connection:"), STR("cookie:"), STR("x-forwarded-"),
		STR("bcc:"), STR("cc:"), STR("subject:"), STR("last-modified:") };

	for (size_t i = 0; i < s.n; i++) {
		struct str rest;

		if (s.p[i] != '\n' && s.p[i] != '\r')
			continue;
		rest = str_trim(str_from(s, i));
		for (size_t k = 0; k < ARRAY_LEN(headers); k++)
			if (str_starts(rest, headers[k]) &&
			    (!str_eq(headers[k], STR("x-")) ||
				memchr(rest.p, ':', rest.n < 40 ? rest.n : 40) != NULL))
				return k < 8 ? 90 : 78;
	}
	return 0;
}

/* A filter that is closed and begun again. */
unsigned
webattack_expr_ldap(struct str s)
{
	ptrdiff_t at = str_find(s, STR(")("));
	struct str rest;
	size_t n = 0;

	if (at < 0 || (memchr(s.p, '*', s.n) == NULL && memchr(s.p, '|', s.n) == NULL))
		return 0;
	rest = str_from(s, (size_t)at + 2);
	while (rest.n != 0 && memchr("(|&!", rest.p[0], 4) != NULL)
		rest = str_from(rest, 1);
	while (n < rest.n && ((rest.p[n] >= 'a' && rest.p[n] <= 'z') || rest.p[n] == '-'))
		n++;
	return n > 1 && n < rest.n && (rest.p[n] == '=' || rest.p[n] == '~') ? 88 : 0;
}

unsigned
webattack_expr_nosql_name(struct str name)
{
	static const struct str operators[] = { STR("$ne"), STR("$eq"), STR("$gt"), STR("$gte"),
		STR("$lt"), STR("$lte"), STR("$in"), STR("$nin"), STR("$regex"), STR("$where"),
		STR("$exists"), STR("$or"), STR("$and"), STR("$not"), STR("$nor"), STR("$expr"),
		STR("$func"), STR("$type"), STR("$mod"), STR("$all"), STR("$size"), STR("$text"),
		STR("$function"), STR("$elemmatch") };
	const char *p = name.n != 0 ? memchr(name.p, '$', name.n) : NULL;
	size_t n = 1;

	if (p == NULL || (p != name.p && p[-1] != '[' && p[-1] != '.' && p[-1] != '"'))
		return 0;
	name = str_from(name, (size_t)(p - name.p));
	while (n < name.n && name.p[n] >= 'a' && name.p[n] <= 'z')
		n++;
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (str_eq((struct str){ name.p, n }, operators[i]))
			return 85;
	return 0;
}

unsigned
webattack_expr_nosql(struct str s)
{
	struct str rest = s;
	const char *p;

	while (rest.n != 0 && (p = memchr(rest.p, '$', rest.n)) != NULL) {
		size_t at = (size_t)(p - s.p);
		struct str name = str_from(s, at);
		size_t n = 1;

		rest = str_from(name, 1);
		while (n < name.n && name.p[n] >= 'a' && name.p[n] <= 'z')
			n++;
		if (at == 0 || memchr("\"'{[ ", s.p[at - 1], 5) == NULL)
			continue;
		if (webattack_expr_nosql_name((struct str){ name.p, n }) == 0)
			continue;
		name = str_from(name, n);
		while (name.n != 0 && memchr("\"' ]", name.p[0], 4) != NULL)
			name = str_from(name, 1);
		if (name.n != 0 && (name.p[0] == ':' || name.p[0] == '='))
			return 85;
	}
	return webattack_words_best(&nosql_signs, s);
}
