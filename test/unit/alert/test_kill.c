/*
 * The process dies at every named point between two writes: no alert is lost or counted twice,
 * every message arrives under one key, what people did is done for all alerts or for none.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alert/channels.h"
#include "alert/outbox.h"
#include "base/crash.h"
#include "fixture.h"

#define FINDINGS 60
#define ALERTS 12 /* of these the last two are demonstration */
#define REAL 10
#define BATCH 7

/* The receivers, outside of the process that dies. */
struct world {
	unsigned got[2][REAL]; /* by channel and alert: how often each key came */
	unsigned strange;      /* what should not have come */
};

static struct world *world;

static const char *const channels[2] = { "hook", "mail" };

static void
set_channels(struct alerts *a)
{
	struct channel c[2] = { { .type = CHANNELS_WEBHOOK,
	    .enabled = true,
	    .min_severity = ALERTS_INFO,
	    .origin = CHANNELS_CONFIG,
	    .url = STR("http://h/") } };
	struct diag why = { 0 };

	c[1] = c[0];
	c[0].name = str_c(channels[0]);
	c[1].name = str_c(channels[1]);
	CHECK_OK(channels_sync(a, c, 2, 1, &why), why);
}

/* From where the database says it is; as the detector does after a restart. */
static void
detect(struct alerts *a)
{
	struct diag why = { 0 };
	char ids[BATCH][ALERTS_ID_SIZE];

	for (uint64_t at = alerts_position(a); at < FINDINGS;) {
		struct alerts_finding f[BATCH];
		size_t n = 0;

		for (; n < BATCH && at < FINDINGS; n++, at++) {
			(void)snprintf(ids[n], sizeof(ids[n]), "%032x", (unsigned)at % ALERTS);
			f[n] = finding(ids[n], at + 1);
			f[n].demo = at % ALERTS >= REAL;
		}
		CHECK_OK(alerts_apply(a, f, n, at, (int64_t)at, &why), why);
	}
}

static void
receive(const struct outbox_job *job)
{
	char want[OUTBOX_KEY_SIZE];

	for (unsigned c = 0; c < 2; c++)
		for (unsigned i = 0; i < REAL; i++) {
			(void)snprintf(want, sizeof(want), "%032x-%s", i, channels[c]);
			if (strcmp(want, job->key) == 0) {
				world->got[c][i]++;
				return;
			}
		}
	world->strange++;
}

/* Each message fails the first time it is tried. */
static void
deliver(struct alerts *a)
{
	const struct outbox_policy policy = { 0.001, 1 };
	struct diag why = { 0 };
	int64_t now = 1;
	size_t n;

	CHECK_OK(outbox_recover(a, &why), why);
	for (;;) {
		struct outbox_job jobs[8];

		CHECK_OK(outbox_next(a, &now, &why), why);
		if (now == INT64_MAX)
			return;
		CHECK_OK(outbox_claim(a, 3, now, jobs, 8, &n, &why), why);
		for (size_t i = 0; i < n; i++) {
			struct outbox_result r = { .id = jobs[i].id, .detail = STR("said") };

			if (jobs[i].attempt > 1)
				receive(&jobs[i]);
			r.verdict = jobs[i].attempt > 1 ? OUTBOX_OK : OUTBOX_RETRY;
			CHECK_OK(outbox_result(a, &r, &policy, now, &why), why);
		}
	}
}

static void
triage(struct alerts *a)
{
	const struct act ack = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts_filter open = { .statuses = 1U << ALERTS_OPEN, .as_of = alerts_rev(a) };
	uint64_t n = total_of(a, &open);
	struct diag why = { 0 };
	struct act_done done;
	uint64_t erased;

	CHECK(n == 0 || n == ALERTS); /* all or none */
	if (n != 0)
		CHECK_OK(act_filter(a, &open, n, &ack, 99, &done, &why), why);
	CHECK_OK(alerts_erase_demo(a, &erased, &why), why);
	CHECK(erased == 0 || erased == ALERTS - REAL);
}

static void
live(void)
{
	struct alerts *a = open_again();

	set_channels(a);
	detect(a);
	deliver(a);
	triage(a);
	alerts_close(a);
}

