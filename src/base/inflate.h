/*
 * gzip, zlib and zstd streams, found by their first bytes, with a bound on
 * what comes out (total and ratio): the guard against bombs.
 */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include "base/buf.h"
#include "base/err.h"

enum inflate_kind { INFLATE_NONE, INFLATE_GZIP, INFLATE_ZLIB, INFLATE_ZSTD };

enum inflate_kind inflate_sniff(struct str head); /* needs 4 bytes to be sure */

/*
 * A whole body, appended to `to`.  FAIL_LIMIT past max bytes or past 200 times the input (above
 * 1 MiB); FAIL_SYNTAX when it is none, broken or cut off.  `to` then is as before.
 */
enum err inflate_all(struct str in, size_t max, struct buf *to, struct diag *why);

struct inflate; /* a stream; concatenated members are one stream */
struct inflate *inflate_new(enum inflate_kind kind) RETURNS_NONNULL;
void inflate_free(struct inflate *z); /* NULL is fine */
/*
 * Eats from *in, writes at most size bytes to `to`, returns OK with *ret_n: 0 with *in empty means
 * feed more.
 * FAIL_SYNTAX on a broken stream.
 */
enum err inflate_step(struct inflate *z, struct str *in, char *to, size_t size, size_t *ret_n,
    struct diag *why);
bool inflate_done(const struct inflate *z) NONNULL; /* at the end of a member: input may end here */

#endif
