/*
 * Access lines of nginx and Apache:
 *   [vhost[:port]] host ident user [time] "request" status bytes ["referer" "agent" [more...]]
 * Both servers escape quotes in what a client sends (\" or \x22), so the first
 * bare quote opens the request whatever a user name holds, and an address is
 * only taken from its own place in front.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/access.h"

#include "base/ip.h"
#include "parse/internal.h"
#include "parse/put.h"
#include "parse/time.h"

#define TIME_SIZE 26
#define BRACKETS_MAX 16 /* looked at before a line is taken for something else */
#define MORE_MAX 32     /* fields behind the agent */

struct cursor {
	struct str all;
	size_t at;
};

static enum err
wrong(const struct cursor *c, struct diag *why, const char *what)
{
	return err_at(why, err_set(why, FAIL_SYNTAX, "access line: %s", what), NULL, 1,
	    (uint32_t)c->at + 1);
}

static bool
access_sniff(struct str s)
{
	const char *p;
	int64_t ns;

	for (int i = 0; i < BRACKETS_MAX; i++) {
		p = s.n > 0 ? memchr(s.p, '[', s.n) : NULL;
		if (p == NULL)
			return false;
		s = str_from(s, (size_t)(p - s.p) + 1);
		if (time_clf(s, &ns) == TIME_SIZE)
			return true;
	}
	return false;
}

