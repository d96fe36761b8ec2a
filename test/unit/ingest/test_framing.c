/* Syslog framing: what real senders send, limits, and any split of the stream. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/framing.h"

#include "base/buf.h"
#include "test.h"

#define MAX 64

/* All messages of a stream, fed in pieces; "|" behind each, "|!" behind a cut one. */
static void
messages(struct str stream, const size_t *pieces, size_t n_pieces, struct buf *to)
{
	struct framing f = { .max = MAX };
	size_t at = 0, have = 0;

	for (size_t i = 0; i <= n_pieces; i++) {
		bool end = i == n_pieces, cut = false;
		size_t used;
		struct str m;
		enum framing_result r;

		have = end ? stream.n : have + pieces[i];
		if (have > stream.n)
			have = stream.n;
		while ((r = framing_next(&f, (struct str){ stream.p + at, have - at }, end, &used,
			    &m, &cut)) != FRAMING_MORE) {
			CHECK(used > 0 && used <= have - at);
			at += used;
			if (r == FRAMING_PASSED)
				continue;
			CHECK(m.n > 0 && m.n <= MAX);
			CHECK(m.p >= stream.p && m.p + m.n <= stream.p + at);
			buf_str(to, m);
			buf_str(to, cut ? STR("|!") : STR("|"));
		}
		CHECK(end ? at == have : have - at < MAX + FRAMING_SLACK);
	}
}

#define L60 "123456789 123456789 123456789 123456789 123456789 123456789 "

TEST(frames_of_real_senders)
{
	static const struct {
		struct str in;
		const char *out;
	} rows[] = {
		{ STR("<13>one\n<13>two\n"), "<13>one|<13>two|" },
		{ STR("<13>one\r\n<13>two"), "<13>one|<13>two|" },
		{ STR("<12>python\0<12>again\0"), "<12>python|<12>again|" },
		{ STR("7 <13>one8 <13>two\n7 <13>six"), "<13>one|<13>two|<13>six|" },

		{ STR("7 <13>one\n7 <13>two\n"), "<13>one|<13>two|" },
		{ STR("7 <13>one<13>line\n7 <13>two"), "<13>one|<13>line|<13>two|" },
		{ STR("7 <13>one3 abc5 12 \nx"), "<13>one|abc|12 \nx|" },
		{ STR("404 not found\n2026-11-21 text\n"), "404 not found|2026-11-21 text|" },
		{ STR("12\n"), "12|" },
		{ STR("99999999999 <13>x\n"), "99999999999 <13>x|" },
		{ STR("no header\n\n\n\0\r\nmore"), "no header|more|" },
		{ STR("20 <13>short"), "<13>short|!" },
		{ STR("20 "), "20 |" },
		{ STR(L60 "1234\nx\n"), L60 "1234|x|" },
		{ STR("<" L60 "1234\nx\n"), "<" L60 "123|!x|" },
		{ STR("70 <" L60 "1234567897 <13>two"), "<" L60 "123|!<13>two|" },
		{ STR(""), "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf got;

		buf_init(&got, 0);
		messages(rows[i].in, NULL, 0, &got);
		CHECK_SLICE(buf_view(&got), rows[i].out);
		buf_fini(&got);
	}
}

TEST(a_counted_message_may_hold_anything)
{
	struct buf got;

	buf_init(&got, 0);
	messages(STR("7 <13>a\nb7 <13>c\0d"), NULL, 0, &got);
	CHECK_BYTES(got.p, got.n, "<13>a\nb|<13>c\0d|", 16);
	buf_fini(&got);
}

static uint64_t state;

static size_t
below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state % n);
}

/* A stream of all kinds of frames, and of noise. */
static void
make_stream(struct buf *to)
{
	static const char alphabet[] = "<>19 \n\0\rab";

	for (size_t i = 1 + below(20); i > 0; i--) {
		size_t n = 1 + below(90);

		if (below(2) == 0)
			buf_printf(to, "%zu <", n + 1);
		else if (below(2) == 0)
			buf_byte(to, '<');
		for (; n > 0; n--)
			buf_byte(to, below(4) == 0 ? alphabet[below(sizeof(alphabet) - 1)] : 'x');
		if (below(2) == 0)
			buf_byte(to, below(2) == 0 ? '\n' : '\0');
	}
}

TEST(any_split_gives_the_same_messages)
{
	state = test_seed() | 1;
	for (unsigned i = 0; i < test_rounds(20000); i++) {
		struct buf stream, whole, split;
		size_t pieces[64];

		buf_init(&stream, 0);
		buf_init(&whole, 0);
		buf_init(&split, 0);
		make_stream(&stream);
		for (size_t k = 0; k < ARRAY_LEN(pieces); k++)
			pieces[k] = below(3) == 0 ? 1 : below(80);
		messages(buf_view(&stream), NULL, 0, &whole);
		messages(buf_view(&stream), pieces, ARRAY_LEN(pieces), &split);
		CHECK_BYTES(split.p, split.n, whole.p, whole.n);
		buf_fini(&stream);
		buf_fini(&whole);
		buf_fini(&split);
	}
}

TEST(strip_takes_line_ends_only)
{
	CHECK_SLICE(framing_strip(STR("a\r\n")), "a");
	CHECK_SLICE(framing_strip((struct str){ "a\n\0", 3 }), "a");
	CHECK_SLICE(framing_strip(STR(" a \n")), " a ");
	CHECK_INT(framing_strip(STR("\n\n")).n, 0);
}
