/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of leases: each with its line of audit, in one transaction. */
#include "respond/leases.h"

#include <stdlib.h>

#include "base/mem.h"
#include "respond/internal.h"

#define PRUNE_EVERY 1000 /* new leases */

/* Written once, added to at the end. */
static const char *const schema[] = {
	"CREATE TABLE leases(id INTEGER PRIMARY KEY AUTOINCREMENT, rev INTEGER NOT NULL UNIQUE,"
	" deed TEXT NOT NULL, entity TEXT NOT NULL, state TEXT NOT NULL, begin_ns INTEGER NOT NULL,"
	" end_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL DEFAULT 0, alert TEXT NOT NULL,"
	" rule TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, result TEXT NOT NULL,"
	" cause_last INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX leases_live ON leases(deed, entity) WHERE state IN " LEASES_LIVE ";"
	"CREATE INDEX leases_end ON leases(end_ns) WHERE state IN " LEASES_LIVE ";"
	"CREATE INDEX leases_alert ON leases(alert, deed, entity);"
	"CREATE INDEX leases_entity ON leases(entity, id);"
	"CREATE TABLE lease_audit(lease INTEGER NOT NULL REFERENCES leases(id) ON DELETE CASCADE,"
	" at_ns INTEGER NOT NULL, from_state TEXT NOT NULL, to_state TEXT NOT NULL,"
	" by TEXT NOT NULL, result TEXT NOT NULL);"
	"CREATE INDEX lease_audit_lease ON lease_audit(lease);"
	"CREATE TABLE allowed(net TEXT PRIMARY KEY, created_ns INTEGER NOT NULL,"
	" until_ns INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL,"
	" alerts INTEGER NOT NULL, live INTEGER NOT NULL);"
	"CREATE TRIGGER leases_in AFTER INSERT ON leases WHEN new.state IN " LEASES_LIVE
	" BEGIN UPDATE position SET live = live + 1; END;"
	"CREATE TRIGGER leases_up AFTER UPDATE OF state ON leases BEGIN UPDATE position"
	" SET live = live + (new.state IN " LEASES_LIVE ") - (old.state IN " LEASES_LIVE "); END;"
	"INSERT INTO position VALUES(1, 0, -1, 0);",
	"CREATE TABLE carried(lease INTEGER PRIMARY KEY REFERENCES leases(id) ON DELETE CASCADE,"
	" phase TEXT NOT NULL, until_ns INTEGER NOT NULL DEFAULT 0, turn INTEGER NOT NULL DEFAULT "
	"1, tries INTEGER NOT NULL DEFAULT 0, mended INTEGER NOT NULL DEFAULT 0,"
	" next_ns INTEGER NOT NULL DEFAULT 0, seen_ns INTEGER NOT NULL DEFAULT 0,"
	" words TEXT NOT NULL DEFAULT '');"
	"CREATE INDEX carried_next ON carried(next_ns) WHERE phase <> 'over';",
	BUDGET_SCHEMA,
};

static const char *const words[LEASE_STATES] = { "proposed", "active", "expired", "undone",
	"failed", "dry-run" };

const char *
leases_word(enum lease_state s)
{
	return words[s];
}

bool
leases_find_state(struct str word, enum lease_state *ret)
{
	for (unsigned i = 0; i < LEASE_STATES; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = (enum lease_state)i;
			return true;
		}
	return false;
}

static bool
lives(enum lease_state s)
{
	return s == LEASE_PROPOSED || s == LEASE_ACTIVE || s == LEASE_DRY_RUN;
}

static struct str
cut(struct str s, size_t max)
{
	if (s.p == NULL)
		return STR("");
	return (struct str){ s.p, s.n < max ? s.n : max };
}

