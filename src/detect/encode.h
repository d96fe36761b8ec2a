/* What base64, base64offset and the UTF-16 modifiers make of a value. */
#ifndef DETECT_ENCODE_H
#define DETECT_ENCODE_H

#include "base/buf.h"

/* `value` as a rule writes it without its escapes; false when it has a wildcard. */
bool encode_plain(struct str value, struct buf *to) NONNULL;

/* `mods`: one of MOD_WIDE.  Bad UTF-8 becomes U+FFFD. */
void encode_utf16(struct str text, unsigned mods, struct buf *to) NONNULL;

#define ENCODE_OFFSETS 3
/*
 * The Base64 digits that are the same whatever stands before and behind the
 * bytes, when they begin at place `offset` of three; may be empty.
 */
void encode_offset(struct str bytes, unsigned offset, struct buf *to) NONNULL;

#endif