/* Offset of the next quote that no backslash escapes, or s.n. */
static size_t
bare_quote(struct str s)
{
	size_t i = 0, slashes;
	const char *p;

	while (i < s.n && (p = memchr(s.p + i, '"', s.n - i)) != NULL) {
		i = (size_t)(p - s.p);
		for (slashes = 0; slashes < i && s.p[i - 1 - slashes] == '\\';)
			slashes++;
		if (slashes % 2 == 0)
			return i;
		i++;
	}
	return s.n;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One escape at `s`, which starts with a backslash, to *to; its length. */
static size_t
unescape_one(struct str s, char *to)
{
	static const char from[] = "nrtbvf", is[] = "\n\r\t\b\v\f";
	const char *p;

	*to = '\\';
	if (s.n < 2)
		return 1;
	if (s.n >= 4 && s.p[1] == 'x' && hex(s.p[2]) >= 0 && hex(s.p[3]) >= 0) {
		*to = (char)(hex(s.p[2]) * 16 + hex(s.p[3]));
		return 4;
	}
	if (s.p[1] == '"' || s.p[1] == '\\') {
		*to = s.p[1];
		return 2;
	}
	p = memchr(from, s.p[1], sizeof(from) - 1);
	if (p == NULL)
		return 1;
	*to = is[p - from];
	return 2;
}

/* Without the escapes of either server, as valid UTF-8. */
static struct str
unescape(struct rec *r, struct str s)
{
	char *to;
	size_t n = 0, i = 0;

	if (s.n == 0 || memchr(s.p, '\\', s.n) == NULL)
		return s;
	to = arena_bytes(r->arena, s.n);
	if (to == NULL) {
		r->cut = true;
		return s;
	}
	while (i < s.n) {
		if (s.p[i] == '\\')
			i += unescape_one(str_from(s, i), &to[n++]);
		else
			to[n++] = s.p[i++];
	}
	return put_mended(r, (struct str){ to, n });
}

static bool
take(struct cursor *c, struct str text)
{
	if (!str_starts(str_from(c->all, c->at), text))
		return false;
	c->at += text.n;
	return true;
}

/* What stands before the next blank. */
static struct str
word(struct cursor *c)
{
	struct str s = str_from(c->all, c->at);
	const char *p = s.n > 0 ? memchr(s.p, ' ', s.n) : NULL;

	if (p != NULL)
		s.n = (size_t)(p - s.p);
	c->at += s.n;
	return s;
}

/* A quoted string, the opening quote being taken already. */
static bool
quoted(struct cursor *c, struct str *ret)
{
	struct str s = str_from(c->all, c->at);
	size_t n = bare_quote(s);

	if (n == s.n)
		return false;
	*ret = (struct str){ s.p, n };
	c->at += n + 1;
	return true;
}

static bool
is_ip(struct str s)
{
	struct ip ip;

	return s.n > 1 && ip_parse(s, &ip);
}

static void
put_vhost(struct rec *r, struct str vhost)
{
	const char *colon = memrchr(vhost.p, ':', vhost.n);

	if (colon != NULL &&
	    put_port(r, F_SERVER_PORT, str_from(vhost, (size_t)(colon - vhost.p) + 1)))
		vhost.n = (size_t)(colon - vhost.p);
	put_text(r, F_HTTP_HOST, vhost);
}

/*
 * "host ident user" or "vhost host ident user".  A virtual host is there when
 * the second word is an address, which an ident never is, and two more follow.
 */
static bool
put_who(struct rec *r, struct str who)
{
	struct str first = str_until(&who, ' '), second = str_until(&who, ' '), rest = who, ident;

	if (first.n == 0 || second.n == 0 || rest.n == 0)
		return false;
	ident = str_until(&rest, ' ');
	if (rest.n > 0 && second.p[0] != '-' && is_ip(second)) {
		put_vhost(r, first);
		first = second;
		second = ident;
		who = rest;
	}
	put_client(r, first, STR("client_host"));
	if (!str_eq(second, STR("-")))
		put_extra(r, STR("ident"), second);
	if (!str_eq(who, STR("-")) && !str_eq(who, STR("\"\"")))
		put_text(r, F_USER_NAME, unescape(r, who));
	return true;
}

/* All in front of the request. */
static enum err
head(struct cursor *c, struct rec *r, struct diag *why)
{
	size_t quote = bare_quote(c->all), at;
	int64_t ns;

	/* Apache writes "" for an empty user name. */
	if (str_starts(str_from(c->all, quote), STR("\"\" [")))
		quote += 2 + bare_quote(str_from(c->all, quote + 2));
	if (quote == c->all.n)
		return wrong(c, why, "no request in quotes");
	if (quote < TIME_SIZE + 4)
		return wrong(c, why, "no time before the request");
	at = quote - TIME_SIZE - 2;
	if (c->all.p[at - 1] != '[' || time_clf(str_from(c->all, at), &ns) != TIME_SIZE ||
	    memcmp(c->all.p + quote - 2, "] ", 2) != 0) {
		c->at = at;
		return wrong(c, why, "no [dd/Mon/yyyy:hh:mm:ss +zzzz] before the request");
	}
	rec_set_int(r, F_TIMESTAMP, ns);
	if (at < 3 || c->all.p[at - 2] != ' ' || !put_who(r, (struct str){ c->all.p, at - 2 }))
		return wrong(c, why, "no \"host ident user\" before the time");
	c->at = quote + 1;
	return OK;
}

static enum err
request(struct cursor *c, struct rec *r, struct diag *why)
{
	struct str line;

	if (!quoted(c, &line))
		return wrong(c, why, "request without an end");
	line = unescape(r, line);
	/* A scanner's bytes or nothing: no request, but an event nevertheless. */
	if (!put_request(r, line))
		rec_set_str(r, F_MESSAGE, line);
	return OK;
}

static enum err
status(struct cursor *c, struct rec *r, struct diag *why)
{
	struct str text;
	int64_t n;

	if (!take(c, STR(" ")))
		return wrong(c, why, "no blank behind the request");
	text = word(c);
	if (text.n != 3 || !str_i64(text, &n) || n < 0) {
		c->at -= text.n;
		return wrong(c, why, "no status of three digits");
	}
	if (n >= 100) {
		rec_set_int(r, F_STATUS_CODE, n);
		rec_set_str(r, F_OUTCOME, n < 400 ? STR("success") : STR("failure"));
	}
	if (!take(c, STR(" ")))
		return wrong(c, why, "no size");
	text = word(c);
	if (str_eq(text, STR("-")))
		return OK;
	if (!str_i64(text, &n) || n < 0) {
		c->at -= text.n;
		return wrong(c, why, "size is neither a number nor -");
	}
	rec_set_int(r, F_BYTES_OUT, n);
	return OK;
}

static enum err
quoted_field(struct cursor *c, struct rec *r, enum field f, struct diag *why)
{
	struct str s;

	if (!take(c, STR(" \"")))
		return wrong(c, why, "text in quotes missing");
	if (!quoted(c, &s))
		return wrong(c, why, "quote without an end");
	if (s.n > 0 && !(s.n == 1 && s.p[0] == '-'))
		rec_set_str(r, f, unescape(r, s));
	return OK;
}

static bool
is_name(char c)
{
	return c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* A further field as the site configured it: "name=value", a value, or either in quotes. */
static enum err
more(struct cursor *c, struct rec *r, struct str name, struct diag *why)
{
	struct str s = str_from(c->all, c->at), value;
	size_t n = 0;

	while (n < s.n && is_name(s.p[n]))
		n++;
	if (n > 0 && n < s.n && s.p[n] == '=') {
		name = (struct str){ s.p, n };
		c->at += n + 1;
	}
	if (take(c, STR("\""))) {
		if (!quoted(c, &value))
			return wrong(c, why, "quote without an end");
		value = unescape(r, value);
	} else {
		value = word(c);
	}
	if (c->at < c->all.n && c->all.p[c->at] != ' ')
		return wrong(c, why, "no blank behind a field");
	if (value.n > 0 && !str_eq(value, STR("-")))
		put_extra(r, name, value);
	return OK;
}

/* Names of the fields behind the agent that do not bring one. */
static struct str
more_name(unsigned i)
{
	static const char names[] =
	    "access_1access_2access_3access_4access_5access_6access_7access_8";
	const size_t n = sizeof("access_1") - 1;

	return i < 8 ? (struct str){ names + i * n, n } : STR("access_more");
}

static enum err
access_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	struct cursor c = { in->message, 0 };
	enum err e;

	(void)p;
	if ((e = head(&c, r, why)) != OK || (e = request(&c, r, why)) != OK ||
	    (e = status(&c, r, why)) != OK)
		return e;
	rec_set_str(r, F_EVENT_TYPE, STR("http.request"));
	rec_set_str(r, F_LS_CATEGORY, STR("webserver"));
	if (c.at == c.all.n)
		return OK;
	if ((e = quoted_field(&c, r, F_REFERER, why)) != OK ||
	    (e = quoted_field(&c, r, F_USER_AGENT, why)) != OK)
		return e;
	for (unsigned i = 0; c.at < c.all.n; i++) {
		if (i == MORE_MAX)
			return wrong(&c, why, "too many fields");
		if (!take(&c, STR(" ")))
			return wrong(&c, why, "no blank behind the agent");
		if ((e = more(&c, r, more_name(i), why)) != OK)
			return e;
	}
	return OK;
}

const struct format_ops access_format = {
	.name = "access",
	.doc = "nginx and Apache access lines: common, combined, vhost_combined, and fields behind",
	.sniff = access_sniff,
	.parse = access_parse,
};
