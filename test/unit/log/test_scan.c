/* Windows on a segment file: every record over damage, searches, the newest time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "log/scan.h"

#include "fixture.h"

#define MANY 9000u /* records: some MB, many windows */

static void
write_many(void)
{
	struct journal *j = open_log(test_dir(), (size_t)1 << 30, NULL);

	for (uint64_t id = 1; id <= MANY; id += 300)
		append_good(j, id, 300);
	journal_close(j);
}

static void
open_scan(struct scan *s)
{
	int fd = open(segment_path(test_dir(), 1), O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	*s = (struct scan){ .fd = -1 };
	scan_open(s, fd, 1);
}

/* Spoils n bytes here and there; how many records that may cost is the result. */
static unsigned
damage(uint64_t *random, unsigned n)
{
	const char *path = segment_path(test_dir(), 1);
	size_t size = size_of(path) - HEADER;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	for (unsigned i = 0; i < n; i++) {
		off_t at = (off_t)(HEADER + next_random(random) % size);
		char byte = (char)next_random(random);

		CHECK_INT(pwrite(fd, &byte, 1, at), 1);
	}
	(void)close(fd);
	return n;
}

TEST(walk_over_damage)
{
	uint64_t random = test_seed(), last = 0;
	unsigned spoiled, found = 0;
	struct segment_record r;
	struct scan s;
	struct diag why;
	enum err e;

	write_many();
	spoiled = damage(&random, 300);
	open_scan(&s);
	while ((e = scan_next(&s, UINT64_MAX, &r, &why)) == OK) {
		CHECK(r.seq > last);
		CHECK_INT(id_of(r.payload), r.seq);
		last = r.seq;
		found++;
	}
	CHECK_INT(e, FAIL_NOT_FOUND);
	CHECK(found >= MANY - spoiled && found < MANY);
	scan_fini(&s);
}

/* The search ends at or before the record, and not far before. */
static void
check_seek(struct scan *s, uint64_t seq)
{
	struct segment_record r;
	struct diag why;
	unsigned steps = 0;

	CHECK_OK(scan_seek(s, seq, &why), why);
	do {
		CHECK_OK(scan_next(s, UINT64_MAX, &r, &why), why);
		CHECK_INT(id_of(r.payload), r.seq);
		steps++;
	} while (r.seq < seq);
	CHECK(steps < 6000);
}

TEST(seek)
{
	uint64_t random = test_seed();
	struct scan s;

	write_many();
	for (unsigned spoiled = 0; spoiled < 2; spoiled++) {
		open_scan(&s);
		for (unsigned i = 0; i < test_rounds(100); i++)
			check_seek(&s, 1 + next_random(&random) % (MANY - 400));
		check_seek(&s, 1);
		if (spoiled == 0)
			check_seek(&s, MANY);
		scan_fini(&s);
		(void)damage(&random, 200);
	}
}

TEST(newest)
{
	struct scan s;
	struct diag why;
	int64_t t = 0;

	write_many();
	open_scan(&s);
	CHECK_OK(scan_newest(&s, &t, &why), why);
	CHECK_INT(t, 1000 + MANY);
	CHECK_INT(truncate(segment_path(test_dir(), 1), HEADER), 0);
	CHECK_OK(scan_newest(&s, &t, &why), why);
	CHECK_INT(t, INT64_MIN);
	CHECK_INT(truncate(segment_path(test_dir(), 1), 0), 0);
	CHECK_OK(scan_newest(&s, &t, &why), why);
	CHECK_INT(t, INT64_MIN);
	scan_fini(&s);
}

/* A file that grows, and one that is cut short under the window. */
TEST(again)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct segment_record r;
	struct scan s;
	struct diag why;

	append_good(j, 1, 2);
	open_scan(&s);
	CHECK_OK(scan_next(&s, 1, &r, &why), why);
	CHECK_INT(scan_next(&s, 1, &r, &why), FAIL_NOT_FOUND);
	scan_again(&s);
	CHECK_OK(scan_next(&s, 9, &r, &why), why);
	CHECK_INT(scan_next(&s, 9, &r, &why), FAIL_NOT_FOUND);
	append_good(j, 3, 1);
	CHECK_INT(scan_next(&s, 9, &r, &why), FAIL_NOT_FOUND);
	scan_again(&s);
	CHECK_OK(scan_next(&s, 9, &r, &why), why);
	CHECK_INT(r.seq, 3);
	CHECK_INT(truncate(segment_path(test_dir(), 1), 70), 0);
	scan_again(&s);
	CHECK_INT(scan_next(&s, 9, &r, &why), FAIL_NOT_FOUND);
	scan_fini(&s);
	journal_close(j);
}
