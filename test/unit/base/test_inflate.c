/* Decompression and its bounds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/inflate.h"

#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "random.h"
#include "test.h"

/* Appends `s` compressed as one member. */
static void
deflate_to(struct buf *to, enum inflate_kind kind, struct str s)
{
	size_t size = ZSTD_compressBound(s.n) + 1000, n;
	char *p = buf_room(to, size);
	z_stream z = { 0 };

	if (kind == INFLATE_ZSTD) {
		n = ZSTD_compress(p, size, s.p, s.n, 3);
		CHECK(!ZSTD_isError(n));
		buf_added(to, n);
		return;
	}
	CHECK_INT(deflateInit2(&z, 6, Z_DEFLATED, kind == INFLATE_GZIP ? 15 + 16 : 15, 8, 0), Z_OK);
	z.next_in = (z_const Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)size;
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_added(to, size - z.avail_out);
	CHECK_INT(deflateEnd(&z), Z_OK);
}

static const enum inflate_kind kinds[] = { INFLATE_GZIP, INFLATE_ZLIB, INFLATE_ZSTD };

/* Compressible, but not extremely. */
static void
fill(struct buf *b, uint64_t *s, size_t n)
{
	while (b->n < n)
		buf_u64(b, random_below(s, 1000000));
}

TEST(whole_bodies)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(60); round++) {
		enum inflate_kind kind = kinds[round % 3];
		auto_buf struct buf plain = { 0 }, packed = { 0 }, got = { 0 };
		struct diag why;

		fill(&plain, &s, random_below(&s, 300000));
		deflate_to(&packed, kind, buf_view(&plain));
		CHECK_INT(inflate_sniff(buf_view(&packed)), kind);
		buf_str(&got, STR("before"));
		CHECK_OK(inflate_all(buf_view(&packed), plain.n, &got, &why), why);
		CHECK(str_starts(buf_view(&got), STR("before")));
		CHECK(str_eq(str_from(buf_view(&got), 6), buf_view(&plain)));
		if (plain.n == 0)
			continue;
		CHECK_INT(inflate_all(buf_view(&packed), plain.n - 1, &got, &why), FAIL_LIMIT);
		CHECK_INT(got.n, plain.n + 6);
	}
}

TEST(sniffing)
{
	static const char *const none[] = { "", "{", "{\"a\":1}", "[1]", "\x1f\x8b", "x", "xyz",
		"\x1f\x8b\x07", "\x28\xb5\x2f", "hello", "\x78\x02", "192.0.2.1 - -",
		"<34>1 2026" };

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		CHECK_INT(inflate_sniff(str_c(none[i])), INFLATE_NONE);
	CHECK_INT(inflate_sniff(STR("\x78\x9c")), INFLATE_ZLIB);
	CHECK_INT(inflate_sniff(STR("\x1f\x8b\x08")), INFLATE_GZIP);
}

TEST(members_in_a_row_are_one_stream)
{
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		auto_buf struct buf packed = { 0 }, got = { 0 };
		struct diag why;

		deflate_to(&packed, kinds[k], STR("one "));
		deflate_to(&packed, kinds[k], STR(""));
		deflate_to(&packed, kinds[k], STR("two"));
		CHECK_OK(inflate_all(buf_view(&packed), 100, &got, &why), why);
		CHECK_SLICE(buf_view(&got), "one two");
		CHECK_INT(inflate_all(buf_view(&packed), 6, &got, &why), FAIL_LIMIT);
	}
}

TEST(padding_is_no_garbage)
{
	auto_buf struct buf packed = { 0 }, got = { 0 };
	struct diag why;

	deflate_to(&packed, INFLATE_GZIP, STR("text"));
	buf_put(&packed, "\0\0\0\0\0", 5);
	CHECK_OK(inflate_all(buf_view(&packed), 100, &got, &why), why);
	CHECK_SLICE(buf_view(&got), "text");
	buf_str(&packed, STR("garbage"));
	CHECK_INT(inflate_all(buf_view(&packed), 100, &got, &why), FAIL_SYNTAX);
	CHECK_SLICE(buf_view(&got), "text");
}

TEST(every_cut_is_noticed)
{
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		auto_buf struct buf packed = { 0 }, got = { 0 };
		struct diag why;

		deflate_to(&packed, kinds[k], STR("some text that is not very long, long, long"));
		for (size_t n = 0; n < packed.n; n++)
			CHECK_INT(inflate_all((struct str){ packed.p, n }, 1000, &got, &why),
			    FAIL_SYNTAX);
		CHECK_INT(got.n, 0);
	}
}

