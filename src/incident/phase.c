/* SPDX-License-Identifier: Apache-2.0 */
/* Phases and their steps. */
#include "incident/phase.h"

#include <stdio.h>

#include "incident/internal.h"
#include "incident/guide.h"
#include "incident/story.h"

static const char *const words[PHASE_STEP_STATES] = { "open", "done", "skipped" };

/* A field is filled when it has text: of the incident itself, or of its form. */
#define FILLED                                                                                     \
	"CASE c.field WHEN '' THEN 0 WHEN 'owner' THEN i.owner <> '' WHEN 'cause' THEN i.cause "   \
	"<> ''"                                                                                    \
	" ELSE EXISTS(SELECT 1 FROM form f WHERE f.incident = c.incident AND f.field = c.field"    \
	" AND f.text <> '') END"
#define STATE "iif(" FILLED ", 'done', c.state)"
#define ORDER                                                                                      \
	"CASE c.phase WHEN 'preparation' THEN 0 WHEN 'identification' THEN 1"                      \
	" WHEN 'containment' THEN 2 WHEN 'eradication' THEN 3 WHEN 'recovery' THEN 4 ELSE 5 END"

const char *
phase_state_word(enum phase_state s)
{
	return words[s];
}

bool
phase_state_find(struct str word, enum phase_state *ret)
{
	for (unsigned i = 0; i < PHASE_STEP_STATES; i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = (enum phase_state)i;
			return true;
		}
	return false;
}

enum err
phase_steps(struct incidents *all, int64_t n, phase_step_fn fn, void *ctx, struct diag *why)
{
	struct phase_step s;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT c.phase, c.item, c.text, c.field, c.optional, c.within_ns, " STATE
	    ", c.by, c.note, c.at_ns FROM checks c JOIN incidents i ON i.n = c.incident"
	    " WHERE c.incident = ?1 ORDER BY " ORDER ", c.item",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		s = (struct phase_step){ .item = db_int(st, 1),
			.text = db_str(st, 2),
			.field = db_str(st, 3),
			.optional = db_int(st, 4) != 0,
			.within = db_int(st, 5),
			.by = db_str(st, 7),
			.note = db_str(st, 8),
			.at = db_int(st, 9) };
		(void)incident_phase_find(db_str(st, 0), &s.phase);
		(void)phase_state_find(db_str(st, 6), &s.state);
		e = fn(ctx, &s);
	}
	db_finalize(st);
	return e;
}

static enum err
fill_one(struct db_stmt *st, int64_t n, enum incident_phase phase, int64_t item,
    const struct guide_step *s, struct diag *why)
{
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, str_c(incident_phase_word(phase)));
	db_bind_int(st, 3, item);
	db_bind_str(st, 4, s->text);
	db_bind_str(st, 5, s->field);
	db_bind_int(st, 6, s->optional);
	db_bind_int(st, 7, s->within);
	return db_run(st, why);
}

enum err
phase_fill(struct incidents *all, int64_t n, enum incident_type type, struct diag *why)
{
	const struct guide_step *s;
	struct db_stmt *st;
	enum err e;

	if (all->guide == NULL)
		return OK;
	e = db_prepare(all->db,
	    "INSERT INTO checks SELECT ?1, ?2, coalesce((SELECT max(item) FROM checks WHERE"
	    " incident = ?1 AND phase = ?2), 0) + 1, ?4, ?5, ?6, ?7, 'open', '', 0, '' WHERE ?3 > 0"
	    " AND NOT EXISTS(SELECT 1 FROM checks WHERE incident = ?1 AND phase = ?2 AND text = "
	    "?4)",
	    &st, why);
	if (e != OK)
		return e;
	for (unsigned p = 0; p < INCIDENT_PHASES && e == OK; p++)
		for (size_t i = 0; e == OK && (s = guide_step(all->guide, type,
						   (enum incident_phase)p, i)) != NULL;
		     i++)
			e = fill_one(st, n, (enum incident_phase)p, (int64_t)i + 1, s, why);
	db_finalize(st);
	return e;
}

struct found { /* a step, kept */
	enum incident_phase phase;
	int64_t item;
	char text[200];
	bool there, optional, field;
	enum phase_state state;
};

