/*
 * The writer dies, at every named point and at random, and its disk fails, at
 * every step: what was acknowledged is there once, numbers have no hole.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"
#include "fixture.h"

#include <errno.h>
#include <sys/resource.h>
#include <time.h>

#include "base/crash.h"

#define IDS 16384u
#define SMALL ((size_t)1500) /* segments of about a dozen records */

/* What the children tell each other and us. */
struct shared {
	char dir[64];
	bool retain;
	unsigned batches; /* to write */
	uint64_t attempted;
	uint64_t random;
	unsigned failed, seals; /* of the last writer */
	enum { UNKNOWN, ACKED, REFUSED } fate[IDS];
};

static struct shared *shared;
static struct found found;

static void
set_up(const char *name)
{
	if (shared == NULL)
		shared = shared_memory(sizeof(*shared));
	memset(shared, 0, sizeof(*shared));
	shared->random = test_seed();
	shared->batches = 12;
	(void)snprintf(shared->dir, sizeof(shared->dir), "%s/%s", test_dir(), name);
}

/* Reads on from where `live` is: everything acknowledged has to come, nothing refused. */
static void
follow(struct reader *live, uint64_t *last)
{
	struct reader_entry e;
	struct diag why;
	enum err err;

	while ((err = reader_next(live, &e, &why)) == OK) {
		CHECK_INT(e.seq, *last + 1);
		*last = e.seq;
		CHECK_INT(shared->fate[id_of(e.payload)], ACKED);
	}
	CHECK_INT(err, FAIL_AGAIN);
	CHECK_INT(reader_lost(live), 0);
	CHECK_INT(*last, reader_published(live));
}

static void
write_one(struct journal *j)
{
	uint64_t from = shared->attempted + 1, first;
	size_t n = 1 + (size_t)(next_random(&shared->random) % 20);
	struct diag why;
	enum err e;

	CHECK(from + n < IDS);
	shared->attempted += n;
	e = append_ids(j, from, n, &first, &why);
	if (e != OK) {
		CHECK_INT(e, FAIL_IO);
		shared->failed++;
	}
	for (size_t i = 0; i < n; i++)
		shared->fate[from + i] = e == OK ? ACKED : REFUSED;
	if (shared->retain)
		(void)!journal_retain(j, UINT64_MAX, INT64_MAX, &why);
}

/* A process that writes and follows what it writes.  Fails to open: counts as failed. */
static void
writer(void *arg)
{
	const struct journal_opts opts = {
		.dir = shared->dir, .segment_size = SMALL, .retain_age = shared->retain ? 1 : 0
	};
	struct journal *j;
	struct reader *live;
	struct diag why;
	uint64_t last;

	(void)arg;
	shared->failed = shared->seals = 0;
	if (journal_open(&opts, &j, NULL, &why) != OK) {
		shared->failed++;
		return;
	}
	last = journal_last(j);
	CHECK_OK(reader_open(shared->dir, last + 1, &live, &why), why);
	for (unsigned i = 0; i < shared->batches; i++) {
		write_one(j);
		if (!shared->retain)
			follow(live, &last);
	}
	shared->seals = (unsigned)journal_seals(j);
	reader_close(live);
	journal_close(j);
}

/* Opens as after a crash, and looks at all that is there. */
static void
verify(void *arg)
{
	struct journal_recovery rec;
	struct journal *j = open_log(shared->dir, SMALL, &rec);
	bool seen = false;

	(void)arg;
	CHECK_INT(rec.records_lost, 0);
	read_log(shared->dir, 1, &found);
	CHECK_INT(found.lost, 0);
	CHECK_INT(found.holes, 0);
	CHECK_INT(found.last, journal_last(j));
	if (found.n > 0)
		CHECK_INT(found.first, shared->retain ? journal_first(j) : 1);
	for (uint64_t id = 1; id < IDS; id++) {
		CHECK(found.times[id] <= 1);
		seen = seen || found.times[id] > 0;
		if (shared->fate[id] == ACKED && (seen || !shared->retain))
			CHECK_INT(found.times[id], 1);
		if (shared->fate[id] == REFUSED)
			CHECK_INT(found.times[id], 0);
	}
	journal_close(j);
}

