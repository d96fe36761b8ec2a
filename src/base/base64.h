/* Base64 of RFC 4648: the plain alphabet, padded. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

void base64_put(struct str bytes, struct buf *to) __attribute__((nonnull(2)));
/* The whole of `s`, padded or not; false on anything else, and `to` is as it was. */
bool base64_get(struct str s, struct buf *to) __attribute__((nonnull(2)));

#endif
