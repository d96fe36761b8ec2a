/* Decoder of chunked bodies (RFC 9112, 7.1), fed as bytes come in. */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include "base/buf.h"
#include "base/err.h"

#define CHUNK_EXTRA_MAX 16384 /* bytes of chunk extensions and trailers in one body */

enum chunk_state {
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_DATA,
	CHUNK_AFTER,
	CHUNK_TRAILER,
	CHUNK_DONE
};

struct chunk { /* zeroed is the beginning */
	enum chunk_state state;
	unsigned digits; /* of the size, seen so far */
	uint64_t left;   /* bytes of this chunk to come */
	size_t extra;    /* bytes of extensions and trailers so far */
	size_t line;     /* bytes of this line so far */
	bool cr;         /* the last byte was a CR */
};

/*
 * Eats from *in and appends to `to`.  OK: the body is complete, *in is what
 * follows it; FAIL_AGAIN: all eaten, more is needed; FAIL_SYNTAX; FAIL_LIMIT
 * when `to` is full or there is more about the chunks than CHUNK_EXTRA_MAX.
 */
enum err chunk_step(struct chunk *c, struct str *in, struct buf *to) NONNULL;

#endif
