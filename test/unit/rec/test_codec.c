/* Records to bytes and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/codec.h"

#include "random.h"
#include "test.h"

/* Text inside raw, or outside, or none. */
static struct str
random_text(uint64_t *s, struct arena *a, struct str raw)
{
	size_t n = random_below(s, random_below(s, 10) == 0 ? 1000 : 20);
	char *p;

	if (raw.n != 0 && random_below(s, 2) == 0) {
		size_t at = random_below(s, raw.n);

		return (struct str){ raw.p + at, random_below(s, raw.n - at + 1) };
	}
	p = arena_bytes(a, n);
	CHECK(p != NULL);
	random_bytes(s, p, n);
	return (struct str){ p, n };
}

static int64_t
random_int(uint64_t *s)
{
	return (int64_t)(random_next(s) >> random_below(s, 64)) *
	       (random_below(s, 2) == 0 ? 1 : -1);
}

static union rec_value
random_value(uint64_t *s, struct arena *a, enum field_type type, struct str raw)
{
	union rec_value v = { .i = 0 };

	if (field_is_text(type))
		v.s = random_text(s, a, raw);
	else if (type == FIELD_FLOAT)
		memcpy(&v.f, &(uint64_t){ random_next(s) }, 8);
	else if (type == FIELD_BOOL)
		v.b = random_below(s, 2) == 0;
	else
		v.i = random_below(s, 20) == 0 ? INT64_MIN : random_int(s);
	return v;
}

