/* SPDX-License-Identifier: Apache-2.0 */
/* exports: runs_ */
/* tested by: test/unit/incident/test_runs.c */
/* Runs as people see them; and whether a form was filled in as it should be. */
#include "base/jsonr.h"
#include "incident/runs_in.h"

static enum err
list_row(struct db_stmt *st, runs_fn fn, void *ctx, struct diag *why)
{
	struct playbook *book = NULL;
	struct runs_row row = { .id = db_int(st, 0),
		.incident = db_int(st, 1),
		.unasked = db_int(st, 4) != 0,
		.by = db_str(st, 5),
		.started = db_int(st, 6),
		.ended = db_int(st, 7) };
	enum err e = playbook_read(db_str(st, 2), "a playbook that runs", &book, why);

	if (e != OK)
		return e;
	(void)run_status_find(db_str(st, 3), &row.status);
	row.book = book;
	row.playbook = book->name;
	row.title = book->title;
	row.version = book->version;
	e = fn(ctx, &row);
	playbook_free(book);
	return e;
}

enum err
runs_list(struct incidents *all, int64_t incident, int64_t run, runs_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	size_t n = 0;
	enum err e = db_prepare(all->db,
	    "SELECT id, incident, text, status, unasked, by, started_ns, ended_ns FROM runs"
	    " WHERE incident = ?1 AND (?2 = 0 OR id = ?2) ORDER BY id",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, incident);
	db_bind_int(st, 2, run);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		e = list_row(st, fn, ctx, why);
		n++;
	}
	db_finalize(st);
	if (e == OK && run != 0 && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no such run");
	return e;
}

enum err
runs_steps(struct incidents *all, int64_t run, runs_step_fn fn, void *ctx, struct diag *why)
{
	struct runs_step_row one;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT step, state, tries, dry, escalated, begun_ns, ended_ns, next_ns, found, who,"
	    " note, output, answers FROM run_steps WHERE run = ?1 ORDER BY step",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, run);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		one = (struct runs_step_row){ .step = (size_t)db_int(st, 0),
			.tries = (unsigned)db_int(st, 2),
			.dry = db_int(st, 3) != 0,
			.escalated = db_int(st, 4) != 0,
			.begun = db_int(st, 5),
			.ended = db_int(st, 6),
			.next = db_int(st, 7),
			.found = (uint64_t)db_int(st, 8),
			.who = db_str(st, 9),
			.note = db_str(st, 10),
			.output = db_str(st, 11),
			.answers = db_str(st, 12) };
		(void)run_state_find(db_str(st, 1), &one.state);
		e = fn(ctx, &one);
	}
	db_finalize(st);
	return e;
}

enum err
runs_effects(struct incidents *all, int64_t run, runs_effect_fn fn, void *ctx, struct diag *why)
{
	struct runs_effect_row one;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT step, kind, dry, target, state, ref, result, at_ns FROM run_effects"
	    " WHERE run = ?1 ORDER BY id",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, run);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		one = (struct runs_effect_row){ .step = (size_t)db_int(st, 0),
			.kind = (enum runs_kind)db_int(st, 1),
			.dry = db_int(st, 2) != 0,
			.target = db_str(st, 3),
			.state = db_str(st, 4),
			.ref = db_str(st, 5),
			.result = db_str(st, 6),
			.at = db_int(st, 7) };
		e = fn(ctx, &one);
	}
	db_finalize(st);
	return e;
}

enum err
runs_missing(struct incidents *all, struct runs_missing *ret, size_t max, size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT n, type FROM incidents i WHERE status = 'open' AND drill = 0"
	    " AND NOT EXISTS (SELECT 1 FROM runs WHERE incident = i.n) ORDER BY n DESC LIMIT ?1",
	    &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_int(st, 1, (int64_t)max);
	while (*ret_n < max && (e = db_step(st, &row, why)) == OK && row) {
		ret[*ret_n] = (struct runs_missing){ db_int(st, 0), INCIDENT_CUSTOM };
		(void)incident_type_find(db_str(st, 1), &ret[*ret_n].type);
		++*ret_n;
	}
	db_finalize(st);
	return e;
}

static bool
is_choice(struct str choices, struct str word)
{
	while (choices.n != 0)
		if (str_eq(str_until(&choices, ' '), word))
			return true;
	return false;
}

static bool
fits(const struct playbook_field *f, const struct jsonr *m)
{
	switch (f->kind) {
	case PLAYBOOK_TEXT:
		return m->type == JSONR_TEXT && (!f->required || str_trim(m->s).n != 0);
	case PLAYBOOK_NUMBER:
		return m->type == JSONR_INT || m->type == JSONR_REAL;
	case PLAYBOOK_YESNO:
		return m->type == JSONR_BOOL;
	case PLAYBOOK_CHOICE:
		return m->type == JSONR_TEXT && is_choice(f->choices, m->s);
	}
	return false;
}

static enum err
check_map(const struct playbook_step *s, const struct jsonr *top, struct diag *why)
{
	char name[PLAYBOOK_NAME_MAX + 1];

	for (const struct jsonr *m = top->first; m != NULL; m = m->next) {
		size_t i = 0;

		while (i < s->n_fields && !str_eq(s->fields[i].name, m->key))
			i++;
		if (i == s->n_fields)
			return err_set(why, FAIL_SYNTAX, "the form has no field %.*s",
			    (int)(m->key.n < 40 ? m->key.n : 40), m->key.p);
		if (!fits(&s->fields[i], m))
			return err_set(why, FAIL_SYNTAX, "%.*s: is to be %.*s%.*s",
			    STR_ARG(s->fields[i].name),
			    STR_ARG(playword_at(PLAYWORD_KIND, s->fields[i].kind)),
			    s->fields[i].choices.n != 0 ? 200 : 0, ", one of those of the form");
	}
	for (size_t i = 0; i < s->n_fields; i++)
		if (s->fields[i].required &&
		    jsonr_get(top, str_to_c(s->fields[i].name, name, sizeof(name))) == NULL)
			return err_set(why, FAIL_SYNTAX, "%s: is missing", name);
	return OK;
}

enum err
runs_check_answers(const struct runs_one *one, size_t step, struct str answers, struct diag *why)
{
	const struct playbook_step *s = &one->book->steps[step];
	const struct jsonr *top = NULL;
	enum err e;

	if (answers.n > RUNS_ANSWERS_MAX)
		return err_set(why, FAIL_LIMIT, "a form has at most %d bytes", RUNS_ANSWERS_MAX);
	e = jsonr_parse(one->arena, answers.n != 0 ? answers : STR("{}"), &top, why);
	if (e == OK && top->type != JSONR_MAP)
		e = err_set(why, FAIL_SYNTAX, "a form is an object");
	return e == OK ? check_map(s, top, why) : e;
}
