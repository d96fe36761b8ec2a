/*
 * What is usual for each user, learned from their events: countries, devices,
 * addresses, hours of the day (UTC), the last login.
 *
 * A user begins to be known by a login that succeeded, so nobody gets one in
 * here by trying names; failures teach nothing and are only counted.  At most
 * HABITS_USERS users; the one whose events ended longest ago (in records) goes.
 * Of countries, devices and addresses the HABITS_WORDS used most.  2 KiB for a
 * user at most.  Figures are a function of the records alone.  Not thread-safe.
 */
#ifndef STAT_HABITS_H
#define STAT_HABITS_H

#include "base/buf.h"
#include "rec/rec.h"

#define HABITS_USERS 10000
#define HABITS_WORDS 6
#define HABITS_NAME 96

struct habits_word {
	char text[72]; /* terminated, cut */
	uint32_t n;
	int64_t last;
};

struct habits_user {
	char name[HABITS_NAME + 1];
	int64_t first, last; /* event times, ns */
	uint64_t events, logins, failed;
	int64_t login; /* time of the newest login; 0: none */
	char login_address[48], login_country[4], login_city[40], roles[64];
	uint32_t hours[24];
	struct habits_word countries[HABITS_WORDS], devices[HABITS_WORDS], addresses[HABITS_WORDS];
};

struct habits;

struct habits *habits_new(void) RETURNS_NONNULL;
void habits_free(struct habits *h); /* NULL is fine */

void habits_add(struct habits *h, const struct rec *r, int64_t t) NONNULL;
/* NULL when the user is not known; until the next change. */
const struct habits_user *habits_get(const struct habits *h, struct str name) NONNULL;
size_t habits_len(const struct habits *h) NONNULL;

/* The same habits give the same bytes. */
void habits_save(const struct habits *h, struct buf *to) NONNULL;
/* Into an empty one; takes its part off the front; false: corrupt. */
bool habits_load(struct habits *h, struct str *from) NONNULL;

#endif
