/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts in SQLite: one row per alert id, counted up by later findings. */
#include "alert/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/db.h"
#include "base/mem.h"

#define ID_PREFIX_MIN 4
#define LIST_DEFAULT 100

struct alerts {
	struct db *db;
	struct db_stmt *insert, *bump, *find, *position, *history;
};

/* Written once, added to at the end: each entry leads one version on. */
static const char *const schema[] = {
	"CREATE TABLE alerts(id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, title TEXT NOT NULL,"
	" severity TEXT NOT NULL, tags TEXT NOT NULL, advice TEXT NOT NULL,"
	" group_key TEXT NOT NULL, summary TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open',"
	" status_by TEXT NOT NULL DEFAULT '', status_note TEXT NOT NULL DEFAULT '',"
	" first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, created_ns INTEGER NOT NULL,"
	" updated_ns INTEGER NOT NULL, count INTEGER NOT NULL, evidence BLOB NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE INDEX alerts_updated ON alerts(updated_ns DESC, id);"
	"CREATE INDEX alerts_group ON alerts(rule_id, group_key);"
	"CREATE TABLE alert_history(alert_id TEXT NOT NULL, at_ns INTEGER NOT NULL,"
	" from_status TEXT NOT NULL, to_status TEXT NOT NULL, by TEXT NOT NULL,"
	" note TEXT NOT NULL);"
	"CREATE INDEX alert_history_alert ON alert_history(alert_id, at_ns);"
	"CREATE TABLE detector(one INTEGER PRIMARY KEY CHECK (one = 1),"
	" position INTEGER NOT NULL);"
	"INSERT INTO detector VALUES(1, 0);",
};

static const char *const status_words[] = {
	[ALERTS_OPEN] = "open",
	[ALERTS_ACKNOWLEDGED] = "acknowledged",
	[ALERTS_RESOLVED] = "resolved",
	[ALERTS_FALSE_POSITIVE] = "false_positive",
};

/* may_follow[from][to] */
static const bool may_follow[4][4] = {
	[ALERTS_OPEN] = { false, true, true, true },
	[ALERTS_ACKNOWLEDGED] = { true, false, true, true },
	[ALERTS_RESOLVED] = { true, false, false, true },
	[ALERTS_FALSE_POSITIVE] = { true, false, false, false },
};

const char *
alerts_status_word(enum alerts_status s)
{
	return status_words[s];
}

bool
alerts_status_find(struct str word, enum alerts_status *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(status_words); i++)
		if (str_eq(word, str_c(status_words[i]))) {
			*ret = (enum alerts_status)i;
			return true;
		}
	return false;
}

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
		{ &a->find, "SELECT evidence, status FROM alerts WHERE id = ?1" },
		{ &a->insert,
		    "INSERT INTO alerts(id, rule_id, title, severity, tags, advice, group_key,"
		    " summary, first_ns, last_ns, created_ns, updated_ns, count, evidence)"
		    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13)" },
		/* What comes back after it was resolved is open again; a false positive stays one.
		 */
		{ &a->bump,
		    "UPDATE alerts SET count = count + ?2, first_ns = min(first_ns, ?3),"
		    " last_ns = max(last_ns, ?4), updated_ns = ?5, evidence = ?6, summary = ?7,"
		    " status_note = iif(status = 'resolved', 'happened again', status_note),"
		    " status = iif(status = 'resolved', 'open', status) WHERE id = ?1" },
		{ &a->position, "UPDATE detector SET position = ?1" },
		{ &a->history, "INSERT INTO alert_history VALUES(?1, ?2, ?3, ?4, ?5, ?6)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		enum err e = db_prepare(a->db, wanted[i].sql, wanted[i].to, why);

		if (e != OK)
			return e;
	}
	return OK;
}

enum err
alerts_open(const char *path, struct alerts **ret, struct diag *why)
{
	struct alerts *a = MEM_NEW(struct alerts);
	enum err e = db_open(path, &a->db, why);

	if (e == OK)
		e = db_migrate(a->db, schema, ARRAY_LEN(schema), why);
	if (e == OK)
		e = prepare_all(a, why);
	if (e != OK) {
		alerts_close(a);
		return e;
	}
	*ret = a;
	return OK;
}

uint64_t
alerts_position(struct alerts *a)
{
	struct db_stmt *st;
	uint64_t position = 0;
	bool row = false;

	if (db_prepare(a->db, "SELECT position FROM detector", &st, NULL) != OK)
		return 0;
	if (db_step(st, &row, NULL) == OK && row)
		position = (uint64_t)db_int(st, 0);
	db_finalize(st);
	return position;
}

