/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of segments and the search for the next good record. */
#include "log/segment.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/crc32c.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers in a segment are copied as they are: little endian"
#endif

#define MAGIC "TOCSIN-LOG\n" /* 12 bytes with its NUL */
#define NAME_DIGITS ((size_t)20)
#define MARK_BYTE 0xf5 /* its first byte: in no UTF-8 text, so seldom met in payloads */
#define MARK UINT32_C(0x8ec354f5)

/* Offsets of fields. */
enum { HEAD_VERSION = 12, HEAD_FIRST = 16, HEAD_CREATED = 24, HEAD_CRC = 60 };

struct header {
	uint32_t mark, n;
	uint64_t seq;
	int64_t received;
	uint32_t payload_crc, crc;
};
_Static_assert(sizeof(struct header) == 32, "a record's header is its bytes");

void
segment_name(uint64_t first, char to[SEGMENT_NAME])
{
	(void)snprintf(to, SEGMENT_NAME, "%020" PRIu64 ".log", first);
}

bool
segment_name_read(const char *name, uint64_t *ret_first)
{
	struct str s = str_c(name);

	if (s.n != NAME_DIGITS + 4 || !str_ends(s, STR(".log")))
		return false;
	return str_u64((struct str){ s.p, NAME_DIGITS }, ret_first) && *ret_first != 0;
}

void
segment_header_put(uint64_t first, int64_t created, char to[SEGMENT_HEADER])
{
	const uint32_t version = SEGMENT_VERSION;
	uint32_t crc;

	memset(to, 0, SEGMENT_HEADER);
	memcpy(to, MAGIC, sizeof(MAGIC));
	memcpy(to + HEAD_VERSION, &version, sizeof(version));
	memcpy(to + HEAD_FIRST, &first, sizeof(first));
	memcpy(to + HEAD_CREATED, &created, sizeof(created));
	crc = crc32c(0, to, HEAD_CRC);
	memcpy(to + HEAD_CRC, &crc, sizeof(crc));
}

enum err
segment_header_check(struct str head, uint64_t first, struct diag *why)
{
	uint32_t version, crc;
	uint64_t number;

	if (head.n < SEGMENT_HEADER || memcmp(head.p, MAGIC, sizeof(MAGIC)) != 0)
		return err_set(why, FAIL_CORRUPT, "no header of a log segment");
	memcpy(&crc, head.p + HEAD_CRC, sizeof(crc));
	memcpy(&version, head.p + HEAD_VERSION, sizeof(version));
	memcpy(&number, head.p + HEAD_FIRST, sizeof(number));
	if (crc != crc32c(0, head.p, HEAD_CRC))
		return err_set(why, FAIL_CORRUPT, "damaged header of a log segment");
	if (version > SEGMENT_VERSION)
		return err_set(why, FAIL_DENIED,
		    "log segment of version %u, this program knows %u: use a newer one", version,
		    SEGMENT_VERSION);
	if (version == 0 || number != first)
		return err_set(why, FAIL_CORRUPT, "header of another log segment");
	return OK;
}

/* What a header's CRC begins with: its place. */
static uint32_t
seed(uint64_t first, uint64_t at)
{
	uint64_t x = first * UINT64_C(0x9e3779b97f4a7c15) + at;

	return (uint32_t)(x ^ x >> 32);
}

void
segment_record_put(uint64_t first, uint64_t at, const struct segment_record *r,
    char to[SEGMENT_RECORD])
{
	struct header h = {
		.mark = MARK,
		.n = (uint32_t)r->payload.n,
		.seq = r->seq,
		.received = r->received,
		.payload_crc = crc32c(0, r->payload.p, r->payload.n),
	};

	h.crc = crc32c(seed(first, at), &h, offsetof(struct header, crc));
	memcpy(to, &h, sizeof(h));
}

struct segment_cursor
segment_start(uint64_t first)
{
	return (struct segment_cursor){
		.first = first,
		.last = first - 1,
		.at = SEGMENT_HEADER,
		.end = SEGMENT_HEADER,
	};
}

/*
 * Can number `seq` stand at offset `at`?  Right behind the newest good record
 * only the next can.  Further on, at least one was lost, and at most as many
 * as there is room for.
 */
static bool
may_follow(const struct segment_cursor *c, uint64_t at, uint64_t seq)
{
	uint64_t room = (at - c->end) / SEGMENT_RECORD, lost = seq - c->last - 1;

	return seq > c->last && lost <= room && (lost > 0 || at == c->end);
}

/* Does a header stand at p, which is offset `at`? */
static bool
header_read(const struct segment_cursor *c, uint64_t at, const char *p, struct header *ret)
{
	memcpy(ret, p, sizeof(*ret));
	return ret->mark == MARK &&
	       ret->crc == crc32c(seed(c->first, at), ret, offsetof(struct header, crc)) &&
	       ret->n <= SEGMENT_PAYLOAD_MAX && may_follow(c, at, ret->seq);
}

/* Offset of the next byte at or behind `pos` where a record may begin, or the end. */
static size_t
find_mark(struct str bytes, size_t pos)
{
	const char *p;

	if (pos >= bytes.n)
		return bytes.n;
	p = memchr(bytes.p + pos, MARK_BYTE, bytes.n - pos);
	return p != NULL ? (size_t)(p - bytes.p) : bytes.n;
}

enum err
segment_next(struct segment_cursor *c, struct str bytes, bool eof, uint64_t max,
    struct segment_record *ret, size_t *ret_want)
{
	const uint64_t base = c->at;
	struct header h;
	size_t pos = 0, want;

	for (;; c->at = base + pos) {
		want = SEGMENT_RECORD;
		if (bytes.n - pos < want)
			break;
		if (!header_read(c, base + pos, bytes.p + pos, &h)) {
			pos = find_mark(bytes, pos + 1);
			continue;
		}
		if (h.seq > max)
			return FAIL_NOT_FOUND;
		want += h.n;
		if (bytes.n - pos >= want) {
			struct str payload = { bytes.p + pos + SEGMENT_RECORD, h.n };

			pos += want;
			if (crc32c(0, payload.p, payload.n) != h.payload_crc)
				continue;
			*ret = (struct segment_record){ h.seq, h.received, payload };
			c->last = h.seq;
			c->at = c->end = base + pos;
			return OK;
		}
		if (!eof)
			break;
		pos = find_mark(bytes, pos + 1); /* cut off: only a copy of something may follow */
	}
	if (eof)
		return FAIL_NOT_FOUND;
	*ret_want = want;
	return FAIL_AGAIN;
}
