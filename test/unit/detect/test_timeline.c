/* The sorted ring against an array that is sorted again each time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/timeline.h"

#include "random.h"
#include "test.h"

#define ITEMS 300

struct model {
	struct timeline_item item[ITEMS];
	size_t n;
};

static int
by_time(const void *a, const void *b)
{
	const struct timeline_item *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
compare(const struct timeline *tl, const struct model *m)
{
	CHECK_INT(tl->n, m->n);
	for (size_t i = 0; i < m->n; i++) {
		CHECK_INT(timeline_at(tl, i)->t, m->item[i].t);
		CHECK_INT(timeline_at(tl, i)->seq, m->item[i].seq);
		CHECK_INT(timeline_at(tl, i)->a, m->item[i].a);
	}
}

static void
one_round(uint64_t *s)
{
	struct model m = { .n = 0 };
	struct timeline tl = { 0 }, back = { 0 };
	struct buf bytes = { 0 }, again = { 0 };
	struct str from;

	for (uint64_t seq = 1; seq < ITEMS; seq++) {
		struct timeline_item item = { (int64_t)(seq + random_below(s, 20)), seq,
			random_next(s), 1 };
		size_t at = timeline_put(&tl, &item), drop = random_below(s, 6);

		m.item[m.n++] = item;
		qsort(m.item, m.n, sizeof(item), by_time);
		CHECK_INT(timeline_at(&tl, at)->seq, seq);
		if (random_below(s, 8) == 0) {
			drop = random_below(s, 20) == 0 ? m.n : drop < m.n ? drop : m.n;
			timeline_drop(&tl, drop);
			m.n -= drop;
			memmove(m.item, m.item + drop, m.n * sizeof(item));
		}
		compare(&tl, &m);
		CHECK(tl.size <= 8 * (tl.n + 1));
	}
	timeline_save(&tl, &bytes);
	from = buf_view(&bytes);
	CHECK(timeline_load(&back, ITEMS, &from));
	CHECK_INT(from.n, 0);
	compare(&back, &m);
	timeline_save(&back, &again);
	CHECK_BYTES(again.p, again.n, bytes.p, bytes.n);
	for (size_t cut = 0; cut < bytes.n; cut += 7) {
		timeline_fini(&back);
		from = (struct str){ bytes.p, cut };
		CHECK(!timeline_load(&back, ITEMS, &from));
	}
	timeline_fini(&tl);
	timeline_fini(&back);
	buf_fini(&bytes);
	buf_fini(&again);
}

TEST(like_sorting)
{
	uint64_t s = random_start(test_seed());

	for (unsigned i = test_rounds(30); i > 0; i--)
		one_round(&s);
}

TEST(newest_numbers)
{
	struct timeline tl = { 0 };
	uint64_t got[3];

	for (int64_t t = 1; t <= 6; t++)
		(void)timeline_put(&tl, &(struct timeline_item){ t, (uint64_t)t * 10, 0, 0 });
	CHECK_INT(timeline_seqs(&tl, 0, 6, 60, got, 3), 3);
	CHECK(got[0] == 30 && got[1] == 40 && got[2] == 50);
	CHECK_INT(timeline_seqs(&tl, 1, 4, 20, got, 3), 2);
	CHECK(got[0] == 30 && got[1] == 40);
	CHECK_INT(timeline_seqs(&tl, 2, 2, 1, got, 3), 0);
	timeline_fini(&tl);
}

TEST(refuses_disorder_and_too_many)
{
	struct timeline tl = { 0 };
	struct buf bytes = { 0 };
	struct str from;

	for (int64_t t = 1; t <= 3; t++)
		(void)timeline_put(&tl, &(struct timeline_item){ t, (uint64_t)t, 0, 0 });
	timeline_save(&tl, &bytes);
	timeline_fini(&tl);
	from = buf_view(&bytes);
	CHECK(!timeline_load(&tl, 2, &from));
	timeline_fini(&tl);
	bytes.p[4] = 9; /* the first time, now behind the others */
	from = buf_view(&bytes);
	CHECK(!timeline_load(&tl, 3, &from));
	timeline_fini(&tl);
	buf_fini(&bytes);
}
