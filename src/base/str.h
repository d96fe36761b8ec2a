/*
 * A borrowed run of bytes: not terminated, not owned, passed by value.
 * Valid as long as whatever it points into (an arena, a read buffer).
 * "nocase" is ASCII only.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) ((int)(s).n), ((s).p != NULL ? (s).p : "")

static inline struct str
str_c(const char *terminated)
{
	return (struct str){ terminated, terminated != NULL ? strlen(terminated) : 0 };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline struct str
str_from(struct str s, size_t at) /* what stands from byte `at` on */
{
	if (at < s.n)
		return (struct str){ s.p + at, s.n - at };
	return (struct str){ s.n != 0 ? s.p + s.n : s.p, 0 }; /* not NULL + 0 */
}

static inline bool
str_starts(struct str s, struct str head)
{
	return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

bool str_ends(struct str s, struct str tail);
bool str_eq_nocase(struct str a, struct str b);
int str_cmp(struct str a, struct str b); /* bytewise, like strcmp */

/* Offset of the first `needle` in `s`, or -1.  An empty needle is found at 0. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_nocase(struct str s, struct str needle);

/* Without leading and trailing blanks (space, tab, CR, LF). */
struct str str_trim(struct str s);

/* Splits off what stands before `c`; the whole of *s when `c` is absent. */
struct str str_until(struct str *s, char c) NONNULL;

/* The next line without its LF or CRLF; false at the end of *s. */
bool str_line(struct str *s, struct str *ret_line) NONNULL;

/* The whole of `s` must be the number: no blanks, no sign for u64, no overflow. */
bool str_u64(struct str s, uint64_t *ret) NONNULL;
bool str_i64(struct str s, int64_t *ret) NONNULL;
bool str_f64(struct str s, double *ret) NONNULL; /* decimal, optional exponent; no inf, nan, hex */

/* Terminated copy, cut to fit; returns `to`. */
char *str_to_c(struct str s, char *to, size_t size) NONNULL;

#endif
