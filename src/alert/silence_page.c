/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that people are called for already: a silence of now stops that too. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_page_silence.c */
#include "alert/silence_in.h"
#include "base/vec.h"

struct stop {
	struct alerts *a;
	int64_t now;
	bool stopped;
	struct diag *why;
};

/* As if it counted up: by nothing, so it counts once and breaks what it would break. */
static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct stop *s = ctx;
	char quiet[SILENCE_QUIET_SIZE];
	struct dispatch d = { .id = str_c(row->id),
		.rule_id = row->rule_id,
		.title = row->title,
		.tags = row->tags,
		.group = row->group,
		.affected = row->affected,
		.own = STR(""),
		.severity = ALERTS_INFO,
		.why = DISPATCH_MORE,
		.last = row->last,
		.quiet = row->quiet };
	enum err e;

	if (row->status != ALERTS_OPEN)
		return OK;
	(void)alerts_severity_find(row->severity, &d.severity);
	e = silence_hides(s->a, &d, s->now, quiet, s->why);
	s->stopped = quiet[0] != '\0';
	return e;
}

static enum err
stop_one(struct stop *s, struct str alert_id)
{
	uint64_t rev = 0;
	enum err e;

	s->stopped = false;
	e = alerts_get(s->a, alert_id, on_alert, s, s->why);
	if (e == FAIL_NOT_FOUND)
		return OK; /* kept no longer */
	if (e != OK || !s->stopped)
		return e;
	e = txn_revs(s->a, 1, &rev, s->why);
	return e == OK ? silence_run(s->a, "UPDATE alerts SET rev = ?2 WHERE id = ?1",
			     (const struct silence_value[]){
				 SILENCE_T(alert_id), SILENCE_N((int64_t)rev) },
			     2, s->why)
		       : e;
}

struct alert_id {
	char text[ALERTS_ID_SIZE];
};

enum err
silence_stop_all(struct alerts *a, int64_t now, struct diag *why)
{
	struct stop s = { a, now, false, why };
	VEC(struct alert_id) ids = { 0 };
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT DISTINCT alert_id FROM pages WHERE state IN ('running', 'held') AND state ="
	    " 'running'",
	    &st, why);

	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		struct alert_id id;

		(void)str_to_c(db_str(st, 0), id.text, sizeof(id.text));
		VEC_PUSH(&ids, id);
	}
	db_finalize(st);
	for (size_t i = 0; i < ids.n && e == OK; i++)
		e = stop_one(&s, str_c(ids.p[i].text));
	VEC_FINI(&ids);
	return e;
}

enum err
silence_stop(struct alerts *a, struct str alert_id, int64_t now, bool *ret, struct diag *why)
{
	struct stop s = { a, now, false, why };
	int64_t any = 0;
	enum err e = txn_number(a, "SELECT EXISTS(SELECT 1 FROM silences WHERE ended_ns = 0)",
	    (struct str){ NULL, 0 }, &any, why);

	*ret = false;
	if (e != OK || any == 0)
		return e;
	e = txn_begin(a, why);
	if (e == OK)
		e = txn_end(a, stop_one(&s, alert_id), why);
	*ret = e == OK && s.stopped;
	return e;
}
