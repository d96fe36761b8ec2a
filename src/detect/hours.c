/* Usual hours of the day of one key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/hours.h"

#include "detect/bytes.h"

#define NEWEST 64
#define FORGOTTEN 0.5 /* all weight together */

/* What is left of a weight after n hours; no libm, so that it is the same everywhere. */
static double
fade(const struct hours_shape *s, uint64_t n)
{
	double base = 1 - 1 / (double)s->memory, left = 1;

	for (; n > 0 && left > 0; n >>= 1) {
		if ((n & 1) != 0)
			left *= base;
		base *= base;
	}
	return left;
}

static unsigned
of_day(int64_t hour)
{
	return (unsigned)((hour % 24 + 24) % 24);
}

static double
total(const double weight[24])
{
	double sum = 0;

	for (size_t i = 0; i < 24; i++)
		sum += weight[i];
	return sum;
}

static double
share_of(const double weight[24], unsigned at)
{
	double sum = total(weight);

	if (sum <= 0)
		return 0;
	return (weight[at] + (weight[(at + 23) % 24] + weight[(at + 1) % 24]) / 2) / sum;
}

static void
move_to(struct hours *h, const struct hours_shape *s, int64_t hour)
{
	uint64_t n = (uint64_t)(hour - h->newest);
	double left = fade(s, n);

	for (size_t i = 0; i < 24; i++)
		h->weight[i] *= left;
	h->active = n < NEWEST ? h->active << n : 0;
	h->newest = hour;
	if (total(h->weight) >= FORGOTTEN)
		return;
	memset(h->weight, 0, sizeof(h->weight));
	h->learned = 0;
}

enum hours_result
hours_add(struct hours *h, const struct hours_shape *s, int64_t hour, double *ret_share)
{
	unsigned at = of_day(hour);
	uint64_t behind, before, bit;
	double own, without[24];

	if (h->learned == 0 && h->active == 0)
		h->newest = hour;
	if (hour > h->newest)
		move_to(h, s, hour);
	behind = (uint64_t)(h->newest - hour);
	bit = behind < NEWEST ? (uint64_t)1 << behind : 0;
	own = bit != 0 ? fade(s, behind) : 0;
	before = h->learned;
	if ((h->active & bit) == 0 && bit != 0) {
		h->active |= bit;
		h->weight[at] += own;
		h->learned++;
	} else if (bit != 0) {
		before--;
	}
	memcpy(without, h->weight, sizeof(without));
	without[at] = without[at] > own ? without[at] - own : 0;
	*ret_share = share_of(without, at);
	if (before < s->learn)
		return HOURS_LEARNING;
	return *ret_share < s->share ? HOURS_OFF : HOURS_USUAL;
}

void
hours_put(const struct hours *h, const struct hours_shape *s, struct buf *to)
{
	bool usual[24], any = false;
	unsigned first = 0;

	for (unsigned i = 0; i < 24; i++)
		usual[i] = share_of(h->weight, i) >= s->share;
	while (first < 24 && usual[first]) /* begin outside, so that nothing is cut at midnight */
		first++;
	if (first == 24) {
		buf_str(to, STR("00-24"));
		return;
	}
	for (unsigned i = 1; i < 24; i++) {
		unsigned n = 0, at = (first + i) % 24;

		while (usual[(at + n) % 24] && i + n <= 24)
			n++;
		if (n == 0)
			continue;
		buf_printf(to, "%s%02u-%02u", any ? ", " : "", at, (at + n) % 24);
		any = true;
		i += n;
	}
	if (!any)
		buf_str(to, STR("none"));
}

void
hours_save(const struct hours *h, struct buf *to)
{
	for (size_t i = 0; i < 24; i++)
		bytes_put_double(to, h->weight[i]);
	bytes_put(to, (uint64_t)h->newest, 8);
	bytes_put(to, h->active, 8);
	bytes_put(to, h->learned, 8);
}

bool
hours_load(struct hours *h, struct str *from)
{
	bool bad = false;

	for (size_t i = 0; i < 24; i++) {
		h->weight[i] = bytes_get_double(from, &bad);
		bad = bad || h->weight[i] < 0;
	}
	h->newest = (int64_t)bytes_get(from, 8, &bad);
	h->active = bytes_get(from, 8, &bad);
	h->learned = bytes_get(from, 8, &bad);
	return !bad;
}
