/* Request line and header fields: RFC 9112, with every leniency that smuggling lives on left out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/head.h"

static const struct {
	struct str name;
	enum http_method method;
} methods[] = {
	{ { "GET", 3 }, HTTP_GET },
	{ { "HEAD", 4 }, HTTP_HEAD },
	{ { "POST", 4 }, HTTP_POST },
	{ { "PUT", 3 }, HTTP_PUT },
	{ { "DELETE", 6 }, HTTP_DELETE },
};

static enum err
refuse(int *ret_status, int status, struct diag *why, const char *text)
{
	*ret_status = status;
	return err_set(why, status == 431 ? FAIL_LIMIT : FAIL_SYNTAX, "%s", text);
}

static bool
token_char(char c)
{
	unsigned char u = (unsigned char)c;

	if ((u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z'))
		return true;
	return u != 0 && memchr("!#$%&'*+-.^_`|~", u, 15) != NULL;
}

static bool
token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!token_char(s.p[i]))
			return false;
	return s.n != 0;
}

size_t
head_end(struct str in, size_t from)
{
	size_t at = from > 3 ? from - 3 : 0, line = 0;

	/* Empty lines before the request line are no end. */
	while (line < in.n && (in.p[line] == '\r' || in.p[line] == '\n'))
		line++;
	if (at < line)
		at = line;
	while (at < in.n) {
		const char *lf = memchr(in.p + at, '\n', in.n - at);

		if (lf == NULL)
			return 0;
		at = (size_t)(lf - in.p) + 1;
		if (at < in.n && in.p[at] == '\n')
			return at + 1;
		if (at + 1 < in.n && in.p[at] == '\r' && in.p[at + 1] == '\n')
			return at + 2;
	}
	return 0;
}

bool
head_lists(struct str list, struct str word)
{
	while (list.n != 0)
		if (str_eq_nocase(str_trim(str_until(&list, ',')), word))
			return true;
	return false;
}

struct str
head_get(const struct head *h, struct str name)
{
	for (size_t i = 0; i < h->n_fields; i++)
		if (str_eq_nocase(h->fields[i].name, name))
			return h->fields[i].value;
	return (struct str){ "", 0 };
}

/* Path and query of "/path?query", "http://host/path?query" or "*". */
static bool
target(struct str t, struct head *h)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] >= 0x7f || t.p[i] == '#')
			return false;
	if (str_starts(t, STR("http://")) || str_starts(t, STR("https://"))) {
		t = str_from(t, (size_t)str_find(t, STR("//")) + 2);
		for (; t.n != 0 && t.p[0] != '/' && t.p[0] != '?'; t = str_from(t, 1))
			;
		if (t.n == 0 || t.p[0] == '?')
			return false;
	}
	h->path = str_until(&t, '?');
	h->query = t;
	return h->path.n != 0 && (h->path.p[0] == '/' || str_eq(h->path, STR("*")));
}

static enum err
request_line(struct str line, struct head *h, int *ret_status, struct diag *why)
{
	struct str rest = line;
	struct str method = str_until(&rest, ' ');
	struct str where = str_until(&rest, ' ');

	if (!token(method) || method.n > 32)
		return refuse(ret_status, 400, why, "the request line has no method");
	h->method = HTTP_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_eq(method, methods[i].name))
			h->method = methods[i].method;
	h->head = h->method == HTTP_HEAD;
	if (h->head)
		h->method = HTTP_GET;
	if (rest.n != 8 || !str_starts(rest, STR("HTTP/")) || rest.p[6] != '.')
		return refuse(ret_status, 400, why, "the request line has no HTTP version");
	if (rest.p[5] != '1' || (rest.p[7] != '0' && rest.p[7] != '1'))
		return refuse(ret_status, 505, why, "only HTTP/1.0 and HTTP/1.1 are spoken here");
	h->minor = rest.p[7] == '1';
	if (!target(where, h))
		return refuse(ret_status, 400, why, "the request target is malformed");
	return OK;
}

static enum err
field(struct str line, struct head *h, int *ret_status, struct diag *why)
{
	struct str value = line;
	struct str name = str_until(&value, ':');

	if (name.n == line.n || !token(name))
		return refuse(ret_status, 400, why, "a header line is malformed");
	value = str_trim(value);
	for (size_t i = 0; i < value.n; i++)
		if (((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7f)
			return refuse(ret_status, 400, why, "a header holds a control character");
	if (h->n_fields == HEAD_FIELDS_MAX)
		return refuse(ret_status, 431, why, "too many header lines");
	h->fields[h->n_fields++] = (struct head_field){ name, value };
	return OK;
}

static size_t
count(const struct head *h, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_fields; i++)
		n += str_eq_nocase(h->fields[i].name, name);
	return n;
}

/* How long the body is, and that there is one answer to it. */
static enum err
framing(struct head *h, int *ret_status, struct diag *why)
{
	size_t lengths = count(h, STR("content-length")),
	       codings = count(h, STR("transfer-encoding"));

	if (lengths + codings > 1)
		return refuse(ret_status, 400, why, "the length of the body is given twice");
	if (codings != 0) {
		if (h->minor == 0)
			return refuse(ret_status, 400, why, "HTTP/1.0 has no transfer encodings");
		if (!str_eq_nocase(head_get(h, STR("transfer-encoding")), STR("chunked")))
			return refuse(ret_status, 501, why,
			    "chunked is the only transfer encoding");
		h->chunked = true;
	}
	if (lengths != 0) {
		if (!str_u64(head_get(h, STR("content-length")), &h->length))
			return refuse(ret_status, 400, why, "Content-Length is no number");
		h->has_length = true;
	}
	return OK;
}

static enum err
meaning(struct head *h, int *ret_status, struct diag *why)
{
	size_t hosts = count(h, STR("host"));
	struct str expect = head_get(h, STR("expect"));
	bool close = false, keep = false;

	if (hosts > 1 || (hosts == 0 && h->minor == 1))
		return refuse(ret_status, 400, why, "one Host header is needed");
	for (size_t i = 0; i < h->n_fields; i++) {
		if (!str_eq_nocase(h->fields[i].name, STR("connection")))
			continue;
		close = close || head_lists(h->fields[i].value, STR("close"));
		keep = keep || head_lists(h->fields[i].value, STR("keep-alive"));
	}
	h->keep_alive = !close && (h->minor == 1 || keep);
	if (expect.n != 0 && !str_eq_nocase(expect, STR("100-continue")))
		return refuse(ret_status, 417, why, "nothing but 100-continue can be expected");
	h->expect = expect.n != 0 && h->minor == 1;
	return framing(h, ret_status, why);
}

enum err
head_parse(struct str in, struct head *ret, int *ret_status, struct diag *why)
{
	struct str line = { "", 0 };
	enum err e;

	ret->n_fields = 0;
	ret->chunked = ret->has_length = false;
	ret->length = 0;
	while (in.n != 0 && (in.p[0] == '\r' || in.p[0] == '\n'))
		in = str_from(in, 1);
	if (!str_line(&in, &line))
		return refuse(ret_status, 400, why, "there is no request line");
	e = request_line(line, ret, ret_status, why);
	while (e == OK && str_line(&in, &line) && line.n != 0)
		e = field(line, ret, ret_status, why);
	return e == OK ? meaning(ret, ret_status, why) : e;
}
