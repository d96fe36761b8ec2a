/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles: begun, filled, closed. */
#include "alert/bundle.h"

#include "alert/internal.h"
#include "alert/outbox.h"
#include "alert/page_brake.h"
#include "base/crash.h"
#include "base/digest.h"

#define COLUMNS                                                                                    \
	"id, channel, slot, form, begin_ns, due_ns, closed_ns, n, rank, title, summary FROM "      \
	"bundles "
/* One that is off waits; one that is gone does not. */
#define CAN_CLOSE                                                                                  \
	"closed_ns = 0 AND NOT EXISTS (SELECT 1 FROM channels WHERE name = channel AND enabled ="  \
	" 0)"

static const char *const words[BUNDLE_FORMS] = { "batch", "daily", "weekly", "storm", "window",
	"page" };

const char *
bundle_word(enum bundle_form f)
{
	return words[f];
}

/* As ids of alerts are made: what is the same has the same. */
static void
make_id(const struct bundle_place *p, int64_t now, char to[ALERTS_ID_SIZE])
{
	auto_buf struct buf text = { 0 };
	uint8_t hash[DIGEST_SIZE];

	buf_printf(&text, "bundle\n%.*s\n%.*s\n%lld", STR_ARG(p->channel), STR_ARG(p->slot),
	    (long long)now);
	digest_sha256(buf_view(&text), hash);
	(void)digest_hex(hash, (ALERTS_ID_SIZE - 1) / 2, to);
}

/* The open one of the place, made as needed; `id` may be NULL. */
static enum err
open_one(struct alerts *a, const struct bundle_place *p, int64_t now, char *id, struct diag *why)
{
	char fresh[ALERTS_ID_SIZE];
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "INSERT INTO bundles(id, channel, slot, form, begin_ns, due_ns) VALUES(?1, ?2, ?3, ?4,"
	    " ?5, ?6) ON CONFLICT(channel, slot) WHERE closed_ns = 0 DO UPDATE SET n = n"
	    " RETURNING id",
	    &st, why);

	if (e != OK)
		return e;
	make_id(p, now, fresh);
	db_bind_str(st, 1, str_c(fresh));
	db_bind_str(st, 2, p->channel);
	db_bind_str(st, 3, p->slot);
	db_bind_str(st, 4, str_c(words[p->form]));
	db_bind_int(st, 5, now);
	db_bind_int(st, 6, p->due);
	e = db_step(st, &row, why);
	if (e == OK && id != NULL)
		(void)str_to_c(db_str(st, 0), id, ALERTS_ID_SIZE);
	db_finalize(st);
	return e;
}

enum err
bundle_at(struct alerts *a, struct str channel, struct str slot, char id[ALERTS_ID_SIZE],
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT id FROM bundles WHERE channel = ?1 AND slot = ?2 AND closed_ns = 0", &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, channel);
	db_bind_str(st, 2, slot);
	e = db_step(st, &row, why);
	if (e == OK && row)
		(void)str_to_c(db_str(st, 0), id, ALERTS_ID_SIZE);
	db_finalize(st);
	if (e == OK && !row)
		e = err_set(why, FAIL_NOT_FOUND, "nothing is collected there");
	return e;
}

enum err
bundle_begin(struct alerts *a, const struct bundle_place *p, int64_t now, struct diag *why)
{
	return open_one(a, p, now, NULL, why);
}

enum err
bundle_collect(struct alerts *a, const struct bundle_place *p, struct str alert_id,
    enum alerts_severity severity, int64_t now, struct diag *why)
{
	char id[ALERTS_ID_SIZE];
	struct db_stmt *st;
	int64_t added;
	enum err e = open_one(a, p, now, id, why);

	if (e == OK)
		e = txn_run(a, "INSERT OR IGNORE INTO bundle_items(bundle, alert) VALUES(?1, ?2)",
		    str_c(id), alert_id, why);
	if (e != OK)
		return e;
	added = db_changes(a->db);
	crash_point(CRASH_BUNDLE_ITEM);
	e = db_prepare(a->db, "UPDATE bundles SET n = n + ?2, rank = min(rank, ?3) WHERE id = ?1",
	    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(id));
	db_bind_int(st, 2, added);
	db_bind_int(st, 3, (int64_t)severity);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static void
read_row(struct db_stmt *st, struct bundle *ret)
{
	const struct str form = db_str(st, 3);

	*ret = (struct bundle){ .id = db_str(st, 0),
		.channel = db_str(st, 1),
		.slot = db_str(st, 2),
		.begin = db_int(st, 4),
		.due = db_int(st, 5),
		.closed = db_int(st, 6),
		.alerts = (uint64_t)db_int(st, 7),
		.severity = (enum alerts_severity)db_int(st, 8),
		.title = db_str(st, 9),
		.summary = db_str(st, 10) };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(form, str_c(words[i])))
			ret->form = (enum bundle_form)i;
}

static enum err
each(struct db_stmt *st, bundle_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	bool more = false;
	enum err e = OK;

	*ret_n = 0;
	while (e == OK && (e = db_step(st, &more, why)) == OK && more) {
		struct bundle b;

		read_row(st, &b);
		++*ret_n;
		e = fn(ctx, &b);
	}
	db_finalize(st);
	return e;
}

enum err
bundle_list(struct alerts *a, unsigned limit, bundle_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db,
	    "SELECT " COLUMNS "WHERE closed_ns = 0 ORDER BY due_ns, id LIMIT ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, limit);
	return each(st, fn, ctx, &n, why);
}

enum err
bundle_of(struct alerts *a, struct str alert_id, bundle_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db,
	    "SELECT " COLUMNS "WHERE closed_ns = 0 AND id IN (SELECT bundle FROM bundle_items WHERE"
	    " alert = ?1) ORDER BY due_ns, id",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, alert_id);
	return each(st, fn, ctx, &n, why);
}