static enum err
keep_step(void *ctx, const struct phase_step *s)
{
	struct found *f = ctx;

	if (s->phase != f->phase || s->item != f->item)
		return OK;
	f->there = true;
	f->optional = s->optional;
	f->field = s->field.n != 0;
	f->state = s->state;
	(void)str_to_c(incident_cut(s->text, sizeof(f->text) - 1), f->text, sizeof(f->text));
	return OK;
}

static enum err
allowed(const struct found *f, const struct phase_step *to, struct diag *why)
{
	if (!f->there)
		return err_set(why, FAIL_NOT_FOUND, "there is no such step");
	if (f->field && to->state == PHASE_STEP_DONE && f->state != PHASE_STEP_DONE)
		return err_set(why, FAIL_DENIED, "\"%.120s\" is done when its field is filled",
		    f->text);
	if (to->state == PHASE_STEP_SKIPPED && !f->optional && str_trim(to->note).n == 0)
		return err_set(why, FAIL_DENIED, "say in a note why \"%.120s\" is skipped",
		    f->text);
	return OK;
}

static enum err
store_step(struct incidents *all, int64_t n, const struct phase_step *to, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE checks SET state = ?4, by = ?5, note = ?6, at_ns = ?7"
	    " WHERE incident = ?1 AND phase = ?2 AND item = ?3",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, str_c(incident_phase_word(to->phase)));
	db_bind_int(st, 3, to->item);
	db_bind_str(st, 4, str_c(words[to->state]));
	db_bind_str(st, 5, incident_cut(to->by, INCIDENT_NAME));
	db_bind_str(st, 6, incident_cut(to->note, INCIDENT_TEXT));
	db_bind_int(st, 7, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
check_inside(struct incidents *all, int64_t n, const struct phase_step *to, int64_t now,
    struct diag *why)
{
	static const char *const did[PHASE_STEP_STATES] = { "opened again", "done", "skipped" };
	struct found f = { .phase = to->phase, .item = to->item };
	struct story_entry entry = { .incident = n, .at = now, .kind = STORY_CHECK, .who = to->by };
	char text[600];
	enum err e = incident_must_be_open(all, n, why);

	if (e == OK)
		e = phase_steps(all, n, keep_step, &f, why);
	if (e == OK)
		e = allowed(&f, to, why);
	if (e == OK)
		e = store_step(all, n, to, now, why);
	if (e != OK)
		return e;
	(void)snprintf(text, sizeof(text), "%s: %s%s%.*s", did[to->state], f.text,
	    to->note.n != 0 ? ". " : "", (int)(to->note.n < 300 ? to->note.n : 300),
	    to->note.n != 0 ? to->note.p : "");
	entry.text = str_c(text);
	return story_add(all, &entry, now, NULL, why);
}

enum err
phase_check(struct incidents *all, int64_t n, const struct phase_step *to, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, check_inside(all, n, to, now, why), why);
}

struct gating {
	enum incident_phase phase;
	struct phase_gate *to;
};

static enum err
on_gate(void *ctx, const struct phase_step *s)
{
	struct gating *g = ctx;

	if (s->phase != g->phase || s->optional || s->state != PHASE_STEP_OPEN)
		return OK;
	if (g->to->open++ == 0)
		(void)str_to_c(incident_cut(s->text, sizeof(g->to->first) - 1), g->to->first,
		    sizeof(g->to->first));
	return OK;
}

enum err
phase_gate(struct incidents *all, int64_t n, enum incident_phase phase, struct phase_gate *ret,
    struct diag *why)
{
	struct gating g = { phase, ret };

	*ret = (struct phase_gate){ 0 };
	return phase_steps(all, n, on_gate, &g, why);
}

static enum err
keep_phase(void *ctx, const struct incident *one)
{
	*(enum incident_phase *)ctx = one->phase;
	return OK;
}

/* Leaves one phase, enters the next. */
static enum err
move(struct incidents *all, int64_t n, enum incident_phase from, struct str reason, int64_t now,
    struct diag *why)
{
	static const char *const sql[] = {
		"UPDATE phases SET left_ns = ?3, override = ?4 WHERE incident = ?1 AND phase = ?2",
		"INSERT INTO phases(incident, phase, entered_ns) VALUES(?1, ?2, ?3 + length(?4) * "
		"0)"
		" ON CONFLICT DO UPDATE SET left_ns = 0",
		"UPDATE incidents SET phase = ?2 WHERE n = ?1 AND ?3 > 0 AND ?4 IS NOT NULL",
	};
	const enum incident_phase next = from + 1;
	enum err e = OK;

