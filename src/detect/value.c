/* Canonical text of values; decoding of request targets. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_match.c */
#include "detect/value.h"

#include <stdio.h>

#include "base/clock.h"

struct str
value_text(enum field_type type, const union rec_value *v, char number[VALUE_NUMBER_SIZE])
{
	char *p = number + VALUE_NUMBER_SIZE;
	uint64_t u;

	switch (type) {
	case FIELD_STR:
	case FIELD_IP:
		return v->s;
	case FIELD_INT:
		u = v->i < 0 ? -(uint64_t)v->i : (uint64_t)v->i;
		do {
			*--p = (char)('0' + u % 10);
			u /= 10;
		} while (u > 0);
		if (v->i < 0)
			*--p = '-';
		return (struct str){ p, (size_t)(number + VALUE_NUMBER_SIZE - p) };
	case FIELD_FLOAT:
		return atom_float_text(v->f, number);
	case FIELD_BOOL:
		return v->b ? STR("true") : STR("false");
	case FIELD_TIME:
		return str_c(clock_text(v->i, number));
	}
	return STR("");
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
value_decode(struct str s, struct buf *to)
{
	const char *from = s.p, *end = s.p + s.n, *pc;
	bool any = false;
	char *room;

	if (s.n < 3 || memchr(s.p, '%', s.n - 2) == NULL)
		return false;
	buf_reset(to);
	room = buf_room(to, s.n);
	if (room == NULL)
		return false;
	while (from < end) {
		pc = memchr(from, '%', (size_t)(end - from));
		if (pc == NULL)
			pc = end;
		memcpy(room, from, (size_t)(pc - from));
		room += pc - from;
		from = pc;
		if (end - pc >= 3 && hex(pc[1]) >= 0 && hex(pc[2]) >= 0) {
			*room++ = (char)(hex(pc[1]) << 4 | hex(pc[2]));
			from += 3;
			any = true;
		} else if (pc < end) {
			*room++ = *from++;
		}
	}
	buf_added(to, (size_t)(room - to->p));
	return any;
}

struct str
value_target(const struct rec *r, struct buf *to)
{
	struct str path = rec_str(r, F_ENDPOINT), query = rec_str(r, F_QUERY);

	if (rec_has(r, F_URL))
		return rec_str(r, F_URL);
	if (!rec_has(r, F_ENDPOINT) || query.n == 0)
		return path;
	buf_reset(to);
	buf_str(to, path);
	if (query.p[0] != '?')
		buf_byte(to, '?');
	buf_str(to, query);
	return buf_view(to);
}
