/* SPDX-License-Identifier: Apache-2.0 */
/* exports: playread_ */
/* tested by: test/unit/incident/test_playbook.c */
/* One step of a playbook: what the program does, or what people do. */
#include "base/clock.h"
#include "incident/playread.h"

static enum err
read_bool(struct playread *r, const struct tree *t, bool *ret)
{
	*ret = t->kind == TREE_TEXT && str_eq(t->text, STR("true"));
	if (*ret || (t->kind == TREE_TEXT && str_eq(t->text, STR("false"))))
		return OK;
	return playread_refuse(r, t, "true or false is wanted here");
}

static enum err
read_span(struct playread *r, const struct tree *t, int64_t *ret)
{
	if (t->kind == TREE_TEXT && clock_span(t->text, ret) && *ret > 0 &&
	    *ret <= PLAYBOOK_SPAN_MAX)
		return OK;
	return playread_refuse(r, t, "a time like 15m is wanted here, at most 30d");
}

/* Text in which {{words}} stand for what the incident is about. */
static enum err
read_template(struct playread *r, const struct tree *t, struct str *ret)
{
	enum err e = playread_text(r, t, PLAYBOOK_ABOUT_MAX, ret);
	struct str unknown = { 0 };

	if (e == OK)
		unknown = playword_unknown(*ret);
	if (unknown.n != 0)
		return playread_refuse(r, t, "there is no {{%.*s}}",
		    (int)(unknown.n < 40 ? unknown.n : 40), unknown.p);
	return e;
}

/* What the program does. */

static enum err
do_action(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_do *d = to;
	unsigned act = 0;
	enum err e = playread_word(r, t, PLAYWORD_ACT, &act);

	d->act = (enum playbook_act)act;
	return e;
}

static enum err
do_for(struct playread *r, const struct tree *t, void *to)
{
	return read_span(r, t, &((struct playbook_do *)to)->span);
}

static enum err
do_channel(struct playread *r, const struct tree *t, void *to)
{
	return playread_name(r, t, &((struct playbook_do *)to)->channel);
}

static enum err
do_say(struct playread *r, const struct tree *t, void *to)
{
	return read_template(r, t, &((struct playbook_do *)to)->say);
}

static enum err
do_sql(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_do *d = to;
	enum err e = read_template(r, t, &d->sql);

	if (e == OK && playword_check_sql(d->sql, r->why) != OK)
		return err_at(r->why, FAIL_SYNTAX, NULL, t->line, t->column);
	return e;
}

/* Which members go with which action. */
static enum err
check_do(struct playread *r, const struct tree *t, const struct playbook_do *d)
{
	const bool tells = d->act == PLAYBOOK_NOTIFY || d->act == PLAYBOOK_CREATE_TICKET;

	if (d->act == PLAYBOOK_MANUAL)
		return playread_refuse(r, t, "action: is missing");
	if (d->span != 0 && d->act >= PLAYBOOK_DEEDS)
		return playread_refuse(r, t, "for: goes with responses, which end");
	if (d->channel.n != 0 && !tells)
		return playread_refuse(r, t, "channel: goes with NOTIFY and CREATE_TICKET");
	if (d->say.n != 0 && !tells)
		return playread_refuse(r, t, "say: goes with NOTIFY and CREATE_TICKET");
	if ((d->sql.n != 0) != (d->act == PLAYBOOK_QUERY))
		return playread_refuse(r, t, "sql: goes with QUERY, and QUERY with sql:");
	return OK;
}

static enum err
read_do(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = {
		{ "action", do_action },
		{ "for", do_for },
		{ "channel", do_channel },
		{ "say", do_say },
		{ "sql", do_sql },
	};
	enum err e = playread_map(r, t, keys, ARRAY_LEN(keys), to);

	return e == OK ? check_do(r, t, to) : e;
}

/* What people do. */

static enum err
field_name(struct playread *r, const struct tree *t, void *to)
{
	return playread_name(r, t, &((struct playbook_field *)to)->name);
}

static enum err
field_title(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, PLAYBOOK_TITLE_MAX, &((struct playbook_field *)to)->title);
}

static enum err
field_kind(struct playread *r, const struct tree *t, void *to)
{
	unsigned kind = 0;
	enum err e = playread_word(r, t, PLAYWORD_KIND, &kind);

	((struct playbook_field *)to)->kind = (enum playbook_kind)kind;
	return e;
}

static enum err
field_required(struct playread *r, const struct tree *t, void *to)
{
	return read_bool(r, t, &((struct playbook_field *)to)->required);
}

static enum err
field_choices(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_field *f = to;
	auto_buf struct buf words = { 0 };
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > 20)
		return playread_refuse(r, t, "a list of 1 to 20 words is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct str word = { 0 };

		e = playread_name(r, m, &word);
		if (words.n != 0)
			buf_byte(&words, ' ');
		buf_str(&words, word);
	}
	if (e == OK && !arena_copy(r->arena, buf_view(&words), &f->choices))
		e = playread_refuse(r, t, "the playbook is too large");
	return e;
}

static enum err
read_form(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = {
		{ "name", field_name },
		{ "title", field_title },
		{ "kind", field_kind },
		{ "required", field_required },
		{ "choices", field_choices },
	};
	struct playbook_step *s = to;
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > PLAYBOOK_FIELDS_MAX)
		return playread_refuse(r, t, "a list of 1 to %d fields is wanted here",
		    PLAYBOOK_FIELDS_MAX);
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct playbook_field *f = &s->fields[s->n_fields];

		e = playread_map(r, m, keys, ARRAY_LEN(keys), f);
		if (e == OK && f->name.n == 0)
			e = playread_refuse(r, m, "name: is missing");
		if (e == OK && (f->kind == PLAYBOOK_CHOICE) != (f->choices.n != 0))
			e = playread_refuse(r, m, "choices: go with kind: choice");
		for (size_t i = 0; e == OK && i < s->n_fields; i++)
			if (str_eq(s->fields[i].name, f->name))
				e = playread_refuse(r, m, "this name stands here twice");
		s->n_fields++;
	}
	return e;
}

