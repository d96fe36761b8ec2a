/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: rows are claimed, tried, and sent, kept for later or dead. */
#include "alert/outbox.h"

#include "alert/internal.h"
#include "base/crash.h"
#include "base/vec.h"

#define SECOND ((int64_t)1000000000)
#define TURN (SECOND / 4)              /* of one that waits for another */
#define PAUSE_MAX (60 * SECOND)        /* of a channel that is down */
#define AFTER_MAX (24 * 3600 * SECOND) /* a receiver may ask for no more */

/* Seconds until the next attempt, by how many have failed. */
static const int64_t waits[OUTBOX_ATTEMPTS_MAX - 1] = { 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600,
	10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600 };

static const char *const states[] = {
	[OUTBOX_PENDING] = "pending",
	[OUTBOX_SENDING] = "sending",
	[OUTBOX_SENT] = "sent",
	[OUTBOX_DEAD] = "dead",
};

const char *
outbox_state_word(enum outbox_state s)
{
	return states[s];
}

bool
outbox_state_find(struct str word, enum outbox_state *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(word, str_c(states[i]))) {
			*ret = (enum outbox_state)i;
			return true;
		}
	return false;
}

enum err
outbox_recover(struct alerts *a, struct diag *why)
{
	return db_exec(a->db,
	    "UPDATE outbox SET state = 'pending', next_ns = 0 WHERE state = 'sending'", why);
}

struct waiting {
	int64_t id, until;
};

struct claim {
	struct alerts *a;
	struct db_stmt *due, *take, *wait;
	VEC(struct waiting) waiting;
	int64_t now;
	struct outbox_job *jobs;
	size_t n, max;
};

static void
read_job(struct db_stmt *st, struct outbox_job *ret)
{
	ret->id = db_int(st, 0);
	(void)str_to_c(db_str(st, 1), ret->alert_id, sizeof(ret->alert_id));
	(void)str_to_c(db_str(st, 2), ret->channel, sizeof(ret->channel));
	(void)str_to_c(db_str(st, 3), ret->key, sizeof(ret->key));
	ret->attempt = (unsigned)db_int(st, 4) + 1;
	ret->created = db_int(st, 5);
	ret->event = OUTBOX_RAISE;
	(void)outbox_event_find(db_str(st, 6), &ret->event);
	(void)str_to_c(db_str(st, 7), ret->person, sizeof(ret->person));
	(void)str_to_c(db_str(st, 8), ret->address, sizeof(ret->address));
}

/* One before it, of the same alert and channel, is not through: looked at when that is due. */
static void
must_wait(struct claim *c)
{
	const int64_t that = db_int(c->due, 9), soon = c->now + TURN;

	VEC_PUSH(&c->waiting,
	    ((struct waiting){ .id = db_int(c->due, 0), .until = that > soon ? that : soon }));
}

/* Up to `room` rows of a channel, the most urgent first. */
static enum err
claim_channel(struct claim *c, struct str channel, size_t room, struct diag *why)
{
	size_t end = c->n + room < c->max ? c->n + room : c->max;
	enum err e = OK;

	for (int rank = 0; rank < ALERTS_SEVERITIES && c->n < end && e == OK; rank++) {
		bool more = false;

		db_bind_str(c->due, 1, channel);
		db_bind_int(c->due, 2, rank);
		db_bind_int(c->due, 3, c->now);
		while (c->n < end && (e = db_step(c->due, &more, why)) == OK && more)
			if (db_is_null(c->due, 9))
				read_job(c->due, &c->jobs[c->n++]);
			else
				must_wait(c);
		db_reset(c->due);
	}
	return e;
}

