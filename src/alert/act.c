/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with alerts, each call in one transaction, and taking it back. */
#include "alert/act.h"

#include "alert/internal.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/digest.h"
#include "base/vec.h"

#define UNDOS_MAX "200" /* kept, the newest */

static const struct {
	const char *word;
	bool moves; /* to the status `to` */
	enum alerts_status to;
} actions[] = {
	[ACT_ACK] = { "ack", true, ALERTS_ACKNOWLEDGED },
	[ACT_START] = { "start", true, ALERTS_IN_PROGRESS },
	[ACT_RESOLVE] = { "resolve", true, ALERTS_RESOLVED },
	[ACT_FALSE_POSITIVE] = { "false-positive", true, ALERTS_FALSE_POSITIVE },
	[ACT_REOPEN] = { "reopen", true, ALERTS_OPEN },
	[ACT_ASSIGN] = { "assign", false, ALERTS_OPEN },
	[ACT_COMMENT] = { "comment", false, ALERTS_OPEN },
};

static const char *const reasons[] = { "true_positive", "benign", "duplicate", "other" };

/* Bits of statuses that may follow. */
static const unsigned may_follow[ALERTS_STATUSES] = {
	[ALERTS_OPEN] = 1U << ALERTS_ACKNOWLEDGED | 1U << ALERTS_IN_PROGRESS |
			1U << ALERTS_RESOLVED | 1U << ALERTS_FALSE_POSITIVE,
	[ALERTS_ACKNOWLEDGED] = 1U << ALERTS_OPEN | 1U << ALERTS_IN_PROGRESS |
				1U << ALERTS_RESOLVED | 1U << ALERTS_FALSE_POSITIVE,
	[ALERTS_IN_PROGRESS] =
	    1U << ALERTS_OPEN | 1U << ALERTS_RESOLVED | 1U << ALERTS_FALSE_POSITIVE,
	[ALERTS_RESOLVED] = 1U << ALERTS_OPEN | 1U << ALERTS_FALSE_POSITIVE,
	[ALERTS_FALSE_POSITIVE] = 1U << ALERTS_OPEN,
};

const char *
act_word(enum act_action action)
{
	return actions[action].word;
}

bool
act_find(struct str word, enum act_action *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_eq(word, str_c(actions[i].word))) {
			*ret = (enum act_action)i;
			return true;
		}
	return false;
}

bool
act_may(enum alerts_status from, enum alerts_status to)
{
	return (may_follow[from] >> to & 1) != 0;
}

const char *
act_reason(size_t i)
{
	return i < ARRAY_LEN(reasons) ? reasons[i] : NULL;
}

static enum err
check_reason(const struct act *act, struct diag *why)
{
	if (act->action != ACT_RESOLVE)
		return act->reason.n == 0
			   ? OK
			   : err_set(why, FAIL_SYNTAX, "reason: only resolve takes one");
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_eq(act->reason, str_c(reasons[i])))
			return OK;
	return err_set(why, FAIL_SYNTAX, "reason: say true_positive, benign, duplicate or other");
}

