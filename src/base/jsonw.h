/*
 * JSON writer: appends to a buf, minds commas itself.  Text is mended to valid
 * UTF-8 and escaped, what would drive a terminal too.  Deeper than 32 levels
 * the buf counts as overflowed.
 *   jsonw_init(&w, &buf); jsonw_obj(&w); jsonw_key(&w, STR("n")); jsonw_int(&w, 1); jsonw_end(&w);
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include "base/buf.h"

struct jsonw {
	struct buf *to;
	unsigned depth;
	uint32_t more, object; /* bit per level: has a member; is an object */
	bool after_key;
};

void jsonw_init(struct jsonw *w, struct buf *to) NONNULL;
void jsonw_obj(struct jsonw *w) NONNULL;
void jsonw_arr(struct jsonw *w) NONNULL;
void jsonw_end(struct jsonw *w) NONNULL; /* closes the innermost */
void jsonw_key(struct jsonw *w, struct str key) __attribute__((nonnull(1)));
void jsonw_str(struct jsonw *w, struct str s) __attribute__((nonnull(1)));
void jsonw_int(struct jsonw *w, int64_t v) NONNULL;
void jsonw_u64(struct jsonw *w, uint64_t v) NONNULL;
void jsonw_f64(struct jsonw *w,
    double v) NONNULL; /* shortest that reads back; null for inf and nan */
void jsonw_bool(struct jsonw *w, bool v) NONNULL;
void jsonw_null(struct jsonw *w) NONNULL;
void jsonw_raw(struct jsonw *w, struct str json) __attribute__((nonnull(1))); /* ready JSON */
void jsonw_time(struct jsonw *w,
    int64_t ns) NONNULL; /* as clock_put(): "2026-11-21T02:03:04.500Z" */

/* key and value at once */
void jsonw_kstr(struct jsonw *w, const char *key, struct str s) __attribute__((nonnull(1, 2)));
void jsonw_kint(struct jsonw *w, const char *key, int64_t v) NONNULL;
void jsonw_kbool(struct jsonw *w, const char *key, bool v) NONNULL;
void jsonw_ktime(struct jsonw *w, const char *key, int64_t ns) NONNULL;

/* Only the escaped text, without quotes. */
void jsonw_escape(struct str s, struct buf *to);

#endif
