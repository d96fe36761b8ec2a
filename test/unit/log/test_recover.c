/* Damage and what opening makes of it: flipped, torn, zeroed and forged bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/crc32c.h"
#include "log/segment.h"

#define RECORDS 6u

static struct found found;
static unsigned char *whole; /* a log of RECORDS records in one segment */
static size_t whole_n;
static size_t ends[RECORDS + 1]; /* ends[i]: behind record i */

static const char *
path_in(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	return path;
}

static void
make_whole(void)
{
	struct journal *j = open_log(test_dir(), 0, NULL);
	char bytes[PAYLOAD_MAX];

	append_good(j, 1, RECORDS);
	journal_close(j);
	whole = load(segment_path(test_dir(), 1), &whole_n);
	ends[0] = HEADER;
	for (unsigned i = 1; i <= RECORDS; i++)
		ends[i] = ends[i - 1] + RECORD + payload_of(i, bytes);
	CHECK_INT(ends[RECORDS], whole_n);
}

/*
 * The segment is these bytes: what does a reader find before and after the log
 * was opened, and can it be written on?  At most `lost` records may be missing,
 * and those must be counted.
 */
static void
check_damage(const void *p, size_t n, unsigned lost)
{
	struct journal_recovery rec;
	struct journal *j;

	save(segment_path(test_dir(), 1), p, n);
	read_log(test_dir(), 1, &found);
	CHECK_INT(found.n + found.lost, RECORDS);
	CHECK(found.n + lost >= RECORDS);
	j = open_log(test_dir(), 0, &rec);
	CHECK_INT(rec.records_kept, found.n);
	CHECK_INT(rec.records_lost, found.lost);
	CHECK_INT(journal_last(j), RECORDS);
	append_good(j, RECORDS + 1, 2);
	journal_close(j);
	read_log(test_dir(), 1, &found);
	CHECK_INT(found.n, rec.records_kept + 2);
	CHECK_INT(found.lost, rec.records_lost);
	CHECK_INT(found.last, RECORDS + 2);
	for (unsigned id = 1; id <= RECORDS + 2; id++)
		CHECK(found.times[id] <= 1);
}

/* Opening has made a damaged header whole again. */
static void
check_header(void)
{
	struct diag why;
	size_t n;
	unsigned char *p = load(segment_path(test_dir(), 1), &n);

	CHECK_OK(segment_header_check((struct str){ (char *)p, n }, 1, &why), why);
	free(p);
}

/* Back to the log of RECORDS records, published up to there. */
static void
restore(void)
{
	static unsigned char *commit;
	static size_t commit_n;

	if (commit == NULL)
		commit = load(path_in("commit"), &commit_n);
	save(path_in("commit"), commit, commit_n);
	(void)unlink(segment_path(test_dir(), RECORDS + 1));
	save(segment_path(test_dir(), 1), whole, whole_n);
}

TEST(every_byte_flipped)
{
	static const unsigned char masks[] = { 0x01, 0x80, 0xff };

	make_whole();
	for (size_t i = 0; i < whole_n; i++) {
		for (size_t m = 0; m < sizeof(masks); m++) {
			restore();
			whole[i] ^= masks[m];
			check_damage(whole, whole_n, i >= HEADER);
			check_header();
			whole[i] ^= masks[m];
		}
		CHECK_INT(found.lost, i >= HEADER);
	}
}

/* Which record is lost: the one that holds the byte, and the others are all there. */
TEST(the_record_with_the_byte_is_the_lost_one)
{
	make_whole();
	for (unsigned id = 1; id <= RECORDS; id++) {
		for (size_t i = ends[id - 1]; i < ends[id]; i++) {
			restore();
			whole[i] ^= 0x10;
			check_damage(whole, whole_n, 1);
			whole[i] ^= 0x10;
			CHECK_INT(found.times[id], 0);
		}
	}
}

TEST(cut_at_every_byte)
{
	make_whole();
	for (size_t n = 0; n <= whole_n; n++) {
		unsigned kept = 0;

		while (kept < RECORDS && ends[kept + 1] <= n)
			kept++;
		restore();
		check_damage(whole, n, RECORDS - kept);
		check_header();
		CHECK_INT(found.n, kept + 2);
	}
}

