/*
 * A record as bytes, as it stands in the log.  Payload version 1:
 *   u8 version | varint flags | raw (varint n, bytes) | fields | extras
 *   fields: varint count, then per field u8 tag and its value
 *   text:   varint (n << 1), bytes; or, when it lies inside raw, varint (n << 1 | 1), varint offset
 *   INT, TIME: zigzag varint; FLOAT: 8 bytes little endian; BOOL: 1 byte
 *   extras: varint count, then path text, u8 type (| 0x80 null), value
 * Unknown tags carry no length, so a reader older than the writer refuses the
 * record: tags are only added together with a version.
 */
#ifndef REC_CODEC_H
#define REC_CODEC_H

#include "base/buf.h"
#include "rec/rec.h"

/* Appends the payload of `r` (without seq).  FAIL_LIMIT when `to` is full: `to` is then as before. */
enum err codec_encode(const struct rec *r, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 2)));

/*
 * Fills `r` (rec_init() it first); its text is borrowed from `payload`, its
 * extras from the arena.  FAIL_CORRUPT on any byte that does not make sense.
 */
enum err codec_decode(struct str payload, struct rec *r, struct diag *why)
    __attribute__((nonnull(2)));

#endif
