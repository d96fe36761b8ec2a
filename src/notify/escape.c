/* SPDX-License-Identifier: Apache-2.0 */
/* Makes texts of an alert safe for the place they go to. */
#include "notify/escape.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "notify/mail.h"
#include "notify/mime.h"
#include "notify/secret.h"

#define CUT_MAX ((uint64_t)100000)
#define LINE_MAX_ ((size_t)100000)
#define ZERO_WIDTH "\xe2\x80\x8b" /* breaks what a receiver would make a mention of */

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
number(struct str arg)
{
	uint64_t n;

	return str_u64(arg, &n) && n < CUT_MAX ? (size_t)n : 0;
}

/* At most N bytes of whole characters, an ellipsis among them when something is left out. */
static void
put_cut(struct str in, struct str arg, struct buf *to)
{
	size_t max = number(arg);

	if (in.n <= max) {
		buf_str(to, in);
		return;
	}
	max = max > 3 ? max - 3 : 0;
	while (max > 0 && ((unsigned char)in.p[max] & 0xc0) == 0x80)
		max--;
	buf_put(to, in.p, max);
	buf_str(to, STR("\xe2\x80\xa6"));
}

static void
put_or(struct str in, struct str arg, struct buf *to)
{
	buf_str(to, str_trim(in).n != 0 ? in : arg);
}

static void
put_line(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	mime_line(in, LINE_MAX_, to);
}

static void
put_shown(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	mail_shown(in, to);
}

static void
put_html(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	mime_html(in, to);
}

/* Slack reads <!channel>, <@U1> and <url|text> only between these three. */
static void
put_mrkdwn(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] == '&')
			buf_str(to, STR("&amp;"));
		else if (in.p[i] == '<')
			buf_str(to, STR("&lt;"));
		else if (in.p[i] == '>')
			buf_str(to, STR("&gt;"));
		else
			buf_byte(to, in.p[i]);
}

static void
put_markdown(struct str in, struct str arg, struct buf *to)
{
	static const char marks[] = "\\`*_{}[]()#+!|<>~&$@";

	(void)arg;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] != '@' && memchr(marks, in.p[i], sizeof(marks) - 1) != NULL)
			buf_byte(to, '\\');
		buf_byte(to, in.p[i]);
		if (in.p[i] == '@' || in.p[i] == '#')
			buf_str(to, STR(ZERO_WIDTH));
	}
}

/* A label without blanks. */
static void
put_word(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	for (size_t i = 0; i < in.n && i < 60; i++)
		buf_byte(to,
		    is_alnum(in.p[i]) || memchr("_.:/-", in.p[i], 5) != NULL ? in.p[i] : '-');
}

static void
put_ascii(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	while (in.n != 0) {
		uint32_t c;
		const size_t n = utf8_next(in, &c);

		buf_byte(to, c < 0x20 || c == 0x7f ? ' ' : c < 0x7f ? (char)c : '?');
		in = str_from(in, n);
	}
}

/* Marks that GSM's own alphabet has not, and that would halve what fits into a message. */
static void
put_sms(struct str in, struct str arg, struct buf *to)
{
	static const struct {
		uint32_t c;
		const char *as;
	} marks[] = { { 0x2026, "..." }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x201c, "\"" },
		{ 0x201d, "\"" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0xa0, " " }, { '`', "'" } };

	(void)arg;
	while (in.n != 0) {
		const char *as = NULL;
		uint32_t c;
		const size_t n = utf8_next(in, &c);

		for (size_t i = 0; i < ARRAY_LEN(marks) && as == NULL; i++)
			if (marks[i].c == c)
				as = marks[i].as;
		buf_str(to, as != NULL ? str_c(as) : (struct str){ in.p, n });
		in = str_from(in, n);
	}
}

static void
put_cef(struct str in, char mark, struct buf *to)
{
	for (size_t i = 0; i < in.n; i++) {
		const unsigned char c = (unsigned char)in.p[i];

		if (c == '\\' || in.p[i] == mark)
			buf_byte(to, '\\');
		if (c == '\n' && mark == '=')
			buf_str(to, STR("\\n"));
		else
			buf_byte(to, c < 0x20 || c == 0x7f ? ' ' : in.p[i]);
	}
}

static void
put_cef_head(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	put_cef(in, '|', to);
}

static void
put_cef_value(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	put_cef(in, '=', to);
}

/* " key=value" when there is a value. */
static void
put_cef_pair(struct str in, struct str arg, struct buf *to)
{
	if (str_trim(in).n == 0)
		return;
	buf_printf(to, " %.*s=", STR_ARG(arg));
	put_cef(str_trim(in), '=', to);
}

