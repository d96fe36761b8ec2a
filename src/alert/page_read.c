/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts of pages, and figures of them. */
/* exports: page_ */
/* tested by: test/unit/alert/test_page.c */
#include "alert/page_in.h"

static const char *const tolds[PAGE_TOLDS] = {
	[PAGE_TOLD] = "told",
	[PAGE_SKIPPED] = "skipped",
	[PAGE_FAILED] = "failed",
	[PAGE_BACK] = "back",
	[PAGE_NOBODY] = "nobody",
	[PAGE_SUMMARY] = "summary",
};

const char *
page_told_word(enum page_told t)
{
	return tolds[t];
}

enum err
page_channel(struct alerts *a, struct str name, enum page_channel *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db, "SELECT fails FROM channels WHERE name = ?1 AND enabled = 1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, name);
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = !row                           ? PAGE_CHANNEL_OFF
		       : db_int(st, 0) >= OUTBOX_DOWN ? PAGE_CHANNEL_DOWN
						      : PAGE_CHANNEL_OK;
	db_finalize(st);
	return e;
}

enum err
page_failures(struct alerts *a, struct page_failed *ret, size_t max, size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	size_t n = 0;
	enum err e = db_prepare(a->db,
	    "SELECT c.id, c.page, c.contact, c.person, c.channel, c.step, c.round FROM pages p "
	    "JOIN page_calls c ON"
	    " c.page = p.id AND c.state IN ('told', 'summary') LEFT JOIN outbox o ON o.key ="
	    " c.key LEFT JOIN channels ch ON ch.name = c.channel WHERE p.state = 'running' AND"
	    " ((o.id IS NULL AND c.state = 'told') OR o.state = 'dead' OR (coalesce(o.state,"
	    " 'pending') = 'pending' AND (o.attempts >= 2 OR ch.name IS NULL OR"
	    " ch.enabled = 0 OR ch.fails >= ?1))) ORDER BY c.id LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, OUTBOX_DOWN);
	db_bind_int(st, 2, (int64_t)max);
	while (n < max && (e = db_step(st, &more, why)) == OK && more) {
		struct page_failed *f = &ret[n++];

		f->call = db_int(st, 0);
		f->page = db_int(st, 1);
		f->contact = (unsigned)db_int(st, 2);
		(void)str_to_c(db_str(st, 3), f->person, sizeof(f->person));
		(void)str_to_c(db_str(st, 4), f->channel, sizeof(f->channel));
		f->step = (unsigned)db_int(st, 5);
		f->round = (unsigned)db_int(st, 6);
	}
	db_finalize(st);
	if (e == OK)
		*ret_n = n;
	return e;
}

enum err
page_alive(struct alerts *a, int64_t id, unsigned step, unsigned round, uint64_t *ret,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT count(*) FROM page_calls WHERE page = ?1 AND step = ?2 AND round = ?3 AND state"
	    " IN ('told', 'summary')",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	db_bind_int(st, 2, step);
	db_bind_int(st, 3, round);
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = row ? (uint64_t)db_int(st, 0) : 0;
	db_finalize(st);
	return e;
}

static void
read_call(struct db_stmt *st, struct page_call *c)
{
	const struct str told = db_str(st, 11);

	*c = (struct page_call){ .id = db_int(st, 0),
		.page = db_int(st, 1),
		.at = db_int(st, 2),
		.level = (unsigned)db_int(st, 3),
		.step = (unsigned)db_int(st, 4),
		.round = (unsigned)db_int(st, 5),
		.person = db_str(st, 6),
		.contact = (unsigned)db_int(st, 7),
		.channel = db_str(st, 8),
		.address = db_str(st, 9),
		.night = db_int(st, 10) != 0,
		.note = db_str(st, 12),
		.sent_known = !db_is_null(st, 13),
		.attempts = (unsigned)db_int(st, 14),
		.sent = db_int(st, 15),
		.next = db_int(st, 16) };
	for (size_t i = 0; i < ARRAY_LEN(tolds); i++)
		if (str_eq(told, str_c(tolds[i])))
			c->told = (enum page_told)i;
	if (!c->sent_known || !outbox_state_find(db_str(st, 13), &c->state))
		c->sent_known = false;
	c->answer = c->state == OUTBOX_SENT ? db_str(st, 17) : db_str(st, 18);
}

enum err
page_calls(struct alerts *a, int64_t page, page_call_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	struct page_call c;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT c.id, c.page, c.at_ns, c.level, c.step, c.round, c.person, c.contact, "
	    "c.channel,"
	    " c.address, c.night, c.state, c.note, o.state, o.attempts, coalesce(o.sent_ns, 0),"
	    " iif(o.state = 'pending', o.next_ns, 0), o.answer, o.last_error FROM page_calls c LEFT"
	    " JOIN outbox o ON o.key = c.key WHERE c.page = ?1 ORDER BY c.id",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, page);
	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		read_call(st, &c);
		e = fn(ctx, &c);
	}
	db_finalize(st);
	return e;
}

enum err
page_code(struct alerts *a, struct str key, char ret[PAGE_CODE_SIZE], struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT code FROM page_calls WHERE key = ?1 AND code IS NOT NULL", &st, why);

	ret[0] = '\0';
	if (e != OK)
		return e;
	db_bind_str(st, 1, key);
	e = db_step(st, &row, why);
	if (e == OK && row)
		(void)str_to_c(db_str(st, 0), ret, PAGE_CODE_SIZE);
	db_finalize(st);
	return e;
}

enum err
page_link(struct alerts *a, struct str code, struct page_link *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT alert_id, channel, person, at_ns FROM page_calls WHERE code = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, code);
	e = db_step(st, &row, why);
	if (e == OK && row) {
		(void)str_to_c(db_str(st, 0), ret->alert_id, sizeof(ret->alert_id));
		(void)str_to_c(db_str(st, 1), ret->channel, sizeof(ret->channel));
		(void)str_to_c(db_str(st, 2), ret->person, sizeof(ret->person));
		ret->at = db_int(st, 3);
	}
	db_finalize(st);
	if (e == OK && !row)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such link");
	return e;
}

enum err
page_loads(struct alerts *a, int64_t since, page_load_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT person, count(*), sum(night) FROM (SELECT DISTINCT person, page, step, round,"
	    " night FROM page_calls WHERE at_ns >= ?1 AND person <> '' AND state IN ('told',"
	    " 'failed')) GROUP BY person ORDER BY person",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, since);
	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		const struct page_load l = { db_str(st, 0), (uint64_t)db_int(st, 1),
			(uint64_t)db_int(st, 2) };

		e = fn(ctx, &l);
	}
	db_finalize(st);
	return e;
}

enum err
page_counts(struct alerts *a, struct page_counts *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state ="
	    " 'held'), count(*) FILTER (WHERE state = 'unanswered'), coalesce(max(id), 0), (SELECT"
	    " coalesce(max(id), 0) FROM page_calls), count(*) FILTER (WHERE state = 'silenced')"
	    " FROM pages",
	    &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	if (e == OK)
		*ret = (struct page_counts){ (uint64_t)db_int(st, 0), (uint64_t)db_int(st, 1),
			(uint64_t)db_int(st, 2), (uint64_t)db_int(st, 3), (uint64_t)db_int(st, 4),
			(uint64_t)db_int(st, 5) };
	db_finalize(st);
	return e;
}
