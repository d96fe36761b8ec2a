/* Windows of more events than are kept, and values in order of size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/slide.h"

#include "detect/rank.h"
#include "feed.h"
#include "random.h"

#define BASE                                                                                       \
	"title: b\nname: b\nlogsource: {category: webserver}\n"                                    \
	"detection: {s: {method: GET}, condition: s}\n---\n"
#define CORR(type, condition)                                                                      \
	"title: c\ncorrelation:\n  type: " type                                                    \
	"\n  rules: [b]\n  group-by: [client_ip]\n  timespan: 1h\n  condition: " condition "\n"

#define MANY 50000

static void
ignore(void *ctx, const struct finding *x)
{
	(void)x;
	++*(uint64_t *)ctx;
}

/* One event of the key every 50 ms; how many findings there were. */
static uint64_t
flood(struct feed *f, unsigned n)
{
	uint64_t findings = 0;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	rec_set_str(&r, F_METHOD, STR("GET"));
	rec_set_str(&r, F_CLIENT_IP, STR("10.0.0.1"));
	for (unsigned i = 0; i < n; i++) {
		rec_set_int(&r, F_TIMESTAMP, FEED_RECEIVED + i * (CLOCK_S / 20));
		rec_set_int(&r, F_BYTES_OUT, i % 10);
		r.seq = ++f->seq;
		engine_feed(f->engine, &r, ignore, &findings);
	}
	return findings;
}

/* 2,500 s of events are all within the hour: what is put together is not lost. */
static const struct capped {
	const char *rules;
	uint64_t findings;
} capped[] = {
	{ BASE CORR("event_count", "{gte: 49991}"), 10 },
	{ BASE CORR("value_sum", "{field: bytes_out, gte: 224995}"), 1 },
	{ BASE CORR("value_avg", "{field: bytes_out, gte: 4.5}"), MANY / 10 },
	{ BASE CORR("value_median", "{field: bytes_out, gt: 9}"), 0 },
	{ BASE CORR("value_count", "{field: bytes_out, gte: 10}"), MANY - 9 },
	{ BASE CORR("event_count", "{lt: 5}"), 0 },
	{ BASE CORR("value_count", "{field: bytes_out, lt: 5}"), 0 },
};

TEST(a_key_is_capped)
{
	for (size_t i = 0; i < ARRAY_LEN(capped); i++) {
		struct engine_stats stats;
		struct feed f;
		uint64_t got;

		feed_text(&f, capped[i].rules);
		got = flood(&f, MANY);
		if (got != capped[i].findings)
			test_fail(TEST_AT(got), "row %zu: %" PRIu64 " findings, want %" PRIu64, i,
			    got, capped[i].findings);
		engine_stats(f.engine, &stats);
		CHECK_INT(stats.keys, 1);
		CHECK(stats.bytes < SLIDE_MAX * (sizeof(struct timeline_item) + 16) + 1000);
		feed_fini(&f);
	}
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

TEST(values_in_order_of_size)
{
	static double v[3000], sorted[3000];
	uint64_t s = random_start(test_seed());
	struct rank r = { .n = 0 };
	struct corr c = { .n_refs = 0 };
	size_t n = 0;

	for (unsigned i = 0; i < test_rounds(20000); i++) {
		struct timeline_item item = { .t = 0 };
		bool more = n == 0 || (n < ARRAY_LEN(v) && random_below(&s, 100) < 55);
		size_t at = more ? n : random_below(&s, n);

		if (more)
			v[n++] = (double)random_below(&s, 500);
		memcpy(&item.a, &v[at], sizeof(double));
		if (more)
			rank_add(&c, &r, &item);
		else
			rank_remove(&c, &r, &item);
		v[at] = v[more ? at : --n];
		CHECK_INT(rank_len(&r), n);
		if (i % 500 != 0)
			continue;
		memcpy(sorted, v, n * sizeof(double));
		qsort(sorted, n, sizeof(double), by_size);
		for (size_t k = 0; k < n; k++)
			test_double(TEST_AT(k), rank_at(&r, k), sorted[k], 0);
	}
	rank_fini(&r);
}
