/* Usual hours: office days, nights over midnight, fading, and a plain sum over all active hours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/hours.h"

#include <math.h>

#include "random.h"
#include "test.h"

static const struct hours_shape shape = { 60 * 24, 20, 0.01 };

static void
restart(struct hours *h)
{
	struct buf bytes = { 0 }, again = { 0 };
	struct hours back = { 0 };
	struct str from;

	hours_save(h, &bytes);
	for (size_t cut = 0; cut < bytes.n; cut += 9) {
		from = (struct str){ bytes.p, cut };
		CHECK(!hours_load(&back, &from));
	}
	from = buf_view(&bytes);
	CHECK(hours_load(&back, &from));
	CHECK_INT(from.n, 0);
	hours_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	*h = back;
	buf_fini(&bytes);
	buf_fini(&again);
}

static const char *
usual(const struct hours *h)
{
	static struct buf b;

	buf_reset(&b);
	hours_put(h, &shape, &b);
	buf_byte(&b, '\0');
	return b.p;
}

TEST(office_days)
{
	struct hours h = { 0 };
	double share;

	for (int64_t day = 0; day < 30; day++)
		for (int64_t hour = 8; hour < 18; hour++)
			for (unsigned k = 0; k < 3; k++)
				CHECK_INT(hours_add(&h, &shape, 24 * day + hour, &share),
				    day < 2 ? HOURS_LEARNING : HOURS_USUAL);
	CHECK_STR(usual(&h), "07-19"); /* with the hours beside them */
	CHECK_INT(hours_add(&h, &shape, 24 * 30 + 3, &share), HOURS_OFF);
	CHECK_DOUBLE(share, 0, 0);
	CHECK_INT(hours_add(&h, &shape, 24 * 30 + 3, &share), HOURS_OFF); /* the same hour */
	CHECK_INT(hours_add(&h, &shape, 24 * 30 + 7, &share), HOURS_USUAL);
	restart(&h);
	CHECK_INT(hours_add(&h, &shape, 24 * 30 + 8, &share), HOURS_USUAL);
	for (int64_t day = 31; day < 34; day++) /* a habit that begins */
		(void)hours_add(&h, &shape, 24 * day + 3, &share);
	CHECK_INT(hours_add(&h, &shape, 24 * 34 + 3, &share), HOURS_USUAL);
	CHECK_INT(hours_add(&h, &shape, 24 * 900, &share), HOURS_LEARNING); /* all forgotten */
}

TEST(nights)
{
	struct hours h = { 0 };
	double share;

	CHECK_STR(usual(&h), "none");
	for (int64_t day = 0; day < 20; day++)
		for (int64_t hour = 22; hour < 28; hour++)
			(void)hours_add(&h, &shape, 24 * day + hour, &share);
	CHECK_STR(usual(&h), "21-05");
	CHECK_INT(hours_add(&h, &shape, 24 * 21 + 12, &share), HOURS_OFF);
}

/* Against exp(): the share of each event, from all active hours before it. */
TEST(like_a_sum)
{
	uint64_t rnd = random_start(test_seed());
	struct hours h = { 0 };
	int64_t hour[1000], newest = 0;
	size_t n = 0;
	unsigned off = 0;

	for (unsigned i = 0; i < 1000; i++) {
		double sum = 0, near = 0, got;
		int64_t at;
		bool known = false;
		enum hours_result result;

		newest += (int64_t)random_below(&rnd, 4);
		if (newest % 24 < 6 && random_below(&rnd, 40) != 0)
			newest += 6 - newest % 24;
		at = newest - (random_below(&rnd, 3) == 0 ? newest % 24 : 0) / 2;
		for (size_t k = 0; k < n; k++) {
			double w = pow(1 - 1.0 / shape.memory, (double)(newest - hour[k]));
			int64_t d = ((hour[k] - at) % 24 + 24) % 24;

			known = known || hour[k] == at;
			if (hour[k] == at)
				continue;
			sum += w;
			near += d == 0 ? w : d == 1 || d == 23 ? w / 2 : 0;
		}
		result = hours_add(&h, &shape, at, &got);
		CHECK_DOUBLE(got, sum > 0 ? near / sum : 0, 1e-9);
		CHECK_INT(result, n - known < shape.learn ? HOURS_LEARNING
				  : got < shape.share     ? HOURS_OFF
							  : HOURS_USUAL);
		off += result == HOURS_OFF;
		if (!known)
			hour[n++] = at;
	}
	CHECK(off > 0);
}

TEST(ends_of_time)
{
	struct hours h = { 0 };
	double share;

	(void)hours_add(&h, &shape, -1281023894, &share);
	(void)hours_add(&h, &shape, 1281023894, &share);
	(void)hours_add(&h, &shape, -1281023894, &share);
	CHECK_INT(h.learned, 1);
	restart(&h);
}
