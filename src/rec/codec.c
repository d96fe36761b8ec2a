/* SPDX-License-Identifier: Apache-2.0 */
/* Records to bytes and back.  Room is reckoned once, so that writing needs no checks. */
#include "rec/codec.h"

#define VERSION 1U
#define VARINT_MAX ((size_t)10)
#define NULL_EXTRA 0x80U

enum { FLAG_CUT = 1, FLAG_RAW = 2, FLAG_NULLS = 4, FLAGS_KNOWN = 7 };

static const uint8_t tags[FIELD_COUNT] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) [F_##id] = tag,
#include "rec/fields.def"
#undef FIELD
};

static const uint8_t types[FIELD_COUNT] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) [F_##id] = FIELD_##type,
#include "rec/fields.def"
#undef FIELD
};

/* By tag: field + 1. */
static const uint8_t fields[256] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) [tag] = F_##id + 1,
#include "rec/fields.def"
#undef FIELD
};

/* Types of extras as written; the index is what stands in the log. */
static const enum field_type extra_types[] = { FIELD_STR, FIELD_INT, FIELD_FLOAT, FIELD_BOOL };

/* The next field of a bit set, taken out of it; false when it is empty. */
static inline bool
next_bit(uint64_t set[2], unsigned *ret)
{
	unsigned word = set[0] != 0 ? 0 : 1;

	if (set[word] == 0)
		return false;
	*ret = word * 64 + (unsigned)__builtin_ctzll(set[word]);
	set[word] &= set[word] - 1;
	return true;
}

static inline unsigned
count_bits(const uint64_t set[2])
{
	return (unsigned)__builtin_popcountll(set[0]) + (unsigned)__builtin_popcountll(set[1]);
}

static inline bool
lies_in(struct str s, struct str raw)
{
	uintptr_t from = (uintptr_t)raw.p, at = (uintptr_t)s.p;

	return s.n != 0 && at >= from && s.n <= raw.n && at - from <= raw.n - s.n;
}

/* At least as many bytes as text `s` will take. */
static inline size_t
text_room(struct str s, struct str raw)
{
	return 2 * VARINT_MAX + (lies_in(s, raw) ? 0 : s.n);
}

static size_t
room_for(const struct rec *r, struct str raw)
{
	uint64_t have[2] = { r->have[0], r->have[1] };
	size_t n = 64 + raw.n + count_bits(r->null);
	unsigned f;

	while (next_bit(have, &f))
		n += 1 + (field_is_text((enum field_type)types[f]) ? text_room(r->v[f].s, raw)
								   : VARINT_MAX);
	for (uint32_t i = 0; i < r->n_extra; i++) {
		const struct rec_extra *x = &r->extra[i];

		n += 1 + text_room(x->path, raw) +
		     (x->type == FIELD_STR && !x->null ? text_room(x->v.s, raw) : VARINT_MAX);
	}
	return n;
}

static inline char *
put_varint(char *p, uint64_t v)
{
	while (v > 0x7f) {
		*p++ = (char)(v | 0x80);
		v >>= 7;
	}
	*p++ = (char)v;
	return p;
}

