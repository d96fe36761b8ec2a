/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* Notices. */
#include "alert/notice.h"

#include "alert/bundle.h"
#include "alert/internal.h"
#include "alert/outbox.h"

static enum err
store(struct alerts *a, const struct notice *n, int64_t now, bool *ret_new, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "INSERT OR IGNORE INTO bundles(id, channel, slot, form, begin_ns, due_ns, closed_ns,"
	    " rank, title, summary) VALUES(?1, '', 'notice', ?2, ?3, ?3, ?3, ?4, ?5, ?6)",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, n->id);
	db_bind_str(st, 2, str_c(bundle_word(BUNDLE_BATCH)));
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, (int64_t)n->severity);
	db_bind_str(st, 5, n->title);
	db_bind_str(st, 6, n->summary);
	e = db_run(st, why);
	db_finalize(st);
	*ret_new = db_changes(a->db) != 0;
	return e;
}

static enum err
send(struct alerts *a, const struct notice *n, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(a->db,
	    "SELECT name FROM channels WHERE enabled = 1"
	    " AND (name = ?2 OR (?2 = '' AND min_rank >= ?1)) ORDER BY name",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, (int64_t)n->severity);
	db_bind_str(st, 2, n->channel.p != NULL ? n->channel : STR(""));
	while (e == OK && (e = db_step(st, &more, why)) == OK && more)
		e = outbox_add(a,
		    &(struct outbox_order){ .alert_id = n->id,
			.channel = db_str(st, 0),
			.event = OUTBOX_BUNDLE,
			.severity = n->severity },
		    now, now, why);
	db_finalize(st);
	return e;
}

enum err
notice_add(struct alerts *a, const struct notice *n, int64_t now, struct diag *why)
{
	bool is_new = false;
	enum err e = txn_begin(a, why);

	if (e != OK)
		return e;
	e = store(a, n, now, &is_new, why);
	if (e == OK && is_new)
		e = send(a, n, now, why);
	return txn_end(a, e, why);
}
