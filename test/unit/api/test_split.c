/* Bodies cut into events. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/split.h"

#include "base/buf.h"
#include "test.h"

/* Items joined by '|'. */
static enum err
cut(struct str body, struct buf *to, struct diag *why)
{
	struct split s;
	enum err e;

	split_init(&s, 1000);
	e = split_json(&s, body, why);
	for (size_t i = 0; e == OK && i < s.n; i++) {
		if (i != 0)
			buf_byte(to, '|');
		buf_put(to, body.p + s.p[i].at, s.p[i].n);
	}
	split_fini(&s);
	return e;
}

static const struct {
	const char *body;
	const char *items; /* NULL: broken */
} cases[] = {
	{ "{}", "{}" },
	{ " {\"a\":1} \n", "{\"a\":1}" },
	{ "\xef\xbb\xbf{\"a\":1}", "{\"a\":1}" },
	{ "\xef\xbb\xbf[{},{}]", "{}|{}" },
	{ "{\n  \"a\": {\n    \"b\": []\n  }\n}\n", "{\n  \"a\": {\n    \"b\": []\n  }\n}" },
	{ "{\"a\":{}\n}", "{\"a\":{}\n}" },
	/* lines */
	{ "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}|{\"a\":2}" },
	{ "{\"a\":1}\r\n\r\n  {\"a\":2}", "{\"a\":1}|{\"a\":2}" },
	{ "{\"a\":1}\nnonsense\n[1\n{}", "{\"a\":1}|nonsense|[1|{}" },
	{ "{\"a\":\n{\"a\":2}\n", "{\"a\":|{\"a\":2}" },
	/* one after the other */
	{ "{\"a\":1}{\"a\":2} {}", "{\"a\":1}|{\"a\":2}|{}" },
	{ "{\"a\":1} {\n}\t{}", "{\"a\":1}|{\n}|{}" },
	{ "{\"a\":\"}{\\\"}{\"}{}", "{\"a\":\"}{\\\"}{\"}|{}" },
	/* arrays */
	{ "[]", "" },
	{ " [ ] ", "" },
	{ "[{\"a\":\"],[\"} ,\n{\"b\":[{},[]]}]", "{\"a\":\"],[\"}|{\"b\":[{},[]]}" },
	{ "[1,\"x,\\\"]\", true ,[2],{}]", "1|\"x,\\\"]\"|true|[2]|{}" },
	/* broken as a whole */
	{ "", NULL },
	{ " \n", NULL },
	{ "nonsense", NULL },
	{ "\"text\"", NULL },
	{ "17", NULL },
	{ "{", NULL },
	{ "{\"a\":1", NULL },
	{ "{\"a\":\"x}", NULL },
	{ "{\"a\":\"\\", NULL },
	{ "{} x", NULL },
	{ "{},{}", NULL },
	{ "[", NULL },
	{ "[{}", NULL },
	{ "[{},", NULL },
	{ "[{},]", NULL },
	{ "[,{}]", NULL },
	{ "[{} {}]", NULL },
	{ "[{}]]", NULL },
	{ "[{}] {}", NULL },
	{ "[{]", NULL },
	{ "[\"x]", NULL },
	{ "]", NULL },
	{ "}", NULL },
};

TEST(bodies)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag why = { 0 };
		struct buf out;
		enum err e;

		fprintf(stderr, "%s\n", cases[i].body);
		buf_init(&out, 0);
		e = cut(str_c(cases[i].body), &out, &why);
		CHECK_INT(e, cases[i].items != NULL ? OK : FAIL_SYNTAX);
		if (cases[i].items != NULL)
			CHECK_SLICE(buf_view(&out), cases[i].items);
		buf_fini(&out);
	}
}

TEST(caps)
{
	struct diag why = { 0 };
	struct split s;
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < SPLIT_DEPTH_MAX; i++)
		buf_byte(&b, '[');
	for (int i = 0; i < SPLIT_DEPTH_MAX; i++)
		buf_byte(&b, ']');
	CHECK_INT(split_element(buf_view(&b), 0), b.n);
	buf_reset(&b);
	for (int i = 0; i < SPLIT_DEPTH_MAX + 1; i++)
		buf_byte(&b, '[');
	for (int i = 0; i < SPLIT_DEPTH_MAX + 1; i++)
		buf_byte(&b, ']');
	CHECK_INT(split_element(buf_view(&b), 0), 0);
	buf_fini(&b);
	split_init(&s, 2);
	CHECK_INT(split_json(&s, STR("[1,2,3]"), &why), FAIL_LIMIT);
	split_fini(&s);
	split_init(&s, 2);
	CHECK_INT(split_json(&s, STR("{}\n{}\n{}"), &why), FAIL_LIMIT);
	split_fini(&s);
	split_init(&s, 2);
	CHECK_INT(split_lines(&s, STR("a\nb\n\nc"), &why), FAIL_LIMIT);
	split_fini(&s);
}

static uint64_t state;

static unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % n);
}

static void
put_text(struct buf *to)
{
	static const char *const bits[] = { "a", "{", "}", "[", "]", ",", "\\\"", "\\\\", " ",
		"0123456789abcdefghijklmnop", "\xc3\xa9", ":" };

	buf_byte(to, '"');
	for (unsigned n = below(8); n > 0; n--)
		buf_str(to, str_c(bits[below(ARRAY_LEN(bits))]));
	buf_byte(to, '"');
}

static void
put_value(struct buf *to, unsigned depth)
{
	unsigned kind = below(depth < 4 ? 5 : 3), n = below(4);

	if (kind == 0) {
		buf_u64(to, below(1000));
	} else if (kind < 3) {
		put_text(to);
	} else {
		buf_byte(to, kind == 3 ? '{' : '[');
		for (unsigned i = 0; i < n; i++) {
			if (i != 0)
				buf_str(to, STR(", "));
			if (kind == 3) {
				put_text(to);
				buf_byte(to, ':');
			}
			put_value(to, depth + 1);
		}
		buf_byte(to, kind == 3 ? '}' : ']');
	}
}

static void
put_object(struct buf *to)
{
	buf_str(to, STR("{\"k\":"));
	put_value(to, 0);
	buf_byte(to, '}');
}

/* What is put together from objects comes apart into the same objects, however it is written. */
TEST(random_bodies_come_apart_as_they_were_put_together)
{
	state = test_seed() | 1;
	for (unsigned round = 0; round < test_rounds(3000); round++) {
		static const struct {
			const char *before, *between, *after;
		} ways[] = { { "[", ",", "]" }, { " [ ", " ,\n", " ] " }, { "", "\n", "" },
			{ "", "\r\n\n", "\n" }, { "", "  ", "" }, { "", "", " " } };
		unsigned way = below(ARRAY_LEN(ways)), n = 1 + below(6);
		struct buf body, want, got;
		struct diag why = { 0 };

		buf_init(&body, 0);
		buf_init(&want, 0);
		buf_init(&got, 0);
		buf_str(&body, str_c(ways[way].before));
		for (unsigned i = 0; i < n; i++) {
			size_t at = body.n;

			if (i != 0) {
				buf_str(&body, str_c(ways[way].between));
				buf_byte(&want, '|');
				at = body.n;
			}
			put_object(&body);
			buf_put(&want, body.p + at, body.n - at);
		}
		buf_str(&body, str_c(ways[way].after));
		CHECK_OK(cut(buf_view(&body), &got, &why), why);
		CHECK_BYTES(got.p, got.n, want.p, want.n);
		buf_fini(&body);
		buf_fini(&want);
		buf_fini(&got);
	}
}
