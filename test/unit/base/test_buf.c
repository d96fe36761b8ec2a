/* Growable bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <limits.h>

#include "test.h"

TEST(zeroed_is_ready)
{
	auto_buf struct buf b = { 0 };

	buf_str(&b, STR("a"));
	buf_byte(&b, 'b');
	buf_put(&b, NULL, 0);
	CHECK_SLICE(buf_view(&b), "ab");
	CHECK(!buf_overflow(&b));
}

TEST(numbers)
{
	static const struct {
		int64_t v;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -7, "-7" },
		{ 1234567890, "1234567890" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };

		buf_i64(&b, rows[i].v);
		CHECK_SLICE(buf_view(&b), rows[i].want);
	}
	auto_buf struct buf b = { 0 };
	buf_u64(&b, UINT64_MAX);
	CHECK_SLICE(buf_view(&b), "18446744073709551615");
}

TEST(an_append_past_the_maximum_adds_nothing)
{
	auto_buf struct buf b;

	buf_init(&b, 10);
	buf_str(&b, STR("12345678"));
	buf_str(&b, STR("abc"));
	CHECK(buf_overflow(&b));
	CHECK_SLICE(buf_view(&b), "12345678");
	buf_str(&b, STR("ab"));
	CHECK_SLICE(buf_view(&b), "12345678ab");
	CHECK(buf_overflow(&b));
	CHECK(buf_room(&b, 1) == NULL);
	CHECK(buf_room(&b, SIZE_MAX) == NULL);
	buf_reset(&b);
	CHECK(!buf_overflow(&b));
	CHECK_INT(b.n, 0);
}

TEST(printf_counts_what_it_writes)
{
	auto_buf struct buf b;

	buf_init(&b, 16);
	buf_printf(&b, "%s-%d", "ab", 12);
	CHECK_SLICE(buf_view(&b), "ab-12");
	buf_printf(&b, "%s", "");
	buf_printf(&b, "%s", "this is too long for it");
	CHECK_SLICE(buf_view(&b), "ab-12");
	CHECK(buf_overflow(&b));
}

TEST(room_is_written_directly)
{
	auto_buf struct buf b = { 0 };

	for (size_t i = 0; i < 5000; i++) {
		char *p = buf_room(&b, 3);

		CHECK(p != NULL);
		memcpy(p, "xyz", 3);
		buf_added(&b, i % 3 + 1);
	}
	CHECK_INT(b.n, 5000 / 3 * 6 + 1 + 2);
}

TEST(shift_drops_the_front)
{
	auto_buf struct buf b = { 0 };

	buf_str(&b, STR("abcdef"));
	buf_shift(&b, 0);
	CHECK_SLICE(buf_view(&b), "abcdef");
	buf_shift(&b, 2);
	CHECK_SLICE(buf_view(&b), "cdef");
	buf_shift(&b, 100);
	CHECK_INT(b.n, 0);
	buf_fini(NULL);
}
