/* Pieces of a mail that hostile text cannot break out of. */
#ifndef NOTIFY_MIME_H
#define NOTIFY_MIME_H

#include "base/buf.h"

#define MIME_HEADER_MAX 300 /* bytes of text in one header; what is longer is cut */

/*
 * Header NAME with any text: one logical line, folded, with CR LF; words that are not plain ASCII
 * by RFC 2047.  Control characters become blanks.
 */
void mime_header(const char *name, struct str text, struct buf *to) __attribute__((nonnull(1, 3)));

/*
 * Is it an address that can stand in an envelope: local@domain of printable ASCII without blanks,
 * quotes, brackets, commas or colons?
 */
bool mime_is_address(struct str s);
/* "Name <a@b>" or "a@b": the name (may be empty) and the address; false when it is neither. */
bool mime_mailbox(struct str s, struct str *ret_name, struct str *ret_address)
    __attribute__((nonnull(2, 3)));
/* Appends NAME <ADDRESS>, the name by RFC 2047 where needed. */
void mime_put_mailbox(struct str name, struct str address, struct buf *to)
    __attribute__((nonnull(3)));

/* Text of any bytes as quoted-printable: lines of at most 76 characters, each with CR LF. */
void mime_quoted(struct str text, struct buf *to) __attribute__((nonnull(2)));

/* Text for HTML, in elements and in quoted attributes; unsafe characters are shown as U+FFFD. */
void mime_html(struct str text, struct buf *to) __attribute__((nonnull(2)));
/* One line of plain text: control characters become blanks, cut at `max` bytes with an ellipsis. */
void mime_line(struct str text, size_t max, struct buf *to) __attribute__((nonnull(3)));

/* "Sat, 21 Nov 2026 05:27:36 +0000" */
void mime_date(int64_t wall_ns, struct buf *to) __attribute__((nonnull(2)));

#endif
