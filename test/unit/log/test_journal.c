/* The log, written and read back: batches, segments, reopening, retention, locks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static struct found found;

/* All of 1..n once, in order, nothing else. */
static void
check_all(const char *dir, uint64_t n)
{
	read_log(dir, 0, &found);
	CHECK_INT(found.n, n);
	CHECK_INT(found.last, n);
	CHECK_INT(found.lost, 0);
	CHECK_INT(found.holes, 0);
	for (uint64_t id = 1; id <= n; id++)
		CHECK_INT(found.times[id], 1);
}

TEST(round_trip_of_any_batch_split)
{
	static const size_t sizes[] = { 200, 1000, 5000, 1 << 20 };
	uint64_t random = test_seed();
	char dir[64];

	for (unsigned round = 0; round < test_rounds(12); round++) {
		uint64_t id = 1;
		struct journal *j;

		(void)snprintf(dir, sizeof(dir), "%s/%u", test_dir(), round);
		j = open_log(dir, sizes[round % 4], NULL);
		while (id <= 400) {
			size_t n = (size_t)(next_random(&random) % 60);

			append_good(j, id, n);
			id += n;
			if (next_random(&random) % 16 == 0) {
				journal_close(j);
				j = open_log(dir, sizes[next_random(&random) % 4], NULL);
			}
		}
		check_all(dir, id - 1);
		journal_close(j);
		check_all(dir, id - 1);
	}
}

TEST(empty_log)
{
	struct journal_recovery rec;
	struct journal *j;
	struct reader *r;
	struct diag why;

	CHECK_INT(reader_open(test_dir(), 1, &r, &why), FAIL_NOT_FOUND);
	j = open_log(test_dir(), 0, &rec);
	CHECK_INT(journal_last(j), 0);
	CHECK_INT(journal_first(j), 1);
	CHECK_INT(journal_bytes(j), 0);
	CHECK_INT(rec.records_kept + rec.records_lost + rec.bytes_quarantined, 0);
	read_log(test_dir(), 0, &found);
	CHECK_INT(found.n, 0);
	append_good(j, 1, 0);
	journal_close(j);
	journal_close(NULL);
	j = open_log(test_dir(), 0, NULL);
	append_good(j, 1, 3);
	check_all(test_dir(), 3);
	CHECK_INT(journal_first(j), 1);
	CHECK_INT(journal_bytes(j), size_of(segment_path(test_dir(), 1)));
	journal_close(j);
}

TEST(empty_and_largest_payloads)
{
	const size_t most = (size_t)16 << 20;
	char *big = calloc(1, most + 1);
	struct journal_item items[] = { { STR(""), 1 }, { { big, most }, 2 }, { STR("x"), 3 } };
	struct journal *j = open_log(test_dir(), 1000, NULL);
	struct reader_entry e;
	struct reader *r;
	struct diag why;
	uint64_t first;

	memset(big, 0xf5, most);
	CHECK_OK(journal_append(j, items, 3, &first, &why), why);
	items[1].payload.n++;
	CHECK_INT(journal_append(j, items, 3, &first, &why), FAIL_LIMIT);
	CHECK_INT(journal_last(j), 3);
	CHECK_OK(reader_open(test_dir(), 1, &r, &why), why);
	CHECK_OK(reader_next(r, &e, &why), why);
	CHECK_INT(e.payload.n, 0);
	CHECK_OK(reader_next(r, &e, &why), why);
	CHECK_BYTES(e.payload.p, e.payload.n, big, most);
	CHECK_OK(reader_next(r, &e, &why), why);
	CHECK_SLICE(e.payload, "x");
	CHECK_INT(e.seq, 3);
	CHECK_INT(e.received, 3);
	reader_close(r);
	journal_close(j);
	free(big);
}

/* A segment is filled to the last byte, and a record that would pass it begins the next. */
TEST(switch_at_exact_sizes)
{
	char bytes[PAYLOAD_MAX];
	size_t three = HEADER;
	char dir[64];

	for (uint64_t id = 1; id <= 3; id++)
		three += RECORD + payload_of(id, bytes);
	for (int more = -1; more <= 1; more++) {
		struct journal *j;

		(void)snprintf(dir, sizeof(dir), "%s/%d", test_dir(), more + 1);
		j = open_log(dir, three + (size_t)more, NULL);
		append_good(j, 1, 4);
		CHECK_INT(access(segment_path(dir, 3), F_OK), more < 0 ? 0 : -1);
		CHECK_INT(access(segment_path(dir, 4), F_OK), more < 0 ? -1 : 0);
		if (more >= 0)
			CHECK_INT(size_of(segment_path(dir, 1)), three);
		journal_close(j);
		check_all(dir, 4);
	}
}

