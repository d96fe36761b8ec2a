/* SPDX-License-Identifier: Apache-2.0 */
/* exports: join_ */
/* tested by: test/unit/incident/test_join.c */
/* What joined an incident, read; two incidents made one. */
#include <stdio.h>

#include "incident/internal.h"
#include "incident/join.h"
#include "incident/story.h"

enum err
join_alerts(struct incidents *all, int64_t n, join_row_fn fn, void *ctx, struct diag *why)
{
	struct join_row r;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT alert, title, status, severity, joined_ns, first_ns, last_ns, created_ns"
	    " FROM alerts WHERE incident = ?1 ORDER BY created_ns, alert",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		r = (struct join_row){ .id = db_str(st, 0),
			.title = db_str(st, 1),
			.status = db_str(st, 2),
			.severity = INCIDENT_INFO,
			.joined = db_int(st, 4),
			.first = db_int(st, 5),
			.last = db_int(st, 6),
			.created = db_int(st, 7) };
		(void)incident_severity_find(db_str(st, 3), &r.severity);
		e = fn(ctx, &r);
	}
	db_finalize(st);
	return e;
}

enum err
join_of_open(struct incidents *all, struct str after, unsigned limit, join_id_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT a.alert FROM alerts a JOIN incidents i ON i.n = a.incident WHERE"
	    " i.status = 'open' AND a.alert > ?1 ORDER BY a.alert LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, after);
	db_bind_int(st, 2, limit);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		e = fn(ctx, db_str(st, 0));
	db_finalize(st);
	return e;
}

enum err
join_storm(struct incidents *all, enum incident_type type, int64_t since, unsigned most,
    int64_t *ret_n, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT count(*), max(iif(alerts < ?3, n, 0)) FROM incidents WHERE status = 'open' AND"
	    " origin <> 'hand' AND drill = 0 AND type = ?1 AND created_ns >= ?2",
	    &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(incident_type_word(type)));
	db_bind_int(st, 2, since);
	db_bind_int(st, 3, INCIDENT_ALERTS_MAX);
	e = db_step(st, &row, why);
	if (e == OK && row && db_int(st, 0) >= most)
		*ret_n = db_int(st, 1);
	db_finalize(st);
	return e;
}

enum err
join_names(struct incidents *all, int64_t n, join_name_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT kind = 'address', name, alerts FROM affected WHERE incident = ?1"
	    " ORDER BY kind DESC, alerts DESC, name",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		e = fn(ctx, db_int(st, 0) != 0 ? JOIN_ADDRESS : JOIN_USER, db_str(st, 1),
		    (uint64_t)db_int(st, 2));
	db_finalize(st);
	return e;
}

struct two {
	struct {
		enum incident_status status;
		bool drill;
		uint64_t alerts, evidence;
		int64_t acked, responded, contained;
	} one[2];
	size_t n;
};

static enum err
keep(void *ctx, const struct incident *one)
{
	struct two *t = ctx;

	t->one[t->n].status = one->status;
	t->one[t->n].drill = one->drill;
	t->one[t->n].alerts = one->alerts;
	t->one[t->n].acked = one->acked;
	t->one[t->n].responded = one->responded;
	t->one[t->n].contained = one->contained;
	t->n++;
	return OK;
}

static enum err
look(struct incidents *all, int64_t from, int64_t into, struct two *t, struct diag *why)
{
	enum err e = incident_get(all, from, keep, t, why);

	if (e == OK)
		e = incident_get(all, into, keep, t, why);
	if (e != OK)
		return e;
	if (from == into)
		return err_set(why, FAIL_DENIED, "an incident is not merged into itself");
	for (size_t i = 0; i < 2; i++)
		if (t->one[i].status != INCIDENT_OPEN)
			return err_set(why, FAIL_DENIED, "INC-%lld is %s",
			    (long long)(i == 0 ? from : into),
			    incident_status_word(t->one[i].status));
	if (t->one[0].drill != t->one[1].drill)
		return err_set(why, FAIL_DENIED, "one of them is a drill");
	if (t->one[0].alerts + t->one[1].alerts > INCIDENT_ALERTS_MAX)
		return err_set(why, FAIL_LIMIT, "together they have more than %d alerts",
		    INCIDENT_ALERTS_MAX);
	return OK;
}

static enum err
run_two(struct incidents *all, const char *sql, int64_t from, int64_t into, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, from);
	db_bind_int(st, 2, into);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
move(struct incidents *all, int64_t from, int64_t into, const struct two *t, struct diag *why)
{
	static const char *const sql[] = {
		"UPDATE alerts SET incident = ?2 WHERE incident = ?1",
		"UPDATE OR IGNORE concerns SET incident = ?2 WHERE incident = ?1",
		"UPDATE OR IGNORE evidence SET incident = ?2 WHERE incident = ?1",
		"UPDATE todo SET incident = ?2 WHERE incident = ?1",
		"INSERT OR IGNORE INTO form SELECT ?2, field, text, by, at_ns FROM form WHERE"
		" incident = ?1",
		"UPDATE incidents SET (alerts, users, addresses, evidence) = (0, 0, 0, 0),"
		" status = 'merged', merged_into = ?2 WHERE n = ?1",
		"UPDATE incidents SET cause = (SELECT cause FROM incidents WHERE n = ?1)"
		" WHERE n = ?2 AND cause = ''",
		"UPDATE incidents SET by_hand = max(by_hand, (SELECT by_hand FROM incidents WHERE"
		" n = ?1)) WHERE n = ?2",
	};
	const int64_t first[INCIDENT_MOMENTS] = { t->one[0].acked, t->one[0].responded,
		t->one[0].contained };
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(sql) && e == OK; i++)
		e = run_two(all, sql[i], from, into, why);
	/* Containment of one part is none of the whole. */
	for (unsigned m = 0; m < INCIDENT_WHEN_CONTAINED && e == OK; m++)
		if (first[m] != 0)
			e = incident_mark(all, into, (enum incident_moment)m, first[m], why);
	return e == OK ? join_add_up(all, into, why) : e;
}

static enum err
merge_inside(struct incidents *all, int64_t from, int64_t into, struct str by, int64_t now,
    struct diag *why)
{
	struct story_entry entry = { .incident = from, .at = now, .kind = STORY_STATUS, .who = by };
	struct two t = { 0 };
	char text[100];
	enum err e = look(all, from, into, &t, why);

	if (e == OK)
		e = move(all, from, into, &t, why);
	(void)snprintf(text, sizeof(text), "INC-%lld was merged into INC-%lld", (long long)from,
	    (long long)into);
	entry.text = str_c(text);
	if (e == OK)
		e = story_add(all, &entry, now, NULL, why);
	return e == OK ? incident_touch(all, into, now, why) : e;
}

enum err
join_merge(struct incidents *all, int64_t from, int64_t into, struct str by, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, merge_inside(all, from, into, by, now, why), why);
}
