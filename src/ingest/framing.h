/*
 * Messages in a stream of syslog over TCP: "LEN SP MSG" (octet counting), or
 * up to a LF or NUL, told apart anew for each message.  Pure: the same bytes
 * give the same messages however they arrive.
 *
 * A number counts as LEN when a '<' follows it, or when the message before
 * was counted as well; else it is the beginning of a line.
 */
#ifndef INGEST_FRAMING_H
#define INGEST_FRAMING_H

#include "base/str.h"

#define FRAMING_COUNT_MAX ((size_t)16 << 20) /* a larger LEN is no LEN */
#define FRAMING_SLACK 16 /* the buffer holds this much more than the longest message */

struct framing {
	size_t max;     /* longest message; the rest of a longer one is dropped */
	uint64_t left;  /* to be dropped of a counted message */
	bool line_rest; /* to be dropped up to the end of the line */
	bool counted;   /* the last message was */
};

enum framing_result {
	FRAMING_MORE,   /* nothing can be said before more bytes come */
	FRAMING_PASSED, /* *ret_used bytes are no message */
	FRAMING_MESSAGE
};

/*
 * Looks at the front of `in`, the bytes not used so far.  `end`: no more will
 * come; an unfinished message is given as it is, cut when it was counted.
 * FRAMING_MORE comes for less than max + FRAMING_SLACK bytes only.
 */
enum framing_result framing_next(struct framing *f, struct str in, bool end, size_t *ret_used,
    struct str *ret, bool *ret_cut) __attribute__((nonnull(1, 4, 5, 6)));

/* Without the LF, CRLF or NUL that some senders count in. */
struct str framing_strip(struct str message);

#endif
