/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: begun, listed, asked for what is due. */
#include "alert/page.h"

#include "alert/page_in.h"

#define COLUMNS                                                                                    \
	"p.id, p.alert_id, p.policy, p.state, coalesce(a.rank, 4), p.step, p.round, p.level,"      \
	" p.base_ns, p.begun_ns, p.due_ns, p.ended_ns, p.by, p.why, p.note FROM pages p LEFT "     \
	"JOIN alerts"                                                                              \
	" a ON a.id = p.alert_id "

static const char *const states[PAGE_STATES] = {
	[PAGE_RUNNING] = "running",
	[PAGE_HELD] = "held",
	[PAGE_ENDED] = "ended",
	[PAGE_SILENCED] = "silenced",
	[PAGE_UNANSWERED] = "unanswered",
};

const char *
page_state_word(enum page_state s)
{
	return states[s];
}

enum err
page_begin_at(struct alerts *a, struct str alert_id, struct str policy, int64_t base, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e;

	if (policy.n == 0 || policy.n >= PAGE_POLICY_SIZE)
		return err_set(why, FAIL_LIMIT, "the name of a policy has 1 to %d bytes",
		    PAGE_POLICY_SIZE - 1);
	e = db_prepare(a->db,
	    "INSERT INTO pages(alert_id, policy, begun_ns, base_ns, due_ns) SELECT ?1, ?2, ?3, ?4,"
	    " ?3 WHERE NOT EXISTS (SELECT 1 FROM pages WHERE alert_id = ?1 AND policy = ?2 AND"
	    " state IN ('running', 'held', 'silenced'))",
	    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, alert_id);
	db_bind_str(st, 2, policy);
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, base);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
page_begin(struct alerts *a, struct str alert_id, struct str policy, int64_t now, struct diag *why)
{
	return page_begin_at(a, alert_id, policy, now, now, why);
}

enum err
page_start(struct alerts *a, struct str alert_id, struct str policy, int64_t now, struct diag *why)
{
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	return txn_end(a, page_begin(a, alert_id, policy, now, why), why);
}

static void
read_page(struct db_stmt *st, struct page *ret)
{
	const struct str state = db_str(st, 3);

	*ret = (struct page){ .id = db_int(st, 0),
		.state = PAGE_ENDED,
		.severity = (enum alerts_severity)db_int(st, 4),
		.step = (unsigned)db_int(st, 5),
		.round = (unsigned)db_int(st, 6),
		.level = (unsigned)db_int(st, 7),
		.base = db_int(st, 8),
		.begun = db_int(st, 9),
		.due = db_int(st, 10),
		.ended = db_int(st, 11),
		.by = db_str(st, 12),
		.why = db_str(st, 13),
		.note = db_str(st, 14) };
	(void)str_to_c(db_str(st, 1), ret->alert_id, sizeof(ret->alert_id));
	(void)str_to_c(db_str(st, 2), ret->policy, sizeof(ret->policy));
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(state, str_c(states[i])))
			ret->state = (enum page_state)i;
}

enum err
page_list(struct alerts *a, const struct page_filter *f, page_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	struct page p;
	bool more = false;
	enum err e = db_prepare(a->db,
	    f->alert_id.p != NULL
		? "SELECT " COLUMNS
		  "WHERE p.alert_id = ?3 AND p.id < ?1 ORDER BY p.id DESC LIMIT ?2"
		: "SELECT " COLUMNS "WHERE p.id < ?1 ORDER BY p.id DESC LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, f->before != 0 ? f->before : INT64_MAX);
	db_bind_int(st, 2, f->limit != 0 ? f->limit : 100);
	if (f->alert_id.p != NULL)
		db_bind_str(st, 3, f->alert_id);
	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		read_page(st, &p);
		e = fn(ctx, &p);
	}
	db_finalize(st);
	return e;
}

enum err
page_get(struct alerts *a, int64_t id, page_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	struct page p;
	bool row = false;
	enum err e = db_prepare(a->db, "SELECT " COLUMNS "WHERE p.id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		read_page(st, &p);
		e = fn(ctx, &p);
	} else if (e == OK) {
		e = err_set(why, FAIL_NOT_FOUND, "there is no page %lld", (long long)id);
	}
	db_finalize(st);
	return e;
}

enum err
page_due(struct alerts *a, int64_t now, struct page *ret, size_t max, size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	size_t n = 0;
	enum err e = db_prepare(a->db,
	    "SELECT " COLUMNS "WHERE p.state IN ('running', 'held') AND p.due_ns <= ?1"
	    " ORDER BY p.due_ns, p.id LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	db_bind_int(st, 2, (int64_t)max);
	while (n < max && (e = db_step(st, &more, why)) == OK && more) {
		read_page(st, &ret[n]);
		ret[n].by = ret[n].why = ret[n].note = STR(""); /* not borrowed past this */
		n++;
	}
	db_finalize(st);
	if (e == OK)
		*ret_n = n;
	return e;
}

enum err
page_next(struct alerts *a, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT min(due_ns) FROM pages WHERE state IN ('running', 'held')", &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = row && !db_is_null(st, 0) ? db_int(st, 0) : INT64_MAX;
	db_finalize(st);
	return e;
}