static inline char *
put_bytes(char *p, struct str s)
{
	if (s.n != 0)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

static inline char *
put_text(char *p, struct str s, struct str raw)
{
	if (lies_in(s, raw)) {
		p = put_varint(p, (uint64_t)s.n << 1 | 1);
		return put_varint(p, (uint64_t)(s.p - raw.p));
	}
	p = put_varint(p, (uint64_t)s.n << 1);
	return put_bytes(p, s);
}

static inline char *
put_value(char *p, enum field_type type, const union rec_value *v, struct str raw)
{
	uint64_t bits;

	switch (type) {
	case FIELD_STR:
	case FIELD_IP:
		return put_text(p, v->s, raw);
	case FIELD_FLOAT:
		memcpy(&bits, &v->f, 8);
		for (unsigned i = 0; i < 64; i += 8)
			*p++ = (char)(bits >> i);
		return p;
	case FIELD_BOOL:
		*p++ = v->b ? 1 : 0;
		return p;
	case FIELD_INT:
	case FIELD_TIME:
	default:
		return put_varint(p, (uint64_t)v->i << 1 ^ (uint64_t)(v->i >> 63));
	}
}

static char *
put_extra(char *p, const struct rec_extra *x, struct str raw)
{
	unsigned code = 0;

	while (code < ARRAY_LEN(extra_types) - 1 && extra_types[code] != x->type)
		code++;
	p = put_text(p, x->path, raw);
	*p++ = (char)(code | (x->null ? NULL_EXTRA : 0));
	return x->null ? p : put_value(p, extra_types[code], &x->v, raw);
}

enum err
codec_encode(const struct rec *r, struct buf *to, struct diag *why)
{
	uint64_t have[2] = { r->have[0], r->have[1] }, null[2] = { r->null[0], r->null[1] };
	bool with_raw = rec_has(r, F_RAW), with_nulls = (null[0] | null[1]) != 0;
	struct str raw = rec_str(r, F_RAW);
	bool overflow = to->overflow;
	unsigned f, flags;
	char *start, *p;

	have[F_RAW / 64] &= ~((uint64_t)1 << (F_RAW % 64));
	start = p = buf_room(to, room_for(r, raw));
	if (p == NULL) {
		to->overflow = overflow;
		return err_set(why, FAIL_LIMIT, "record does not fit");
	}
	flags =
	    (r->cut ? FLAG_CUT : 0U) | (with_raw ? FLAG_RAW : 0U) | (with_nulls ? FLAG_NULLS : 0U);
	*p++ = (char)VERSION;
	p = put_varint(p, flags);
	if (with_raw)
		p = put_bytes(put_varint(p, raw.n), raw);
	p = put_varint(p, count_bits(have));
	while (next_bit(have, &f)) {
		*p++ = (char)tags[f];
		p = put_value(p, (enum field_type)types[f], &r->v[f], raw);
	}
	if (with_nulls) {
		p = put_varint(p, count_bits(null));
		while (next_bit(null, &f))
			*p++ = (char)tags[f];
	}
	p = put_varint(p, r->n_extra);
	for (uint32_t i = 0; i < r->n_extra; i++)
		p = put_extra(p, &r->extra[i], raw);
	buf_added(to, (size_t)(p - start));
	return OK;
}

/* What is left of the payload.  A cursor that met nonsense is empty from then on. */
struct cursor {
	const unsigned char *p, *end;
	struct str raw;
	bool bad;
};

static inline void
spoil(struct cursor *c)
{
	c->bad = true;
	c->p = c->end;
}

static inline unsigned
get_byte(struct cursor *c)
{
	if (UNLIKELY(c->p == c->end)) {
		c->bad = true;
		return 0;
	}
	return *c->p++;
}

static uint64_t
get_long_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70 && c->p != c->end; shift += 7) {
		uint64_t b = *c->p++;

		if (shift == 63 && b > 1)
			break;
		v |= (b & 0x7f) << shift;
		if (b > 0x7f)
			continue;
		if (b == 0 && shift != 0)
			break;
		return v;
	}
	spoil(c);
	return 0;
}

static inline uint64_t
get_varint(struct cursor *c)
{
	if (LIKELY(c->p != c->end && *c->p <= 0x7f))
		return *c->p++;
	return get_long_varint(c);
}

static inline struct str
get_bytes(struct cursor *c, uint64_t n)
{
	struct str s = { (const char *)c->p, (size_t)n };

	if (UNLIKELY(n > (uint64_t)(c->end - c->p))) {
		spoil(c);
		return (struct str){ NULL, 0 };
	}
	c->p += n;
	return s;
}

static inline struct str
get_text(struct cursor *c)
{
	uint64_t head = get_varint(c), n = head >> 1, at;

	if ((head & 1) == 0)
		return get_bytes(c, n);
	at = get_varint(c);
	if (UNLIKELY(n == 0 || n > c->raw.n || at > c->raw.n - n)) {
		spoil(c);
		return (struct str){ NULL, 0 };
	}
	return (struct str){ c->raw.p + at, (size_t)n };
}

