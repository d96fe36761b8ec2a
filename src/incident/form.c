/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_phase.c */
/* The form of the post-mortem. */
#include "incident/form.h"

#include <stdio.h>

#include "incident/internal.h"
#include "incident/story.h"

static const char *const words[FORM_FIELDS] = { "summary", "impact", "scope", "helped",
	"hindered" };

const char *
form_word(enum form_field f)
{
	return words[f];
}

bool
form_find(struct str word, enum form_field *ret)
{
	for (unsigned i = 0; i < FORM_FIELDS; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = (enum form_field)i;
			return true;
		}
	return false;
}

static enum err
keep_status(void *ctx, const struct incident *one)
{
	*(enum incident_status *)ctx = one->status;
	return OK;
}

/* The form is filled in of closed ones too. */
static enum err
writable(struct incidents *all, int64_t n, struct diag *why)
{
	enum incident_status s = INCIDENT_OPEN;
	enum err e = incident_get(all, n, keep_status, &s, why);

	if (e == OK && s == INCIDENT_MERGED)
		e = err_set(why, FAIL_DENIED, "INC-%lld was merged into another", (long long)n);
	return e;
}

static enum err
say(struct incidents *all, int64_t n, const char *text, struct str by, int64_t now,
    struct diag *why)
{
	const struct story_entry entry = { .incident = n,
		.at = now,
		.kind = STORY_FORM,
		.noise = true,
		.who = by,
		.text = str_c(text) };

	return story_add(all, &entry, now, NULL, why);
}

static enum err
set_inside(struct incidents *all, int64_t n, enum form_field f, struct str text, struct str by,
    int64_t now, struct diag *why)
{
	struct db_stmt *st;
	char told[60];
	enum err e = writable(all, n, why);

	if (e == OK)
		e = db_prepare(all->db,
		    "INSERT INTO form VALUES(?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE SET text = ?3,"
		    " by = ?4, at_ns = ?5",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, str_c(words[f]));
	db_bind_str(st, 3, incident_cut(text, INCIDENT_TEXT));
	db_bind_str(st, 4, incident_cut(by, INCIDENT_NAME));
	db_bind_int(st, 5, now);
	e = db_run(st, why);
	db_finalize(st);
	(void)snprintf(told, sizeof(told), "post-mortem: %s written", words[f]);
	return e == OK ? say(all, n, told, by, now, why) : e;
}

enum err
form_set(struct incidents *all, int64_t n, enum form_field f, struct str text, struct str by,
    int64_t now, struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, set_inside(all, n, f, text, by, now, why), why);
}

enum err
form_list(struct incidents *all, int64_t n, form_fn fn, void *ctx, struct diag *why)
{
	enum form_field f;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT field, text, by, at_ns FROM form WHERE incident = ?1 AND text <> ''", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row)
		if (form_find(db_str(st, 0), &f))
			e = fn(ctx, f, db_str(st, 1), db_str(st, 2), db_int(st, 3));
	db_finalize(st);
	return e;
}

static bool
is_date(struct str s)
{
	static const char like[] = "dddd-dd-dd";

	for (size_t i = 0; i < s.n && i < sizeof(like) - 1; i++)
		if (like[i] == 'd' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != '-')
			return false;
	return s.n == 0 || s.n == sizeof(like) - 1;
}

static enum err
todo_sql(struct incidents *all, int64_t n, const struct form_todo *w, const char **ret,
    struct diag *why)
{
	int64_t count = 0;
	enum err e;

	*ret = "UPDATE todo SET text = ?3, owner = ?4, due = ?5, done = ?6 WHERE id = ?2 AND"
	       " incident = ?1 AND ?7 IS NOT NULL AND ?8 > 0";
	if (w->id != 0 && w->text.n == 0)
		*ret = "DELETE FROM todo WHERE id = ?2 AND incident = ?1 AND coalesce(?3, ?4, ?5,"
		       " ?6, ?7, ?8) IS NOT NULL";
	if (w->id != 0)
		return OK;
	if (str_trim(w->text).n == 0)
		return err_set(why, FAIL_SYNTAX, "say what is to be done");
	*ret = "INSERT INTO todo(incident, text, owner, due, done, by, at_ns)"
	       " SELECT ?1,?3,?4,?5,?6,?7,?8 WHERE ?2 = 0";
	e = incident_number(all, "SELECT count(*) FROM todo WHERE incident = ?1", n, &count, why);
	if (e == OK && count >= FORM_TODOS_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d actions already", FORM_TODOS_MAX);
	return e;
}

static enum err
todo_inside(struct incidents *all, int64_t n, const struct form_todo *w, struct str by, int64_t now,
    int64_t *ret_id, struct diag *why)
{
	const char *sql = NULL;
	struct db_stmt *st;
	enum err e = writable(all, n, why);

	if (e == OK && !is_date(w->due))
		e = err_set(why, FAIL_SYNTAX, "due: is a day like 2026-12-01");
	if (e == OK)
		e = todo_sql(all, n, w, &sql, why);
	if (e == OK)
		e = db_prepare(all->db, sql, &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, w->id);
	db_bind_str(st, 3, incident_cut(w->text, INCIDENT_TEXT));
	db_bind_str(st, 4, incident_cut(w->owner, INCIDENT_NAME));
	db_bind_str(st, 5, incident_cut(w->due, INCIDENT_NAME));
	db_bind_int(st, 6, w->done);
	db_bind_str(st, 7, incident_cut(by, INCIDENT_NAME));
	db_bind_int(st, 8, now);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(all->db) == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such action");
	*ret_id = w->id != 0 ? w->id : db_last_id(all->db);
	return e == OK ? say(all, n, "post-mortem: actions changed", by, now, why) : e;
}

enum err
form_todo(struct incidents *all, int64_t n, const struct form_todo *want, struct str by,
    int64_t now, int64_t *ret_id, struct diag *why)
{
	int64_t id = 0;
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e == OK)
		e = incident_leave(all, own, todo_inside(all, n, want, by, now, &id, why), why);
	if (e == OK && ret_id != NULL)
		*ret_id = id;
	return e;
}

enum err
form_todos(struct incidents *all, int64_t n, form_todo_fn fn, void *ctx, struct diag *why)
{
	struct form_todo t;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT id, text, owner, due, done FROM todo WHERE incident = ?1 ORDER BY id", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		t = (struct form_todo){ .id = db_int(st, 0),
			.text = db_str(st, 1),
			.owner = db_str(st, 2),
			.due = db_str(st, 3),
			.done = db_int(st, 4) != 0 };
		e = fn(ctx, &t);
	}
	db_finalize(st);
	return e;
}