static void
random_rec(uint64_t *s, struct arena *a, struct rec *r)
{
	static const enum field_type types[] = { FIELD_STR, FIELD_INT, FIELD_FLOAT, FIELD_BOOL };
	size_t density = random_below(s, 10), n = random_below(s, 4) == 0 ? random_below(s, 60) : 0;
	struct str raw = { NULL, 0 };

	rec_init(r, a);
	if (random_below(s, 4) != 0) {
		raw = random_text(s, a, raw);
		rec_set_str(r, F_RAW, raw);
	}
	for (unsigned f = 0; f < F_RAW; f++) {
		if (random_below(s, 10) < density) {
			r->v[f] = random_value(s, a, field_info((enum field)f)->type, raw);
			rec_mark(r, (enum field)f);
		} else if (random_below(s, 30) == 0) {
			r->null[f / 64] |= (uint64_t)1 << (f % 64);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct rec_extra x = { .path = random_text(s, a, raw),
			.type = types[random_below(s, 4)],
			.null = random_below(s, 5) == 0 };

		if (!x.null)
			x.v = random_value(s, a, x.type, raw);
		CHECK_INT(rec_add_extra(r, &x), OK);
	}
	r->cut = random_below(s, 8) == 0;
}

static void
check_value(enum field_type type, const union rec_value *got, const union rec_value *want)
{
	if (field_is_text(type))
		CHECK_BYTES(got->s.p, got->s.n, want->s.p, want->s.n);
	else if (type == FIELD_BOOL)
		CHECK_INT(got->b, want->b);
	else
		CHECK_BYTES(got, 8, want, 8);
}

static void
check_equal(const struct rec *got, const struct rec *want)
{
	CHECK_BYTES(got->have, sizeof(got->have), want->have, sizeof(want->have));
	CHECK_BYTES(got->null, sizeof(got->null), want->null, sizeof(want->null));
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (rec_has(want, (enum field)f))
			check_value(field_info((enum field)f)->type, &got->v[f], &want->v[f]);
	CHECK_INT(got->cut, want->cut);
	CHECK_INT(got->n_extra, want->n_extra);
	for (uint32_t i = 0; i < want->n_extra; i++) {
		const struct rec_extra *x = &got->extra[i], *y = &want->extra[i];

		CHECK_BYTES(x->path.p, x->path.n, y->path.p, y->path.n);
		CHECK_INT(x->type, y->type);
		CHECK_INT(x->null, y->null);
		if (!y->null)
			check_value(y->type, &x->v, &y->v);
	}
}

/* Exactly the bytes, on the heap, so that a step over the end is seen. */
static char *
exact_copy(struct str s)
{
	char *p = malloc(s.n != 0 ? s.n : 1);

	CHECK(p != NULL);
	if (s.n != 0)
		memcpy(p, s.p, s.n);
	return p;
}

TEST(decoding_gives_what_was_encoded)
{
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(16 << 20), *b = arena_new(16 << 20);

	for (unsigned round = 0; round < test_rounds(5000); round++) {
		auto_buf struct buf bytes = { 0 }, again = { 0 };
		struct rec r, got;
		struct diag why;
		char *copy;

		random_rec(&s, a, &r);
		buf_str(&bytes, STR("before"));
		CHECK_OK(codec_encode(&r, &bytes, &why), why);
		copy = exact_copy(str_from(buf_view(&bytes), 6));
		rec_init(&got, b);
		CHECK_OK(codec_decode((struct str){ copy, bytes.n - 6 }, &got, &why), why);
		check_equal(&got, &r);
		CHECK_OK(codec_encode(&got, &again, &why), why);
		CHECK_BYTES(again.p, again.n, copy, bytes.n - 6);
		free(copy);
		arena_reset(a);
		arena_reset(b);
	}
	arena_free(a);
	arena_free(b);
}

TEST(the_empty_record)
{
	auto_buf struct buf bytes = { 0 };
	struct arena *a = arena_new(1000);
	struct rec r, got;
	struct diag why;

	rec_init(&r, a);
	CHECK_OK(codec_encode(&r, &bytes, &why), why);
	CHECK_BYTES(bytes.p, bytes.n, "\1\0\0\0", 4);
	rec_init(&got, a);
	CHECK_OK(codec_decode(buf_view(&bytes), &got, &why), why);
	check_equal(&got, &r);
	arena_free(a);
}

/* The format itself: logs of today are read tomorrow. */
TEST(bytes_are_these)
{
	static const char want[] = "\x01\x07" /* version, cut + raw + nulls */
				   "\x0c"
				   "10.0.0.1 GET"             /* raw */
				   "\x05"                     /* fields */
				   "\x01\x03"                 /* timestamp -2 */
				   "\x07\x11\x00"             /* client_ip: 8 bytes at 0 of raw */
				   "\x11\x07\x09"             /* method: 3 bytes at 9 */
				   "\x1e\0\0\0\0\0\0\xf8\x3f" /* latitude 1.5 */
				   "\x24\x01"                 /* is_vpn_or_proxy */
				   "\x01\x35"                 /* null: host */
				   "\x02"                     /* extras */
				   "\x02"
				   "a\x01\xac\x02" /* a = 150 */
				   "\x02"
				   "b\x80"; /* b = null */
	struct rec_extra one = { .path = STR("a"), .type = FIELD_INT, .v.i = 150 };
	struct rec_extra two = { .path = STR("b"), .type = FIELD_STR, .null = true };
	struct str raw = STR("10.0.0.1 GET");
	auto_buf struct buf bytes = { 0 };
	struct arena *a = arena_new(100000);
	struct rec r, got;
	struct diag why;

	rec_init(&r, a);
	r.cut = true;
	rec_set_str(&r, F_RAW, raw);
	rec_set_int(&r, F_TIMESTAMP, -2);
	rec_set_str(&r, F_CLIENT_IP, (struct str){ raw.p, 8 });
	rec_set_str(&r, F_METHOD, (struct str){ raw.p + 9, 3 });
	rec_set_float(&r, F_GEO_LAT, 1.5);
	rec_set_bool(&r, F_NET_ANON, true);
	r.null[F_HOST / 64] |= (uint64_t)1 << (F_HOST % 64);
	CHECK_INT(rec_add_extra(&r, &one), OK);
	CHECK_INT(rec_add_extra(&r, &two), OK);
	CHECK_OK(codec_encode(&r, &bytes, &why), why);
	CHECK_BYTES(bytes.p, bytes.n, want, sizeof(want) - 1);
	rec_init(&got, a);
	CHECK_OK(codec_decode(buf_view(&bytes), &got, &why), why);
	check_equal(&got, &r);
	arena_free(a);
}

TEST(nonsense_is_corrupt)
{
	static const struct {
		const char *p;
		size_t n;
	} rows[] = {
#define ROW(bytes) { bytes, sizeof(bytes) - 1 }
		ROW(""), ROW("\x01"), ROW("\x02\0\0\0"), /* version */
		ROW("\x01\x08\0\0"),                     /* flags */
		ROW("\x01\0\0\0\0"),                     /* something behind */
		ROW("\x01\x02\x05"
		    "abc"),                /* raw beyond the end */
		ROW("\x01\0\x01\xff\0\0"), /* unknown tag */
		ROW("\x01\0\x01\0\0\0"),   /* tag 0 */
		ROW("\x01\0\x01\x4a\x02"
		    "a\0"),                          /* raw among the fields */
		ROW("\x01\0\x02\x01\x01\x01\x01\0"), /* the same field twice */
		ROW("\x01\0\x01\x24\x02\0"),         /* neither true nor false */
		ROW("\x01\0\x01\x35\x03\0\0"),       /* inside a raw that is not there */
		ROW("\x01\x02\x02"
		    "ab\x01\x35\x05\x01\0"), /* beyond raw */
		ROW("\x01\x02\x02"
		    "ab\x01\x35\x01\x00\0"),     /* nothing inside raw */
		ROW("\x01\0\x01\x01\x81\x00\0"), /* not the shortest varint */
		ROW("\x01\0\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\0"), /* 65 bits */
		ROW("\x01\0\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0"),
		ROW("\x01\x04\0\x02\x35\x35\0"), /* the same null twice */
		ROW("\x01\x04\0\x01\xff\0"),     /* unknown null */
		ROW("\x01\0\0\x01\x02"
		    "a\x04\0"),                    /* unknown type */
		ROW("\x01\0\0\x81\x08"),           /* 1025 extras */
		ROW("\x01\0\0\x80\x08"),           /* 1024 that are not there */
		ROW("\x01\0\xff\xff\xff\xff\x0f"), /* a world of fields */
#undef ROW
	};
	struct arena *a = arena_new(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *copy = exact_copy((struct str){ rows[i].p, rows[i].n });
		struct diag why;
		struct rec r;

		rec_init(&r, a);
		CHECK_INT(codec_decode((struct str){ copy, rows[i].n }, &r, &why), FAIL_CORRUPT);
		free(copy);
	}
	arena_free(a);
}

/* Whatever decodes can be encoded again to the same bytes: all of it made sense. */
static void
check_any(struct str bytes, struct arena *a)
{
	char *copy = exact_copy(bytes);
	auto_buf struct buf again = { 0 };
	struct diag why;
	struct rec r;
	enum err e;

	rec_init(&r, a);
	e = codec_decode((struct str){ copy, bytes.n }, &r, &why);
	CHECK(e == OK || e == FAIL_CORRUPT);
	if (e == OK) {
		auto_buf struct buf third = { 0 };
		struct rec got;

		CHECK_OK(codec_encode(&r, &again, &why), why);
		rec_init(&got, a);
		CHECK_OK(codec_decode(buf_view(&again), &got, &why), why);
		check_equal(&got, &r);
		CHECK_OK(codec_encode(&got, &third, &why), why);
		CHECK_INT(third.n, again.n);
	}
	free(copy);
	arena_reset(a);
}

TEST(any_bytes_are_survived)
{
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(16 << 20), *b = arena_new(16 << 20);

	for (unsigned round = 0; round < test_rounds(30000); round++) {
		auto_buf struct buf bytes = { 0 };
		char noise[200] = "\x01";
		struct diag why;
		struct rec r;

		if (round % 8 == 0) {
			random_bytes(&s, noise + 1, sizeof(noise) - 1);
			check_any((struct str){ noise, random_below(&s, sizeof(noise)) }, b);
			continue;
		}
		random_rec(&s, a, &r);
		CHECK_OK(codec_encode(&r, &bytes, &why), why);
		for (size_t k = random_below(&s, 3) + 1; k > 0; k--)
			random_bytes(&s, bytes.p + random_below(&s, bytes.n), 1);
		if (round % 3 == 0)
			bytes.n = random_below(&s, bytes.n);
		check_any(buf_view(&bytes), b);
		arena_reset(a);
	}
	arena_free(a);
	arena_free(b);
}

/* Every cut of a payload is noticed. */
TEST(cuts_are_corrupt)
{
	uint64_t s = random_start(test_seed());
	struct arena *a = arena_new(16 << 20), *b = arena_new(16 << 20);

	for (unsigned round = 0; round < test_rounds(50); round++) {
		auto_buf struct buf bytes = { 0 };
		struct diag why;
		struct rec r;

		random_rec(&s, a, &r);
		CHECK_OK(codec_encode(&r, &bytes, &why), why);
		for (size_t n = 0; n < bytes.n; n++) {
			rec_init(&r, b);
			CHECK_INT(codec_decode((struct str){ bytes.p, n }, &r, &why), FAIL_CORRUPT);
			arena_reset(b);
		}
		arena_reset(a);
	}
	arena_free(a);
	arena_free(b);
}

TEST(a_full_buffer_stays_as_it_was)
{
	struct arena *a = arena_new(100000);
	auto_buf struct buf bytes;
	struct diag why;
	struct rec r;

	buf_init(&bytes, 1000);
	buf_str(&bytes, STR("before"));
	rec_init(&r, a);
	rec_set_str(&r, F_MESSAGE, (struct str){ arena_alloc(a, 2000), 2000 });
	CHECK_INT(codec_encode(&r, &bytes, &why), FAIL_LIMIT);
	CHECK_SLICE(buf_view(&bytes), "before");
	CHECK(!buf_overflow(&bytes));
	arena_free(a);
}

TEST(a_small_arena_is_a_limit)
{
	struct rec_extra x = { .path = STR("p"), .type = FIELD_INT };
	struct arena *a = arena_new(100000), *small = arena_new(100);
	auto_buf struct buf bytes = { 0 };
	struct diag why;
	struct rec r;

	rec_init(&r, a);
	for (unsigned i = 0; i < 100; i++)
		CHECK_INT(rec_add_extra(&r, &x), OK);
	CHECK_OK(codec_encode(&r, &bytes, &why), why);
	rec_init(&r, small);
	CHECK_INT(codec_decode(buf_view(&bytes), &r, &why), FAIL_LIMIT);
	CHECK_INT(r.n_extra, 0);
	arena_free(a);
	arena_free(small);
}
