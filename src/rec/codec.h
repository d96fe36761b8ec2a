/*
 * A record as bytes, as it stands in the log.  Payload version 1:
 *   u8 version | varint flags | raw | fields | nulls | extras
 *   flags:  1 the record was cut, 2 raw is there, 4 nulls are there
 *   raw:    varint n, bytes; absent without flag 2
 *   fields: varint count, then per field u8 tag and its value
 *   nulls:  varint count, then u8 tags of fields that were JSON null; absent without flag 4
 *   text:   varint (n << 1), bytes; or, when it lies inside raw, varint (n << 1 | 1), varint offset
 *   INT, TIME: zigzag varint; FLOAT: 8 bytes little endian; BOOL: 1 byte
 *   extras: varint count, then path text, u8 type (0 STR, 1 INT, 2 FLOAT, 3 BOOL; | 0x80 null:
 *           no value follows), value
 * Varints are little endian, seven bits a byte, shortest form.  Unknown tags carry no length, so a
 * reader older than the writer refuses the record: tags are only added together with a version.
 */
#ifndef REC_CODEC_H
#define REC_CODEC_H

#include "base/buf.h"
#include "rec/rec.h"

/* Appends the payload of `r` (without seq).  FAIL_LIMIT when `to` is full: `to` is then as before.
 */
enum err codec_encode(const struct rec *r, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 2)));

/*
 * Fills `r` (rec_init() it first); its text is borrowed from `payload`, its
 * extras from the arena.  FAIL_CORRUPT on any byte that does not make sense,
 * FAIL_LIMIT past the arena's budget; `r` then holds part of it.
 */
enum err codec_decode(struct str payload, struct rec *r, struct diag *why)
    __attribute__((nonnull(2)));

#endif
