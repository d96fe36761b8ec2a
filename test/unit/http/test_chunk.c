/* Chunked bodies: any way to write them and any way to cut them up decode to the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/chunk.h"

#include "test.h"

/* Feeds `in` in pieces of `step` bytes. */
static enum err
feed(struct str in, size_t step, struct buf *to, size_t *ret_left)
{
	struct chunk c = { 0 };
	enum err e = FAIL_AGAIN;

	while (e == FAIL_AGAIN && in.n != 0) {
		struct str piece = { in.p, in.n < step ? in.n : step };
		size_t n = piece.n;

		e = chunk_step(&c, &piece, to);
		in = str_from(in, n - piece.n);
	}
	*ret_left = in.n;
	return e;
}

TEST(bodies)
{
	static const struct {
		const char *in;
		enum err e;
		const char *out;
		size_t left;
	} cases[] = {
		{ "0\r\n\r\n", OK, "", 0 },
		{ "3\r\nabc\r\n0\r\n\r\nGET", OK, "abc", 3 },
		{ "00003\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", OK, "abc0123456789", 0 },
		{ "1;a=\"b\"\r\nx\r\n0;c\r\nT: v\r\nU: w\r\n\r\n", OK, "x", 0 },
		{ "1 \r\nx\r\n0\r\n\r\n", OK, "x", 0 },
		{ "3\r\nab", FAIL_AGAIN, "ab", 0 },
		{ "3\r\nabc", FAIL_AGAIN, "abc", 0 },
		{ "3\r\nabc\r\n0\r\n", FAIL_AGAIN, "abc", 0 },
		{ "3\nabc\r\n0\r\n\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "3\r\nabcd\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "3\r\nabc\n0\r\n\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "g\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "0x3\r\nabc\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "3\r\r\nabc", FAIL_SYNTAX, NULL, 0 },
		{ "1000000000000000\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "0\r\nT: v\n\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "0\r\nT: \rv\r\n\r\n", FAIL_SYNTAX, NULL, 0 },
		{ "ff\r\n0123456789012345678901234567890123456789", FAIL_LIMIT, NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t step = 1; step < 50; step++) {
			struct buf out;
			size_t left;
			enum err e;

			buf_init(&out, 30);
			e = feed(str_c(cases[i].in), step, &out, &left);
			if (e != cases[i].e)
				fprintf(stderr, "case %zu, step %zu\n", i, step);
			CHECK_INT(e, cases[i].e);
			if (cases[i].out != NULL) {
				CHECK_SLICE(buf_view(&out), cases[i].out);
				CHECK_INT(left, cases[i].left);
			}
			buf_fini(&out);
		}
	}
}

TEST(what_is_around_the_data_is_bounded)
{
	static const char *const around[] = { "1;", "0\r\nT: " };

	for (size_t i = 0; i < ARRAY_LEN(around); i++) {
		struct buf in, out;
		size_t left;

		buf_init(&in, 0);
		buf_init(&out, 0);
		buf_str(&in, str_c(around[i]));
		for (int n = 0; n < CHUNK_EXTRA_MAX + 1; n++)
			buf_byte(&in, 'x');
		CHECK_INT(feed(buf_view(&in), 1000, &out, &left), FAIL_LIMIT);
		buf_fini(&in);
		buf_fini(&out);
	}
}
