/* SPDX-License-Identifier: Apache-2.0 */
/* exports: incident_ */
/* tested by: test/unit/incident/test_incident.c */
/* Reading incidents. */
#include <stdio.h>

#include "incident/internal.h"
#include "incident/story.h"

#define COLUMNS                                                                                    \
	"n, rev, type, title, severity, status, phase, origin, owner, by, cause, drill, "          \
	"created_ns,"                                                                              \
	" updated_ns, first_ns, detected_ns, acked_ns, responded_ns, contained_ns, closed_ns,"     \
	" merged_into, alerts, users, addresses, evidence"

static void
read_row(struct db_stmt *st, struct incident *ret)
{
	*ret = (struct incident){ .n = db_int(st, 0),
		.rev = (uint64_t)db_int(st, 1),
		.type = INCIDENT_CUSTOM,
		.title = db_str(st, 3),
		.severity = INCIDENT_INFO,
		.owner = db_str(st, 8),
		.by = db_str(st, 9),
		.cause = db_str(st, 10),
		.drill = db_int(st, 11) != 0,
		.created = db_int(st, 12),
		.updated = db_int(st, 13),
		.first = db_int(st, 14),
		.detected = db_int(st, 15),
		.acked = db_int(st, 16),
		.responded = db_int(st, 17),
		.contained = db_int(st, 18),
		.closed = db_int(st, 19),
		.merged_into = db_int(st, 20),
		.alerts = (uint64_t)db_int(st, 21),
		.users = (uint64_t)db_int(st, 22),
		.addresses = (uint64_t)db_int(st, 23),
		.evidence = (uint64_t)db_int(st, 24) };
	(void)incident_type_find(db_str(st, 2), &ret->type);
	(void)incident_severity_find(db_str(st, 4), &ret->severity);
	(void)incident_status_find(db_str(st, 5), &ret->status);
	(void)incident_phase_find(db_str(st, 6), &ret->phase);
	(void)incident_origin_find(db_str(st, 7), &ret->origin);
}

typedef const char *(*word_fn)(unsigned i);

static const char *
status_word(unsigned i)
{
	return incident_status_word((enum incident_status)i);
}

static const char *
type_word(unsigned i)
{
	return incident_type_word((enum incident_type)i);
}

static const char *
severity_word(unsigned i)
{
	return incident_severity_word((enum incident_severity)i);
}

static const char *
phase_word(unsigned i)
{
	return incident_phase_word((enum incident_phase)i);
}

static void
put_set(struct buf *sql, const char *column, unsigned set, word_fn word, unsigned n)
{
	const char *comma = "";

	if (set == 0)
		return;
	buf_printf(sql, " AND %s IN (", column);
	for (unsigned i = 0; i < n; i++)
		if ((set & 1U << i) != 0) {
			buf_printf(sql, "%s'%s'", comma, word(i));
			comma = ",";
		}
	buf_byte(sql, ')');
}

static void
put_where(const struct incident_filter *f, struct buf *sql)
{
	buf_str(sql, STR("SELECT " COLUMNS " FROM incidents WHERE 1"));
	put_set(sql, "status", f->statuses, status_word, INCIDENT_STATUSES);
	put_set(sql, "type", f->types, type_word, INCIDENT_TYPES);
	put_set(sql, "severity", f->severities, severity_word, INCIDENT_SEVERITIES);
	put_set(sql, "phase", f->phases, phase_word, INCIDENT_PHASES);
	if (f->owner.p != NULL)
		buf_str(sql, STR(" AND owner = ?1"));
	if (f->text.p != NULL)
		buf_str(sql, STR(" AND instr(lower(title), lower(?2)) > 0"));
	if (f->since != 0)
		buf_printf(sql, " AND rev > %llu", (unsigned long long)f->since);
	if (f->before != 0)
		buf_printf(sql, " AND n < %lld", (long long)f->before);
	buf_printf(sql, " ORDER BY %sn DESC", f->open_first ? "status <> 'open', " : "");
	if (f->limit != 0)
		buf_printf(sql, " LIMIT %u", f->limit);
	buf_byte(sql, '\0');
}

static enum err
each(struct db_stmt *st, incident_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	struct incident one;
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		read_row(st, &one);
		++*ret_n;
		e = fn(ctx, &one);
		if (e != OK)
			return e;
	}
	return e;
}

enum err
incident_list(struct incidents *all, const struct incident_filter *f, incident_fn fn, void *ctx,
    struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct db_stmt *st;
	size_t n;
	enum err e;

	buf_init(&sql, 0);
	put_where(f, &sql);
	e = db_prepare(all->db, sql.p, &st, why);
	if (e != OK)
		return e;
	if (f->owner.p != NULL)
		db_bind_str(st, 1, f->owner);
	if (f->text.p != NULL)
		db_bind_str(st, 2, f->text);
	e = each(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

enum err
incident_get(struct incidents *all, int64_t n, incident_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t found = 0;
	enum err e =
	    db_prepare(all->db, "SELECT " COLUMNS " FROM incidents WHERE n = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	e = each(st, fn, ctx, &found, why);
	db_finalize(st);
	if (e == OK && found == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no incident INC-%lld", (long long)n);
	return e;
}

static enum err
keep_status(void *ctx, const struct incident *one)
{
	*(enum incident_status *)ctx = one->status;
	return OK;
}

enum err
incident_must_be_open(struct incidents *all, int64_t n, struct diag *why)
{
	enum incident_status s = INCIDENT_OPEN;
	enum err e = incident_get(all, n, keep_status, &s, why);

	if (e == OK && s != INCIDENT_OPEN)
		return err_set(why, FAIL_DENIED, "INC-%lld is %s", (long long)n,
		    incident_status_word(s));
	return e;
}

static enum err
keep_rev(void *ctx, const struct incident *one)
{
	*(uint64_t *)ctx = one->rev;
	return OK;
}

static enum err
keep_last(void *ctx, const struct story_entry *e)
{
	(void)snprintf(ctx, 120, "%.*s: %.*s", e->who.n != 0 ? (int)e->who.n : 6,
	    e->who.n != 0 ? e->who.p : "Tocsin", (int)(e->text.n < 80 ? e->text.n : 80), e->text.p);
	return OK;
}

enum err
incident_expect(struct incidents *all, int64_t n, uint64_t rev, struct diag *why)
{
	const struct story_filter last = { .incident = n, .noise = true };
	char what[120] = "";
	uint64_t now = 0;
	enum err e = incident_get(all, n, keep_rev, &now, why);

	if (e != OK || rev == 0 || rev == now)
		return e;
	e = story_list(all, &last, keep_last, what, why);
	if (e != OK)
		return e;
	return err_set(why, FAIL_EXISTS, "INC-%lld was changed meanwhile (%s)", (long long)n, what);
}