/* Ten kilobytes that want to become many megabytes. */
TEST(bombs_are_stopped)
{
	static const size_t plain_n[] = { 10 << 20, 10 << 20, 256 << 20 };

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		auto_buf struct buf packed = { 0 }, got = { 0 };
		auto_free char *zeros = mem_zalloc(plain_n[k]);
		struct diag why;

		deflate_to(&packed, kinds[k], (struct str){ zeros, plain_n[k] });
		CHECK(packed.n < 30000);
		CHECK_INT(inflate_all(buf_view(&packed), SIZE_MAX / 2, &got, &why), FAIL_LIMIT);
		CHECK_INT(got.n, 0);
		CHECK(got.size < 20 << 20);
	}
}

TEST(a_mebibyte_may_come_out_of_anything)
{
	auto_buf struct buf packed = { 0 }, got = { 0 };
	auto_free char *zeros = mem_zalloc((1 << 20) + 1);
	struct diag why;

	deflate_to(&packed, INFLATE_ZSTD, (struct str){ zeros, 1 << 20 });
	CHECK(packed.n < 1000);
	CHECK_OK(inflate_all(buf_view(&packed), SIZE_MAX / 2, &got, &why), why);
	CHECK_INT(got.n, 1 << 20);
	buf_reset(&packed);
	deflate_to(&packed, INFLATE_ZSTD, (struct str){ zeros, (1 << 20) + 1 });
	CHECK_INT(inflate_all(buf_view(&packed), SIZE_MAX / 2, &got, &why), FAIL_LIMIT);
}

TEST(a_full_buffer_is_a_limit)
{
	auto_buf struct buf packed = { 0 }, got;
	struct diag why;

	buf_init(&got, 10);
	deflate_to(&packed, INFLATE_GZIP, STR("more than ten bytes"));
	CHECK_INT(inflate_all(buf_view(&packed), 1000, &got, &why), FAIL_LIMIT);
	CHECK_INT(got.n, 0);
}

/* A window larger than a decoder has to hold is refused. */
TEST(large_zstd_windows_are_refused)
{
	static const char frame[] = "\x28\xb5\x2f\xfd\x00\x88" /* no checksum, window 2^27 */
				    "\x01\x00\x00";
	auto_buf struct buf got = { 0 };
	struct diag why;

	CHECK_INT(inflate_all((struct str){ frame, sizeof(frame) - 1 }, 1000, &got, &why),
	    FAIL_SYNTAX);
}

/* However a stream is cut, on both sides, the same comes out. */
TEST(any_pieces_give_the_same)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(60); round++) {
		enum inflate_kind kind = kinds[round % 3];
		auto_buf struct buf plain = { 0 }, packed = { 0 }, got = { 0 };
		struct inflate *z = inflate_new(kind);
		struct diag why;
		size_t at = 0;

		fill(&plain, &s, random_below(&s, 20000));
		deflate_to(&packed, kind, buf_view(&plain));
		deflate_to(&packed, kind, buf_view(&plain));
		while (at < packed.n) {
			size_t n = 1 + random_below(&s, packed.n - at), out;
			struct str in = { packed.p + at, n };

			at += n;
			do {
				size_t size = 1 + random_below(&s, 300);
				char *p = buf_room(&got, size);

				CHECK_OK(inflate_step(z, &in, p, size, &out, &why), why);
				CHECK(out <= size);
				buf_added(&got, out);
			} while (out != 0 || in.n != 0);
		}
		CHECK(inflate_done(z));
		CHECK_INT(got.n, 2 * plain.n);
		CHECK(str_eq((struct str){ got.p, plain.n }, buf_view(&plain)));
		CHECK(str_eq(str_from(buf_view(&got), plain.n), buf_view(&plain)));
		inflate_free(z);
	}
	inflate_free(NULL);
}

TEST(broken_bytes_never_crash)
{
	uint64_t s = random_start(test_seed());
	auto_buf struct buf plain = { 0 };

	fill(&plain, &s, 3000);
	for (unsigned round = 0; round < test_rounds(3000); round++) {
		auto_buf struct buf packed = { 0 }, got = { 0 };
		struct diag why;
		enum err e;

		deflate_to(&packed, kinds[round % 3], buf_view(&plain));
		for (size_t k = random_below(&s, 4) + 1; k > 0; k--)
			packed.p[random_below(&s, packed.n)] ^= (char)(1 << random_below(&s, 8));
		e = inflate_all(buf_view(&packed), 100000, &got, &why);
		CHECK(e == OK || e == FAIL_SYNTAX || e == FAIL_LIMIT);
		CHECK(e == OK || got.n == 0);
	}
}
