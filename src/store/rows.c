/* Rows of the log in memory: one run of bytes and an index. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows.h"

#include <stdlib.h>

#include "rec/codec.h"
#include "store/rows_in.h"

#define SCRATCH ((size_t)4 << 20)
#define KEEP ((size_t)1 << 20) /* bytes kept when emptied */

struct rows *
rows_new(size_t max_bytes, uint32_t max_rows)
{
	struct rows *t = MEM_NEW(struct rows);

	buf_init(&t->bytes, max_bytes);
	t->max_rows = max_rows;
	t->scratch = arena_new(SCRATCH);
	return t;
}

void
rows_free(struct rows *t)
{
	if (t == NULL)
		return;
	buf_fini(&t->bytes);
	VEC_FINI(&t->rows);
	arena_free(t->scratch);
	free(t);
}

void
rows_reset(struct rows *t)
{
	size_t max = t->bytes.max;

	if (t->bytes.size > KEEP) {
		buf_fini(&t->bytes);
		buf_init(&t->bytes, max);
		VEC_FINI(&t->rows);
	}
	buf_reset(&t->bytes);
	t->rows.n = 0;
	t->have[0] = t->have[1] = 0;
	t->extra = false;
}

enum err
rows_add(struct rows *t, const struct reader_entry *entry, struct diag *why)
{
	struct rows_one *row;
	struct rec r;
	int64_t time;
	enum err e;

	if (t->rows.n >= t->max_rows || entry->payload.n > t->bytes.max - t->bytes.n)
		return err_set(why, FAIL_LIMIT, "the batch is full at %zu rows", t->rows.n);
	arena_reset(t->scratch);
	rec_init(&r, t->scratch);
	e = codec_decode(entry->payload, &r, why);
	if (e != OK || rec_is_tick(&r)) /* no event: its number is covered, without a row */
		return e;
	time = rows_us(rec_int(&r, F_TIMESTAMP, entry->received));
	row = VEC_ADD(&t->rows);
	*row = (struct rows_one){ entry->seq, entry->received, time, t->bytes.n,
		(uint32_t)entry->payload.n };
	buf_put(&t->bytes, entry->payload.p, entry->payload.n);
	t->have[0] |= r.have[0];
	t->have[1] |= r.have[1];
	t->extra = t->extra || r.n_extra > 0;
	return OK;
}

uint32_t
rows_count(const struct rows *t)
{
	return (uint32_t)t->rows.n;
}

void
rows_span(const struct rows *t, int64_t *ret_min, int64_t *ret_max)
{
	int64_t low = INT64_MAX, high = 0;
	size_t i;

	for (i = 0; i < t->rows.n; i++) {
		int64_t time = t->rows.p[i].time > 0 ? t->rows.p[i].time : 0;

		if (time < low)
			low = time;
		if (time > high)
			high = time;
	}
	*ret_min = t->rows.n > 0 ? low : 0;
	*ret_max = high;
}

static int
compare(const void *pa, const void *pb)
{
	const struct rows_one *a = pa, *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

void
rows_sort(struct rows *t)
{
	size_t i;

	for (i = 1; i < t->rows.n; i++) {
		if (compare(&t->rows.p[i - 1], &t->rows.p[i]) > 0) {
			qsort(t->rows.p, t->rows.n, sizeof(t->rows.p[0]), compare);
			return;
		}
	}
}

void
rows_columns(const struct rows *t, struct buf *to)
{
	size_t f;

	buf_str(to, STR("\"seq\", \"timestamp\", \"received_at\""));
	for (f = 0; f < FIELD_COUNT; f++) {
		if (f == F_TIMESTAMP || f == F_RECEIVED || ((t->have[f / 64] >> (f % 64)) & 1) == 0)
			continue;
		buf_str(to, STR(", "));
		duck_name(to, str_c(field_info((enum field)f)->column));
	}
	if (t->extra)
		buf_str(to, STR(", \"extra\""));
}
