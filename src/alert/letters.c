/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox as people see it: listed, counted, sent again. */
/* exports: outbox_ */
/* tested by: test/unit/alert/test_outbox.c */
#include "alert/internal.h"
#include "alert/outbox.h"

#define LIMIT_DEFAULT 100
#define COLUMNS                                                                                    \
	"id, alert_id, channel, key, state, attempts, next_ns, created_ns, sent_ns, ms, "          \
	"last_error, event, person, address"

static enum err
each_row(struct db_stmt *st, outbox_row_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		struct outbox_row row = { .id = db_int(st, 0),
			.alert_id = db_str(st, 1),
			.channel = db_str(st, 2),
			.key = db_str(st, 3),
			.attempts = (unsigned)db_int(st, 5),
			.next = db_int(st, 6),
			.created = db_int(st, 7),
			.sent = db_int(st, 8),
			.ms = db_int(st, 9),
			.last_error = db_str(st, 10),
			.person = db_str(st, 12),
			.address = db_str(st, 13) };

		(void)outbox_state_find(db_str(st, 4), &row.state);
		(void)outbox_event_find(db_str(st, 11), &row.event);
		++*ret_n;
		e = fn(ctx, &row);
		if (e != OK)
			return e;
	}
	return e;
}

static void
put_filter(const struct outbox_filter *f, struct buf *sql)
{
	if (f->by_state)
		buf_printf(sql, " AND state = '%s'", outbox_state_word(f->state));
	if (f->by_state && f->state != OUTBOX_SENT)
		buf_str(sql, STR(" AND state <> 'sent'"));
	if (f->channel.p != NULL)
		buf_str(sql, STR(" AND channel = ?1"));
	if (f->alert_id.p != NULL)
		buf_str(sql, /* a bundle that it was in is of it too */
		    STR(" AND (alert_id = ?2 OR alert_id IN (SELECT bundle FROM bundle_items WHERE"
			" alert = ?2))"));
	if (f->before != 0)
		buf_str(sql, STR(" AND id < ?3"));
	buf_str(sql, STR(" ORDER BY id DESC LIMIT ?4"));
	buf_byte(sql, '\0');
}

enum err
outbox_list(struct alerts *a, const struct outbox_filter *f, outbox_row_fn fn, void *ctx,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct db_stmt *st;
	size_t n;
	enum err e;

	buf_init(&sql, 0);
	buf_str(&sql, STR("SELECT " COLUMNS " FROM outbox WHERE 1"));
	put_filter(f, &sql);
	e = db_prepare(a->db, sql.p, &st, why);
	if (e != OK)
		return e;
	if (f->channel.p != NULL)
		db_bind_str(st, 1, f->channel);
	if (f->alert_id.p != NULL)
		db_bind_str(st, 2, f->alert_id);
	if (f->before != 0)
		db_bind_int(st, 3, f->before);
	db_bind_int(st, 4, f->limit != 0 ? f->limit : LIMIT_DEFAULT);
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

enum err
outbox_get(struct alerts *a, int64_t id, outbox_row_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db, "SELECT " COLUMNS " FROM outbox WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, id);
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no delivery %lld", (long long)id);
	return e;
}

static enum err
read_state(void *ctx, const struct outbox_row *row)
{
	*(enum outbox_state *)ctx = row->state;
	return OK;
}

#define AGAIN                                                                                      \
	"UPDATE outbox SET attempts = iif(state = 'dead', 0, attempts), state = 'pending',"        \
	" next_ns = ?1 WHERE channel IN (SELECT name FROM channels)"

static enum err
resend_inside(struct alerts *a, int64_t id, int64_t now, struct diag *why)
{
	enum outbox_state state = OUTBOX_PENDING;
	struct db_stmt *st;
	enum err e = outbox_get(a, id, read_state, &state, why);

	if (e == OK && state != OUTBOX_DEAD && state != OUTBOX_PENDING)
		e = err_set(why, FAIL_DENIED, "delivery %lld is %s", (long long)id,
		    outbox_state_word(state));
	if (e == OK)
		e = db_prepare(a->db, AGAIN " AND id = ?2", &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	db_bind_int(st, 2, id);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_DENIED, "the channel of delivery %lld is gone",
		    (long long)id);
	return e;
}

enum err
outbox_resend(struct alerts *a, int64_t id, int64_t now, struct diag *why)
{
	enum err e = txn_begin(a, why);

	return e == OK ? txn_end(a, resend_inside(a, id, now, why), why) : e;
}

enum err
outbox_resend_all(struct alerts *a, struct str channel, int64_t now, uint64_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    channel.p != NULL ? AGAIN " AND state = 'dead' AND channel = ?2"
			      : AGAIN " AND state = 'dead'",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	if (channel.p != NULL)
		db_bind_str(st, 2, channel);
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK)
		*ret_n = (uint64_t)db_changes(a->db);
	return e;
}

enum err
outbox_counts(struct alerts *a, struct outbox_counts *ret, struct diag *why)
{
	struct outbox_counts c = { 0 };
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT state, count(*) FROM outbox WHERE state <> 'sent' GROUP BY state", &st, why);

	if (e != OK)
		return e;
	while ((e = db_step(st, &more, why)) == OK && more) {
		uint64_t n = (uint64_t)db_int(st, 1);
		enum outbox_state state = OUTBOX_SENT;

		(void)outbox_state_find(db_str(st, 0), &state);
		c.pending += state == OUTBOX_PENDING ? n : 0;
		c.sending += state == OUTBOX_SENDING ? n : 0;
		c.dead += state == OUTBOX_DEAD ? n : 0;
	}
	db_finalize(st);
	if (e == OK)
		*ret = c;
	return e;
}