enum err
bundle_get(struct alerts *a, struct str id, bundle_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db, "SELECT " COLUMNS "WHERE id = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, id);
	e = each(st, fn, ctx, &n, why);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no bundle %.*s", STR_ARG(id));
	return e;
}

enum err
bundle_next(struct alerts *a, int64_t *ret, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e =
	    db_prepare(a->db, "SELECT min(due_ns) FROM bundles WHERE " CAN_CLOSE, &st, why);

	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	*ret = e == OK && row && !db_is_null(st, 0) ? db_int(st, 0) : INT64_MAX;
	db_finalize(st);
	return e;
}

/* What closing needs, copied: the row is changed meanwhile. */
struct closing {
	struct alerts *a;
	int64_t now;
	struct buf title, summary;
	char id[ALERTS_ID_SIZE], channel[OUTBOX_NAME_SIZE];
	bool there, silent, empty;
	enum alerts_severity severity;
	struct page_summary whom; /* of BUNDLE_PAGE */
	uint64_t alerts;
	struct diag *why;
};

static enum err
on_due(void *ctx, const struct bundle *b)
{
	struct closing *c = ctx;
	struct bundle as_is = *b;

	if (b->form == BUNDLE_PAGE) {
		enum err e = page_summary(c->a, b->id, b->channel, &c->whom, c->why);

		if (e != OK)
			return e;
		as_is.alerts = c->whom.alerts;
	}
	c->there = true;
	c->alerts = as_is.alerts;
	c->empty = as_is.alerts == 0;
	c->silent = c->empty && b->form != BUNDLE_WEEKLY;
	c->severity = b->severity;
	(void)str_to_c(b->id, c->id, sizeof(c->id));
	(void)str_to_c(b->channel, c->channel, sizeof(c->channel));
	return bundle_write(c->a, &as_is, &c->title, &c->summary, c->why);
}

static enum err
find_due(struct closing *c)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(c->a->db,
	    "SELECT " COLUMNS "WHERE due_ns <= ?1 AND " CAN_CLOSE " ORDER BY due_ns, id LIMIT 1",
	    &st, c->why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, c->now);
	return each(st, on_due, c, &n, c->why);
}

static enum err
store(struct closing *c)
{
	struct db_stmt *st;
	enum err e = db_prepare(c->a->db,
	    "UPDATE bundles SET closed_ns = ?2, title = ?3, summary = ?4, n = ?5 WHERE id = ?1",
	    &st, c->why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, str_c(c->id));
	db_bind_int(st, 2, c->now);
	db_bind_str(st, 3, buf_view(&c->title));
	db_bind_str(st, 4, buf_view(&c->summary));
	db_bind_int(st, 5, (int64_t)c->alerts);
	e = db_run(st, c->why);
	db_finalize(st);
	return e;
}

/* The channel is gone: all others. */
static enum err
send_round(struct closing *c)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(c->a->db,
	    "SELECT name FROM channels WHERE enabled = 1 AND min_rank >= ?1 ORDER BY name", &st,
	    c->why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, (int64_t)c->severity);
	while (e == OK && (e = db_step(st, &more, c->why)) == OK && more)
		e = outbox_add(c->a,
		    &(struct outbox_order){ .alert_id = str_c(c->id),
			.channel = db_str(st, 0),
			.event = OUTBOX_BUNDLE,
			.severity = c->severity },
		    c->now, c->now, c->why);
	db_finalize(st);
	return e;
}

static enum err
send(struct closing *c)
{
	enum err e = outbox_add(c->a,
	    &(struct outbox_order){ .alert_id = str_c(c->id),
		.channel = str_c(c->channel),
		.event = OUTBOX_BUNDLE,
		.severity = c->severity,
		.person = str_c(c->whom.person),
		.address = str_c(c->whom.address) },
	    c->now, c->now, c->why);

	if (e != FAIL_NOT_FOUND)
		return e;
	return c->empty ? OK : send_round(c);
}

enum err
bundle_close(struct alerts *a, int64_t now, bool *ret, struct diag *why)
{
	struct closing c = { .a = a, .now = now, .why = why };
	enum err e = txn_begin(a, why);

	*ret = false;
	if (e != OK)
		return e;
	buf_init(&c.title, 0);
	buf_init(&c.summary, 0);
	e = find_due(&c);
	if (e == OK && c.there)
		e = store(&c);
	crash_point(CRASH_BUNDLE_CLOSE);
	if (e == OK && c.there && !c.silent)
		e = send(&c);
	e = txn_end(a, e, why);
	buf_fini(&c.title);
	buf_fini(&c.summary);
	if (e != OK)
		return e;
	*ret = c.there;
	if (c.there)
		crash_point(CRASH_BUNDLE_CLOSED);
	return OK;
}

static enum err
prune_inside(struct alerts *a, int64_t now, struct diag *why)
{
	static const char *const steps[] = {
		"DELETE FROM bundle_items WHERE bundle IN (SELECT id FROM bundles WHERE closed_ns "
		"<>"
		" 0 AND closed_ns < ?1)",
		"DELETE FROM bundles WHERE closed_ns <> 0 AND closed_ns < ?1",
	};
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && e == OK; i++) {
		struct db_stmt *st;

		e = db_prepare(a->db, steps[i], &st, why);
		if (e != OK)
			break;
		db_bind_int(st, 1, now - BUNDLE_KEEP);
		e = db_run(st, why);
		db_finalize(st);
	}
	return e;
}

enum err
bundle_prune(struct alerts *a, int64_t now, struct diag *why)
{
	enum err e = txn_begin(a, why);

	return e == OK ? txn_end(a, prune_inside(a, now, why), why) : e;
}
