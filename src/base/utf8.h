/* UTF-8: check, mend, and make safe for a terminal. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

/* Shortest forms only, no surrogates, at most U+10FFFF. */
bool utf8_valid(struct str s);

/* Appends `s` with each bad byte replaced by U+FFFD. */
void utf8_mend(struct str s, struct buf *to);

/*
 * Appends `s` so that a terminal or a log line shows it and obeys nothing:
 * what is unsafe (see below) and bad bytes become \xHH or \u{HHHH}.
 */
void utf8_show(struct str s, struct buf *to);

/* Would `c` drive a terminal: C0, DEL, C1, U+2028 and U+2029, bidirectional controls? */
bool utf8_unsafe(uint32_t c);

/*
 * Bytes of the character at s.p[0], where s.n > 0; its code point in *ret.  A bad byte is one
 * byte and 0xfffd.
 */
size_t utf8_next(struct str s, uint32_t *ret) NONNULL;

/* Offset of the first line that begins with `c`, counting every line break of Unicode and a BOM; or
 * -1. */
ptrdiff_t utf8_line_with(struct str s, char c);

/* Appends one code point as UTF-8. */
void utf8_put(uint32_t c, struct buf *to);

#endif
