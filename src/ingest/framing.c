/* Where messages begin and end in a syslog stream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/framing.h"

#define DIGITS_MAX 8

/* Offset of the first LF or NUL in `s`, or s.n. */
static size_t
line_end(struct str s)
{
	const char *lf = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL, *nul;

	if (lf != NULL)
		s.n = (size_t)(lf - s.p);
	nul = s.n > 0 ? memchr(s.p, '\0', s.n) : NULL;
	return nul != NULL ? (size_t)(nul - s.p) : s.n;
}

struct str
framing_strip(struct str message)
{
	while (message.n > 0 && memchr("\n\r", message.p[message.n - 1], 3) != NULL)
		message.n--;
	return message;
}

static size_t
blank(struct str in)
{
	size_t n = 0;

	while (n < in.n && (in.p[n] == '\n' || in.p[n] == '\r' || in.p[n] == '\0'))
		n++;
	return n;
}

/*
 * "LEN SP" at the front?  MESSAGE: yes, with its length in bytes and the number; PASSED: no.
 */
static enum framing_result
count_at_front(const struct framing *f, struct str in, bool end, size_t *ret_n, size_t *ret_len)
{
	size_t n = 0, len = 0;

	if (in.p[0] < '1' || in.p[0] > '9')
		return FRAMING_PASSED;
	while (n < in.n && n < DIGITS_MAX && in.p[n] >= '0' && in.p[n] <= '9')
		len = len * 10 + (size_t)(in.p[n++] - '0');
	if (n < in.n && (in.p[n] != ' ' || len > FRAMING_COUNT_MAX))
		return FRAMING_PASSED;
	if (n + 1 >= in.n)
		return end ? FRAMING_PASSED : FRAMING_MORE;
	if (in.p[n + 1] != '<' && !f->counted)
		return FRAMING_PASSED;
	*ret_n = n + 1;
	*ret_len = len;
	return FRAMING_MESSAGE;
}

static enum framing_result
counted_message(struct framing *f, struct str body, size_t len, bool end, size_t *ret_used,
    struct str *ret, bool *ret_cut)
{
	size_t want = len < f->max ? len : f->max, got = body.n < want ? body.n : want;

	if (got < want && !end)
		return FRAMING_MORE;
	f->counted = true;
	f->left = got < want ? 0 : len - want;
	*ret_used += got;
	*ret = framing_strip((struct str){ body.p, got });
	*ret_cut = got < len;
	return ret->n > 0 ? FRAMING_MESSAGE : FRAMING_PASSED;
}

static enum framing_result
line_message(struct framing *f, struct str in, bool end, size_t *ret_used, struct str *ret,
    bool *ret_cut)
{
	size_t look = in.n < f->max + 1 ? in.n : f->max + 1;
	size_t n = line_end((struct str){ in.p, look });
	bool whole = n < look;

	if (!whole && look <= f->max && !end)
		return FRAMING_MORE;
	f->counted = false;
	*ret_cut = !whole && look > f->max;
	if (*ret_cut)
		n = f->max;
	f->line_rest = *ret_cut;
	*ret_used = n + (whole ? 1 : 0);
	*ret = framing_strip((struct str){ in.p, n });
	return ret->n > 0 ? FRAMING_MESSAGE : FRAMING_PASSED;
}

enum framing_result
framing_next(struct framing *f, struct str in, bool end, size_t *ret_used, struct str *ret,
    bool *ret_cut)
{
	size_t n, len;

	*ret_used = 0;
	if (in.n == 0)
		return FRAMING_MORE;
	if (f->left > 0) {
		*ret_used = f->left < in.n ? (size_t)f->left : in.n;
		f->left -= *ret_used;
		return FRAMING_PASSED;
	}
	if (f->line_rest) {
		*ret_used = line_end(in);
		f->line_rest = *ret_used == in.n;
		*ret_used += f->line_rest ? 0 : 1;
		return FRAMING_PASSED;
	}
	*ret_used = blank(in);
	if (*ret_used > 0)
		return FRAMING_PASSED;
	switch (count_at_front(f, in, end, &n, &len)) {
	case FRAMING_MORE:
		return FRAMING_MORE;
	case FRAMING_PASSED:
		return line_message(f, in, end, ret_used, ret, ret_cut);
	case FRAMING_MESSAGE:
		break;
	}
	*ret_used = n;
	return counted_message(f, str_from(in, n), len, end, ret_used, ret, ret_cut);
}
