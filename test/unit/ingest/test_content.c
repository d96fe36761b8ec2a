/* Lines out of content, and its fingerprint, however it was read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/content.h"

#include "base/mem.h"
#include "rec/rec.h"
#include "test.h"

static void
put(struct content *c, struct str s)
{
	memcpy(content_room(c, s.n), s.p, s.n);
	content_added(c, s.n);
}

/* All lines there are, "|" behind each, "!" behind a cut one. */
static void
lines(struct content *c, bool end, struct buf *to)
{
	struct str line;
	bool cut;

	while (content_line(c, end, &line, &cut)) {
		buf_str(to, line);
		buf_str(to, cut ? STR("!") : STR("|"));
	}
}

TEST(lines_of_all_kinds)
{
	static const struct {
		struct str in;
		const char *out, *rest; /* complete lines; what the end adds */
	} rows[] = {
		{ STR("one\ntwo\n"), "one|two|", "" },
		{ STR("one\r\n\r\n\n\ntwo"), "one|", "two|" },
		{ STR("\0\0\0one\n\0\0\n"), "one|", "" },
		{ STR(" a \n"), " a |", "" },
		{ STR(""), "", "" },
		{ STR("\n"), "", "" },
		{ STR("x\r"), "", "x|" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct content c;
		struct buf got;

		content_init(&c);
		buf_init(&got, 0);
		put(&c, rows[i].in);
		lines(&c, false, &got);
		CHECK_SLICE(buf_view(&got), rows[i].out);
		buf_reset(&got);
		lines(&c, true, &got);
		CHECK_SLICE(buf_view(&got), rows[i].rest);
		CHECK_INT(content_out(&c), rows[i].in.n);
		CHECK_INT(content_in(&c), rows[i].in.n);
		buf_fini(&got);
		content_fini(&c);
	}
}

TEST(long_lines_are_cut_and_take_bounded_memory)
{
	const size_t sizes[] = { REC_RAW_MAX - 1, REC_RAW_MAX, REC_RAW_MAX + 1, REC_RAW_MAX + 70000,
		5 * REC_RAW_MAX };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct content c;
		struct content_prefix want = { 0 };
		struct content_print got, expected;
		struct str line;
		char *text = mem_alloc(sizes[i] + 7);
		bool cut;

		content_init(&c);
		for (size_t k = 0; k < sizes[i]; k++)
			text[k] = (char)('a' + k % 26);
		memcpy(text + sizes[i], "\nafter\n", 7);
		for (size_t at = 0; at < sizes[i] + 7; at += 60000) {
			size_t left = sizes[i] + 7 - at;

			put(&c, (struct str){ text + at, left < 60000 ? left : 60000 });
			CHECK(c.pending.n <= REC_RAW_MAX + 200000);
			CHECK_INT(content_in(&c), at + (left < 60000 ? left : 60000));
			if (left > 60000)
				CHECK(!content_line(&c, false, &line, &cut));
		}
		CHECK(content_line(&c, false, &line, &cut));
		CHECK_INT(cut, sizes[i] > REC_RAW_MAX);
		CHECK_BYTES(line.p, line.n, text, sizes[i] < REC_RAW_MAX ? sizes[i] : REC_RAW_MAX);
		CHECK_INT(content_out(&c), sizes[i] + 1);
		CHECK(content_line(&c, false, &line, &cut));
		CHECK_SLICE(line, "after");
		CHECK(!cut);
		content_prefix_add(&want, (struct str){ text, sizes[i] + 7 });
		content_prefix_print(&want, &expected);
		content_print_out(&c, &got);
		CHECK(content_same(&got, &expected));
		content_fini(&c);
		free(text);
	}
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

TEST(any_split_gives_the_same_lines_and_prints)
{
	state = test_seed() | 1;
	for (unsigned i = 0; i < test_rounds(2000); i++) {
		struct content c;
		struct content_prefix prefix = { 0 };
		struct content_print a, b;
		struct buf text, whole, split;
		size_t n = below(9000);

		buf_init(&text, 0);
		buf_init(&whole, 0);
		buf_init(&split, 0);
		for (size_t k = 0; k < n; k++)
			buf_byte(&text, "\n\0\rabcdefghijklmnop"[below(19)]);
		content_init(&c);
		put(&c, buf_view(&text));
		lines(&c, true, &whole);
		content_fini(&c);

		content_init(&c);
		for (size_t at = 0, m; at < n; at += m) {
			m = 1 + below(2000);
			m = m < n - at ? m : n - at;
			put(&c, (struct str){ text.p + at, m });
			lines(&c, false, &split);
			content_print_out(&c, &a);
			CHECK_INT(a.n, content_out(&c));
		}
		lines(&c, true, &split);
		CHECK_BYTES(split.p, split.n, whole.p, whole.n);
		content_print_out(&c, &a);
		content_prefix_add(&prefix, buf_view(&text));
		content_prefix_print(&prefix, &b);
		CHECK(content_same(&a, &b));
		CHECK_INT(a.n, n);
		content_fini(&c);
		buf_fini(&text);
		buf_fini(&whole);
		buf_fini(&split);
	}
}

TEST(prints_tell_content_apart)
{
	struct content_prefix p = { 0 }, q = { 0 };
	struct content_print a, b;
	static char text[6000];

	memset(text, 'x', sizeof(text));
	content_prefix_add(&p, (struct str){ text, sizeof(text) });
	content_prefix_print(&p, &a);
	for (size_t at = 0; at < sizeof(text); at += 100) {
		bool seen = at < CONTENT_HEAD || at >= sizeof(text) - CONTENT_LAST;

		text[at] = 'y';
		q.n = 0;
		content_prefix_add(&q, (struct str){ text, sizeof(text) });
		content_prefix_print(&q, &b);
		CHECK_INT(content_same(&a, &b), !seen);
		text[at] = 'x';
	}
}

TEST(begin_and_pass_go_on_in_the_middle)
{
	struct content c;
	struct content_prefix prefix = { 0 }, all = { 0 };
	struct content_print a, b;
	struct buf got;

	content_init(&c);
	buf_init(&got, 0);
	content_prefix_add(&prefix, STR("before\n"));
	content_begin(&c, &prefix);
	put(&c, STR("skip\nline\n"));
	CHECK_SLICE(content_pending(&c), "skip\nline\n");
	content_pass(&c, 5);
	lines(&c, false, &got);
	CHECK_SLICE(buf_view(&got), "line|");
	content_prefix_add(&all, STR("before\nskip\nline\n"));
	content_prefix_print(&all, &b);
	content_print_out(&c, &a);
	CHECK(content_same(&a, &b));
	buf_fini(&got);
	content_fini(&c);
}