/* The same after a crash, when nothing of the torn records was published: numbers go on. */
TEST(torn_at_every_byte_before_publication)
{
	make_whole();
	for (size_t n = 0; n <= whole_n; n++) {
		struct journal_recovery rec;
		struct journal *j;
		unsigned kept = 0;
		char bad[96];
		bool torn;

		while (kept < RECORDS && ends[kept + 1] <= n)
			kept++;
		(void)unlink(path_in("commit"));
		save(segment_path(test_dir(), 1), whole, n);
		torn = n > ends[kept];
		j = open_log(test_dir(), 0, &rec);
		CHECK_INT(rec.records_kept, kept);
		CHECK_INT(rec.records_lost, 0);
		CHECK_INT(rec.bytes_quarantined, torn ? n - ends[kept] : 0);
		if (torn) {
			size_t bad_n;
			unsigned char *p = load(rec.quarantine, &bad_n);

			(void)snprintf(bad, sizeof(bad), "quarantine/%020u.log-%zu.bad", 1U,
			    ends[kept]);
			CHECK_STR(rec.quarantine, path_in(bad));
			CHECK_BYTES(p, bad_n, whole + ends[kept], n - ends[kept]);
			free(p);
		}
		append_good(j, kept + 1, 3);
		journal_close(j);
		read_log(test_dir(), 1, &found);
		CHECK_INT(found.n, kept + 3);
		CHECK_INT(found.lost, 0);
	}
}

/* Bytes behind the last good record: they go to quarantine, and no record is lost. */
static void
check_tail(const void *tail, size_t n)
{
	unsigned char *p = malloc(whole_n + n);
	struct journal_recovery rec;
	struct journal *j;

	CHECK(p != NULL);
	memcpy(p, whole, whole_n);
	memcpy(p + whole_n, tail, n);
	restore();
	save(segment_path(test_dir(), 1), p, whole_n + n);
	j = open_log(test_dir(), 0, &rec);
	CHECK_INT(rec.records_kept, RECORDS);
	CHECK_INT(rec.records_lost, 0);
	CHECK_INT(rec.bytes_quarantined, n);
	CHECK_INT(size_of(segment_path(test_dir(), 1)), whole_n);
	append_good(j, RECORDS + 1, 1);
	journal_close(j);
	read_log(test_dir(), 1, &found);
	CHECK_INT(found.n, RECORDS + 1);
	CHECK_INT(found.lost, 0);
	free(p);
}

TEST(tails_of_zeros_and_garbage)
{
	static char tail[300000];
	uint64_t random = test_seed();

	make_whole();
	check_tail(tail, 1);
	check_tail(tail, RECORD);
	check_tail(tail, sizeof(tail));
	for (unsigned round = 0; round < test_rounds(20); round++) {
		size_t n = 1 + (size_t)(next_random(&random) % sizeof(tail));

		for (size_t i = 0; i < n; i++)
			tail[i] = (char)next_random(&random);
		/* whole[HEADER]: the mark of a record, and records themselves in wrong places */
		for (size_t i = 0; i + whole_n < n; i += 1 + (size_t)(next_random(&random) % 999))
			memcpy(tail + i, whole + HEADER,
			    i % 3 != 0 ? 4 : (size_t)(next_random(&random) % (whole_n - HEADER)));
		check_tail(tail, n);
	}
}

/* All of the log once more behind itself: not one record of it counts there. */
TEST(active_of_copies)
{
	make_whole();
	check_tail(whole + HEADER, whole_n - HEADER);
	check_tail(whole, whole_n);
}

/* A record of number `seq` that is in its place at `at`. */
static size_t
forge(char *to, uint64_t at, uint64_t seq, struct str payload)
{
	const struct segment_record r = { seq, 1000 + (int64_t)seq, payload };

	segment_record_put(1, at, &r, to);
	memcpy(to + RECORD, payload.p, payload.n);
	return RECORD + payload.n;
}

/*
 * A payload that holds records, well made and in their place.  While the record
 * around is good nobody looks inside; when it is damaged, numbers that do not
 * rise, or rise by more than there is room for, give the forged ones away.
 */
TEST(records_inside_a_payload)
{
	static const uint64_t forged[] = { 1, 2, 100, 1000000, UINT64_MAX };

	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		char inner[PAYLOAD_MAX], plain[PAYLOAD_MAX], dir[64];
		struct journal *j;
		struct journal_item items[3] = { { { plain, payload_of(1, plain) }, 1001 } };
		uint64_t first, at = HEADER + RECORD + items[0].payload.n + RECORD;
		struct reader_entry e;
		struct reader *r;
		struct diag why;
		char flip;
		int fd;

		(void)snprintf(dir, sizeof(dir), "%s/%zu", test_dir(), i);
		items[1].payload.p = inner;
		items[1].payload.n = forge(inner, at, forged[i], STR("forged"));
		items[2] = items[0];
		j = open_log(dir, 0, NULL);
		CHECK_OK(journal_append(j, items, 3, &first, &why), why);
		journal_close(j);
		for (unsigned damaged = 0; damaged < 3; damaged++) {
			fd = open(segment_path(dir, 1), O_RDWR | O_CLOEXEC);
			CHECK(fd >= 0);
			/* 1: its length; 2: also one byte of payload */
			if (damaged > 0) {
				CHECK_INT(pread(fd, &flip, 1, (off_t)(at - RECORD + 4)), 1);
				flip ^= 1;
				CHECK_INT(pwrite(fd, &flip, 1, (off_t)(at - RECORD + 4)), 1);
			}
			(void)close(fd);
			CHECK_OK(reader_open(dir, 1, &r, &why), why);
			CHECK_OK(reader_next(r, &e, &why), why);
			CHECK_INT(e.seq, 1);
			CHECK_OK(reader_next(r, &e, &why), why);
			CHECK_INT(e.seq, damaged == 1 ? 3 : 2);
			if (damaged == 1)
				CHECK_INT(id_of(e.payload), 1);
			else
				CHECK_BYTES(e.payload.p, e.payload.n, inner, items[1].payload.n);
			CHECK_INT(reader_lost(r), damaged == 1);
			reader_close(r);
		}
	}
}

