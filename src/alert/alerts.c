/* SPDX-License-Identifier: Apache-2.0 */
/* The database of alerts: opened, asked for one alert, for what changed, for figures. */
#include "alert/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "alert/internal.h"
#include "alert/schema.h"
#include "alert/silence_in.h"
#include "base/crash.h"
#include "base/digest.h"
#include "base/mem.h"

#define ID_PREFIX_MIN 4
#define CACHE "PRAGMA cache_size=-16384" /* KiB */
#define DAY_NS ((int64_t)86400 * 1000000000)

void
alerts_close(struct alerts *a)
{
	if (a == NULL)
		return;
	db_finalize(a->insert);
	db_finalize(a->bump);
	db_finalize(a->find);
	db_finalize(a->position);
	db_finalize(a->history);
	db_finalize(a->channels);
	db_finalize(a->rev);
	db_finalize(a->silences);
	db_close(a->db);
	free(a);
}

static enum err
prepare_all(struct alerts *a, struct diag *why)
{
	const struct {
		struct db_stmt **to;
		const char *sql;
	} wanted[] = {
		{ &a->find,
		    "SELECT evidence, status, demo, severity, affected, quiet FROM alerts WHERE id"
		    " = ?1" },
		{ &a->insert,
		    "INSERT INTO alerts(id, rule_id, title, severity, tags, advice, group_key,"
		    " summary, rank, first_ns, last_ns, created_ns, updated_ns, count, rev,"
		    " born_rev, state_rev, demo, evidence, confidence, action, details, affected)"
		    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, ?14,"
		    " ?14, ?15, ?16, ?17, ?18, ?19, ?20)" },
		/* What comes back after it was resolved is open again; a false positive stays one.
		 */
		{ &a->bump,
		    "UPDATE alerts SET count = count + ?2, first_ns = min(first_ns, ?3),"
		    " last_ns = max(last_ns, ?4), updated_ns = ?5, evidence = ?6, summary = ?7,"
		    " rev = ?8, demo = ?9, severity = iif(?10 < rank, ?11, severity),"
		    " rank = min(rank, ?10), confidence = max(confidence, ?12),"
		    " details = iif(?13 = '', details, ?13), affected = ?14,"
		    " state_rev = iif(status = 'resolved', ?8, state_rev),"
		    " status_note = iif(status = 'resolved', 'happened again', status_note),"
		    " reason = iif(status = 'resolved', '', reason),"
		    " status = iif(status = 'resolved', 'open', status) WHERE id = ?1" },
		{ &a->position, "UPDATE detector SET position = ?1" },
		{ &a->history,
		    "INSERT INTO alert_history(alert_id, from_status, to_status, by, note, action,"
		    " reason, at_ns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" },
		{ &a->channels,
		    "SELECT name, type, min_rank FROM channels WHERE enabled = 1 ORDER BY name" },
		{ &a->rev, "UPDATE alert_state SET rev = rev + ?1 RETURNING rev" },
		{ &a->silences,
		    "SELECT " SILENCE_COLUMNS " FROM silences WHERE ended_ns = 0 ORDER BY id" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		enum err e = db_prepare(a->db, wanted[i].sql, wanted[i].to, why);

		if (e != OK)
			return e;
	}
	return OK;
}

static enum err
read_ack_key(struct alerts *a, bool *ret_there, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db, "SELECT ack_key FROM alert_state", &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	*ret_there = e == OK && row && db_str(st, 0).n == sizeof(a->ack_key);
	if (*ret_there)
		memcpy(a->ack_key, db_str(st, 0).p, sizeof(a->ack_key));
	db_finalize(st);
	return e;
}

/* Made at the first opening; should two open at once, the first one's counts. */
static enum err
load_ack_key(struct alerts *a, struct diag *why)
{
	const struct str key = { (const char *)a->ack_key, sizeof(a->ack_key) };
	bool there = false;
	enum err e = read_ack_key(a, &there, why);

	if (e != OK || there)
		return e;
	digest_random(a->ack_key, sizeof(a->ack_key));
	e = txn_run(a, "UPDATE alert_state SET ack_key = ?1 WHERE ack_key IS NULL", key,
	    (struct str){ NULL, 0 }, why);
	if (e == OK)
		e = read_ack_key(a, &there, why);
	if (e == OK && !there)
		e = err_set(why, FAIL_CORRUPT, "the key of acknowledge links is damaged");
	return e;
}

void
alerts_whom(struct alerts *a, alerts_whom_fn fn, void *ctx)
{
	a->whom = fn;
	a->whom_ctx = ctx;
}

enum err
alerts_open(const char *path, struct alerts **ret, struct diag *why)
{
	struct alerts *a = MEM_NEW(struct alerts);
	enum err e = db_open(path, &a->db, why);

	if (e == OK)
		e = db_exec(a->db, CACHE, why);
	if (e == OK)
		e = schema_update(a->db, why);
	if (e == OK)
		e = prepare_all(a, why);
	if (e == OK)
		e = load_ack_key(a, why);
	if (e != OK) {
		alerts_close(a);
		return e;
	}
	*ret = a;
	return OK;
}

static uint64_t
number_of(struct alerts *a, const char *sql, struct str text)
{
	int64_t n = 0;

	return txn_number(a, sql, text, &n, NULL) == OK ? (uint64_t)n : 0;
}

uint64_t
alerts_position(struct alerts *a)
{
	return number_of(a, "SELECT position FROM detector", (struct str){ NULL, 0 });
}

uint64_t
alerts_rev(struct alerts *a)
{
	return number_of(a, "SELECT rev FROM alert_state", (struct str){ NULL, 0 });
}

uint64_t
alerts_gap(struct alerts *a)
{
	return number_of(a, "SELECT gap_rev FROM alert_state", (struct str){ NULL, 0 });
}

uint64_t
alerts_count(struct alerts *a, struct str status)
{
	if (status.n == 0)
		return number_of(a, "SELECT sum(n) FROM alert_counts", (struct str){ NULL, 0 });
	return number_of(a, "SELECT sum(n) FROM alert_counts WHERE status = ?1", status);
}

enum err
alerts_full_id(struct alerts *a, struct str prefix, char ret[ALERTS_ID_SIZE], struct diag *why)
{
	struct db_stmt *st;
	bool row = false, second = false;
	enum err e;

	if (prefix.n < ID_PREFIX_MIN || prefix.n >= ALERTS_ID_SIZE)
		return err_set(why, FAIL_NOT_FOUND,
		    "an alert id has 32 digits; give at least the first %d", ID_PREFIX_MIN);
	for (size_t i = 0; i < prefix.n; i++)
		if (memchr("0123456789abcdef", prefix.p[i], 16) == NULL)
			return err_set(why, FAIL_NOT_FOUND, "an alert id is hexadecimal digits");
	e = db_prepare(a->db,
	    "SELECT id FROM alerts WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 2", &st,
	    why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, prefix);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		(void)str_to_c(db_str(st, 0), ret, ALERTS_ID_SIZE);
		e = db_step(st, &second, why);
	}
	db_finalize(st);
	if (e != OK)
		return e;
	if (!row)
		return err_set(why, FAIL_NOT_FOUND, "no alert has the id %.*s", STR_ARG(prefix));
	if (second)
		return err_set(why, FAIL_EXISTS, "more than one alert begins with %.*s",
		    STR_ARG(prefix));
	return OK;
}

