/* Makes JSON acceptable that is wrong in its characters or the size of its numbers only. */
#ifndef PARSE_JSON_MEND_H
#define PARSE_JSON_MEND_H

#include "base/buf.h"

/*
 * Appends `document` with U+FFFD for bad UTF-8 and lone surrogates inside
 * strings, and with numbers that neither int64, uint64 nor double hold put in
 * quotes.  What else is wrong stays wrong.  False when nothing was to mend.
 */
bool json_mend(struct str document, struct buf *to) __attribute__((nonnull(2)));

#endif