static enum err
claim_all(struct claim *c, unsigned per_channel, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(c->a->db,
	    "SELECT name, fails, pause_ns, (SELECT count(*) FROM outbox WHERE state <> 'sent' AND"
	    " state = 'sending' AND channel = name) FROM channels WHERE enabled = 1 ORDER BY name",
	    &st, why);

	if (e != OK)
		return e;
	while (c->n < c->max && (e = db_step(st, &more, why)) == OK && more) {
		bool down = db_int(st, 1) >= OUTBOX_DOWN;
		size_t most = down ? 1 : per_channel;
		size_t sending = (size_t)db_int(st, 3);

		if ((down && db_int(st, 2) > c->now) || sending >= most)
			continue;
		e = claim_channel(c, db_str(st, 0), most - sending, why);
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}

/* In the transaction: what was found is marked, what must wait is put off. */
static enum err
take_all(struct claim *c, struct diag *why)
{
	enum err e = OK;

	for (size_t i = 0; i < c->n && e == OK; i++) {
		db_bind_int(c->take, 1, c->jobs[i].id);
		e = db_run(c->take, why);
	}
	for (size_t i = 0; i < c->waiting.n && e == OK; i++) {
		db_bind_int(c->wait, 1, c->waiting.p[i].id);
		db_bind_int(c->wait, 2, c->waiting.p[i].until);
		e = db_run(c->wait, why);
	}
	return e;
}

static enum err
claim_inside(struct claim *c, unsigned per_channel, struct diag *why)
{
	enum err e = db_prepare(c->a->db,
	    "SELECT id, alert_id, channel, key, attempts, created_ns, event, person, address,"
	    " (SELECT max(b.next_ns) FROM outbox b INDEXED BY outbox_alert WHERE b.alert_id ="
	    " o.alert_id AND b.channel = o.channel AND b.id < o.id AND b.state IN ('pending',"
	    " 'sending') AND (o.event IN ('ack', 'resolve') OR b.event IN ('ack', 'resolve')))"
	    " FROM outbox o WHERE state = 'pending' AND channel = ?1 AND rank = ?2 AND"
	    " next_ns <= ?3 ORDER BY next_ns, id",
	    &c->due, why);

	if (e == OK)
		e = db_prepare(c->a->db,
		    "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?1",
		    &c->take, why);
	if (e == OK)
		e = db_prepare(c->a->db, "UPDATE outbox SET next_ns = ?2 WHERE id = ?1", &c->wait,
		    why);
	if (e == OK)
		e = claim_all(c, per_channel, why);
	if (e == OK)
		e = take_all(c, why);
	db_finalize(c->due);
	db_finalize(c->take);
	db_finalize(c->wait);
	VEC_FINI(&c->waiting);
	return e;
}

enum err
outbox_claim(struct alerts *a, unsigned per_channel, int64_t now, struct outbox_job *jobs,
    size_t max, size_t *ret_n, struct diag *why)
{
	struct claim c = { .a = a, .now = now, .jobs = jobs, .max = max };
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	e = claim_inside(&c, per_channel, why);
	crash_point(CRASH_OUTBOX_CLAIM);
	e = txn_end(a, e, why);
	if (e != OK)
		return e;
	*ret_n = c.n;
	if (c.n != 0)
		crash_point(CRASH_OUTBOX_CLAIMED);
	return OK;
}

enum err
outbox_next(struct alerts *a, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT min(max(due, iif(fails >= ?1, pause_ns, 0))) FROM (SELECT fails, pause_ns,"
	    " (SELECT min(next_ns) FROM outbox WHERE state = 'pending' AND channel = name AND rank"
	    " = r.column1) AS due FROM channels, (VALUES (0), (1), (2), (3), (4)) r WHERE enabled ="
	    " 1) WHERE due IS NOT NULL",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, OUTBOX_DOWN);
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = row && !db_is_null(st, 0) ? db_int(st, 0) : INT64_MAX;
	db_finalize(st);
	return e;
}

/* 0.8 to 1.2, from the lower bits of the random number. */
static double
jitter(const struct outbox_policy *p)
{
	return 0.8 + 0.4 * (double)(p->random % 1000003) / 1000002.0;
}

int64_t
outbox_wait(unsigned failed, const struct outbox_policy *p)
{
	size_t i = failed == 0 ? 0 : failed - 1;

	if (i >= ARRAY_LEN(waits))
		i = ARRAY_LEN(waits) - 1;
	return (int64_t)((double)(waits[i] * SECOND) * p->scale * jitter(p));
}

/* How long a channel is left alone after `fails` failures in a row: 1 s, 2 s, 4 s ... */
static int64_t
pause_of(int64_t fails, const struct outbox_policy *p)
{
	int64_t over = fails - OUTBOX_DOWN;
	int64_t pause = over >= 0 && over < 6 ? SECOND << over : PAUSE_MAX;

	return over < 0 ? 0 : (int64_t)((double)pause * p->scale * jitter(p));
}

struct verdict {
	enum outbox_state state;
	int64_t next;
};

static struct verdict
judge(const struct outbox_result *r, const struct outbox_policy *p, unsigned attempts, int64_t now)
{
	int64_t wait = outbox_wait(attempts, p);

	if (r->verdict == OUTBOX_OK)
		return (struct verdict){ OUTBOX_SENT, 0 };
	if (r->verdict == OUTBOX_NEVER || attempts >= OUTBOX_ATTEMPTS_MAX)
		return (struct verdict){ OUTBOX_DEAD, 0 };
	if (r->after > wait)
		wait = r->after < AFTER_MAX ? r->after : AFTER_MAX;
	return (struct verdict){ OUTBOX_PENDING, now + wait };
}

static struct str
head_of(struct str s)
{
	size_t n = s.n < OUTBOX_DETAIL_MAX ? s.n : OUTBOX_DETAIL_MAX;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--; /* no half characters */
	return n != 0 ? (struct str){ s.p, n } : STR("");
}

static enum err
write_row(struct alerts *a, const struct outbox_result *r, const struct verdict *v, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE outbox SET state = ?2, next_ns = ?3, ms = ?4, last_error = ?5, sent_ns ="
	    " iif(?2 = 'sent', ?6, NULL), answer = ?7 WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, r->id);
	db_bind_str(st, 2, str_c(states[v->state]));
	db_bind_int(st, 3, v->next);
	db_bind_int(st, 4, r->ms);
	db_bind_str(st, 5, r->verdict == OUTBOX_OK ? STR("") : head_of(r->detail));
	db_bind_int(st, 6, now);
	db_bind_str(st, 7, r->verdict == OUTBOX_OK ? head_of(r->detail) : STR(""));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* What a receiver refuses for good says nothing about its channel being up: it answered. */
static enum err
write_channel(struct alerts *a, struct str name, const struct outbox_result *r,
    const struct outbox_policy *p, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	int64_t fails = 0;
	enum err e = txn_number(a, "SELECT fails FROM channels WHERE name = ?1", name, &fails, why);

	fails = r->verdict == OUTBOX_RETRY ? fails + 1 : 0;
	if (e == OK)
		e = db_prepare(a->db,
		    "UPDATE channels SET last_ok = ?2, last_ns = ?3, last_ms = ?4, last_detail = "
		    "?5,"
		    " fails = ?6, pause_ns = ?7 WHERE name = ?1",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, name);
	db_bind_int(st, 2, r->verdict == OUTBOX_OK);
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, r->ms);
	db_bind_str(st, 5, head_of(r->detail));
	db_bind_int(st, 6, fails);
	db_bind_int(st, 7, now + pause_of(fails, p));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
result_inside(struct alerts *a, const struct outbox_result *r, const struct outbox_policy *p,
    int64_t now, struct diag *why)
{
	char channel[OUTBOX_NAME_SIZE];
	struct verdict v;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT channel, attempts FROM outbox WHERE id = ?1 AND state = 'sending'", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, r->id);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		(void)str_to_c(db_str(st, 0), channel, sizeof(channel));
		v = judge(r, p, (unsigned)db_int(st, 1), now);
	}
	db_finalize(st);
	if (e != OK)
		return e;
	if (!row)
		return err_set(why, FAIL_NOT_FOUND, "delivery %lld is not being sent",
		    (long long)r->id);
	e = write_row(a, r, &v, now, why);
	crash_point(CRASH_OUTBOX_HALF);
	return e == OK ? write_channel(a, str_c(channel), r, p, now, why) : e;
}

static enum err
all_inside(struct alerts *a, const struct outbox_result *r, size_t n, const struct outbox_policy *p,
    int64_t now, struct diag *why)
{
	struct outbox_policy policy = *p;
	enum err e = OK;

	for (size_t i = 0; i < n && (e == OK || e == FAIL_NOT_FOUND); i++) {
		e = result_inside(a, &r[i], &policy, now, why);
		policy.random += 7919; /* another jitter for each */
	}
	return e;
}

enum err
outbox_results(struct alerts *a, const struct outbox_result *r, size_t n,
    const struct outbox_policy *p, int64_t now, struct diag *why)
{
	enum err e, last;

	crash_point(CRASH_OUTBOX_RESULT);
	e = txn_begin(a, why);
	if (e != OK)
		return e;
	last = all_inside(a, r, n, p, now, why);
	e = txn_end(a, last == FAIL_NOT_FOUND ? OK : last, why);
	if (e == OK)
		crash_point(CRASH_OUTBOX_STORED);
	return e == OK ? last : e;
}

enum err
outbox_result(struct alerts *a, const struct outbox_result *r, const struct outbox_policy *p,
    int64_t now, struct diag *why)
{
	return outbox_results(a, r, 1, p, now, why);
}
