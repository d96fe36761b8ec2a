/*
 * Times as they stand in logs, to ns since 1970 UTC.  No locale, no global
 * state.  The readers of a form take what stands at the start of `s` and
 * return its length, 0 when it is not that form or out of range (29 February
 * 2025, 25:00).  `offset_s` is the UTC offset of times that name no zone.
 * Second 60 is taken only at 23:59 UTC and is the first second of the next day.
 */
#ifndef PARSE_TIME_H
#define PARSE_TIME_H

#include "base/str.h"

/* 2026-11-21T01:02:03[.,fraction][zone]; also with a blank for T and / for -. */
size_t time_iso(struct str s, int offset_s, int64_t *ret_ns) NONNULL;

/* 21/Nov/2026:01:02:03 +0100 */
size_t time_clf(struct str s, int64_t *ret_ns) NONNULL;

/*
 * Nov 21 01:02:03[.fraction], Nov  1 ..., Nov 21 2026 01:02:03.  Without a
 * year: the latest that makes it at most one day later than `received`.
 */
size_t time_bsd(struct str s, int offset_s, int64_t received, int64_t *ret_ns) NONNULL;

/* Sat Nov 21 01:02:03[.fraction] 2026 */
size_t time_ctime(struct str s, int offset_s, int64_t *ret_ns) NONNULL;

/*
 * Since 1970 in seconds, ms, us or ns, told apart by magnitude; false before
 * 1973 (a duration, rather) and after 2262.
 */
bool time_epoch(int64_t n, int64_t *ret_ns) NONNULL;
bool time_epoch_real(double n, int64_t *ret_ns) NONNULL;

/* The whole of `s` in any of these forms; epochs as digits with an optional fraction. */
bool time_any(struct str s, int offset_s, int64_t received, int64_t *ret_ns) NONNULL;

#endif