TEST(segment_per_record)
{
	struct journal *j = open_log(test_dir(), 1, NULL);

	append_good(j, 1, 5);
	append_good(j, 6, 1);
	CHECK_INT(count_segments(test_dir()), 6);
	journal_close(j);
	check_all(test_dir(), 6);
}

TEST(one_writer)
{
	const struct journal_opts opts = { .dir = test_dir() };
	struct journal *j = open_log(test_dir(), 0, NULL), *other;
	struct diag why;

	CHECK_INT(journal_open(&opts, &other, NULL, &why), FAIL_EXISTS);
	journal_close(j);
	CHECK_OK(journal_open(&opts, &other, NULL, &why), why);
	journal_close(other);
}

TEST(clean_stop_leaves_nothing_to_do)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	struct journal_recovery rec;

	append_good(j, 1, 10);
	journal_close(j);
	j = open_log(test_dir(), 0, &rec);
	CHECK_INT(rec.records_kept, 10);
	CHECK_INT(rec.records_lost, 0);
	CHECK_INT(rec.bytes_quarantined, 0);
	CHECK_STR(rec.quarantine, "");
	journal_close(j);
}

/* Four segments of one record, times 1001..1004. */
static struct journal *
open_four(const char *dir, int64_t age, uint64_t size)
{
	const struct journal_opts opts = {
		.dir = dir, .segment_size = 1, .retain_age = age, .retain_size = size
	};
	struct journal *j;
	struct diag why;

	CHECK_OK(journal_open(&opts, &j, NULL, &why), why);
	if (journal_last(j) == 0)
		append_good(j, 1, 4);
	return j;
}

/* The times are known to whoever wrote the segments, and looked up by who opens the log later. */
TEST(retention_by_age)
{
	static const struct {
		uint64_t followed;
		int64_t now;
		uint64_t first;
	} steps[] = {
		{ 4, 1011, 1 }, /* 10 old is not yet older */
		{ 0, 1012, 1 }, /* nobody has read it */
		{ 1, 1012, 2 }, { 4, 1013, 3 }, { 3, 9999, 4 },
		{ 9, 9999, 4 }, /* never the newest */
	};
	char dir[64];

	for (unsigned reopen = 0; reopen < 2; reopen++) {
		struct journal *j;
		struct diag why;

		(void)snprintf(dir, sizeof(dir), "%s/%u", test_dir(), reopen);
		j = open_four(dir, 10, 0);
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			if (reopen != 0) {
				journal_close(j);
				j = open_four(dir, 10, 0);
			}
			CHECK_OK(journal_retain(j, steps[i].followed, steps[i].now, &why), why);
			CHECK_INT(journal_first(j), steps[i].first);
			CHECK_INT(count_segments(dir), 5 - steps[i].first);
		}
		journal_close(j);
		read_log(dir, 1, &found);
		CHECK_INT(found.n, 1);
		CHECK_INT(found.lost, 0);
		read_log(dir, 2, &found);
		CHECK_INT(found.lost, 2);
	}
}

TEST(retention_by_size)
{
	struct journal *j = open_four(test_dir(), 0, 1);
	uint64_t all = journal_bytes(j), one = size_of(segment_path(test_dir(), 1));
	struct diag why;

	CHECK_OK(journal_retain(j, 1, 0, &why), why);
	CHECK_INT(journal_first(j), 2);
	CHECK_INT(journal_bytes(j), all - one);
	journal_close(j);
	j = open_four(test_dir(), 0, all - one);
	CHECK_OK(journal_retain(j, 4, 0, &why), why);
	CHECK_INT(journal_first(j), 2);
	journal_close(j);
	j = open_four(test_dir(), 0, all - one - 1);
	CHECK_OK(journal_retain(j, 4, 0, &why), why);
	CHECK_INT(journal_first(j), 3);
	journal_close(j);
}
