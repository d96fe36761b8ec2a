/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts join incidents. */
#include "incident/join.h"

#include <stdio.h>

#include "base/buf.h"
#include "incident/internal.h"
#include "incident/phase.h"
#include "incident/story.h"

static const char *const kinds[] = {
	[JOIN_USER] = "user", [JOIN_ADDRESS] = "address", [JOIN_RULE] = "rule"
};

const char *
join_kind_word(enum join_kind k)
{
	return kinds[k];
}

enum err
join_of(struct incidents *all, struct str alert, int64_t *ret_n, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db, "SELECT incident FROM alerts WHERE alert = ?1", &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_str(st, 1, alert);
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret_n = db_int(st, 0);
	db_finalize(st);
	return e;
}

static enum err
store_alert(struct incidents *all, int64_t n, const struct join_alert *a, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "INSERT INTO alerts VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"
	    " ON CONFLICT DO UPDATE SET first_ns = ?4, last_ns = ?5, title = ?7, severity = ?8,"
	    " status = ?9",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, a->id);
	db_bind_int(st, 2, n);
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, a->first);
	db_bind_int(st, 5, a->last);
	db_bind_int(st, 6, a->created);
	db_bind_str(st, 7, incident_cut(a->title, INCIDENT_TITLE));
	db_bind_str(st, 8, str_c(incident_severity_word(a->severity)));
	db_bind_str(st, 9, a->status);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* What one alert adds to the figures of its incident. */
struct more {
	int64_t alerts, users, addresses;
};

/* Does no alert of the incident concern it yet? */
static enum err
is_first(struct incidents *all, int64_t n, const struct join_name *name, bool *ret,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT 1 FROM concerns WHERE incident = ?1 AND kind = ?2 AND name = ?3 LIMIT 1", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, str_c(kinds[name->kind]));
	db_bind_str(st, 3, incident_cut(name->name, JOIN_NAME));
	e = db_step(st, &row, why);
	*ret = !row;
	db_finalize(st);
	return e;
}

/* Whom the alert is about. */
static enum err
store_names(struct incidents *all, int64_t n, const struct join_alert *a, struct more *more,
    struct diag *why)
{
	struct db_stmt *st;
	bool first = false;
	enum err e = db_prepare(all->db,
	    "INSERT INTO concerns VALUES(?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE SET"
	    " alone = max(alone, ?5)",
	    &st, why);

	if (e != OK)
		return e;
	for (size_t i = 0; i < a->n_names && i < JOIN_NAMES_MAX && e == OK; i++) {
		e = is_first(all, n, &a->names[i], &first, why);
		if (e != OK)
			break;
		more->users += first && a->names[i].kind == JOIN_USER;
		more->addresses += first && a->names[i].kind == JOIN_ADDRESS;
		db_bind_int(st, 1, n);
		db_bind_str(st, 2, str_c(kinds[a->names[i].kind]));
		db_bind_str(st, 3, incident_cut(a->names[i].name, JOIN_NAME));
		db_bind_str(st, 4, a->id);
		db_bind_int(st, 5, a->names[i].alone);
		e = db_run(st, why);
	}
	db_finalize(st);
	return e;
}

/* Figures that follow from the alerts: the same whatever the order they came in. */
enum err
join_add_up(struct incidents *all, int64_t n, struct diag *why)
{
	enum err e = incident_run(all,
	    "UPDATE incidents SET alerts = (SELECT count(*) FROM alerts WHERE incident = ?1),"
	    " users = (SELECT count(*) FROM affected WHERE incident = ?1 AND"
	    "  kind = 'user'),"
	    " addresses = (SELECT count(*) FROM affected WHERE incident = ?1 AND"
	    "  kind = 'address'),"
	    " evidence = (SELECT count(*) FROM evidence WHERE incident = ?1) WHERE n = ?1",
	    n, why);

	if (e == OK)
		e = incident_run(all,
		    "UPDATE incidents SET first_ns = min(first_ns, (SELECT min(first_ns) FROM"
		    " alerts WHERE incident = ?1)), detected_ns = min(detected_ns, (SELECT"
		    " min(created_ns) FROM alerts WHERE incident = ?1)) WHERE n = ?1 AND alerts > "
		    "0",
		    n, why);
	/* The severity is that of the most urgent alert, unless a person chose another. */
	if (e == OK)
		e = incident_run(all,
		    "UPDATE incidents SET (severity, rank) = (SELECT severity, r FROM (SELECT"
		    " severity, CASE severity WHEN 'CRITICAL' THEN 0 WHEN 'HIGH' THEN 1"
		    " WHEN 'MEDIUM' THEN 2 WHEN 'LOW' THEN 3 ELSE 4 END AS r FROM alerts WHERE"
		    " incident = ?1) ORDER BY r LIMIT 1) WHERE n = ?1 AND by_hand = 0 AND alerts > "
		    "0"
		    " AND origin <> 'hand'",
		    n, why);
	return e;
}