/* One record's beginning, as an unfinished write leaves it. */
static void
tear_newest(void *arg)
{
	uint64_t newest = 1;
	int fd;

	(void)arg;
	for (uint64_t first = 1; first <= shared->attempted; first++)
		if (access(segment_path(shared->dir, first), F_OK) == 0)
			newest = first;
	fd = open(segment_path(shared->dir, newest), O_WRONLY | O_APPEND | O_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_INT(write(fd, "\xf5\x54\xc3\x8e torn", 9), 9);
	(void)close(fd);
}

TEST(every_crash_point)
{
	test_timeout(170);
	for (int at = 0; crash_name((enum crash)at) != NULL; at++) {
		const char *name = crash_name((enum crash)at);
		bool once = strcmp(name, "journal.quarantine") == 0;
		char order[80];

		if (strncmp(name, "journal.", 8) != 0)
			continue;
		for (unsigned pass = 1; pass <= (once ? 1U : 6U); pass++) {
			(void)snprintf(order, sizeof(order), "%s%u", name, pass);
			set_up(order);
			shared->retain = strcmp(name, "journal.segment_drop") == 0;
			CHECK(went_well(in_child(writer, NULL, NULL, NULL)));
			if (once)
				tear_newest(NULL);
			(void)snprintf(order, sizeof(order), "%s:%u", name, pass);
			CHECK(was_killed(in_child(writer, NULL, "TOCSIN_CRASH", order)));
			CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
			CHECK(went_well(in_child(writer, NULL, NULL, NULL)));
			CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
		}
	}
}

/* Again and again at the same point: no crash makes the next one worse. */
TEST(crash_after_crash)
{
	static const char *const orders[] = { "journal.half:2", "journal.written:3",
		"journal.synced:1", "journal.segment_new:1", "journal.half:1",
		"journal.published:2" };

	test_timeout(170);
	set_up("again");
	for (unsigned round = 0; round < test_rounds(18); round++) {
		const char *order = orders[round % 6];

		if (shared->attempted > IDS - 600)
			break;
		CHECK(was_killed(in_child(writer, NULL, "TOCSIN_CRASH", order)));
	}
	CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
}

static void
pause_us(long us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&t, NULL);
}

TEST(killed_at_random)
{
	uint64_t random = test_seed();
	unsigned rounds = test_rounds(40);

	test_timeout(60 + rounds);
	for (unsigned round = 0; round < rounds; round++) {
		int status;
		pid_t pid;
		char name[32];

		if (round == 0 || shared->attempted > IDS / 2) {
			(void)snprintf(name, sizeof(name), "random%u", round);
			set_up(name);
			shared->batches = 250;
		}
		pid = fork();
		if (pid == 0) {
			writer(NULL);
			_exit(EXIT_SUCCESS);
		}
		CHECK(pid > 0);
		pause_us((long)(next_random(&random) % 40000));
		(void)kill(pid, SIGKILL);
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK(was_killed(status) || went_well(status));
		CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
	}
}

/*
 * The n-th operation of each kind fails, once or from then on, for n = 1 .. until
 * none does.  Whatever was not acknowledged is told so, and what comes later works.
 */
static void
sweep(const char *point, const char *error, bool onwards)
{
	char order[64];
	unsigned n = 0;
	bool hit = true;

	while (hit) {
		CHECK(++n < 400);
		(void)snprintf(order, sizeof(order), "%s%s%d%u", point, error, onwards, n);
		set_up(order);
		(void)snprintf(order, sizeof(order), "%s:%u%s:%s", point, n, onwards ? "+" : "",
		    error);
		CHECK(went_well(in_child(writer, NULL, "TOCSIN_FAULT", order)));
		hit = shared->failed + shared->seals > 0;
		if (hit) {
			CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
			CHECK(went_well(in_child(writer, NULL, NULL, NULL)));
			CHECK_INT(shared->failed, 0);
		}
		CHECK(went_well(in_child(verify, NULL, NULL, NULL)));
	}
	CHECK(n > 5);
}