static enum err
insert_one(struct alerts *a, const struct alerts_finding *f, int64_t now, struct diag *why)
{
	size_t n = f->n_evidence < ALERTS_EVIDENCE_MAX ? f->n_evidence : ALERTS_EVIDENCE_MAX;
	const uint64_t *from = f->evidence + (f->n_evidence - n);
	const struct str text[] = { f->id, f->rule_id, f->title, f->severity, f->tags, f->advice,
		f->group, f->summary };

	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		db_bind_str(a->insert, (int)i + 1, text[i]);
	db_bind_int(a->insert, 9, f->first);
	db_bind_int(a->insert, 10, f->last);
	db_bind_int(a->insert, 11, now);
	db_bind_int(a->insert, 12, (int64_t)f->n_first);
	db_bind_blob(a->insert, 13, (struct str){ (const char *)from, n * sizeof(*from) });
	return db_run(a->insert, why);
}

/* Keeps the first evidence; what comes past the cap only counts. */
static enum err
bump_one(struct alerts *a, const struct alerts_finding *f, struct str evidence, int64_t now,
    struct diag *why)
{
	uint64_t seqs[ALERTS_EVIDENCE_MAX];
	size_t n = evidence.n / sizeof(seqs[0]);

	if (n > ALERTS_EVIDENCE_MAX)
		n = ALERTS_EVIDENCE_MAX;
	if (n != 0)
		memcpy(seqs, evidence.p, n * sizeof(seqs[0]));
	if (n < ALERTS_EVIDENCE_MAX)
		seqs[n++] = f->seq;
	db_reset(a->find);
	db_bind_str(a->bump, 1, f->id);
	db_bind_int(a->bump, 2, (int64_t)f->n_more);
	db_bind_int(a->bump, 3, f->first);
	db_bind_int(a->bump, 4, f->last);
	db_bind_int(a->bump, 5, now);
	db_bind_blob(a->bump, 6, (struct str){ (const char *)seqs, n * sizeof(seqs[0]) });
	db_bind_str(a->bump, 7, f->summary);
	return db_run(a->bump, why);
}

static enum err
apply_one(struct alerts *a, struct alerts_finding *f, int64_t now, struct diag *why)
{
	bool row = false;
	enum err e;

	db_bind_str(a->find, 1, f->id);
	f->is_new = false;
	e = db_step(a->find, &row, why);
	if (e == OK && row)
		return bump_one(a, f, db_str(a->find, 0), now, why);
	db_reset(a->find);
	if (e != OK)
		return e;
	f->is_new = true;
	return insert_one(a, f, now, why);
}

enum err
alerts_apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position, int64_t now,
    struct diag *why)
{
	enum err e;

	crash_point(CRASH_ALERT_BEFORE);
	e = db_exec(a->db, "BEGIN IMMEDIATE", why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < n && e == OK; i++)
		e = apply_one(a, &f[i], now + (int64_t)i, why); /* distinct: pages */
	if (e == OK) {
		db_bind_int(a->position, 1, (int64_t)position);
		e = db_run(a->position, why);
	}
	crash_point(CRASH_ALERT_INSIDE);
	if (e == OK)
		e = db_exec(a->db, "COMMIT", why);
	if (e != OK) {
		enum err undo = db_exec(a->db, "ROLLBACK", NULL);

		(void)undo;
		return e;
	}
	crash_point(CRASH_ALERT_COMMITTED);
	return OK;
}

#define COLUMNS                                                                                    \
	"id, rule_id, title, severity, tags, advice, group_key, summary, status, status_by,"       \
	" status_note, first_ns, last_ns, created_ns, updated_ns, count, evidence"

static void
read_row(struct db_stmt *st, struct alerts_row *row)
{
	struct str evidence = db_str(st, 16);

	(void)str_to_c(db_str(st, 0), row->id, sizeof(row->id));
	row->rule_id = db_str(st, 1);
	row->title = db_str(st, 2);
	row->severity = db_str(st, 3);
	row->tags = db_str(st, 4);
	row->advice = db_str(st, 5);
	row->group = db_str(st, 6);
	row->summary = db_str(st, 7);
	if (!alerts_status_find(db_str(st, 8), &row->status))
		row->status = ALERTS_OPEN;
	row->status_by = db_str(st, 9);
	row->status_note = db_str(st, 10);
	row->first = db_int(st, 11);
	row->last = db_int(st, 12);
	row->created = db_int(st, 13);
	row->updated = db_int(st, 14);
	row->count = (uint64_t)db_int(st, 15);
	row->n_evidence = evidence.n / sizeof(row->evidence[0]);
	if (row->n_evidence > ALERTS_EVIDENCE_MAX)
		row->n_evidence = ALERTS_EVIDENCE_MAX;
	if (row->n_evidence != 0)
		memcpy(row->evidence, evidence.p, row->n_evidence * sizeof(row->evidence[0]));
}

