/* SPDX-License-Identifier: Apache-2.0 */
/* Armed or not, previews, and the log of both. */
#include "respond/arming.h"

#include "base/digest.h"
#include "respond/budget.h"
#include "respond/internal.h"

static struct str
cut(struct str s, size_t max)
{
	if (s.p == NULL)
		return STR("");
	return (struct str){ s.p, s.n < max ? s.n : max };
}

enum err
arming_get(struct leases *l, struct arming *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e =
	    db_prepare(l->db, "SELECT armed, at_ns, by, reason, preview FROM arming", &st, why);

	*ret = (struct arming){ 0 };
	if (e != OK)
		return e;
	e = db_step(st, &ret->said, why);
	if (e == OK && ret->said) {
		ret->armed = db_int(st, 0) != 0;
		ret->time = db_int(st, 1);
		(void)str_to_c(db_str(st, 2), ret->by, sizeof(ret->by));
		(void)str_to_c(db_str(st, 3), ret->reason, sizeof(ret->reason));
		(void)str_to_c(db_str(st, 4), ret->preview, sizeof(ret->preview));
	}
	db_finalize(st);
	return e;
}

enum err
arming_enter(struct leases *l, const struct arming_entry *x, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "INSERT INTO arming_log(at_ns, what, rule, by, text) VALUES(?1,?2,?3,?4,?5)", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, x->time);
	db_bind_str(st, 2, x->what);
	db_bind_str(st, 3, cut(x->rule, LEASES_ENTITY));
	db_bind_str(st, 4, cut(x->by, LEASES_TEXT));
	db_bind_str(st, 5, cut(x->text, 2 * LEASES_TEXT));
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK)
		e = db_exec(l->db,
		    "DELETE FROM arming_log WHERE id <= (SELECT max(id) FROM arming_log) - 1000",
		    why);
	return e;
}

enum err
arming_log(struct leases *l, unsigned limit, arming_entry_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT at_ns, what, rule, by, text FROM arming_log ORDER BY id DESC LIMIT ?1", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, limit);
	while ((e = db_step(st, &more, why)) == OK && more) {
		e = fn(ctx, &(struct arming_entry){ .time = db_int(st, 0),
				.what = db_str(st, 1),
				.rule = db_str(st, 2),
				.by = db_str(st, 3),
				.text = db_str(st, 4) });
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}

enum err
arming_keep(struct leases *l, const struct arming_preview *p, char ret_id[ARMING_ID],
    struct diag *why)
{
	uint8_t random[ARMING_ID / 2];
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "INSERT INTO previews(id, at_ns, since_ns, policy, digest, by, verdict, body)"
	    " VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
	    &st, why);

	if (e != OK)
		return e;
	digest_random(random, sizeof(random));
	db_bind_str(st, 1, str_c(digest_hex(random, sizeof(random), ret_id)));
	db_bind_int(st, 2, p->time);
	db_bind_int(st, 3, p->since);
	db_bind_str(st, 4, p->policy);
	db_bind_str(st, 5, p->digest);
	db_bind_str(st, 6, cut(p->by, LEASES_TEXT));
	db_bind_str(st, 7, cut(p->verdict, 1000));
	db_bind_str(st, 8, p->body.n <= ARMING_PREVIEW_MAX ? p->body : STR("{}"));
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK)
		e = db_exec(l->db,
		    "DELETE FROM previews WHERE n <= (SELECT max(n) FROM previews) - 20", why);
	return e;
}

static enum err
each_preview(struct db_stmt *st, arming_preview_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		++*ret_n;
		e = fn(ctx, &(struct arming_preview){ .id = db_str(st, 0),
				.time = db_int(st, 1),
				.since = db_int(st, 2),
				.policy = db_str(st, 3),
				.digest = db_str(st, 4),
				.by = db_str(st, 5),
				.verdict = db_str(st, 6),
				.body = db_str(st, 7) });
		if (e != OK)
			return e;
	}
	return e;
}

enum err
arming_previews(struct leases *l, arming_preview_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(l->db,
	    "SELECT id, at_ns, since_ns, policy, digest, by, verdict, '' FROM previews"
	    " ORDER BY n DESC",
	    &st, why);

	if (e != OK)
		return e;
	e = each_preview(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

enum err
arming_preview(struct leases *l, struct str id, arming_preview_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n = 0;
	enum err e = db_prepare(l->db,
	    "SELECT id, at_ns, since_ns, policy, digest, by, verdict, body FROM previews"
	    " WHERE id = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, id);
	e = each_preview(st, fn, ctx, &n, why);
	db_finalize(st);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no preview '%.*s'",
		    (int)(id.n < 40 ? id.n : 40), id.n != 0 ? id.p : "");
	return e;
}

struct check {
	const struct arming_wish *w;
	int64_t now;
	struct diag *why;
};

static enum err
check(void *ctx, const struct arming_preview *p)
{
	const struct check *c = ctx;

	if (p->time <= c->now - ARMING_FRESH)
		return err_set(c->why, FAIL_DENIED,
		    "this preview is older than a day: make a new one");
	if (!str_eq(p->digest, c->w->digest))
		return err_set(c->why, FAIL_DENIED,
		    "this preview is of another policy than the one in force");
	return OK;
}

/* Inside a transaction. */
static enum err
say(struct leases *l, bool armed, const struct arming_wish *w, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e =
	    db_prepare(l->db, "INSERT OR REPLACE INTO arming VALUES(1,?1,?2,?3,?4,?5)", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, armed);
	db_bind_int(st, 2, now);
	db_bind_str(st, 3, cut(w->by, LEASES_TEXT));
	db_bind_str(st, 4, cut(w->reason, LEASES_TEXT));
	db_bind_str(st, 5, cut(w->preview, ARMING_ID - 1));
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK)
		e = arming_enter(l,
		    &(struct arming_entry){ .time = now,
			.what = armed ? STR("armed") : STR("disarmed"),
			.rule = STR(""),
			.by = w->by,
			.text = w->reason },
		    why);
	return e == OK ? db_exec(l->db, "UPDATE position SET rev = rev + 1", why) : e;
}

enum err
arming_arm(struct leases *l, const struct arming_wish *w, int64_t now, struct diag *why)
{
	struct check c = { w, now, why };
	enum err e = arming_preview(l, w->preview, check, &c, why);

	if (e == OK)
		e = leases_begin(l, why);
	return e == OK ? leases_finish(l, say(l, true, w, now, why), why) : e;
}

enum err
arming_disarm(struct leases *l, bool undo, struct str by, struct str reason, int64_t now,
    uint64_t *ret_undone, struct diag *why)
{
	const struct arming_wish w = { .preview = STR(""), .by = by, .reason = reason };
	enum err e = leases_begin(l, why);

	*ret_undone = 0;
	if (e != OK)
		return e;
	e = say(l, false, &w, now, why);
	if (e == OK && undo)
		e = budget_undo(l, (struct str){ 0 }, by, STR("responses were disarmed"), now,
		    ret_undone, why);
	return leases_finish(l, e, why);
}
