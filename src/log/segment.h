/*
 * The bytes of a segment: its name, its header, its records, and the way from
 * one good record to the next over whatever damage lies between.  No I/O; the
 * layout stands in log/journal.h.
 *
 * A record's header CRC is seeded with the segment's first number (known from
 * the file's name) and the offset it stands at.  So a record is one only in
 * its own place: a copy inside some payload, or a block that a disk wrote
 * elsewhere, is never taken for one.
 */
#ifndef LOG_SEGMENT_H
#define LOG_SEGMENT_H

#include "base/err.h"
#include "base/str.h"

#define SEGMENT_VERSION 1u
#define SEGMENT_HEADER ((size_t)64)
#define SEGMENT_RECORD ((size_t)32)            /* before each payload */
#define SEGMENT_PAYLOAD_MAX ((size_t)16 << 20) /* a longer one is damage */
#define SEGMENT_NAME ((size_t)32)

struct segment_record {
	uint64_t seq;
	int64_t received;
	struct str payload; /* borrowed from the bytes it was found in */
};

void segment_name(uint64_t first, char to[SEGMENT_NAME]) NONNULL;
/* False when it is not the name of a segment. */
bool segment_name_read(const char *name, uint64_t *ret_first) NONNULL;

void segment_header_put(uint64_t first, int64_t created, char to[SEGMENT_HEADER]) NONNULL;
/*
 * FAIL_CORRUPT: damaged or short, read the records all the same; FAIL_DENIED:
 * written by a newer version, keep off.  These 64 bytes keep their layout in
 * every version.
 */
enum err segment_header_check(struct str head, uint64_t first, struct diag *why);

/* Header of `r` at offset `at` of segment `first`; the payload follows it. */
void segment_record_put(uint64_t first, uint64_t at, const struct segment_record *r,
    char to[SEGMENT_RECORD]) NONNULL;

/* A place in a segment. */
struct segment_cursor {
	uint64_t first; /* the segment */
	uint64_t last;  /* newest good number, first - 1 before any */
	uint64_t at;    /* offset of the next byte to look at */
	uint64_t end;   /* offset behind the newest good record */
};

struct segment_cursor segment_start(uint64_t first);

/*
 * The next good record at or behind c->at, where `bytes` begin.  Damage is
 * stepped over: a good header with a bad payload by its length, else by
 * looking for the next good header; numbers must rise, and by no more than
 * the bytes between have room for.
 * OK: c->last, c->at and c->end are those behind it.  FAIL_AGAIN: *ret_want
 * bytes are needed from c->at (which may have moved) on.  FAIL_NOT_FOUND: no
 * more good records up to number `max`, or, with `eof`, in these bytes.
 */
enum err segment_next(struct segment_cursor *c, struct str bytes, bool eof, uint64_t max,
    struct segment_record *ret, size_t *ret_want) NONNULL;

#endif