	for (unsigned i = 0; i < ARRAY_LEN(sql) && e == OK; i++) {
		struct db_stmt *st;

		e = db_prepare(all->db, sql[i], &st, why);
		if (e != OK)
			return e;
		db_bind_int(st, 1, n);
		db_bind_str(st, 2, str_c(incident_phase_word(i == 0 ? from : next)));
		db_bind_int(st, 3, now);
		db_bind_str(st, 4, incident_cut(reason, INCIDENT_TEXT));
		e = db_run(st, why);
		db_finalize(st);
	}
	return e;
}

static enum err
say_moved(struct incidents *all, int64_t n, enum incident_phase to, const struct phase_gate *g,
    const struct story_entry *who, struct str reason, int64_t now, struct diag *why)
{
	struct story_entry entry = *who;
	char text[700];

	if (g->open != 0)
		(void)snprintf(text, sizeof(text), "on to %s with %u open step%s: %.*s",
		    incident_phase_title(to), g->open, g->open == 1 ? "" : "s",
		    (int)(reason.n < 500 ? reason.n : 500), reason.p);
	else
		(void)snprintf(text, sizeof(text), "on to %s", incident_phase_title(to));
	entry.incident = n;
	entry.text = str_c(text);
	return story_add(all, &entry, now, NULL, why);
}

/* What leaving a phase says of how fast it went. */
static enum err
mark_left(struct incidents *all, int64_t n, enum incident_phase from, struct str by, int64_t now,
    struct diag *why)
{
	enum err e = OK;

	if (from == INCIDENT_CONTAINMENT)
		e = incident_mark(all, n, INCIDENT_WHEN_CONTAINED, now, why);
	if (from == INCIDENT_IDENTIFICATION)
		e = incident_mark(all, n, INCIDENT_WHEN_RESPONDED, now, why);
	if (e == OK && by.n != 0)
		e = incident_mark(all, n, INCIDENT_WHEN_ACKED, now, why);
	return e;
}

/* Is there a next phase, and may it be entered? */
static enum err
may_leave(struct incidents *all, int64_t n, enum incident_phase from, struct str reason,
    struct phase_gate *g, struct diag *why)
{
	enum err e;

	if (from == INCIDENT_LESSONS)
		return err_set(why, FAIL_DENIED,
		    "it is in its last phase; what remains is to close it");
	e = phase_gate(all, n, from, g, why);
	if (e != OK || g->open == 0 || str_trim(reason).n != 0)
		return e;
	return err_set(why, FAIL_DENIED,
	    "%u step%s of %s %s open, first \"%.120s\"; a reason overrides", g->open,
	    g->open == 1 ? "" : "s", incident_phase_title(from), g->open == 1 ? "is" : "are",
	    g->first);
}

static enum err
advance_inside(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	const struct story_entry who = { .at = now, .kind = STORY_PHASE, .who = by };
	enum incident_phase from = INCIDENT_LESSONS;
	struct phase_gate g = { 0 };
	enum err e = incident_must_be_open(all, n, why);

	if (e == OK)
		e = incident_get(all, n, keep_phase, &from, why);
	if (e == OK)
		e = may_leave(all, n, from, reason, &g, why);
	if (e == OK)
		e = move(all, n, from, g.open != 0 ? reason : STR(""), now, why);
	if (e == OK)
		e = mark_left(all, n, from, by, now, why);
	return e == OK ? say_moved(all, n, from + 1, &g, &who, reason, now, why) : e;
}

enum err
phase_advance(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, advance_inside(all, n, by, reason, now, why), why);
}

enum err
phase_times(struct incidents *all, int64_t n, phase_time_fn fn, void *ctx, struct diag *why)
{
	struct phase_time t;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT c.phase, entered_ns, left_ns, override FROM phases c WHERE incident = ?1"
	    " ORDER BY " ORDER,
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		t = (struct phase_time){
			.entered = db_int(st, 1), .left = db_int(st, 2), .override = db_str(st, 3)
		};
		(void)incident_phase_find(db_str(st, 0), &t.phase);
		e = fn(ctx, &t);
	}
	db_finalize(st);
	return e;
}
