/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the file, opening incidents, their rev. */
#include "incident/incident.h"

#include <stdlib.h>

#include "base/mem.h"
#include "incident/internal.h"
#include "incident/phase.h"
#include "incident/story.h"

enum err
incident_open_file(const char *path, struct incidents **ret, struct diag *why)
{
	struct incidents *all = MEM_NEW(struct incidents);
	enum err e = db_open(path, &all->db, why);

	if (e == OK)
		e = db_migrate(all->db, schema_steps, schema_n, why);
	if (e == OK)
		e = db_prepare(all->db, "UPDATE position SET rev = rev + 1 RETURNING rev",
		    &all->rev, why);
	if (e == OK)
		e = db_prepare(all->db,
		    "INSERT OR IGNORE INTO timeline(incident, at_ns, kind, noise, who, text, ref)"
		    " VALUES(?1,?2,?3,?4,?5,?6,?7)",
		    &all->entry, why);
	if (e != OK) {
		incident_close_file(all);
		return e;
	}
	*ret = all;
	return OK;
}

void
incident_close_file(struct incidents *all)
{
	if (all == NULL)
		return;
	db_finalize(all->rev);
	db_finalize(all->entry);
	db_close(all->db);
	free(all);
}

void
incident_guide(struct incidents *all, const struct guide *guide)
{
	all->guide = guide;
}

enum err
incident_begin(struct incidents *all, struct diag *why)
{
	enum err e = db_exec(all->db, "BEGIN IMMEDIATE", why);

	all->inside = e == OK;
	return e;
}

enum err
incident_finish(struct incidents *all, enum err e, struct diag *why)
{
	if (e == OK)
		e = db_exec(all->db, "COMMIT", why);
	if (e != OK)
		(void)!db_exec(all->db, "ROLLBACK", NULL);
	all->inside = false;
	return e;
}

enum err
incident_enter(struct incidents *all, bool *ret_own, struct diag *why)
{
	*ret_own = !all->inside;
	return *ret_own ? incident_begin(all, why) : OK;
}

enum err
incident_leave(struct incidents *all, bool own, enum err e, struct diag *why)
{
	return own ? incident_finish(all, e, why) : e;
}

static enum err
next_rev(struct incidents *all, int64_t *ret, struct diag *why)
{
	bool row = false;
	enum err e = db_step(all->rev, &row, why);

	if (e == OK && row)
		*ret = db_int(all->rev, 0);
	db_reset(all->rev);
	return e;
}

uint64_t
incident_rev(struct incidents *all)
{
	int64_t rev = 0;

	if (incident_number(all, "SELECT rev FROM position", 0, &rev, NULL) != OK)
		return 0;
	return (uint64_t)rev;
}

enum err
incident_number(struct incidents *all, const char *sql, int64_t arg, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db, sql, &st, why);

	if (e != OK)
		return e;
	if (strchr(sql, '?') != NULL)
		db_bind_int(st, 1, arg);
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret = db_int(st, 0);
	else if (e == OK)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such incident");
	db_finalize(st);
	return e;
}

enum err
incident_run(struct incidents *all, const char *sql, int64_t arg, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, arg);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
incident_touch(struct incidents *all, int64_t n, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	int64_t rev = 0;
	enum err e = next_rev(all, &rev, why);

	if (e == OK)
		e = db_prepare(all->db,
		    "UPDATE incidents SET rev = ?2, updated_ns = ?3 WHERE n = ?1", &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, rev);
	db_bind_int(st, 3, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
insert(struct incidents *all, const struct incident_new *w, int64_t now, int64_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	int64_t rev = 0;
	enum err e = next_rev(all, &rev, why);

	if (e == OK)
		e = db_prepare(all->db,
		    "INSERT INTO incidents(rev, type, title, severity, rank, phase, origin, owner,"
		    " by, drill, created_ns, updated_ns, first_ns, detected_ns, acked_ns)"
		    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?11,?12,?13,?14)",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, rev);
	db_bind_str(st, 2, str_c(incident_type_word(w->type)));
	db_bind_str(st, 3, incident_cut(w->title, INCIDENT_TITLE));
	db_bind_str(st, 4, str_c(incident_severity_word(w->severity)));
	db_bind_int(st, 5, w->severity);
	db_bind_str(st, 6, str_c(incident_phase_word(INCIDENT_PREPARATION)));
	db_bind_str(st, 7, str_c(incident_origin_word(w->origin)));
	db_bind_str(st, 8, incident_cut(w->owner, INCIDENT_NAME));
	db_bind_str(st, 9, incident_cut(w->by, INCIDENT_NAME));
	db_bind_int(st, 10, w->drill);
	db_bind_int(st, 11, now);
	db_bind_int(st, 12, w->first != 0 ? w->first : now);
	db_bind_int(st, 13, w->detected != 0 ? w->detected : now);
	db_bind_int(st, 14, w->by.n != 0 || w->owner.n != 0 ? now : 0);
	e = db_run(st, why);
	db_finalize(st);
	*ret_n = db_last_id(all->db);
	return e;
}

static enum err
enter_phase(struct incidents *all, int64_t n, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "INSERT INTO phases(incident, phase, entered_ns) VALUES(?1, 'preparation', ?2)", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
add_inside(struct incidents *all, const struct incident_new *w, int64_t now, int64_t *ret_n,
    struct diag *why)
{
	static const char *const how[INCIDENT_ORIGINS] = { "opened by hand", "opened by rule",
		"opened by correlation", "opened by a response" };
	const struct story_entry opened = {
		.at = now, .kind = STORY_OPENED, .who = w->by, .text = str_c(how[w->origin])
	};
	struct story_entry entry = opened;
	int64_t open = 0;
	enum err e = incident_number(all, "SELECT count(*) FROM incidents WHERE status = 'open'", 0,
	    &open, why);

	if (e == OK && open >= INCIDENT_OPEN_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d open incidents already",
		    INCIDENT_OPEN_MAX);
	if (e == OK)
		e = insert(all, w, now, ret_n, why);
	if (e == OK)
		e = enter_phase(all, *ret_n, now, why);
	if (e == OK)
		e = phase_fill(all, *ret_n, w->type, why);
	entry.incident = *ret_n;
	return e == OK ? story_add(all, &entry, now, NULL, why) : e;
}

enum err
incident_add(struct incidents *all, const struct incident_new *want, int64_t now, int64_t *ret_n,
    struct diag *why)
{
	int64_t n = 0;
	bool own;
	enum err e;

	if (str_trim(want->title).n == 0)
		return err_set(why, FAIL_SYNTAX, "an incident has a title");
	e = incident_enter(all, &own, why);
	if (e == OK)
		e = incident_leave(all, own, add_inside(all, want, now, &n, why), why);
	if (e == OK)
		*ret_n = n;
	return e;
}

enum err
incident_mark(struct incidents *all, int64_t n, enum incident_moment m, int64_t at,
    struct diag *why)
{
	static const char *const sql[INCIDENT_MOMENTS] = {
		"UPDATE incidents SET acked_ns = ?2 WHERE n = ?1 AND (acked_ns = 0 OR acked_ns > "
		"?2)",
		"UPDATE incidents SET responded_ns = ?2 WHERE n = ?1 AND"
		" (responded_ns = 0 OR responded_ns > ?2)",
		"UPDATE incidents SET contained_ns = ?2 WHERE n = ?1 AND"
		" (contained_ns = 0 OR contained_ns > ?2)",
	};
	struct db_stmt *st;
	enum err e = db_prepare(all->db, sql[m], &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, at);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}