/*
 * What join_add_up() finds, without reading all the other alerts: for one that joined others, or
 * changed and is as severe as it was.
 */
static enum err
add_one(struct incidents *all, int64_t n, const struct join_alert *a, const struct more *more,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE incidents SET alerts = alerts + ?2, users = users + ?3,"
	    " addresses = addresses + ?4, first_ns = min(first_ns, ?5),"
	    " detected_ns = min(detected_ns, ?6),"
	    " severity = iif(by_hand = 0 AND origin <> 'hand' AND ?7 < rank, ?8, severity),"
	    " rank = iif(by_hand = 0 AND origin <> 'hand', min(rank, ?7), rank) WHERE n = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, more->alerts);
	db_bind_int(st, 3, more->users);
	db_bind_int(st, 4, more->addresses);
	db_bind_int(st, 5, a->first);
	db_bind_int(st, 6, a->created);
	db_bind_int(st, 7, a->severity);
	db_bind_str(st, 8, str_c(incident_severity_word(a->severity)));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
say_joined(struct incidents *all, int64_t n, const struct join_alert *a, struct str by, int64_t now,
    struct diag *why)
{
	struct story_entry entry = {
		.incident = n, .at = a->created, .kind = STORY_ALERT, .who = by, .ref = a->id
	};
	char text[400];

	(void)snprintf(text, sizeof(text), "%s alert: %.*s", incident_severity_word(a->severity),
	    STR_ARG(incident_cut(a->title, INCIDENT_TITLE)));
	entry.text = str_c(text);
	return story_add(all, &entry, now, NULL, why);
}

static enum err
add_inside(struct incidents *all, int64_t n, const struct join_alert *a, struct str by, int64_t now,
    bool *ret_new, struct diag *why)
{
	struct more more = { .alerts = 1 };
	int64_t in = 0, alerts = 0;
	enum err e = join_of(all, a->id, &in, why);

	*ret_new = false;
	if (e == OK && in != 0)
		return in == n ? OK
			       : err_set(why, FAIL_EXISTS, "the alert is in INC-%lld already",
				     (long long)in);
	if (e == OK)
		e = incident_must_be_open(all, n, why);
	if (e == OK)
		e = incident_number(all, "SELECT alerts FROM incidents WHERE n = ?1", n, &alerts,
		    why);
	if (e == OK && alerts >= INCIDENT_ALERTS_MAX)
		e = err_set(why, FAIL_LIMIT, "INC-%lld has %d alerts already", (long long)n,
		    INCIDENT_ALERTS_MAX);
	if (e == OK)
		e = store_alert(all, n, a, now, why);
	if (e == OK)
		e = store_names(all, n, a, &more, why);
	if (e == OK)
		e = alerts != 0 ? add_one(all, n, a, &more, why) : join_add_up(all, n, why);
	if (e == OK && a->acked != 0)
		e = incident_mark(all, n, INCIDENT_WHEN_ACKED, a->acked, why);
	*ret_new = true;
	return e == OK ? say_joined(all, n, a, by, now, why) : e;
}

enum err
join_add(struct incidents *all, int64_t n, const struct join_alert *a, struct str by, int64_t now,
    bool *ret_new, struct diag *why)
{
	bool own, is_new = false;
	enum err e = incident_enter(all, &own, why);

	if (e == OK)
		e = incident_leave(all, own, add_inside(all, n, a, by, now, &is_new, why), why);
	if (e == OK && ret_new != NULL)
		*ret_new = is_new;
	return e;
}

static enum err
say_status(struct incidents *all, int64_t n, const struct join_alert *a, struct str was,
    int64_t now, struct diag *why)
{
	struct story_entry entry = {
		.incident = n, .at = now, .kind = STORY_ALERT, .who = a->status_by, .noise = true
	};
	char text[400];

	(void)snprintf(text, sizeof(text), "alert from %.*s to %.*s: %.*s", STR_ARG(was),
	    STR_ARG(a->status), STR_ARG(incident_cut(a->title, INCIDENT_TITLE)));
	entry.text = str_c(text);
	return story_add(all, &entry, now, NULL, why);
}

struct was {
	char status[40];
	enum incident_severity severity;
};

static enum err
read_was(struct incidents *all, struct str id, struct was *to, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e =
	    db_prepare(all->db, "SELECT status, severity FROM alerts WHERE alert = ?1", &st, why);

	*to = (struct was){ .severity = INCIDENT_SEVERITIES };
	if (e != OK)
		return e;
	db_bind_str(st, 1, id);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		(void)str_to_c(db_str(st, 0), to->status, sizeof(to->status));
		(void)incident_severity_find(db_str(st, 1), &to->severity);
	}
	db_finalize(st);
	return e;
}

