/* Running figures: cost of a record, of saving and loading, of what the overview reads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "rec/rec.h"
#include "stat/rollup.h"

#define T0 ((int64_t)1772323200)
#define RECORDS 10000000U
#define SHAPES 256 /* few enough to be in the cache, as a record just decoded is */

static struct rec *recs;
static struct arena *arena;

static uint64_t
next(uint64_t *s)
{
	*s = *s * 6364136223846793005U + 1442695040888963407U;
	return *s >> 33;
}

/* Of this thread alone: other programs do not count. */
static int64_t
cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * CLOCK_S + t.tv_nsec;
}

static struct str
text(const char *fmt, unsigned n)
{
	char *to = arena_bytes(arena, 64);
	int length;

	if (to == NULL)
		abort();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	length = snprintf(to, 64, fmt, n);
#pragma GCC diagnostic pop
	return (struct str){ to, (size_t)length };
}

/* `spread`: of how many addresses and endpoints they are. */
static void
make(unsigned spread)
{
	static const char *const countries[] = { "NL", "DE", "US", "BR", "IN", "VN", "GB", "FR" };
	uint64_t s = 7;

	arena_reset(arena);
	for (unsigned i = 0; i < SHAPES; i++) {
		struct rec *r = &recs[i];
		bool login = next(&s) % 4 == 0, good = next(&s) % 3 != 0;

		rec_init(r, arena);
		rec_set_str(r, F_EVENT_TYPE,
		    !login ? STR("http.request")
		    : good ? STR("auth.login.success")
			   : STR("auth.login.failed"));
		rec_set_str(r, F_SOURCE, STR("file:/var/log/access.log"));
		rec_set_str(r, F_CLIENT_IP, text("203.0.%u.7", (unsigned)(next(&s) % spread)));
		rec_set_str(r, F_GEO_COUNTRY, str_c(countries[next(&s) % 8]));
		rec_set_int(r, F_RISK_SCORE, login && !good ? 3 : 1);
		if (!login) {
			rec_set_str(r, F_ENDPOINT,
			    text("/api/part-%u/orders/4711", (unsigned)(next(&s) % spread)));
			rec_set_int(r, F_STATUS_CODE, next(&s) % 20 == 0 ? 404 : 200);
		}
	}
}

static struct rollup *
fill(const char *what, unsigned spread, int64_t seconds)
{
	struct rollup *r = rollup_new();
	int64_t begin;

	make(spread);
	begin = cpu();
	for (unsigned i = 0; i < RECORDS; i++) {
		struct rec *rec = &recs[i % SHAPES];
		int64_t at = (T0 + (int64_t)i * seconds / RECORDS) * CLOCK_S;

		rec->seq = i + 1;
		rec_set_int(rec, F_TIMESTAMP, at);
		rec_set_int(rec, F_RECEIVED, at);
		rollup_add(r, rec);
	}
	printf("rollup %-36s %6.1f ns a record\n", what, (double)(cpu() - begin) / RECORDS);
	return r;
}

static void
read_all(struct rollup *r, const char *what, int64_t from, int64_t to)
{
	static struct rollup_point points[ROLLUP_BUCKETS];
	static struct rollup_cell cells[ROLLUP_HOURS];
	static struct rollup_entry e[250];
	int64_t begin = cpu();
	size_t n;

	rollup_points(r, from, (size_t)((to - from) / ROLLUP_STEP), points);
	n = rollup_endpoints(r, from, to, e, 14);
	for (size_t i = 0; i < n; i++)
		rollup_row(r, e[i].key, from, 1, (size_t)((to - from) / ROLLUP_HOUR), cells);
	(void)rollup_addresses(r, from, to, e, 10);
	(void)rollup_countries(r, from, to, e, 250);
	printf("rollup %-36s %6.2f ms\n", what, (double)(cpu() - begin) / 1e6);
}

static void
save_and_load(struct rollup *r)
{
	struct rollup *other = rollup_new();
	struct diag why = { 0 };
	struct buf state;
	int64_t begin, saved;

	buf_init(&state, ROLLUP_STATE_MAX);
	begin = cpu();
	rollup_save(r, &state);
	saved = cpu();
	if (rollup_load(other, buf_view(&state), &why) != OK)
		abort();
	printf("rollup state of a month: %.2f MB, saved in %.2f ms, loaded in %.2f ms\n",
	    (double)state.n / 1e6, (double)(saved - begin) / 1e6, (double)(cpu() - saved) / 1e6);
	buf_fini(&state);
	rollup_free(other);
}

int
main(void)
{
	const int64_t month = ROLLUP_DAYS * 86400 - 300;
	struct rollup *r;

	arena = arena_new((size_t)64 << 20);
	recs = aligned_alloc(64, SHAPES * ((sizeof(*recs) + 63) / 64 * 64));
	if (recs == NULL)
		return EXIT_FAILURE;
	rollup_free(fill("20 endpoints and addresses, a day", 20, 86400));
	r = fill("250 of each, 31 days", 250, month);
	read_all(r, "overview of 24 hours", T0 + month - 86400, T0 + month);
	read_all(r, "overview of 31 days", T0, T0 + month);
	save_and_load(r);
	rollup_free(r);
	free(recs);
	arena_free(arena);
	return EXIT_SUCCESS;
}
