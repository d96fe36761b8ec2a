/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_incident.c */
/* Entries of timelines. */
#include "incident/story.h"

#include "incident/internal.h"

#define REF_MAX 200

static enum err
insert(struct incidents *all, const struct story_entry *w, int64_t *ret_id, struct diag *why)
{
	enum err e;

	db_bind_int(all->entry, 1, w->incident);
	db_bind_int(all->entry, 2, w->at);
	db_bind_str(all->entry, 3, str_c(story_word(w->kind)));
	db_bind_int(all->entry, 4, w->noise);
	db_bind_str(all->entry, 5, incident_cut(w->who, INCIDENT_NAME));
	db_bind_str(all->entry, 6, incident_cut(w->text, INCIDENT_TEXT));
	db_bind_str(all->entry, 7, incident_cut(w->ref, REF_MAX));
	e = db_run(all->entry, why);
	*ret_id = e == OK && db_changes(all->db) != 0 ? db_last_id(all->db) : 0;
	return e;
}

static enum err
add_inside(struct incidents *all, const struct story_entry *w, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	const int64_t most = w->who.n != 0 ? 2 * INCIDENT_ENTRIES_MAX : INCIDENT_ENTRIES_MAX;
	int64_t entries = 0;
	enum err e = incident_number(all, "SELECT entries FROM incidents WHERE n = ?1", w->incident,
	    &entries, why);

	if (e == OK && entries >= most && w->who.n == 0 && w->noise)
		return OK; /* what few read is not kept without end */
	if (e == OK && entries >= 2 * most)
		e = err_set(why, FAIL_LIMIT, "the timeline of INC-%lld is full",
		    (long long)w->incident);
	if (e == OK)
		e = insert(all, w, ret_id, why);
	if (e != OK || *ret_id == 0)
		return e;
	e = incident_run(all, "UPDATE incidents SET entries = entries + 1 WHERE n = ?1",
	    w->incident, why);
	return e == OK ? incident_touch(all, w->incident, now, why) : e;
}

enum err
story_add(struct incidents *all, const struct story_entry *want, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	int64_t id = 0;
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e == OK)
		e = incident_leave(all, own, add_inside(all, want, now, &id, why), why);
	if (e == OK && ret_id != NULL)
		*ret_id = id;
	return e;
}

static void
put_sql(const struct story_filter *f, struct buf *sql)
{
	const char *comma = "";

	buf_str(sql,
	    STR("WITH RECURSIVE part(n) AS (VALUES(?1) UNION SELECT i.n FROM incidents i, part"
		" WHERE i.merged_into = part.n)"
		" SELECT id, incident, at_ns, kind, noise, who, text, ref FROM timeline"
		" WHERE incident IN (SELECT n FROM part)"));
	if (!f->noise)
		buf_str(sql, STR(" AND noise = 0"));
	if (f->after != 0)
		buf_printf(sql, " AND id > %lld", (long long)f->after);
	if (f->kinds != 0) {
		buf_str(sql, STR(" AND kind IN ("));
		for (unsigned i = 0; i < STORY_KINDS; i++)
			if ((f->kinds & 1U << i) != 0) {
				buf_printf(sql, "%s'%s'", comma, story_word((enum story_kind)i));
				comma = ",";
			}
		buf_byte(sql, ')');
	}
	buf_str(sql, STR(" ORDER BY at_ns, id"));
	if (f->limit != 0)
		buf_printf(sql, " LIMIT %u", f->limit);
	buf_byte(sql, '\0');
}

enum err
story_list(struct incidents *all, const struct story_filter *f, story_fn fn, void *ctx,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct story_entry one;
	struct db_stmt *st;
	bool row = false;
	enum err e;

	buf_init(&sql, 0);
	put_sql(f, &sql);
	e = db_prepare(all->db, sql.p, &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, f->incident);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		one = (struct story_entry){ .id = db_int(st, 0),
			.incident = db_int(st, 1),
			.at = db_int(st, 2),
			.kind = STORY_NOTE,
			.noise = db_int(st, 4) != 0,
			.who = db_str(st, 5),
			.text = db_str(st, 6),
			.ref = db_str(st, 7) };
		(void)story_find(db_str(st, 3), &one.kind);
		e = fn(ctx, &one);
	}
	db_finalize(st);
	return e;
}
