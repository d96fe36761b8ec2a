/* Which files are merged, and which go. */
#include "store/merge.h"

#include "base/clock.h"
#include "test.h"

#define HOUR ((int64_t)3600 * 1000000)
#define NOW (100 * 24 * HOUR + HOUR / 2)

static void
add(struct catalog *c, uint64_t first, uint64_t last, int64_t hour, enum catalog_level level)
{
	struct catalog_file f = { .first = first,
		.last = last,
		.tmin = hour * HOUR,
		.tmax = hour * HOUR + HOUR / 2,
		.level = level,
		.size = 1000 };

	VEC_PUSH(&c->files, f);
}

/* "first-last>level" of the job, or "none". */
static void
check_plan(struct catalog *c, uint64_t except, const char *want)
{
	struct merge_job job = { 0 };
	char got[64] = "none";

	catalog_settle(c);
	if (merge_plan(c, NOW, except, &job))
		snprintf(got, sizeof(got), "%llu-%llu>%c", (unsigned long long)job.parts.p[0].first,
		    (unsigned long long)job.parts.p[job.parts.n - 1].last, "shd"[job.level]);
	CHECK_STR(got, want);
	merge_free(&job);
}

TEST(a_past_hour_becomes_one_file)
{
	struct catalog c = { 0 };

	check_plan(&c, 0, "none");
	add(&c, 1, 10, 2399, CATALOG_SEALED);
	check_plan(&c, 0, "none");
	add(&c, 11, 20, 2399, CATALOG_SEALED);
	add(&c, 21, 30, 2400, CATALOG_SEALED); /* this hour */
	add(&c, 31, 40, 2400, CATALOG_SEALED);
	check_plan(&c, 0, "1-20>h");
	check_plan(&c, 20, "none");
	add(&c, 1, 20, 2399, CATALOG_HOURLY);
	check_plan(&c, 0, "none");
	catalog_free(&c);
}

TEST(a_past_day_becomes_one_file)
{
	struct catalog c = { 0 };

	add(&c, 1, 10, 2380, CATALOG_HOURLY);
	add(&c, 11, 20, 2382, CATALOG_HOURLY);
	add(&c, 21, 30, 2383, CATALOG_SEALED);
	add(&c, 31, 40, 2400, CATALOG_SEALED);
	check_plan(&c, 0, "1-30>d");
	catalog_free(&c);
}

TEST(numbers_must_follow_each_other)
{
	struct catalog c = { 0 };

	add(&c, 1, 10, 2399, CATALOG_SEALED);
	add(&c, 12, 20, 2399, CATALOG_SEALED);
	check_plan(&c, 0, "none");
	catalog_free(&c);
}

TEST(a_pile_of_this_hour_is_merged_too)
{
	struct catalog c = { 0 };
	uint64_t i;

	for (i = 0; i < MERGE_PILE - 1; i++)
		add(&c, 1 + i * 10, 10 + i * 10, 2400, CATALOG_SEALED);
	check_plan(&c, 0, "none");
	add(&c, 1 + i * 10, 10 + i * 10, 2400, CATALOG_SEALED);
	check_plan(&c, 0, "1-640>h");
	catalog_free(&c);
}

TEST(a_merged_file_has_a_largest_size)
{
	struct catalog c = { 0 };

	add(&c, 1, MERGE_ROWS_MAX - 1, 2399, CATALOG_SEALED);
	add(&c, MERGE_ROWS_MAX, MERGE_ROWS_MAX + 9, 2399, CATALOG_SEALED);
	add(&c, MERGE_ROWS_MAX + 10, MERGE_ROWS_MAX + 19, 2399, CATALOG_SEALED);
	check_plan(&c, 0, "2000000-2000019>h");
	catalog_free(&c);
}

TEST(merging_comes_to_an_end)
{
	uint64_t x = test_seed() | 1;
	struct catalog c = { 0 };
	struct merge_job job;
	unsigned i, merges = 0;
	uint64_t next = 1, n;

	for (i = 0; i < 500; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		n = 1 + (x >> 33) % 200000;
		add(&c, next, next + n - 1, (int64_t)(2300 + (x >> 50) % 101), CATALOG_SEALED);
		next += n;
	}
	catalog_settle(&c);
	while (merge_plan(&c, NOW, 0, &job)) {
		struct catalog_file f = job.parts.p[0];
		size_t k;

		for (k = 0; k < job.parts.n; k++)
			if (job.parts.p[k].tmax > f.tmax)
				f.tmax = job.parts.p[k].tmax;
		f.last = job.parts.p[job.parts.n - 1].last;
		f.level = job.level;
		VEC_PUSH(&c.files, f);
		catalog_settle(&c);
		CHECK_INT(catalog_through(&c), next - 1);
		merge_free(&job);
		CHECK(++merges < 2000);
	}
	CHECK(merges > 0);
	catalog_free(&c);
}

TEST(age_and_size_take_the_oldest)
{
	int64_t now = NOW * 1000;
	struct catalog c = { 0 };
	size_t i;

	add(&c, 1, 10, 2300, CATALOG_SEALED);
	add(&c, 11, 20, 2350, CATALOG_SEALED);
	add(&c, 21, 30, 2310,
	    CATALOG_SEALED); /* old news that came late stays behind the younger */
	add(&c, 31, 40, 2400, CATALOG_SEALED);
	for (i = 0; i < c.files.n; i++)
		c.files.p[i].written = now;
	catalog_settle(&c);
	CHECK_INT(merge_expired(&c, now, 0, 0), 0);
	CHECK_INT(merge_expired(&c, now, 60 * 3600 * CLOCK_S, 0), 1);
	CHECK_INT(merge_expired(&c, now, 1, 0), 3); /* never the newest */
	CHECK_INT(merge_expired(&c, now, 0, 2500), 2);
	CHECK_INT(merge_expired(&c, now, 0, 1), 3);
	c.files.p[0].tmax = INT64_MAX; /* a forged time does not keep it for ever */
	c.files.p[0].written = now - 100 * 3600 * CLOCK_S;
	CHECK_INT(merge_expired(&c, now, 60 * 3600 * CLOCK_S, 0), 1);
	catalog_free(&c);
}
