/* Saved figures: what is taken gives the same bytes again, and counting goes on from it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/crc32c.h"
#include "stat/rollup.h"

#define HEAD 12

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The input with its checksum made good, so that what lies behind it is reached. */
static void
mend(struct buf *to, const unsigned char *data, size_t size)
{
	uint32_t crc;

	buf_put(to, data, size);
	if (size < HEAD)
		return;
	crc = crc32c(0, data + HEAD, size - HEAD);
	for (unsigned i = 0; i < 4; i++)
		to->p[8 + i] = (char)(crc >> (8 * i));
}

static void
go_on(struct rollup *r)
{
	struct rollup_entry e[8];
	struct rollup_point p[8];
	struct rollup_totals t;
	struct arena *a = arena_new(4096);
	struct rec rec;

	rollup_totals(r, &t);
	rec_init(&rec, a);
	rec.seq = t.through + 1;
	rec_set_int(&rec, F_RECEIVED, 1772323200 * CLOCK_S);
	rec_set_str(&rec, F_CLIENT_IP, STR("203.0.113.5"));
	rec_set_str(&rec, F_ENDPOINT, STR("/a"));
	rec_set_int(&rec, F_RISK_SCORE, 5);
	rollup_add(r, &rec);
	rollup_points(r, 1772323200, 8, p);
	(void)rollup_endpoints(r, 0, INT64_MAX / 2, e, 8);
	(void)rollup_addresses(r, 0, INT64_MAX / 2, e, 8);
	(void)rollup_countries(r, 0, INT64_MAX / 2, e, 8);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	auto_buf struct buf in = { 0 }, out = { 0 };
	struct rollup *r = rollup_new();

	buf_init(&in, ROLLUP_STATE_MAX);
	buf_init(&out, ROLLUP_STATE_MAX);
	mend(&in, data, size);
	if (rollup_load(r, buf_view(&in), NULL) == OK) {
		rollup_save(r, &out);
		if (!str_eq(buf_view(&in), buf_view(&out)))
			abort();
		go_on(r);
	}
	rollup_free(r);
	return 0;
}
