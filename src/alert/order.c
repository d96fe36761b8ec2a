/* SPDX-License-Identifier: Apache-2.0 */
/* One message, put into the outbox. */
/* exports: outbox_ */
/* tested by: test/unit/alert/test_outbox.c */
#include "alert/internal.h"
#include "alert/outbox.h"

static const char *const events[] = {
	[OUTBOX_RAISE] = "raise",
	[OUTBOX_ACK] = "ack",
	[OUTBOX_RESOLVE] = "resolve",
	[OUTBOX_BUNDLE] = "bundle",
};

const char *
outbox_event_word(enum outbox_event e)
{
	return events[e];
}

bool
outbox_event_find(struct str word, enum outbox_event *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (str_eq(word, str_c(events[i]))) {
			*ret = (enum outbox_event)i;
			return true;
		}
	return false;
}

/* The alert, the channel, and what sets it off from other messages of these. */
static void
put_key(const struct outbox_order *o, struct buf *to)
{
	buf_str(to, o->alert_id);
	buf_byte(to, '-');
	buf_str(to, o->channel);
	if (o->apart.n == 0)
		return;
	buf_byte(to, '-');
	buf_str(to, o->apart);
}

enum err
outbox_add(struct alerts *a, const struct outbox_order *o, int64_t due, int64_t now,
    struct diag *why)
{
	auto_buf struct buf key = { 0 };
	struct db_stmt *st;
	enum err e;

	put_key(o, &key);
	if (key.n >= OUTBOX_KEY_SIZE)
		return err_set(why, FAIL_LIMIT, "the key of a message is too long");
	e = db_prepare(a->db,
	    "INSERT INTO outbox(alert_id, channel, key, rank, next_ns, created_ns, event, person,"
	    " address) SELECT ?1, name, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM channels WHERE name = ?2"
	    " AND enabled = 1 ON CONFLICT(key) DO UPDATE SET rank = min(rank, excluded.rank)",
	    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, o->alert_id);
	db_bind_str(st, 2, o->channel);
	db_bind_str(st, 3, buf_view(&key));
	db_bind_int(st, 4, (int64_t)o->severity);
	db_bind_int(st, 5, due);
	db_bind_int(st, 6, now);
	db_bind_str(st, 7, str_c(events[o->event]));
	db_bind_str(st, 8, o->person.p != NULL ? o->person : STR(""));
	db_bind_str(st, 9, o->address.p != NULL ? o->address : STR(""));
	e = db_run(st, why);
	if (e == OK && db_changes(a->db) == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no channel '%.*s' that is on",
		    STR_ARG(o->channel));
	db_finalize(st);
	return e;
}