/* A time with a fraction of at most six digits, as RFC 5424 wants it. */
static void
put_micros(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	if (in.n > 27 && in.p[in.n - 1] == 'Z')
		buf_printf(to, "%.26sZ", in.p);
	else
		buf_str(to, in.n != 0 ? in : STR("-"));
}

int64_t
escape_unix_ms(struct str t)
{
	static const size_t at[] = { 0, 5, 8, 11, 14, 17 }, width[] = { 4, 2, 2, 2, 2, 2 };
	uint64_t v[6], ms = 0, scale = 100;

	if (t.n < 20 || t.p[t.n - 1] != 'Z')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (!str_u64((struct str){ t.p + at[i], width[i] }, &v[i]))
			return 0;
	if (v[1] < 1 || v[1] > 12)
		return 0;
	for (size_t i = 20; t.p[19] == '.' && i + 1 < t.n && scale > 0; i++, scale /= 10)
		ms += t.p[i] >= '0' && t.p[i] <= '9' ? (uint64_t)(t.p[i] - '0') * scale : 0;
	return (clock_days((int64_t)v[0], (unsigned)v[1], (unsigned)v[2]) * 86400 +
		   (int64_t)(v[3] * 3600 + v[4] * 60 + v[5])) *
		   1000 +
	       (int64_t)ms;
}

static void
put_unix(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	buf_i64(to, escape_unix_ms(in) / 1000);
}

static void
put_unix_ms(struct str in, struct str arg, struct buf *to)
{
	(void)arg;
	buf_i64(to, escape_unix_ms(in));
}

/* The same text has the same number: receivers sort out by it what they have. */
static void
put_hash(struct str in, struct str arg, struct buf *to)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];

	(void)arg;
	digest_sha256(in, digest);
	buf_put(to, digest_hex(digest, sizeof(digest), hex), 32);
}

/* The same in the form of a UUID of version 4: some receivers take no other. */
static void
put_uuid(struct str in, struct str arg, struct buf *to)
{
	auto_buf struct buf hex = { 0 };

	put_hash(in, arg, &hex);
	buf_printf(to, "%.8s-%.4s-4%.3s-8%.3s-%.12s", hex.p, hex.p + 8, hex.p + 13, hex.p + 17,
	    hex.p + 20);
}

static const struct filter {
	const char *name;
	void (*put)(struct str in, struct str arg, struct buf *to);
	bool takes, number; /* an argument; gives a whole number */
} filters[] = {
	{ "cut", put_cut, true, false },
	{ "or", put_or, true, false },
	{ "line", put_line, false, false },
	{ "shown", put_shown, false, false },
	{ "html", put_html, false, false },
	{ "mrkdwn", put_mrkdwn, false, false },
	{ "markdown", put_markdown, false, false },
	{ "word", put_word, false, false },
	{ "ascii", put_ascii, false, false },
	{ "sms", put_sms, false, false },
	{ "cef_head", put_cef_head, false, false },
	{ "cef_value", put_cef_value, false, false },
	{ "cef", put_cef_pair, true, false },
	{ "micros", put_micros, false, false },
	{ "hash", put_hash, false, false },
	{ "uuid", put_uuid, false, false },
	{ "unix", put_unix, false, true },
	{ "unix_ms", put_unix_ms, false, true },
};

/* Splits the first off: its row, or NULL. */
static const struct filter *
next(struct str *chain, struct str *ret_arg)
{
	struct str one = str_until(chain, '|');
	const struct str name = str_trim(str_until(&one, ':'));

	*ret_arg = one;
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (str_eq(name, str_c(filters[i].name)))
			return filters[i].takes || one.n == 0 ? &filters[i] : NULL;
	return NULL;
}

enum err
escape_check(struct str chain, struct diag *why)
{
	struct str arg, rest = chain;

	while (rest.n != 0)
		if (next(&rest, &arg) == NULL)
			return err_set(why, FAIL_SYNTAX, "no such filter in \"%.*s\"",
			    (int)(chain.n < 60 ? chain.n : 60), chain.p);
	return OK;
}

enum err
escape_apply(struct str chain, struct str in, struct buf *to, bool *ret_number, struct diag *why)
{
	auto_secret struct buf a = { 0 }, b = { 0 };
	struct buf *into = &a, *from = &b, *swap;
	enum err e = escape_check(chain, why);

	*ret_number = false;
	while (e == OK && chain.n != 0) {
		struct str arg;
		const struct filter *f = next(&chain, &arg);

		buf_reset(into);
		f->put(in, arg, into);
		*ret_number = f->number;
		in = buf_view(into);
		swap = into;
		into = from;
		from = swap;
	}
	if (e == OK)
		buf_str(to, in);
	return e;
}