enum err
leases_open(const char *path, struct leases **ret, struct diag *why)
{
	struct leases *l = MEM_NEW(struct leases);
	enum err e = db_open(path, &l->db, why);

	if (e == OK)
		e = db_migrate(l->db, schema, ARRAY_LEN(schema), why);
	if (e == OK)
		e = db_prepare(l->db, "UPDATE position SET rev = rev + 1 RETURNING rev", &l->rev,
		    why);
	if (e == OK)
		e = db_prepare(l->db,
		    "INSERT INTO leases(rev, deed, entity, state, begin_ns, end_ns, ended_ns, "
		    "alert,"
		    " rule, by, reason, result, cause_last)"
		    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
		    &l->insert, why);
	if (e == OK)
		e = db_prepare(l->db, "INSERT INTO lease_audit VALUES(?1,?2,?3,?4,?5,?6)",
		    &l->audit, why);
	if (e != OK) {
		leases_close(l);
		return e;
	}
	*ret = l;
	return OK;
}

void
leases_close(struct leases *l)
{
	if (l == NULL)
		return;
	db_finalize(l->rev);
	db_finalize(l->insert);
	db_finalize(l->audit);
	db_close(l->db);
	free(l);
}

enum err
leases_begin(struct leases *l, struct diag *why)
{
	enum err e = db_exec(l->db, "BEGIN IMMEDIATE", why);

	l->inside = e == OK;
	return e;
}

enum err
leases_finish(struct leases *l, enum err e, struct diag *why)
{
	if (e == OK)
		e = db_exec(l->db, "COMMIT", why);
	if (e != OK)
		(void)!db_exec(l->db, "ROLLBACK", NULL);
	l->inside = false;
	return e;
}

/* A change of its own, unless it is part of a larger one. */
static enum err
enter(struct leases *l, bool *ret_own, struct diag *why)
{
	*ret_own = !l->inside;
	return *ret_own ? leases_begin(l, why) : OK;
}

static enum err
leave(struct leases *l, bool own, enum err e, struct diag *why)
{
	return own ? leases_finish(l, e, why) : e;
}

enum err
leases_in_rev(struct leases *l, int64_t *ret, struct diag *why)
{
	bool row = false;
	enum err e = db_step(l->rev, &row, why);

	if (e == OK && row)
		*ret = db_int(l->rev, 0);
	db_reset(l->rev);
	return e;
}

enum err
leases_in_audit(struct leases *l, int64_t id, enum lease_state from, enum lease_state to,
    struct str by, struct str result, int64_t now, struct diag *why)
{
	db_bind_int(l->audit, 1, id);
	db_bind_int(l->audit, 2, now);
	db_bind_str(l->audit, 3, str_c(words[from]));
	db_bind_str(l->audit, 4, str_c(words[to]));
	db_bind_str(l->audit, 5, cut(by, LEASES_TEXT));
	db_bind_str(l->audit, 6, cut(result, LEASES_TEXT));
	return db_run(l->audit, why);
}

struct found { /* a lease that is there already */
	int64_t id, end;
	enum lease_state state;
	bool there;
};

static enum err
find_live(struct leases *l, const struct lease *want, struct found *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "SELECT id, state, end_ns FROM leases WHERE deed = ?1 AND entity = ?2 AND state "
	    "IN " LEASES_LIVE,
	    &st, why);

	*ret = (struct found){ 0 };
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(deed_word(want->deed)));
	db_bind_str(st, 2, want->entity);
	e = db_step(st, &ret->there, why);
	if (e == OK && ret->there) {
		ret->id = db_int(st, 0);
		(void)leases_find_state(db_str(st, 1), &ret->state);
		ret->end = db_int(st, 2);
	}
	db_finalize(st);
	return e;
}

/* The living one ends later, or becomes active; its cause is the newest alert. */
static enum err
prolong(struct leases *l, const struct found *f, const struct lease *want, int64_t now,
    struct diag *why)
{
	enum lease_state to = want->state == LEASE_ACTIVE ? LEASE_ACTIVE : f->state;
	struct db_stmt *st;
	int64_t rev = 0;
	enum err e = leases_in_rev(l, &rev, why);