TEST(header_of_a_newer_version)
{
	const struct journal_opts opts = { .dir = test_dir() };
	struct journal *j;
	struct reader *r;
	struct reader_entry e;
	struct diag why;
	unsigned char *before, *after;
	char head[SEGMENT_HEADER];
	size_t n;
	uint32_t version = SEGMENT_VERSION + 1, crc;

	make_whole();
	memcpy(head, whole, sizeof(head));
	memcpy(head + 12, &version, sizeof(version));
	crc = crc32c(0, head, 60);
	memcpy(head + 60, &crc, sizeof(crc));
	memcpy(whole, head, sizeof(head));
	whole[whole_n - 1] ^= 1; /* recovery would have to do something */
	save(segment_path(test_dir(), 1), whole, whole_n);
	before = load(path_in("commit"), &n);
	CHECK_INT(journal_open(&opts, &j, NULL, &why), FAIL_DENIED);
	CHECK(strstr(why.text, "version 2") != NULL);
	CHECK_OK(reader_open(test_dir(), 1, &r, &why), why);
	CHECK_INT(reader_next(r, &e, &why), FAIL_DENIED);
	reader_close(r);
	after = load(path_in("commit"), &n);
	CHECK_BYTES(after, n, before, n);
	free(before);
	free(after);
	after = load(segment_path(test_dir(), 1), &n);
	CHECK_BYTES(after, n, whole, whole_n);
	free(after);
	CHECK(access(path_in("quarantine"), F_OK) != 0);
}

/* A tail that cannot be copied stays, and the log is written on in a new segment. */
TEST(no_room_for_quarantine)
{
	struct journal_recovery rec;
	struct journal *j;

	make_whole();
	(void)unlink(path_in("commit"));
	save(segment_path(test_dir(), 1), whole, ends[4] + 5);
	save(path_in("quarantine"), "a file in its way", 17);
	j = open_log(test_dir(), 0, &rec);
	CHECK_INT(rec.records_kept, 4);
	CHECK_INT(rec.bytes_quarantined, 0);
	append_good(j, 5, 2);
	journal_close(j);
	CHECK_INT(size_of(segment_path(test_dir(), 1)), ends[4] + 5);
	CHECK_INT(size_of(segment_path(test_dir(), 5)), HEADER + ends[6] - ends[4]);
	read_log(test_dir(), 1, &found);
	CHECK_INT(found.n, 6);
	CHECK_INT(found.lost, 0);
}

/* Damage in a segment that is not the newest is no business of opening, and costs as little. */
TEST(damage_in_an_old_segment)
{
	struct journal_recovery rec;
	struct journal *j;

	make_whole();
	for (size_t i = 0; i < whole_n; i += 3) {
		restore();
		j = open_log(test_dir(), 1, NULL);
		append_good(j, RECORDS + 1, 1);
		journal_close(j);
		whole[i] ^= 4;
		save(segment_path(test_dir(), 1), whole, whole_n);
		whole[i] ^= 4;
		j = open_log(test_dir(), 0, &rec);
		CHECK_INT(rec.records_lost, 0);
		journal_close(j);
		read_log(test_dir(), 1, &found);
		CHECK_INT(found.lost, i >= HEADER);
		CHECK_INT(found.n, RECORDS + 1 - found.lost);
	}
}

/* A flipped byte of `commit` neither hides what is in the log nor makes numbers jump. */
TEST(every_byte_of_commit_flipped)
{
	unsigned char *commit;
	size_t n;

	make_whole();
	commit = load(path_in("commit"), &n);
	for (size_t i = 0; i < 64; i++) {
		struct journal *j;

		restore();
		commit[i] ^= 0x40;
		save(path_in("commit"), commit, n);
		commit[i] ^= 0x40;
		j = open_log(test_dir(), 0, NULL);
		CHECK_INT(journal_last(j), RECORDS);
		append_good(j, RECORDS + 1, 1);
		read_log(test_dir(), 1, &found);
		CHECK_INT(found.n, RECORDS + 1);
		CHECK_INT(found.lost, 0);
		journal_close(j);
	}
	free(commit);
}