static enum err
manual_instructions(struct playread *r, const struct tree *t, void *to)
{
	return read_template(r, t, &((struct playbook_step *)to)->instructions);
}

static enum err
step_manual(struct playread *r, const struct tree *t, void *to)
{
	static const struct playread_key keys[] = {
		{ "instructions", manual_instructions },
		{ "form", read_form },
	};
	struct playbook_step *s = to;
	enum err e = playread_map(r, t, keys, ARRAY_LEN(keys), s);

	if (e == OK && s->instructions.n == 0)
		e = playread_refuse(r, t, "instructions: are missing");
	return e;
}

/* Steps. */

static enum err
skip(struct playread *r, const struct tree *t, void *to)
{
	(void)r;
	(void)t;
	(void)to;
	return OK;
}

static enum err
step_title(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, PLAYBOOK_TITLE_MAX, &((struct playbook_step *)to)->title);
}

static enum err
step_about(struct playread *r, const struct tree *t, void *to)
{
	return playread_text(r, t, PLAYBOOK_ABOUT_MAX, &((struct playbook_step *)to)->about);
}

static enum err
step_phase(struct playread *r, const struct tree *t, void *to)
{
	unsigned phase = 0;
	enum err e = playread_word(r, t, PLAYWORD_PHASE, &phase);

	((struct playbook_step *)to)->phase = (enum incident_phase)phase;
	return e;
}

static enum err
step_auto(struct playread *r, const struct tree *t, void *to)
{
	return read_do(r, t, &((struct playbook_step *)to)->what);
}

static enum err
step_approve(struct playread *r, const struct tree *t, void *to)
{
	unsigned role = 0;
	enum err e = playread_word(r, t, PLAYWORD_ROLE, &role);

	((struct playbook_step *)to)->approve = (enum playbook_role)role;
	return e;
}

static enum err
step_timeout(struct playread *r, const struct tree *t, void *to)
{
	return read_span(r, t, &((struct playbook_step *)to)->timeout);
}

static enum err
step_on_timeout(struct playread *r, const struct tree *t, void *to)
{
	unsigned late = 0;
	enum err e = playread_word(r, t, PLAYWORD_LATE, &late);

	((struct playbook_step *)to)->on_timeout = (enum playbook_late)late;
	return e;
}

static enum err
step_on_fail(struct playread *r, const struct tree *t, void *to)
{
	unsigned fail = 0;
	enum err e = playread_word(r, t, PLAYWORD_FAIL, &fail);

	((struct playbook_step *)to)->on_fail = (enum playbook_fail)fail;
	return e;
}

static enum err
step_retry(struct playread *r, const struct tree *t, void *to)
{
	uint64_t n = 0;
	enum err e = playread_number(r, t, PLAYBOOK_RETRY_MAX, &n);

	((struct playbook_step *)to)->retry = (unsigned)n;
	return e;
}

static enum err
step_rollback(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_step *s = to;

	if (t->kind != TREE_TEXT)
		return read_do(r, t, &s->undo);
	if (!str_eq(t->text, STR("undo")))
		return playread_refuse(r, t, "rollback: is undo, or an action as in auto:");
	s->undo.act = PLAYBOOK_UNDO;
	return OK;
}

static enum err
step_after(struct playread *r, const struct tree *t, void *to)
{
	struct playbook_step *s = to;
	enum err e = OK;
	size_t i = 0;

	s->after = 0;
	if (t->kind != TREE_LIST)
		return playread_refuse(r, t, "a list of ids of steps is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		e = playread_step(r, m, &i);
		if (e == OK)
			s->after |= UINT64_C(1) << i;
	}
	return e;
}

static enum err
check_step(struct playread *r, const struct tree *t, const struct playbook_step *s)
{
	const bool manual = s->what.act == PLAYBOOK_MANUAL;

	if (s->title.n == 0)
		return playread_refuse(r, t, "title: is missing");
	if (manual == (s->instructions.n == 0))
		return playread_refuse(r, t, "a step has either auto: or manual:");
	if (manual && s->retry != 0)
		return playread_refuse(r, t, "retry: goes with auto:");
	if (s->undo.act == PLAYBOOK_UNDO && s->what.act >= PLAYBOOK_DEEDS)
		return playread_refuse(r, t, "rollback: undo goes with responses, which can end");
	return OK;
}

enum err
playread_one(struct playread *r, const struct tree *t, struct playbook_step *s)
{
	static const struct playread_key keys[] = {
		{ "id", skip },
		{ "title", step_title },
		{ "description", step_about },
		{ "phase", step_phase },
		{ "auto", step_auto },
		{ "manual", step_manual },
		{ "when", skip },
		{ "approve", step_approve },
		{ "timeout", step_timeout },
		{ "on_timeout", step_on_timeout },
		{ "on_fail", step_on_fail },
		{ "retry", step_retry },
		{ "rollback", step_rollback },
		{ "after", step_after },
	};
	enum err e;

	s->what.act = s->undo.act = PLAYBOOK_MANUAL;
	s->phase = INCIDENT_IDENTIFICATION;
	s->line = t->line;
	if (r->at != 0)
		s->after = UINT64_C(1) << (r->at - 1);
	e = playread_map(r, t, keys, ARRAY_LEN(keys), s);
	return e == OK ? check_step(r, t, s) : e;
}
