/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* Playbooks and their runs as JSON. */
#include "api/playjson.h"

#include "base/clock.h"
#include "incident/playword.h"

static void
put_time(struct jsonw *w, const char *key, int64_t ns)
{
	jsonw_key(w, str_c(key));
	if (ns != 0)
		jsonw_time(w, ns);
	else
		jsonw_null(w);
}

void
playjson_put_open(struct jsonw *w, const struct playlib_book *b)
{
	const struct playbook *p = b->book;

	jsonw_obj(w);
	jsonw_kstr(w, "name", p->name);
	jsonw_kstr(w, "title", p->title);
	jsonw_kstr(w, "description", p->about);
	jsonw_kstr(w, "version", p->version);
	jsonw_key(w, STR("for"));
	jsonw_arr(w);
	for (unsigned i = 0; i < INCIDENT_TYPES; i++)
		if ((p->types & 1U << i) != 0)
			jsonw_str(w, playword_at(PLAYWORD_TYPE, i));
	jsonw_end(w);
	jsonw_kint(w, "steps_total", (int64_t)p->n);
}

static void
put_form(struct jsonw *w, const struct playbook_step *s)
{
	jsonw_key(w, STR("form"));
	jsonw_arr(w);
	for (size_t i = 0; i < s->n_fields; i++) {
		const struct playbook_field *f = &s->fields[i];
		struct str choices = f->choices;

		jsonw_obj(w);
		jsonw_kstr(w, "name", f->name);
		jsonw_kstr(w, "title", f->title.n != 0 ? f->title : f->name);
		jsonw_kstr(w, "kind", playword_at(PLAYWORD_KIND, f->kind));
		jsonw_kbool(w, "required", f->required);
		jsonw_key(w, STR("choices"));
		jsonw_arr(w);
		while (choices.n != 0)
			jsonw_str(w, str_until(&choices, ' '));
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
playjson_step_open(struct jsonw *w, const struct playbook *p, size_t i)
{
	const struct playbook_step *s = &p->steps[i];
	const bool manual = s->what.act == PLAYBOOK_MANUAL;

	jsonw_obj(w);
	jsonw_kstr(w, "id", s->id);
	jsonw_kstr(w, "title", s->title);
	jsonw_kstr(w, "description", s->about);
	jsonw_kstr(w, "phase", str_c(incident_phase_word(s->phase)));
	jsonw_kstr(w, "action", manual ? STR("") : playword_at(PLAYWORD_ACT, s->what.act));
	jsonw_kbool(w, "destructive", !manual && playword_destructive(s->what.act));
	jsonw_kint(w, "for_seconds", s->what.span / CLOCK_S);
	jsonw_kstr(w, "instructions", s->instructions);
	put_form(w, s);
	jsonw_kstr(w, "approve",
	    s->approve == PLAYBOOK_NOBODY  ? STR("")
	    : s->approve == PLAYBOOK_ADMIN ? STR("admin")
					   : STR("write"));
	jsonw_kint(w, "timeout_seconds", s->timeout / CLOCK_S);
	jsonw_kbool(w, "conditional", s->when != NULL);
	jsonw_kbool(w, "rollback", s->undo.act != PLAYBOOK_MANUAL);
	jsonw_key(w, STR("after"));
	jsonw_arr(w);
	for (size_t k = 0; k < p->n; k++)
		if ((s->after & UINT64_C(1) << k) != 0)
			jsonw_str(w, p->steps[k].id);
	jsonw_end(w);
}

struct listing {
	struct jsonw *w;
	struct incidents *all;
	const struct runs_row *run;
	size_t step;
	struct diag *why;
};

static enum err
on_effect(void *ctx, const struct runs_effect_row *row)
{
	static const char *const kinds[] = { "do", "undo", "late" };
	struct listing *l = ctx;

	if (row->step != l->step)
		return OK;
	jsonw_obj(l->w);
	jsonw_kstr(l->w, "kind", str_c(kinds[row->kind]));
	jsonw_kstr(l->w, "target", row->target);
	jsonw_kstr(l->w, "state", row->state);
	jsonw_kbool(l->w, "dry", row->dry);
	jsonw_kstr(l->w, "ref", row->ref);
	jsonw_kstr(l->w, "result", row->result);
	put_time(l->w, "at", row->at);
	jsonw_end(l->w);
	return OK;
}

static enum err
on_step(void *ctx, const struct runs_step_row *row)
{
	struct listing *l = ctx;
	enum err e;

	if (row->step >= l->run->book->n)
		return OK;
	l->step = row->step;
	playjson_step_open(l->w, l->run->book, row->step);
	jsonw_kstr(l->w, "state", str_c(run_state_word(row->state)));
	jsonw_kbool(l->w, "dry", row->dry);
	jsonw_kbool(l->w, "late", row->escalated);
	jsonw_kint(l->w, "tries", row->tries);
	put_time(l->w, "begun", row->begun);
	put_time(l->w, "ended", row->ended);
	put_time(l->w, "next_try", row->state == RUN_PAUSED ? row->next : 0);
	jsonw_kint(l->w, "found", (int64_t)row->found);
	jsonw_kstr(l->w, "who", row->who);
	jsonw_kstr(l->w, "note", row->note);
	jsonw_key(l->w, STR("output"));
	jsonw_raw(l->w, row->output.n != 0 ? row->output : STR("null"));
	jsonw_key(l->w, STR("answers"));
	jsonw_raw(l->w, row->answers.n != 0 ? row->answers : STR("null"));
	jsonw_key(l->w, STR("effects"));
	jsonw_arr(l->w);
	e = runs_effects(l->all, l->run->id, on_effect, l, l->why);
	jsonw_end(l->w);
	jsonw_end(l->w);
	return e;
}

static enum err
on_run(void *ctx, const struct runs_row *row)
{
	struct listing *l = ctx;
	enum err e;

	l->run = row;
	jsonw_obj(l->w);
	jsonw_kint(l->w, "id", row->id);
	jsonw_kstr(l->w, "playbook", row->playbook);
	jsonw_kstr(l->w, "title", row->title);
	jsonw_kstr(l->w, "version", row->version);
	jsonw_kstr(l->w, "status", str_c(run_status_word(row->status)));
	jsonw_kbool(l->w, "unasked", row->unasked);
	jsonw_kstr(l->w, "by", row->by);
	put_time(l->w, "started", row->started);
	put_time(l->w, "ended", row->ended);
	jsonw_key(l->w, STR("steps"));
	jsonw_arr(l->w);
	e = runs_steps(l->all, row->id, on_step, l, l->why);
	jsonw_end(l->w);
	jsonw_end(l->w);
	return e;
}

enum err
playjson_runs(struct jsonw *w, struct incidents *all, int64_t incident, int64_t run,
    struct diag *why)
{
	struct listing l = { .w = w, .all = all, .why = why };
	enum err e;

	jsonw_arr(w);
	e = runs_list(all, incident, run, on_run, &l, why);
	jsonw_end(w);
	return e;
}
