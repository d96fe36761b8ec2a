/* SPDX-License-Identifier: Apache-2.0 */
/* How far responses are carried out: what is due, what results make of it, whatever crashes. */
#include "respond/carry.h"

#include "base/clock.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)
#define S CLOCK_S
#define APP (1U << DEED_LOCK_ACCOUNT)

static struct leases *
start(void)
{
	struct leases *l = NULL;
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/respond.db", test_dir());
	CHECK_OK(leases_open(path, &l, &why), why);
	return l;
}

static int64_t
lock(struct leases *l, const char *user, int64_t now, int64_t until)
{
	const struct lease w = { .deed = DEED_LOCK_ACCOUNT,
		.state = LEASE_ACTIVE,
		.entity = str_c(user),
		.end = until,
		.alert = STR("a1"),
		.reason = STR("BRUTE") };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(leases_add(l, &w, now, &id, &why), why);
	return id;
}

/* The only job that is due; its what is 9 when there is none. */
static struct carry_job
due(struct leases *l, int64_t now)
{
	struct carry_job jobs[4];
	struct diag why = { 0 };
	size_t n = 0;

	CHECK_OK(carry_follow(l, APP, now, &why), why);
	CHECK_OK(carry_due(l, now, jobs, ARRAY_LEN(jobs), &n, &why), why);
	CHECK(n <= 1);
	if (n == 0)
		jobs[0] = (struct carry_job){ .what = (enum carry_what)9 };
	return jobs[0];
}

static void
done(struct leases *l, const struct carry_job *j, enum carry_verdict v, bool on, int64_t now)
{
	const struct carry_result r = {
		.verdict = v, .on = on, .look = 60 * S, .words = STR("words"), .wait_scale = 1
	};
	struct diag why = { 0 };

	CHECK_OK(carry_done(l, j, &r, now, &why), why);
}

static void
on_row(void *ctx, const struct carry_row *row)
{
	*(enum carry_phase *)ctx = row->phase;
}

static const char *
phase(struct leases *l, int64_t id)
{
	enum carry_phase p = CARRY_PHASES;
	struct diag why = { 0 };

	CHECK_OK(carry_get(l, id, on_row, &p, &why), why);
	return p == CARRY_PHASES ? "none" : carry_word(p);
}

static enum err
on_lease(void *ctx, const struct lease *row)
{
	(void)snprintf(ctx, 300, "%s: %.*s", leases_word(row->state), STR_ARG(row->result));
	return OK;
}

static const char *
lease(struct leases *l, int64_t id)
{
	static char text[300];
	struct diag why = { 0 };

	CHECK_OK(leases_get(l, id, on_lease, text, &why), why);
	return text;
}

static void
undo(struct leases *l, int64_t id, int64_t now)
{
	struct diag why = { 0 };

	CHECK_OK(leases_change(l, id, LEASE_UNDONE, STR("ann"), STR("undone by hand"), now, &why),
	    why);
}

TEST(from_its_beginning_to_its_end)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 3600 * S);
	struct carry_job j = due(l, NOW);
	char first[CARRY_KEY_SIZE];

	CHECK_INT(j.what, CARRY_BEGIN);
	CHECK_STR(j.entity, "eve");
	CHECK_INT(due(l, NOW + S).what, 9); /* it is on its way */
	(void)snprintf(first, sizeof(first), "%s", j.id);
	done(l, &j, CARRY_DONE, true, NOW + S);
	CHECK_STR(phase(l, id), "held");
	CHECK_STR(lease(l, id), "active: words");
	j = due(l, NOW + 5 * S);
	CHECK_INT(j.what, CARRY_LOOK);
	done(l, &j, CARRY_DONE, true, NOW + 5 * S);
	CHECK_INT(due(l, NOW + 60 * S).what, 9);
	CHECK_INT(due(l, NOW + 66 * S).what, CARRY_LOOK);
	undo(l, id, NOW + 70 * S);
	j = due(l, NOW + 70 * S);
	CHECK_INT(j.what, CARRY_END);
	CHECK_STR(j.id, first);
	done(l, &j, CARRY_DONE, false, NOW + 70 * S);
	j = due(l, NOW + 74 * S);
	CHECK_INT(j.what, CARRY_LOOK);
	done(l, &j, CARRY_DONE, false, NOW + 75 * S);
	CHECK_STR(phase(l, id), "over");
	CHECK_INT(due(l, NOW + 9999 * S).what, 9);
	leases_close(l);
}

TEST(it_is_tried_again_and_the_key_stays)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 3600 * S);
	struct carry_job j = due(l, NOW), again;

	done(l, &j, CARRY_RETRY, false, NOW);
	CHECK_STR(lease(l, id), "active: not yet carried out: words");
	CHECK_INT(due(l, NOW + 4 * S).what, 9);
	again = due(l, NOW + 5 * S);
	CHECK_STR(again.key, j.key);
	CHECK_INT(again.tries, 2);
	done(l, &again, CARRY_RETRY, false, NOW + 5 * S);
	CHECK_INT(due(l, NOW + 14 * S).what, 9);
	j = due(l, NOW + 15 * S);
	CHECK_INT(j.what, CARRY_BEGIN);
	/* The process ends here: after its start it is due at once, by the same key. */
	leases_close(l);
	l = start();
	CHECK_INT(carry_recover(l, NULL), OK);
	again = due(l, NOW + 16 * S);
	CHECK_STR(again.key, j.key);
	done(l, &again, CARRY_NEVER, false, NOW + 16 * S);
	CHECK_STR(lease(l, id), "failed: words");
	CHECK_INT(due(l, NOW + 9999 * S).what, 9);
	leases_close(l);
}

