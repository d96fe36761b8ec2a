/*
 * The lines of a file or of standard input, unpacked on the way when it is
 * gzip or zstd.  Used by scan and parse; one thread.
 */
#ifndef APP_LINES_H
#define APP_LINES_H

#include "base/err.h"
#include "base/str.h"

struct lines;

/* "-" is standard input. */
enum err lines_open(const char *path, struct lines **ret, struct diag *why);
void lines_close(struct lines *l); /* NULL is fine */

/*
 * The next line without its LF or CRLF, borrowed until the next call.
 * FAIL_NOT_FOUND at the end.  A line past REC_RAW_MAX is cut there and the
 * rest of it passed over.
 */
enum err lines_next(struct lines *l, struct str *ret, struct diag *why);

uint64_t lines_read(const struct lines *l); /* bytes of the file taken so far */
uint64_t lines_size(const struct lines *l); /* bytes of the file; 0 when not known */

#endif
