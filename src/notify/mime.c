/* SPDX-License-Identifier: Apache-2.0 */
/* Headers, encodings and escapes of mail. */
#include "notify/mime.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/utf8.h"

#define LINE_MAX_ 76
#define WORD_BYTES 42 /* of text in an encoded word: 12 around it and 4/3 of it are below 75 */

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
mime_line(struct str text, size_t max, struct buf *to)
{
	const size_t start = to->n;

	text = str_trim(text);
	while (text.n != 0) {
		const size_t before = to->n;
		uint32_t c;
		size_t n = utf8_next(text, &c);

		if (utf8_unsafe(c))
			c = ' ';
		if (!(is_blank(c) && to->n > start && to->p[to->n - 1] == ' '))
			utf8_put(c, to);
		text = str_from(text, n);
		if (to->n - start > max) {
			to->n = before;
			while (to->n > start &&
			       to->n - start + 3 > max) { /* room for the ellipsis */
				to->n--;
				while (to->n > start &&
				       ((unsigned char)to->p[to->n] & 0xc0) == 0x80)
					to->n--;
			}
			buf_str(to, STR("\xe2\x80\xa6"));
			return;
		}
	}
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return str_find(s, STR("=?")) < 0;
}

/* Encoded words, each on a line of its own; `column` is where the first one starts. */
static void
put_words(struct str s, struct buf *to)
{
	for (bool first = true; s.n != 0; first = false) {
		size_t n = 0;

		while (n < s.n) { /* whole characters only */
			uint32_t c;
			size_t one = utf8_next(str_from(s, n), &c);

			if (n + one > WORD_BYTES)
				break;
			n += one;
		}
		buf_str(to, first ? STR("=?utf-8?B?") : STR("\r\n =?utf-8?B?"));
		base64_put((struct str){ s.p, n }, to);
		buf_str(to, STR("?="));
		s = str_from(s, n);
	}
}

/* Plain words, folded at blanks; a word of more than a line is left whole (998 is the limit). */
static void
put_folded(struct str s, size_t column, struct buf *to)
{
	while (s.n != 0) {
		struct str word = str_until(&s, ' ');

		if (column > 1 && column + 1 + word.n > LINE_MAX_) {
			buf_str(to, STR("\r\n "));
			column = 1;
		} else {
			buf_byte(to, ' ');
			column++;
		}
		buf_str(to, word);
		column += word.n;
	}
}

void
mime_header(const char *name, struct str text, struct buf *to)
{
	auto_buf struct buf line = { 0 };

	mime_line(text, MIME_HEADER_MAX, &line);
	buf_printf(to, "%s:", name);
	if (is_plain(buf_view(&line))) {
		put_folded(buf_view(&line), strlen(name) + 1, to);
	} else {
		buf_str(to, STR("\r\n ")); /* the words have the whole of each line */
		put_words(buf_view(&line), to);
	}
	buf_str(to, STR("\r\n"));
}

/* Characters that can stand in an address without quotes. */
static bool
is_address_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || strchr("<>()[],;:\\\"@", s.p[i]) != NULL)
			return false;
	return s.n != 0;
}

bool
mime_is_address(struct str s)
{
	struct str domain = s, local;

	if (s.n == 0 || s.n > 254)
		return false;
	local = str_until(&domain, '@');
	return local.n <= 64 && is_address_text(local) && is_address_text(domain) &&
	       local.p[0] != '-' && domain.p[0] != '-' && domain.p[0] != '.' &&
	       domain.p[domain.n - 1] != '.';
}

bool
mime_mailbox(struct str s, struct str *ret_name, struct str *ret_address)
{
	const char *open;
	struct str name = { "", 0 }, address;

	s = str_trim(s);
	address = s;
	if (s.n != 0 && s.p[s.n - 1] == '>') {
		open = memrchr(s.p, '<', s.n);
		if (open == NULL)
			return false;
		name = str_trim((struct str){ s.p, (size_t)(open - s.p) });
		address = (struct str){ open + 1, s.n - (size_t)(open - s.p) - 2 };
	}
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = (struct str){ name.p + 1, name.n - 2 };
	if (!mime_is_address(address))
		return false;
	*ret_name = name;
	*ret_address = address;
	return true;
}

void
mime_put_mailbox(struct str name, struct str address, struct buf *to)
{
	auto_buf struct buf line = { 0 };
	bool atom = true;

	mime_line(name, 100, &line);
	for (size_t i = 0; i < line.n; i++)
		if (strchr("()<>[]:;@\\,.\"", line.p[i]) != NULL)
			atom = false;
	if (line.n == 0) {
		buf_str(to, address);
		return;
	}
	if (atom && is_plain(buf_view(&line)))
		buf_str(to, buf_view(&line));
	else
		put_words(buf_view(&line), to);
	buf_str(to, STR(" <"));
	buf_str(to, address);
	buf_byte(to, '>');
}

/*
 * A byte of a quoted-printable line; breaks the line before it when it is full.  A dot that begins
 * a line is escaped, for SMTP has its own mind about these.
 */
static void
put_quoted(char c, bool plain, size_t *column, struct buf *to)
{
	static const char hex[] = "0123456789ABCDEF";
	const unsigned char u = (unsigned char)c;

	if (*column + (plain ? 1 : 3) > LINE_MAX_ - 1) {
		buf_str(to, STR("=\r\n"));
		*column = 0;
	}
	if (plain && (c != '.' || *column != 0)) {
		buf_byte(to, c);
		*column += 1;
	} else {
		buf_put(to, (char[]){ '=', hex[u >> 4], hex[u & 15] }, 3);
		*column += 3;
	}
}

void
mime_quoted(struct str text, struct buf *to)
{
	struct str line;

	while (str_line(&text, &line)) {
		size_t column = 0;

		for (size_t i = 0; i < line.n; i++) {
			const char c = line.p[i];
			const bool plain =
			    (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && i + 1 < line.n);

			put_quoted(c, plain, &column, to);
		}
		buf_str(to, STR("\r\n"));
	}
}

void
mime_html(struct str text, struct buf *to)
{
	static const struct {
		uint32_t c;
		const char *as;
	} marks[] = {
		{ '&', "&amp;" },
		{ '<', "&lt;" },
		{ '>', "&gt;" },
		{ '"', "&quot;" },
		{ '\'', "&#39;" },
	};

	while (text.n != 0) {
		const char *as = NULL;
		uint32_t c;
		size_t n = utf8_next(text, &c);

		for (size_t i = 0; i < ARRAY_LEN(marks); i++)
			if (marks[i].c == c)
				as = marks[i].as;
		if (as != NULL)
			buf_str(to, str_c(as));
		else
			utf8_put(utf8_unsafe(c) && !is_blank(c) ? 0xfffd : c, to);
		text = str_from(text, n);
	}
}

void
mime_date(int64_t wall_ns, struct buf *to)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const int64_t s = wall_ns / CLOCK_S, of_day = s % 86400, day = s / 86400;
	unsigned month, mday;
	int64_t year;

	clock_civil(day, &year, &month, &mday);
	buf_printf(to, "%.3s, %02u %.3s %04lld %02d:%02d:%02d +0000",
	    days + (size_t)((day + 4) % 7) * 3, mday, months + (size_t)(month - 1) * 3,
	    (long long)year, (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
}