	if (e == OK)
		e = db_prepare(l->db,
		    "UPDATE leases SET rev = ?2, end_ns = max(end_ns, ?3), state = ?4,"
		    " alert = iif(?5 = '', alert, ?5), rule = iif(?5 = '', rule, ?6), cause_last = "
		    "max(cause_last, ?7) WHERE id = ?1",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, f->id);
	db_bind_int(st, 2, rev);
	db_bind_int(st, 3, want->end);
	db_bind_str(st, 4, str_c(words[to]));
	db_bind_str(st, 5, cut(want->alert, LEASES_ENTITY));
	db_bind_str(st, 6, cut(want->rule, LEASES_ENTITY));
	db_bind_int(st, 7, want->cause_last);
	e = db_run(st, why);
	db_finalize(st);
	if (e != OK)
		return e;
	return leases_in_audit(l, f->id, f->state, to, want->by, want->reason, now, why);
}

static enum err
count_live(struct leases *l, uint64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db, "SELECT live FROM position", &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret = (uint64_t)db_int(st, 0);
	db_finalize(st);
	return e;
}

/* What has ended long ago goes, now and then. */
static enum err
prune(struct leases *l, struct diag *why)
{
	return db_exec(l->db,
	    "DELETE FROM leases WHERE state NOT IN " LEASES_LIVE " AND id <= (SELECT id"
	    " FROM leases WHERE state NOT IN " LEASES_LIVE
	    " ORDER BY id DESC LIMIT 1 OFFSET 50000)",
	    why);
}

static enum err
insert(struct leases *l, const struct lease *w, int64_t now, int64_t *ret_id, struct diag *why)
{
	int64_t rev = 0;
	enum err e = leases_in_rev(l, &rev, why);

	if (e != OK)
		return e;
	db_bind_int(l->insert, 1, rev);
	db_bind_str(l->insert, 2, str_c(deed_word(w->deed)));
	db_bind_str(l->insert, 3, cut(w->entity, LEASES_ENTITY));
	db_bind_str(l->insert, 4, str_c(words[w->state]));
	db_bind_int(l->insert, 5, now);
	db_bind_int(l->insert, 6, w->end);
	db_bind_int(l->insert, 7, lives(w->state) ? 0 : now);
	db_bind_str(l->insert, 8, cut(w->alert, LEASES_ENTITY));
	db_bind_str(l->insert, 9, cut(w->rule, LEASES_ENTITY));
	db_bind_str(l->insert, 10, cut(w->by, LEASES_TEXT));
	db_bind_str(l->insert, 11, cut(w->reason, LEASES_TEXT));
	db_bind_str(l->insert, 12, cut(w->result, LEASES_TEXT));
	db_bind_int(l->insert, 13, w->cause_last);
	e = db_run(l->insert, why);
	*ret_id = db_last_id(l->db);
	if (e == OK && *ret_id % PRUNE_EVERY == 0)
		e = prune(l, why);
	if (e != OK)
		return e;
	return leases_in_audit(l, *ret_id, w->state, w->state, w->by, w->result, now, why);
}