enum err
alerts_get(struct alerts *a, struct str id, alerts_row_fn fn, void *ctx, struct diag *why)
{
	char full[ALERTS_ID_SIZE];
	struct db_stmt *st;
	enum err e = alerts_full_id(a, id, full, why);

	if (e == OK)
		e = db_prepare(a->db, "SELECT " ROWS_COLUMNS " FROM alerts WHERE id = ?1", &st,
		    why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(full));
	e = rows_each(st, fn, ctx, why);
	db_finalize(st);
	return e;
}

enum err
alerts_changes(struct alerts *a, uint64_t since, unsigned limit, alerts_row_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "SELECT " ROWS_COLUMNS " FROM alerts WHERE rev > ?1 ORDER BY rev LIMIT ?2", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, since > INT64_MAX ? INT64_MAX : (int64_t)since);
	db_bind_int(st, 2, limit);
	e = rows_each(st, fn, ctx, why);
	db_finalize(st);
	return e;
}

enum err
alerts_tally(struct alerts *a, struct alerts_tally *ret, struct diag *why)
{
	struct alerts_tally t = { 0 };
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT status, severity, sum(n) FROM alert_counts GROUP BY status, severity", &st,
	    why);

	if (e != OK)
		return e;
	while ((e = db_step(st, &more, why)) == OK && more) {
		enum alerts_status status;
		enum alerts_severity severity;

		if (alerts_status_find(db_str(st, 0), &status) &&
		    alerts_severity_find(db_str(st, 1), &severity))
			t.n[status][severity] = (uint64_t)db_int(st, 2);
	}
	db_finalize(st);
	if (e == OK)
		*ret = t;
	return e;
}

