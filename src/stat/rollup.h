/*
 * Running figures of the last 31 days, counted record by record in log order:
 * what the overview shows without asking the store.
 *
 *   each 5 minutes   events, logins that succeeded, logins that failed
 *   each hour        the busiest endpoints with their errors, the riskiest
 *                    addresses (stat/top.h), failed logins of each country
 *
 * A record counts at its event time.  One that is older than the window, or
 * more than a day ahead of when it was received, counts as outside and
 * nowhere else.  Figures are a function of the records alone: counting goes on
 * from a saved state as if it had not been broken off, and no number of the
 * log counts twice.  Demonstration records (REC_SOURCE_DEMO) have figures of
 * their own beside the rest, which can be erased.
 *
 * Memory: 150 KB, and 7 KB for each hour that has events (744 at most: 5 MB);
 * as much again at worst for the demonstration; and 2 KB for each of 10,000 users.  Nothing grows
 * past that.
 *
 * One thread adds, loads and saves; any may read and erase.  Times are seconds
 * since 1970.
 */
#ifndef STAT_ROLLUP_H
#define STAT_ROLLUP_H

#include "base/buf.h"
#include "base/err.h"
#include "rec/rec.h"
#include "stat/habits.h"
#include "stat/top.h"

#define ROLLUP_STEP 300
#define ROLLUP_HOUR 3600
#define ROLLUP_DAYS 31
#define ROLLUP_BUCKETS (ROLLUP_DAYS * 288)
#define ROLLUP_HOURS (ROLLUP_DAYS * 24)
#define ROLLUP_STATE_MAX ((size_t)32 << 20)

struct rollup;

struct rollup *rollup_new(void) RETURNS_NONNULL;
void rollup_free(struct rollup *r); /* NULL is fine */

/* Counts rec, unless its number is not above the last one. */
void rollup_add(struct rollup *r, const struct rec *rec) NONNULL;
/* Nothing up to `seq` is to be counted any more. */
void rollup_passed(struct rollup *r, uint64_t seq) NONNULL;
/* Forgets the demonstration; its records up to `through` do not count when they come. */
void rollup_erase_demo(struct rollup *r, uint64_t through) NONNULL;

/* State as bytes: the same figures give the same bytes.  About 1 MB in a busy month. */
void rollup_save(struct rollup *r, struct buf *to) NONNULL;
/* FAIL_CORRUPT when it is none; r is then as before. */
enum err rollup_load(struct rollup *r, struct str state, struct diag *why)
    __attribute__((nonnull(1)));

struct rollup_totals {
	uint64_t through; /* last number counted */
	uint64_t began;   /* first number counted; 0: none yet */
	int64_t began_at; /* when that was received: from then on nothing is missing */
	uint64_t records; /* without the demonstration */
	uint64_t outside; /* of these, those outside the window */
	uint64_t demo;    /* records of the demonstration, not erased */
	uint64_t demo_first, demo_last; /* their numbers */
	uint64_t erased;                /* demonstration records up to this number are erased */
};
void rollup_totals(struct rollup *r, struct rollup_totals *ret) NONNULL;

/* What is usual for a user (stat/habits.h), by name, e-mail address or id; false: not known. */
bool rollup_habits(struct rollup *r, struct str user, struct habits_user *ret) NONNULL;

/* Below, the demonstration is included, and times are cut to whole steps or hours. */
struct rollup_point {
	uint64_t events, success, failure;
};
/* n steps from the one that holds `from`. */
void rollup_points(struct rollup *r, int64_t from, size_t n, struct rollup_point *to) NONNULL;

struct rollup_entry {
	char key[TOP_KEY_MAX + 1]; /* endpoint, address, country */
	char country[3];           /* of an address, "" else or when not known */
	unsigned risk;             /* of an address: highest score */
	uint64_t n, bad;           /* events; errors or failed logins */
};
/*
 * Of the hours from that of `from` to that of `to` (not included): busiest
 * first.  At most max entries; their number is returned.  An address is one of
 * a record with a risk score of 2 or more, and counts from that record on, hour by hour;
 * riskiest first.
 */
size_t rollup_endpoints(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret,
    size_t max) NONNULL;
size_t rollup_addresses(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret,
    size_t max) NONNULL;
size_t rollup_countries(struct rollup *r, int64_t from, int64_t to, struct rollup_entry *ret,
    size_t max) NONNULL;

/* Requests to an endpoint in n columns of `hours` hours each, from the hour that holds `from`. */
struct rollup_cell {
	uint64_t n, errors;
};
void rollup_row(struct rollup *r, const char *endpoint, int64_t from, unsigned hours, size_t n,
    struct rollup_cell *to) NONNULL;

#endif