TEST(waits_grow_and_end)
{
	CHECK_INT(carry_wait(1), 5 * S);
	CHECK_INT(carry_wait(2), 10 * S);
	CHECK_INT(carry_wait(8), 600 * S);
	CHECK_INT(carry_wait(4000000000U), 600 * S);
}

TEST(drift_is_mended_once_and_then_shown)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 3600 * S);
	struct carry_job j = due(l, NOW), more;

	done(l, &j, CARRY_DONE, true, NOW);
	j = due(l, NOW + 10 * S);
	done(l, &j, CARRY_DONE, false, NOW + 10 * S); /* the application forgot it */
	CHECK_STR(lease(l, id), "active: drift, so it is told again: words");
	more = due(l, NOW + 11 * S);
	CHECK_INT(more.what, CARRY_BEGIN);
	done(l, &more, CARRY_DONE, true, NOW + 11 * S);
	j = due(l, NOW + 20 * S);
	done(l, &j, CARRY_DONE, false, NOW + 20 * S);
	CHECK_STR(phase(l, id), "drift");
	CHECK_STR(lease(l, id), "active: drift: words");
	/* After a restart it is looked at, and shown again. */
	leases_close(l);
	l = start();
	CHECK_INT(carry_recover(l, NULL), OK);
	j = due(l, NOW + 21 * S);
	CHECK_INT(j.what, CARRY_LOOK);
	done(l, &j, CARRY_DONE, false, NOW + 21 * S);
	CHECK_STR(lease(l, id), "active: drift: words");
	j = due(l, NOW + 90 * S);
	done(l, &j, CARRY_RETRY, false, NOW + 90 * S);
	CHECK_STR(lease(l, id), "active: drift; its state cannot be read back now: words");
	j = due(l, NOW + 180 * S);
	done(l, &j, CARRY_DONE, true, NOW + 180 * S); /* it came back */
	CHECK_STR(phase(l, id), "held");
	leases_close(l);
}

TEST(a_longer_lease_is_told_and_a_new_one_takes_over)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 60 * S);
	struct carry_job j = due(l, NOW);
	char key[CARRY_KEY_SIZE];
	int64_t other;

	(void)snprintf(key, sizeof(key), "%s", j.key);
	done(l, &j, CARRY_DONE, true, NOW);
	CHECK_INT(lock(l, "eve", NOW + S, NOW + 600 * S), id);
	j = due(l, NOW + S);
	CHECK_INT(j.what, CARRY_BEGIN);
	CHECK(strcmp(j.key, key) != 0);
	CHECK_INT(j.end, NOW + 600 * S);
	done(l, &j, CARRY_DONE, true, NOW + S);
	undo(l, id, NOW + 2 * S);
	other = lock(l, "eve", NOW + 2 * S, NOW + 600 * S);
	j = due(l, NOW + 2 * S); /* no end that would open what the new one closed */
	CHECK_INT(j.lease, other);
	CHECK_INT(j.what, CARRY_BEGIN);
	CHECK_STR(phase(l, id), "over");
	leases_close(l);
}

TEST(undone_before_anybody_was_told)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 60 * S);

	CHECK_INT(carry_follow(l, APP, NOW, NULL), OK);
	undo(l, id, NOW);
	CHECK_INT(due(l, NOW).what, 9);
	CHECK_STR(phase(l, id), "over");
	leases_close(l);
}

TEST(undone_while_it_is_told)
{
	struct leases *l = start();
	const int64_t id = lock(l, "eve", NOW, NOW + 60 * S);
	const struct carry_job j = due(l, NOW);
	struct carry_job end;

	undo(l, id, NOW);
	end = due(l, NOW);
	CHECK_INT(end.what, CARRY_END);
	done(l, &j, CARRY_DONE, true, NOW); /* too late: nothing of it counts */
	CHECK_STR(phase(l, id), "ending");
	done(l, &end, CARRY_RETRY, false, NOW);
	CHECK_STR(lease(l, id), "undone: its end is not yet told: words");
	end = due(l, NOW + 61 * S);
	done(l, &end, CARRY_RETRY, false, NOW + 61 * S);
	CHECK_STR(lease(l, id), "undone: it was over by itself; its end could not be told: words");
	leases_close(l);
}

TEST(others_are_left_alone)
{
	struct leases *l = start();
	struct lease w = { .deed = DEED_SUSPEND_USER,
		.state = LEASE_ACTIVE,
		.entity = STR("eve"),
		.end = NOW + S };
	struct diag why = { 0 };

	CHECK_OK(leases_add(l, &w, NOW, NULL, &why), why);
	w.deed = DEED_LOCK_ACCOUNT;
	w.state = LEASE_DRY_RUN;
	CHECK_OK(leases_add(l, &w, NOW, NULL, &why), why);
	CHECK_INT(due(l, NOW).what, 9);
	leases_close(l);
}