static void
sweep_all(const char *error)
{
	static const char *const points[] = { "journal.sync", "journal.write", "journal.create",
		"fs.write", "fs.sync_dir" };

	test_timeout(170);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		sweep(points[i], error, false);
		sweep(points[i], error, true);
	}
}

TEST(every_operation_fails_eio)
{
	sweep_all("EIO");
}

TEST(every_operation_fails_enospc)
{
	sweep_all("ENOSPC");
}

/* A failed sync costs no record: the batch goes to a new segment. */
static void
sync_fails_once(void *arg)
{
	struct journal *j = open_log(shared->dir, 1 << 20, NULL);

	(void)arg;
	append_good(j, 1, 5);
	append_good(j, 6, 5);
	append_good(j, 11, 5);
	CHECK_INT(journal_seals(j), 1);
	CHECK_INT(count_segments(shared->dir), 2);
	CHECK_INT(access(segment_path(shared->dir, 6), F_OK), 0);
	journal_close(j);
	read_log(shared->dir, 1, &found);
	CHECK_INT(found.n, 15);
	CHECK_INT(found.lost, 0);
}

TEST(failed_sync_seals)
{
	set_up("seal");
	CHECK(went_well(in_child(sync_fails_once, NULL, "TOCSIN_FAULT", "journal.sync:2:EIO")));
}

/* One batch over several segments: what was synced of it before the failure is not written again.
 */
static void
sync_fails_inside_a_batch(void *arg)
{
	struct journal *j = open_log(shared->dir, SMALL, NULL);
	unsigned segments;

	(void)arg;
	append_good(j, 1, 3);
	append_good(j, 4, 100);
	CHECK_INT(journal_seals(j), 1);
	CHECK(access(segment_path(shared->dir, 4), F_OK) != 0);
	segments = count_segments(shared->dir);
	append_good(j, 104, 20);
	journal_close(j);
	CHECK(count_segments(shared->dir) > segments);
	read_log(shared->dir, 1, &found);
	CHECK_INT(found.n, 123);
	CHECK_INT(found.lost, 0);
}

TEST(failed_sync_inside_a_batch)
{
	char order[40];

	for (unsigned n = 3; n < 7; n++) {
		(void)snprintf(order, sizeof(order), "journal.sync:%u:EIO", n);
		set_up(order);
		CHECK(went_well(in_child(sync_fails_inside_a_batch, NULL, "TOCSIN_FAULT", order)));
	}
}

/* Real short writes: the file may not grow further, until it may again. */
static void
no_room(void *arg)
{
	struct journal *j = open_log(shared->dir, 1 << 20, NULL);
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	struct diag why;
	unsigned tries = arg != NULL ? 1 : 3; /* no cut: a new segment, with room, is begun */
	uint64_t first;

	(void)signal(SIGXFSZ, SIG_IGN);
	append_good(j, 1, 10);
	while (tries-- > 0) {
		limit.rlim_cur = size_of(segment_path(shared->dir, 1)) + 100;
		CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
		CHECK_INT(append_ids(j, 500 + tries, 10, &first, &why), FAIL_IO);
		CHECK(strstr(why.text, strerror(EFBIG)) != NULL);
		CHECK_INT(journal_last(j), 10);
		read_log(shared->dir, 1, &found);
		CHECK_INT(found.n, 10);
		CHECK_INT(found.lost, 0);
	}
	limit.rlim_cur = RLIM_INFINITY;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	append_good(j, 11, 10);
	journal_close(j);
	j = open_log(shared->dir, 1 << 20, NULL);
	append_good(j, 21, 10);
	journal_close(j);
	read_log(shared->dir, 1, &found);
	CHECK_INT(found.n, 30);
	CHECK_INT(found.lost, 0);
}

TEST(no_room_for_a_batch)
{
	set_up("room");
	CHECK(went_well(in_child(no_room, NULL, NULL, NULL)));
	set_up("room_and_no_cut");
	CHECK(went_well(in_child(no_room, shared, "TOCSIN_FAULT", "journal.cut:1+:EIO")));
}
