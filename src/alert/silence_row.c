/* SPDX-License-Identifier: Apache-2.0 */
/* Silences as they stand in the database, what they know, and small statements. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include <stdio.h>

#include "alert/silence_in.h"

void
silence_row(struct db_stmt *st, struct silence *ret)
{
	*ret = (struct silence){
		.id = db_int(st, 0),
		.window = db_int(st, 1) != 0,
		.match = { .rule_id = db_str(st, 2),
		    .group = db_str(st, 3),
		    .user = db_str(st, 4),
		    .net = db_str(st, 5),
		    .tag = db_str(st, 6),
		    .by_severity = db_int(st, 7) >= 0,
		    .at_most = (enum alerts_severity)(db_int(st, 7) >= 0 ? db_int(st, 7) : 0) },
		.weekly = { .days = (unsigned)db_int(st, 8),
		    .from = (int)db_int(st, 9),
		    .to = (int)db_int(st, 10),
		    .offset = (int)db_int(st, 11) },
		.trips = (unsigned)db_int(st, 12),
		.owner = db_str(st, 13),
		.reason = db_str(st, 14),
		.note = db_str(st, 15),
		.alert_id = db_str(st, 16),
		.start = db_int(st, 17),
		.end = db_int(st, 18),
		.max_hits = (uint64_t)db_int(st, 19),
		.created = db_int(st, 20),
		.seen = (uint64_t)db_int(st, 21),
		.seen_worst = (enum alerts_severity)db_int(st, 22),
		.alerts = (uint64_t)db_int(st, 23),
		.events = (uint64_t)db_int(st, 24),
		.newest = db_int(st, 25),
		.ended = db_int(st, 26),
		.broken = db_int(st, 27),
		.ended_by = db_str(st, 28),
		.ended_why = db_str(st, 29),
		.broken_why = db_str(st, 30),
		.broken_alert = db_str(st, 31),
		.rule_title = db_str(st, 32),
	};
}

enum err
silence_run(struct alerts *a, const char *sql, const struct silence_value *v, size_t n,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db, sql, &st, why);

	if (e != OK)
		return e;
	for (size_t i = 0; i < n; i++)
		if (v[i].text.p != NULL)
			db_bind_str(st, (int)i + 1, v[i].text);
		else
			db_bind_int(st, (int)i + 1, v[i].number);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
silence_log(struct alerts *a, int64_t id, struct str by, const char *action, struct str note,
    int64_t now, struct diag *why)
{
	const struct silence_value v[] = { SILENCE_N(id), SILENCE_N(now), SILENCE_T(by),
		SILENCE_T(str_c(action)), SILENCE_T(note) };

	return silence_run(a, "INSERT INTO silence_log VALUES(?1, ?2, ?3, ?4, ?5)", v, ARRAY_LEN(v),
	    why);
}

struct learn {
	struct db_stmt *put;
	int64_t id;
	struct map *seen; /* NULL: each is put, there or not */
	unsigned n[SILENCE_TRIPS];
	unsigned trips;
};

static enum err
learn_value(void *ctx, enum silence_trip kind, struct str value, struct diag *why)
{
	struct learn *l = ctx;
	char key[SILENCE_VALUE + 2];
	bool is_new = true;

	(void)snprintf(key, sizeof(key), "%u%.*s", (unsigned)kind,
	    (int)(value.n < SILENCE_VALUE ? value.n : SILENCE_VALUE), value.p);
	if (l->seen != NULL && l->n[kind] < SILENCE_KNOWN_MAX)
		(void)map_put(l->seen, str_c(key), &is_new);
	else if (l->seen != NULL)
		is_new = map_get(l->seen, str_c(key)) == NULL;
	if (!is_new || (l->trips >> kind & 1) == 0)
		return OK;
	if (++l->n[kind] > SILENCE_KNOWN_MAX)
		return err_set(why, FAIL_LIMIT,
		    "it concerns more than %d of %s: narrow it, or let it not break by these",
		    SILENCE_KNOWN_MAX, silence_trip_word(kind));
	db_bind_int(l->put, 1, l->id);
	db_bind_int(l->put, 2, (int64_t)kind);
	db_bind_str(l->put, 3, value);
	return db_run(l->put, why);
}

#define PUT "INSERT INTO silence_known VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING"

enum err
silence_learn(struct alerts *a, int64_t id, const struct silence_about *x, struct diag *why)
{
	struct learn l = { .id = id, .trips = SILENCE_ALL_TRIPS };
	enum err e = db_prepare(a->db, PUT, &l.put, why);

	if (e == OK)
		e = silence_values(x, learn_value, &l, why);
	db_finalize(l.put);
	return e;
}

struct past {
	struct learn l;
	enum alerts_severity worst;
	struct diag *why;
};

static enum err
learn_row(void *ctx, const struct alerts_row *row)
{
	struct past *p = ctx;
	struct silence_about x = { .rule_id = row->rule_id,
		.group = row->group,
		.tags = row->tags,
		.affected = row->affected,
		.severity = ALERTS_INFO };

	(void)alerts_severity_find(row->severity, &x.severity);
	p->worst = x.severity < p->worst ? x.severity : p->worst;
	return silence_values(&x, learn_value, &p->l, p->why);
}

enum err
silence_learn_past(struct alerts *a, const struct silence *s, int64_t now,
    struct silence_preview *ret, struct diag *why)
{
	struct past p = {
		.l = { .id = s->id, .trips = s->trips }, .worst = ALERTS_INFO, .why = why
	};
	enum err e = db_prepare(a->db, PUT, &p.l.put, why);

	if (e != OK)
		return e;
	p.l.seen = map_new(sizeof(char), SILENCE_TRIPS * SILENCE_KNOWN_MAX + 1);
	e = silence_preview(a, s, now, ret, learn_row, &p, why);
	map_free(p.l.seen);
	db_finalize(p.l.put);
	if (e == OK)
		e = silence_run(a,
		    "UPDATE silences SET seen = ?2, seen_rank = min(seen_rank, ?3) WHERE id = ?1",
		    (const struct silence_value[]){ SILENCE_N(s->id),
			SILENCE_N((int64_t)ret->alerts), SILENCE_N((int64_t)p.worst) },
		    3, why);
	return e;
}
