/* The bytes of a segment: names, headers, records, and cutting them into windows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "log/segment.h"

#include "base/crc32c.h"
#include "test.h"

TEST(names)
{
	static const struct {
		const char *name;
		uint64_t first; /* 0: none */
	} rows[] = {
		{ "00000000000000000001.log", 1 },
		{ "18446744073709551615.log", UINT64_MAX },
		{ "18446744073709551616.log", 0 },
		{ "00000000000000000000.log", 0 },
		{ "0000000000000000001.log", 0 },
		{ "000000000000000000001.log", 0 },
		{ "00000000000000000001.lo", 0 },
		{ "00000000000000000001.log.tmp", 0 },
		{ "0000000000000000000x.log", 0 },
		{ "-0000000000000000001.log", 0 },
		{ "commit", 0 },
		{ "", 0 },
	};
	char name[SEGMENT_NAME];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t first = 0;

		CHECK_INT(segment_name_read(rows[i].name, &first), rows[i].first != 0);
		CHECK_INT(first, rows[i].first);
		if (first == 0)
			continue;
		segment_name(first, name);
		CHECK_STR(name, rows[i].name);
	}
}

/* The layout that log/journal.h promises, byte by byte. */
TEST(layout)
{
	static const unsigned char want[] = { 0xf5, 0x54, 0xc3, 0x8e, 3, 0, 0, 0, 8, 7, 6, 5, 4, 3,
		2, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct segment_record r = { 0x0102030405060708, -2, STR("abc") };
	char head[SEGMENT_HEADER], record[SEGMENT_RECORD];
	uint32_t crc;

	segment_header_put(0x0a0b, 0x0c, head);
	CHECK_BYTES(head, 34, "TOCSIN-LOG\n\0\1\0\0\0\x0b\x0a\0\0\0\0\0\0\x0c\0\0\0\0\0\0\0\0", 34);
	crc = crc32c(0, head, 60);
	CHECK_BYTES(head + 60, 4, &crc, 4);
	segment_record_put(9, 64, &r, record);
	CHECK_BYTES(record, sizeof(want), want, sizeof(want));
	crc = crc32c(0, "abc", 3);
	CHECK_BYTES(record + 24, 4, &crc, 4);
}

TEST(headers)
{
	char head[SEGMENT_HEADER];
	struct diag why;

	segment_header_put(5, 77, head);
	CHECK_OK(segment_header_check((struct str){ head, sizeof(head) }, 5, &why), why);
	CHECK_INT(segment_header_check((struct str){ head, sizeof(head) }, 6, &why), FAIL_CORRUPT);
	for (size_t n = 0; n < sizeof(head); n++)
		CHECK_INT(segment_header_check((struct str){ head, n }, 5, NULL), FAIL_CORRUPT);
	for (size_t i = 0; i < sizeof(head); i++) {
		head[i] ^= 0x20;
		CHECK_INT(segment_header_check((struct str){ head, sizeof(head) }, 5, NULL),
		    FAIL_CORRUPT);
		head[i] ^= 0x20;
	}
}

/* A record in its place, and the same bytes at any other offset or in another segment. */
TEST(only_in_its_place)
{
	const struct segment_record r = { 9, 1, STR("payload") };
	struct segment_record got;
	char bytes[SEGMENT_RECORD + 7];
	size_t want;

	segment_record_put(9, SEGMENT_HEADER, &r, bytes);
	memcpy(bytes + SEGMENT_RECORD, "payload", 7);
	for (uint64_t first = 1; first < 20; first++) {
		for (uint64_t at = 60; at < 70; at++) {
			struct segment_cursor c = segment_start(first);
			enum err e;

			c.at = c.end = at;
			c.last = 8;
			e = segment_next(&c, (struct str){ bytes, sizeof(bytes) }, true, UINT64_MAX,
			    &got, &want);
			CHECK_INT(e, first == 9 && at == SEGMENT_HEADER ? OK : FAIL_NOT_FOUND);
		}
	}
	CHECK_INT(got.seq, 9);
}

/* Numbers that may stand in a place, by what stands before. */
TEST(numbers_must_fit)
{
	static const struct {
		uint64_t seq, gap;
		bool good;
	} rows[] = {
		{ 10, 0, false },
		{ 11, 0, true },
		{ 12, 0, false },
		{ 9, 0, false },
		{ 11, 1, false },
		{ 12, 31, false },
		{ 12, 32, true },
		{ 13, 32, false },
		{ 11, 32, false },
		{ 13, 64, true },
		{ 12, 64, true },
		{ 14, 64, false },
		{ UINT64_MAX, 64, false },
		{ 0, 64, false },
		{ 10, 64, false },
	};
	char bytes[SEGMENT_RECORD];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct segment_record r = { rows[i].seq, 1, STR("") };
		struct segment_cursor c = { 1, 10, 500 + rows[i].gap, 500 };
		struct segment_record got;
		size_t want;

		segment_record_put(1, c.at, &r, bytes);
		CHECK_INT(segment_next(&c, (struct str){ bytes, sizeof(bytes) }, true, UINT64_MAX,
			      &got, &want),
		    rows[i].good ? OK : FAIL_NOT_FOUND);
	}
}

TEST(what_it_wants)
{
	const struct segment_record r = { 1, 1, STR("0123456789") };
	char bytes[SEGMENT_RECORD + 10];
	struct segment_record got;

	segment_record_put(1, SEGMENT_HEADER, &r, bytes);
	memcpy(bytes + SEGMENT_RECORD, "0123456789", 10);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct segment_cursor c = segment_start(1);
		size_t want = 0;
		enum err e;

		e = segment_next(&c, (struct str){ bytes, n }, false, 1, &got, &want);
		CHECK_INT(e, n == sizeof(bytes) ? OK : FAIL_AGAIN);
		CHECK_INT(c.at, SEGMENT_HEADER + (e == OK ? sizeof(bytes) : 0));
		if (e != OK)
			CHECK_INT(want, n < SEGMENT_RECORD ? SEGMENT_RECORD : sizeof(bytes));
		c = segment_start(1);
		if (n < sizeof(bytes))
			CHECK_INT(segment_next(&c, (struct str){ bytes, n }, true, 1, &got, &want),
			    FAIL_NOT_FOUND);
		c = segment_start(1);
		if (n >= SEGMENT_RECORD)
			CHECK_INT(segment_next(&c, (struct str){ bytes, n }, false, 0, &got, &want),
			    FAIL_NOT_FOUND);
	}
}

/* At the end of all numbers nothing wraps. */
TEST(last_numbers)
{
	const struct segment_record r = { 3, 1, STR("") };
	struct segment_cursor c = { 1, UINT64_MAX - 1, 5000, 500 };
	struct segment_record got;
	char bytes[SEGMENT_RECORD];
	size_t want;

	segment_record_put(1, c.at, &r, bytes);
	CHECK_INT(segment_next(&c, (struct str){ bytes, sizeof(bytes) }, true, UINT64_MAX, &got,
		      &want),
	    FAIL_NOT_FOUND);
}