static bool
is_name(struct str s)
{
	if (s.n > ACT_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static enum err
check(const struct act *act, struct diag *why)
{
	if (act->by.n == 0 || !is_name(act->by))
		return err_set(why, FAIL_SYNTAX, "by: a name of 1 to %d bytes", ACT_NAME_MAX);
	if (act->note.n > ACT_NOTE_MAX)
		return err_set(why, FAIL_SYNTAX, "note: at most %d bytes", ACT_NOTE_MAX);
	if (act->action == ACT_FALSE_POSITIVE && str_trim(act->note).n == 0)
		return err_set(why, FAIL_SYNTAX, "note: say why it is a false positive");
	if (act->action == ACT_COMMENT && str_trim(act->note).n == 0)
		return err_set(why, FAIL_SYNTAX, "note: a comment needs words");
	if (act->action == ACT_ASSIGN ? !is_name(act->owner) : act->owner.n != 0)
		return err_set(why, FAIL_SYNTAX,
		    "owner: only assign takes one, a name of at most %d bytes", ACT_NAME_MAX);
	return check_reason(act, why);
}

struct job {
	struct alerts *a;
	const struct act *act;
	int64_t now;
	struct act_done *done;
	struct db_stmt *read, *write, *keep; /* `keep`: for undo */
	VEC(int64_t) alerts;                 /* n of each that is meant */
	bool full;                           /* one had too long a history */
};

/* An alert as it stands; texts are of the statement `read`. */
struct state {
	int64_t n;
	struct str id, owner, reason, by, note;
	enum alerts_status status;
	int64_t entries;
};

static enum err
job_init(struct job *j, struct diag *why)
{
	const struct {
		struct db_stmt **to;
		const char *sql;
	} wanted[] = {
		{ &j->read, "SELECT id, owner, reason, status_by, status_note, status, (SELECT"
			    " count(*) FROM alert_history WHERE alert_id = alerts.id) FROM alerts"
			    " WHERE n = ?1" },
		{ &j->write, "UPDATE alerts SET status = ?2, owner = ?3, reason = ?4,"
			     " status_by = ?5, status_note = ?6, comments = comments + ?7,"
			     " updated_ns = ?8, rev = ?9, state_rev = iif(?7 = 0, ?9, state_rev)"
			     " WHERE n = ?1" },
		{ &j->keep, "INSERT INTO alert_undo_row VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		enum err e = db_prepare(j->a->db, wanted[i].sql, wanted[i].to, why);

		if (e != OK)
			return e;
	}
	return OK;
}

static void
job_fini(struct job *j)
{
	db_finalize(j->read);
	db_finalize(j->write);
	db_finalize(j->keep);
	VEC_FINI(&j->alerts);
}

static enum err
keep_state(struct job *j, const struct state *was, uint64_t rev, struct diag *why)
{
	db_bind_str(j->keep, 1, str_c(j->done->undo));
	db_bind_int(j->keep, 2, was->n);
	db_bind_int(j->keep, 3, (int64_t)rev);
	db_bind_str(j->keep, 4, str_c(alerts_status_word(was->status)));
	db_bind_str(j->keep, 5, was->owner);
	db_bind_str(j->keep, 6, was->reason);
	db_bind_str(j->keep, 7, was->by);
	db_bind_str(j->keep, 8, was->note);
	return db_run(j->keep, why);
}

static bool
is_full(const struct act *act, const struct state *was)
{
	return !actions[act->action].moves && was->entries >= ACT_ENTRIES_MAX;
}

/* What the action makes of it; false: nothing. */
static bool
next_state(const struct act *act, const struct state *was, struct state *ret)
{
	*ret = *was;
	if (act->action == ACT_COMMENT)
		return true;
	ret->by = act->by;
	ret->note = act->note;
	if (act->action == ACT_ASSIGN) {
		ret->owner = act->owner;
		return !str_eq(was->owner, act->owner);
	}
	ret->status = actions[act->action].to;
	ret->reason = act->reason;
	if ((act->action == ACT_ACK || act->action == ACT_START) && was->owner.n == 0)
		ret->owner = act->by;
	return act_may(was->status, ret->status);
}

static enum err
write_history(struct job *j, const struct state *was, const struct state *is, struct diag *why)
{
	struct txn_entry entry = { .alert_id = was->id,
		.from = STR(""),
		.to = STR(""),
		.by = j->act->by,
		.note = j->act->note,
		.action = str_c(actions[j->act->action].word),
		.reason = j->act->reason };

	if (actions[j->act->action].moves) {
		entry.from = str_c(alerts_status_word(was->status));
		entry.to = str_c(alerts_status_word(is->status));
	} else if (j->act->action == ACT_ASSIGN) {
		entry.from = was->owner;
		entry.to = is->owner;
	}
	return txn_history(j->a, &entry, j->now, why);
}

static enum err
write_state(struct job *j, const struct state *was, const struct state *is, struct diag *why)
{
	bool comment = j->act->action == ACT_COMMENT;
	uint64_t rev = 0;
	enum err e = txn_revs(j->a, 1, &rev, why);

	db_bind_int(j->write, 1, is->n);
	db_bind_str(j->write, 2, str_c(alerts_status_word(is->status)));
	db_bind_str(j->write, 3, is->owner);
	db_bind_str(j->write, 4, is->reason);
	db_bind_str(j->write, 5, is->by);
	db_bind_str(j->write, 6, is->note);
	db_bind_int(j->write, 7, comment);
	db_bind_int(j->write, 8, j->now);
	db_bind_int(j->write, 9, (int64_t)rev);
	if (e == OK && !comment)
		e = keep_state(j, was, rev, why);
	if (e == OK)
		e = db_run(j->write, why);
	else
		db_reset(j->write);
	return e == OK ? write_history(j, was, is, why) : e;
}

static enum err
change_one(struct job *j, int64_t n, struct diag *why)
{
	struct state was = { .n = n }, is;
	bool row = false;
	enum err e;

	db_bind_int(j->read, 1, n);
	e = db_step(j->read, &row, why);
	if (e == OK && row) {
		was.id = db_str(j->read, 0);
		was.owner = db_str(j->read, 1);
		was.reason = db_str(j->read, 2);
		was.by = db_str(j->read, 3);
		was.note = db_str(j->read, 4);
		(void)alerts_status_find(db_str(j->read, 5), &was.status);
		was.entries = db_int(j->read, 6);
		j->full |= is_full(j->act, &was);
		if (!is_full(j->act, &was) && next_state(j->act, &was, &is)) {
			e = write_state(j, &was, &is, why);
			j->done->changed++;
		} else {
			j->done->skipped++;
		}
	}
	db_reset(j->read);
	crash_point(CRASH_ALERT_ACT);
	return e;
}

/* Old ones go. */
static enum err
new_undo(struct job *j, struct diag *why)
{
#define OLD                                                                                        \
	"(SELECT id FROM alert_undo WHERE at_ns < ?1 UNION ALL SELECT id FROM (SELECT id FROM"     \
	" alert_undo ORDER BY at_ns DESC LIMIT -1 OFFSET " UNDOS_MAX "))"
	static const char *const steps[] = {
		"DELETE FROM alert_undo_row WHERE undo IN " OLD,
		"DELETE FROM alert_undo WHERE id IN " OLD,
	};
	uint8_t random[16];
	struct db_stmt *st;
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && e == OK; i++) {
		e = db_prepare(j->a->db, steps[i], &st, why);
		if (e != OK)
			return e;
		db_bind_int(st, 1, j->now - ACT_UNDO_KEEP);
		e = db_run(st, why);
		db_finalize(st);
	}
	if (e == OK)
		e = db_prepare(j->a->db, "INSERT INTO alert_undo VALUES(?1, ?2)", &st, why);
	if (e != OK)
		return e;
	digest_random(random, sizeof(random));
	(void)digest_hex(random, sizeof(random), j->done->undo);
	db_bind_str(st, 1, str_c(j->done->undo));
	db_bind_int(st, 2, j->now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* All that are in j->alerts; inside the transaction. */
static enum err
change_all(struct job *j, struct diag *why)
{
	enum err e = job_init(j, why);

	if (e == OK && j->act->action != ACT_COMMENT)
		e = new_undo(j, why);
	for (size_t i = 0; i < j->alerts.n && e == OK; i++)
		e = change_one(j, j->alerts.p[i], why);
	if (e == OK && j->done->changed == 0)
		j->done->undo[0] = '\0';
	return e;
}

static enum err
find_id(struct job *j, struct str id, struct diag *why)
{
	int64_t n = 0;
	enum err e = txn_number(j->a, "SELECT n FROM alerts WHERE id = ?1", id, &n, why);

	if (e == OK && n != 0)
		VEC_PUSH(&j->alerts, n);
	return e;
}

/* The end of the transaction, `e` being how it went so far. */
static enum err
finish(struct job *j, enum err e, struct diag *why)
{
	job_fini(j);
	e = txn_end(j->a, e, why);
	if (e == OK)
		crash_point(CRASH_ALERT_ACTED);
	else
		j->done->undo[0] = '\0';
	return e;
}

static enum err
one_inside(struct job *j, struct str id, struct diag *why)
{
	char full[ALERTS_ID_SIZE];
	enum err e = alerts_full_id(j->a, id, full, why);

	if (e == OK)
		e = find_id(j, str_c(full), why);
	if (e == OK)
		e = change_all(j, why);
	if (e != OK || j->done->changed != 0)
		return e;
	if (j->full)
		return err_set(why, FAIL_LIMIT, "alert %.8s: its history is full", full);
	if (actions[j->act->action].moves)
		return err_set(why, FAIL_DENIED, "alert %.8s: %s makes no sense in its status",
		    full, act_word(j->act->action));
	return OK; /* it has that owner */
}

enum err
act_one(struct alerts *a, struct str id, const struct act *act, int64_t now, struct act_done *ret,
    struct diag *why)
{
	struct job j = { .a = a, .act = act, .now = now, .done = ret };
	enum err e = check(act, why);

	*ret = (struct act_done){ .actual = 1 };
	if (e == OK)
		e = txn_begin(a, why);
	if (e != OK)
		return e;
	return finish(&j, one_inside(&j, id, why), why);
}

enum err
act_ids(struct alerts *a, const struct str *ids, size_t n, const struct act *act, int64_t now,
    struct act_done *ret, struct diag *why)
{
	struct job j = { .a = a, .act = act, .now = now, .done = ret };
	enum err e = check(act, why);

	*ret = (struct act_done){ 0 };
	if (e == OK && n > ACT_MANY_MAX)
		e = err_set(why, FAIL_LIMIT, "at most %d alerts at a time", ACT_MANY_MAX);
	if (e == OK)
		e = txn_begin(a, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < n && e == OK; i++)
		e = find_id(&j, ids[i], why);
	ret->actual = j.alerts.n;
	if (e == OK && j.alerts.n != n)
		e = err_set(why, FAIL_EXISTS, "%zu of %zu alerts are there", j.alerts.n, n);
	if (e == OK)
		e = change_all(&j, why);
	return finish(&j, e, why);
}

/* Their numbers first: changing them changes what the filter finds. */
static enum err
find_filter(struct job *j, const struct alerts_filter *filter, struct diag *why)
{
	struct alerts_filter f = *filter;
	auto_buf struct buf sql = { 0 };
	AUTO(where_fini) struct where w;
	struct db_stmt *st = NULL;
	bool more = false;
	enum err e;

	f.after_id[0] = '\0';
	where_init(&w, &f);
	buf_init(&sql, 0);
	buf_printf(&sql, "SELECT n FROM alerts INDEXED BY %s", w.index);
	buf_str(&sql, buf_view(&w.sql));
	buf_byte(&sql, '\0');
	db_deadline(j->a->db, clock_mono() + 5 * ALERTS_SEARCH_MS * CLOCK_MS);
	e = db_prepare(j->a->db, sql.p, &st, why);
	if (e == OK)
		where_bind(&w, &f, st);
	while (e == OK && (e = db_step(st, &more, why)) == OK && more)
		VEC_PUSH(&j->alerts, db_int(st, 0));
	db_finalize(st);
	db_deadline(j->a->db, 0);
	return e;
}

enum err
act_filter(struct alerts *a, const struct alerts_filter *filter, uint64_t expected,
    const struct act *act, int64_t now, struct act_done *ret, struct diag *why)
{
	struct job j = { .a = a, .act = act, .now = now, .done = ret };
	enum err e = check(act, why);

	*ret = (struct act_done){ 0 };
	if (e == OK)
		e = txn_begin(a, why);
	if (e != OK)
		return e;
	e = find_filter(&j, filter, why);
	ret->actual = j.alerts.n;
	if (e == OK && j.alerts.n != expected)
		e = err_set(why, FAIL_EXISTS, "%zu alerts match now, not %llu", j.alerts.n,
		    (unsigned long long)expected);
	if (e == OK && j.alerts.n > ACT_MANY_MAX)
		e = err_set(why, FAIL_LIMIT, "at most %d alerts at a time: narrow the filter",
		    ACT_MANY_MAX);
	if (e == OK)
		e = change_all(&j, why);
	return finish(&j, e, why);
}