enum err
join_update(struct incidents *all, const struct join_alert *a, int64_t now, struct diag *why)
{
	struct more more = { 0 };
	struct was was;
	int64_t n = 0;
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	e = join_of(all, a->id, &n, why);
	if (e == OK && n == 0)
		return incident_leave(all, own, e, why);
	if (e == OK)
		e = read_was(all, a->id, &was, why);
	if (e == OK)
		e = store_alert(all, n, a, now, why);
	if (e == OK)
		e = store_names(all, n, a, &more, why);
	if (e == OK)
		e = was.severity == a->severity ? add_one(all, n, a, &more, why)
						: join_add_up(all, n, why);
	if (e == OK && a->acked != 0)
		e = incident_mark(all, n, INCIDENT_WHEN_ACKED, a->acked, why);
	if (e == OK && !str_eq(str_c(was.status), a->status))
		e = say_status(all, n, a, str_c(was.status), now, why);
	return incident_leave(all, own, e, why);
}

static void
put_find(const struct join_alert *a, unsigned types, struct buf *sql)
{
	const char *before = "";

	buf_str(sql, STR("SELECT i.n, i.type, i.origin FROM incidents i WHERE i.status = 'open' AND"
			 " i.drill = 0 AND i.n IN ("));
	for (size_t k = 0, p = 0; k < a->n_names && k < JOIN_NAMES_MAX; k++)
		if (a->names[k].alone) { /* each by itself goes by the index */
			buf_printf(sql,
			    "%sSELECT incident FROM concerns WHERE alone > 0 AND kind = '%s'"
			    " AND name = ?%zu",
			    before, kinds[a->names[k].kind], 3 + p++);
			before = " UNION ";
		}
	buf_str(sql,
	    STR(") AND (SELECT max(last_ns) FROM alerts WHERE incident = i.n) BETWEEN ?1 AND ?2"));
	if (types != 0) {
		buf_str(sql, STR(" AND (i.origin = 'correlation' OR i.type IN (''"));
		for (unsigned t = 0; t < INCIDENT_TYPES; t++)
			if ((types & 1U << t) != 0)
				buf_printf(sql, ",'%s'", incident_type_word((enum incident_type)t));
		buf_str(sql, STR("))"));
	}
	buf_str(sql, STR(" ORDER BY i.n DESC LIMIT 1"));
	buf_byte(sql, '\0');
}

enum err
join_find(struct incidents *all, const struct join_alert *a, unsigned types, int64_t window,
    struct join_found *ret, struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct db_stmt *st;
	bool row = false;
	int at = 3;
	enum err e;

	*ret = (struct join_found){ 0 };
	for (size_t k = 0; k < a->n_names && k < JOIN_NAMES_MAX; k++)
		at += a->names[k].alone;
	if (at == 3)
		return OK; /* it is about nobody */
	buf_init(&sql, 0);
	put_find(a, types, &sql);
	e = db_prepare(all->db, sql.p, &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, a->first - window);
	db_bind_int(st, 2, a->last + window);
	at = 3;
	for (size_t k = 0; k < a->n_names && k < JOIN_NAMES_MAX; k++)
		if (a->names[k].alone)
			db_bind_str(st, at++, incident_cut(a->names[k].name, JOIN_NAME));
	e = db_step(st, &row, why);
	if (e == OK && row) {
		ret->n = db_int(st, 0);
		(void)incident_type_find(db_str(st, 1), &ret->type);
		(void)incident_origin_find(db_str(st, 2), &ret->origin);
	}
	db_finalize(st);
	return e;
}

static enum err
set_type(struct incidents *all, int64_t n, enum incident_type type, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE incidents SET type = ?2 WHERE n = ?1 AND by_hand = 0 AND origin <> 'hand'", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, str_c(incident_type_word(type)));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
join_raise(struct incidents *all, int64_t n, enum incident_type type, int64_t now, struct diag *why)
{
	struct story_entry entry = { .incident = n, .at = now, .kind = STORY_STATUS };
	char text[100];
	enum err e = set_type(all, n, type, why);

	if (e != OK || db_changes(all->db) == 0)
		return e;
	e = phase_fill(all, n, type, why);
	(void)snprintf(text, sizeof(text), "it became: %s", incident_type_title(type));
	entry.text = str_c(text);
	return e == OK ? story_add(all, &entry, now, NULL, why) : e;
}