/* False: it was killed. */
static bool
run(const char *order)
{
	int status = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		if (order != NULL)
			(void)setenv("TOCSIN_CRASH", order, 1);
		live();
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return false;
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return true;
}

static enum err
check_row(void *ctx, const struct alerts_row *row)
{
	(void)ctx;
	CHECK_INT(row->count, 10 + FINDINGS / ALERTS - 1);
	CHECK_INT(row->status, ALERTS_ACKNOWLEDGED);
	CHECK_SLICE(row->owner, "ann");
	CHECK_INT(row->n_evidence, 2 + FINDINGS / ALERTS - 1);
	return OK;
}

static enum err
count_entry(void *ctx, const struct alerts_entry *e)
{
	(void)e;
	++*(unsigned *)ctx;
	return OK;
}

static void
verify(void)
{
	struct alerts *a = open_again();
	struct alerts_filter all = { 0 };
	struct outbox_counts counts;
	struct diag why = { 0 };

	CHECK_OK(alerts_list(a, &all, check_row, NULL, &why), why);
	CHECK_INT(total_of(a, &all), REAL);
	CHECK_INT(alerts_position(a), FINDINGS);
	CHECK_OK(outbox_counts(a, &counts, &why), why);
	CHECK_INT(counts.pending + counts.sending + counts.dead, 0);
	CHECK_INT(world->strange, 0);
	for (unsigned i = 0; i < REAL; i++) {
		char id[ALERTS_ID_SIZE];
		unsigned n = 0;

		CHECK(world->got[0][i] >= 1 && world->got[1][i] >= 1);
		(void)snprintf(id, sizeof(id), "%032x", i);
		CHECK_OK(alerts_history(a, str_c(id), count_entry, &n, &why), why);
		CHECK_INT(n, 1); /* acknowledged once */
	}
	alerts_close(a);
}

/* One life that ends at a passing of a point, and one that goes on from there.  False: not met. */
static bool
die_at(enum crash at, unsigned passing)
{
	char order[64], name[64];
	bool met;

	(void)snprintf(order, sizeof(order), "%s:%u", crash_name(at), passing);
	(void)snprintf(name, sizeof(name), "%s-%u.db", crash_name(at), passing);
	(void)fs_join(fx_path, sizeof(fx_path), test_dir(), name);
	memset(world, 0, sizeof(*world));
	met = !run(order);
	if (met)
		CHECK(run(NULL));
	verify();
	return met;
}

static void
set_up(void)
{
	world =
	    mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(world != MAP_FAILED);
}

TEST(without_dying_every_message_comes_once)
{
	set_up();
	(void)fs_join(fx_path, sizeof(fx_path), test_dir(), "state.db");
	CHECK(run(NULL));
	verify();
	for (unsigned c = 0; c < 2; c++)
		for (unsigned i = 0; i < REAL; i++)
			CHECK_INT(world->got[c][i], 1);
}

TEST(every_named_point)
{
	static const enum crash points[] = { CRASH_ALERT_BEFORE, CRASH_ALERT_ROW,
		CRASH_ALERT_INSIDE, CRASH_ALERT_COMMITTED, CRASH_ALERT_ACT, CRASH_ALERT_ACTED,
		CRASH_ALERT_ERASE, CRASH_OUTBOX_CLAIM, CRASH_OUTBOX_CLAIMED, CRASH_OUTBOX_RESULT,
		CRASH_OUTBOX_HALF, CRASH_OUTBOX_STORED };

	static const unsigned passings[] = { 1, 3, 8, 20 };

	test_timeout(300);
	set_up();
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		unsigned met = 0;

		for (size_t j = 0; j < ARRAY_LEN(passings); j++)
			met += die_at(points[i], passings[j]);
		if (met == 0)
			test_fail(TEST_AT(met), "%s is never met", crash_name(points[i]));
	}
}

TEST(dying_again_and_again)
{
	static const char *const orders[] = { "alert.row:9", "outbox.claimed:2", "outbox.half:3",
		"outbox.claimed:1", "outbox.stored:4", "alert.act:5", "outbox.result:2" };

	set_up();
	(void)fs_join(fx_path, sizeof(fx_path), test_dir(), "state.db");
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		(void)run(orders[i]);
	CHECK(run(NULL));
	verify();
}