static enum err
each_row(struct db_stmt *st, alerts_row_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	struct alerts_row row;
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		read_row(st, &row);
		++*ret_n;
		e = fn(ctx, &row);
		if (e != OK)
			return e;
	}
	return e;
}

enum err
alerts_list(struct alerts *a, const struct alerts_filter *filter, alerts_row_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db,
	    "SELECT " COLUMNS " FROM alerts WHERE (?1 = '' OR status = ?1) AND"
	    " (?2 = '' OR severity = ?2) AND (?3 = '' OR rule_id = ?3) AND"
	    " (?4 = '' OR group_key = ?4) AND (?5 = 0 OR updated_ns < ?5)"
	    " ORDER BY updated_ns DESC, id LIMIT ?6",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, filter->status);
	db_bind_str(st, 2, filter->severity);
	db_bind_str(st, 3, filter->rule_id);
	db_bind_str(st, 4, filter->group);
	db_bind_int(st, 5, filter->before);
	db_bind_int(st, 6, filter->limit != 0 ? filter->limit : LIST_DEFAULT);
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

/* The full id that `prefix` stands for. */
static enum err
resolve(struct alerts *a, struct str prefix, char id[ALERTS_ID_SIZE], struct diag *why)
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
		(void)str_to_c(db_str(st, 0), id, ALERTS_ID_SIZE);
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
	size_t n = 0;
	enum err e = resolve(a, id, full, why);

	if (e != OK)
		return e;
	e = db_prepare(a->db, "SELECT " COLUMNS " FROM alerts WHERE id = ?1", &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(full));
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

static enum err
status_of(void *ctx, const struct alerts_row *row)
{
	*(enum alerts_status *)ctx = row->status;
	return OK;
}

static enum err
write_status(struct alerts *a, const char *id, enum alerts_status from, enum alerts_status to,
    struct str by, struct str note, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE alerts SET status = ?2, status_by = ?3, status_note = ?4, updated_ns = ?5"
	    " WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(id));
	db_bind_str(st, 2, str_c(status_words[to]));
	db_bind_str(st, 3, by);
	db_bind_str(st, 4, note);
	db_bind_int(st, 5, now);
	e = db_run(st, why);
	db_finalize(st);
	if (e != OK)
		return e;
	db_bind_str(a->history, 1, str_c(id));
	db_bind_int(a->history, 2, now);
	db_bind_str(a->history, 3, str_c(status_words[from]));
	db_bind_str(a->history, 4, str_c(status_words[to]));
	db_bind_str(a->history, 5, by);
	db_bind_str(a->history, 6, note);
	return db_run(a->history, why);
}

enum err
alerts_set_status(struct alerts *a, struct str id, enum alerts_status to, struct str by,
    struct str note, int64_t now, struct diag *why)
{
	char full[ALERTS_ID_SIZE];
	enum alerts_status from = ALERTS_OPEN;
	enum err e;

	if (to == ALERTS_FALSE_POSITIVE && str_trim(note).n == 0)
		return err_set(why, FAIL_SYNTAX, "say why it is a false positive");
	e = db_exec(a->db, "BEGIN IMMEDIATE", why);
	if (e != OK)
		return e;
	e = resolve(a, id, full, why);
	if (e == OK)
		e = alerts_get(a, str_c(full), status_of, &from, why);
	if (e == OK && !may_follow[from][to])
		e = err_set(why, FAIL_DENIED, "alert %.8s is %s: it cannot become %s", full,
		    status_words[from], status_words[to]);
	if (e == OK)
		e = write_status(a, full, from, to, by, note, now, why);
	if (e == OK)
		return db_exec(a->db, "COMMIT", why);
	if (db_exec(a->db, "ROLLBACK", NULL) != OK)
		return e;
	return e;
}

uint64_t
alerts_count(struct alerts *a, struct str status)
{
	struct db_stmt *st;
	uint64_t n = 0;
	bool row = false;

	if (db_prepare(a->db, "SELECT count(*) FROM alerts WHERE ?1 = '' OR status = ?1", &st,
		NULL) != OK)
		return 0;
	db_bind_str(st, 1, status);
	if (db_step(st, &row, NULL) == OK && row)
		n = (uint64_t)db_int(st, 0);
	db_finalize(st);
	return n;
}