/* The days of the rule at hand; rows of `st` are (day, n). */
static enum err
read_days(struct db_stmt *st, struct alerts_rule_stat *s, int64_t today, struct diag *why)
{
	bool more = false;
	enum err e;

	db_bind_str(st, 1, s->rule_id);
	db_bind_int(st, 2, today - (int64_t)ARRAY_LEN(s->day));
	while ((e = db_step(st, &more, why)) == OK && more) {
		int64_t ago = today - db_int(st, 0);

		if (ago >= 0 && ago < (int64_t)ARRAY_LEN(s->day))
			s->day[(int64_t)ARRAY_LEN(s->day) - 1 - ago] = (uint64_t)db_int(st, 1);
	}
	db_reset(st);
	return e;
}

enum err
alerts_rules(struct alerts *a, int64_t now, alerts_rule_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *rules = NULL, *days = NULL;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT rule_id, sum(n), sum(n) FILTER (WHERE status = 'open'), (SELECT max(last_ns)"
	    " FROM alerts WHERE alerts.rule_id = alert_counts.rule_id) FROM alert_counts"
	    " GROUP BY rule_id HAVING sum(n) > 0",
	    &rules, why);

	if (e == OK)
		e = db_prepare(a->db,
		    "SELECT day, n FROM alert_days WHERE rule_id = ?1 AND day > ?2", &days, why);
	while (e == OK && (e = db_step(rules, &more, why)) == OK && more) {
		struct alerts_rule_stat s = { .rule_id = db_str(rules, 0),
			.alerts = (uint64_t)db_int(rules, 1),
			.open = (uint64_t)db_int(rules, 2),
			.last = db_int(rules, 3) };

		e = read_days(days, &s, now / DAY_NS, why);
		if (e == OK)
			e = fn(ctx, &s);
	}
	db_finalize(rules);
	db_finalize(days);
	return e;
}

#define OF_DEMO " IN (SELECT id FROM alerts WHERE demo = 1)"

static enum err
erase_all(struct alerts *a, struct diag *why)
{
	static const char *const steps[] = {
		"DELETE FROM alert_history WHERE alert_id" OF_DEMO,
		"DELETE FROM outbox WHERE alert_id" OF_DEMO,
		"DELETE FROM alert_undo_row WHERE alert IN (SELECT n FROM alerts WHERE demo = 1)",
		"DELETE FROM alerts WHERE demo = 1",
		"DELETE FROM alert_counts WHERE n = 0",
		"DELETE FROM alert_days WHERE n = 0",
		"UPDATE alert_state SET rev = rev + 1, gap_rev = rev + 1",
	};
	const struct str none = { NULL, 0 };
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && e == OK; i++)
		e = txn_run(a, steps[i], none, none, why);
	return e;
}

enum err
alerts_erase_demo(struct alerts *a, uint64_t *ret_n, struct diag *why)
{
	int64_t n = 0;
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	e = txn_number(a, "SELECT count(*) FROM alerts WHERE demo = 1", (struct str){ NULL, 0 }, &n,
	    why);
	if (e == OK && n != 0)
		e = erase_all(a, why);
	crash_point(CRASH_ALERT_ERASE);
	e = txn_end(a, e, why);
	if (e == OK)
		*ret_n = (uint64_t)n;
	return e;
}