static inline void
get_value(struct cursor *c, enum field_type type, union rec_value *v)
{
	uint64_t bits = 0;
	unsigned byte;

	switch (type) {
	case FIELD_STR:
	case FIELD_IP:
		v->s = get_text(c);
		return;
	case FIELD_FLOAT:
		for (unsigned i = 0; i < 64; i += 8)
			bits |= (uint64_t)get_byte(c) << i;
		memcpy(&v->f, &bits, 8);
		return;
	case FIELD_BOOL:
		byte = get_byte(c);
		c->bad |= byte > 1;
		v->b = byte == 1;
		return;
	case FIELD_INT:
	case FIELD_TIME:
	default:
		bits = get_varint(c);
		v->i = (int64_t)(bits >> 1 ^ (0 - (bits & 1)));
		return;
	}
}

/* Tags into a set, with values when `r` is not NULL. */
static void
get_fields(struct cursor *c, uint64_t set[2], struct rec *r)
{
	for (uint64_t n = get_varint(c); n != 0 && !c->bad; n--) {
		unsigned f = fields[get_byte(c)];
		uint64_t bit;

		if (f == 0 || (r != NULL && f - 1 == F_RAW)) {
			spoil(c);
			return;
		}
		f--;
		bit = (uint64_t)1 << (f % 64);
		c->bad |= (set[f / 64] & bit) != 0;
		set[f / 64] |= bit;
		if (r != NULL)
			get_value(c, (enum field_type)types[f], &r->v[f]);
	}
}

static enum err
get_extras(struct cursor *c, struct rec *r, struct diag *why)
{
	uint64_t n = get_varint(c);

	if (c->bad || n == 0)
		return OK;
	if (n > REC_EXTRA_MAX || n > (uint64_t)(c->end - c->p) / 2) {
		spoil(c);
		return OK;
	}
	r->extra = arena_alloc(r->arena, (size_t)n * sizeof(*r->extra));
	if (r->extra == NULL)
		return err_set(why, FAIL_LIMIT, "no room for %u unknown fields", (unsigned)n);
	r->extra_size = (uint32_t)n;
	for (uint32_t i = 0; i < n && !c->bad; i++) {
		struct rec_extra *x = &r->extra[i];
		unsigned code;

		x->path = get_text(c);
		code = get_byte(c);
		x->null = (code & NULL_EXTRA) != 0;
		code &= ~NULL_EXTRA;
		if (code >= ARRAY_LEN(extra_types)) {
			spoil(c);
			return OK;
		}
		x->type = extra_types[code];
		if (!x->null)
			get_value(c, x->type, &x->v);
		r->n_extra = i + 1;
	}
	return OK;
}

enum err
codec_decode(struct str payload, struct rec *r, struct diag *why)
{
	const unsigned char *p = (const unsigned char *)payload.p;
	struct cursor c = { .p = p, .end = payload.n != 0 ? p + payload.n : p };
	uint64_t flags;
	enum err e;

	if (get_byte(&c) != VERSION)
		return err_set(why, FAIL_CORRUPT, "record is not of version %u", VERSION);
	flags = get_varint(&c);
	c.bad |= flags > FLAGS_KNOWN;
	r->cut = (flags & FLAG_CUT) != 0;
	if ((flags & FLAG_RAW) != 0) {
		c.raw = get_bytes(&c, get_varint(&c));
		rec_set_str(r, F_RAW, c.raw);
	}
	get_fields(&c, r->have, r);
	if ((flags & FLAG_NULLS) != 0)
		get_fields(&c, r->null, NULL);
	e = get_extras(&c, r, why);
	if (e != OK)
		return e;
	if (c.bad || c.p != c.end)
		return err_set(why, FAIL_CORRUPT, "record does not make sense at byte %zu of %zu",
		    (size_t)(c.p - p), payload.n);
	return OK;
}