static enum err
add_inside(struct leases *l, const struct lease *want, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	struct found f = { 0 };
	uint64_t live = 0;
	enum err e = OK;

	if (!lives(want->state))
		return insert(l, want, now, ret_id, why);
	e = find_live(l, want, &f, why);
	if (e != OK)
		return e;
	*ret_id = f.id;
	if (f.there && want->end <= f.end &&
	    (want->state != LEASE_ACTIVE || f.state == LEASE_ACTIVE))
		return OK;
	if (f.there)
		return prolong(l, &f, want, now, why);
	e = count_live(l, &live, why);
	if (e == OK && live >= LEASES_LIVE_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d responses already", LEASES_LIVE_MAX);
	return e == OK ? insert(l, want, now, ret_id, why) : e;
}

enum err
leases_add(struct leases *l, const struct lease *want, int64_t now, int64_t *ret_id,
    struct diag *why)
{
	int64_t id = 0;
	bool own;
	enum err e = enter(l, &own, why);

	if (e == OK)
		e = leave(l, own, add_inside(l, want, now, &id, why), why);
	if (e == OK && ret_id != NULL)
		*ret_id = id;
	return e;
}

static enum err
change_inside(struct leases *l, int64_t id, enum lease_state from, enum lease_state to,
    struct str by, struct str result, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	int64_t rev = 0;
	enum err e = leases_in_rev(l, &rev, why);

	if (e == OK)
		e = db_prepare(l->db,
		    "UPDATE leases SET rev = ?2, state = ?3, result = ?4, ended_ns = ?5"
		    " WHERE id = ?1",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	db_bind_int(st, 2, rev);
	db_bind_str(st, 3, str_c(words[to]));
	db_bind_str(st, 4, cut(result, LEASES_TEXT));
	db_bind_int(st, 5, lives(to) ? 0 : now);
	e = db_run(st, why);
	db_finalize(st);
	return e == OK ? leases_in_audit(l, id, from, to, by, result, now, why) : e;
}

static enum err
keep_state(void *ctx, const struct lease *row)
{
	*(enum lease_state *)ctx = row->state;
	return OK;
}

enum err
leases_change(struct leases *l, int64_t id, enum lease_state to, struct str by, struct str result,
    int64_t now, struct diag *why)
{
	enum lease_state from = LEASE_STATES;
	bool own;
	enum err e = enter(l, &own, why);

	if (e != OK)
		return e;
	e = leases_get(l, id, keep_state, &from, why);
	if (e == OK && (!lives(from) || from == to))
		e = err_set(why, FAIL_DENIED, "response %lld is %s", (long long)id, words[from]);
	if (e == OK)
		e = change_inside(l, id, from, to, by, result, now, why);
	return leave(l, own, e, why);
}

#define BATCH 256

struct batch {
	int64_t ids[BATCH];
	enum lease_state from[BATCH];
	size_t n;
};

/* The first of those that a condition on living ones finds. */
static enum err
collect(struct leases *l, const char *sql, int64_t number, struct str text, struct batch *ret,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(l->db, sql, &st, why);

	ret->n = 0;
	if (e != OK)
		return e;
	if (text.p != NULL)
		db_bind_str(st, 1, text);
	else
		db_bind_int(st, 1, number);
	while (ret->n < BATCH && (e = db_step(st, &row, why)) == OK && row) {
		ret->ids[ret->n] = db_int(st, 0);
		ret->from[ret->n] = LEASE_ACTIVE;
		(void)leases_find_state(db_str(st, 1), &ret->from[ret->n]);
		ret->n++;
	}
	db_finalize(st);
	return e;
}

static enum err
end_all(struct leases *l, const char *sql, int64_t number, struct str text, const struct lease *to,
    int64_t now, uint64_t *ret_n, struct diag *why)
{
	struct batch b;
	enum err e;

	*ret_n = 0;
	do {
		e = collect(l, sql, number, text, &b, why);
		for (size_t i = 0; i < b.n && e == OK; i++)
			e = change_inside(l, b.ids[i], b.from[i], to->state, to->by, to->result,
			    now, why);
		*ret_n += b.n;
	} while (e == OK && b.n == BATCH);
	return e;
}

enum err
leases_undo_entity(struct leases *l, struct str entity, struct str by, int64_t now, uint64_t *ret_n,
    struct diag *why)
{
	const struct lease to = { .state = LEASE_UNDONE, .by = by, .result = STR("undone") };
	bool own;
	enum err e = enter(l, &own, why);

	if (e != OK)
		return e;
	e = end_all(l,
	    "SELECT id, state FROM leases WHERE entity = ?1 AND state IN " LEASES_LIVE
	    " AND deed IN ('BLOCK_IP','RATE_LIMIT_IP','REQUIRE_CAPTCHA') LIMIT 256",
	    0, entity, &to, now, ret_n, why);
	return leave(l, own, e, why);
}

enum err
leases_expire(struct leases *l, int64_t now, uint64_t *ret_n, struct diag *why)
{
	const struct lease to = { .state = LEASE_EXPIRED, .result = STR("its time was over") };
	bool own;
	enum err e = enter(l, &own, why);

	if (e != OK)
		return e;
	e = end_all(l,
	    "SELECT id, state FROM leases WHERE end_ns <= ?1 AND state IN " LEASES_LIVE
	    " ORDER BY end_ns LIMIT 256",
	    now, (struct str){ 0 }, &to, now, ret_n, why);
	return leave(l, own, e, why);
}

enum err
leases_note(struct leases *l, int64_t id, struct str result, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db, "UPDATE leases SET result = ?2 WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	db_bind_str(st, 2, cut(result, LEASES_TEXT));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}
