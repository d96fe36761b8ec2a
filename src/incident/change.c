/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_phase.c */
/* Changes by people. */
#include "incident/change.h"

#include "base/buf.h"
#include "incident/internal.h"
#include "incident/phase.h"
#include "incident/story.h"

struct was { /* an incident, kept */
	char title[INCIDENT_TITLE + 1], owner[INCIDENT_NAME + 1];
	enum incident_type type;
	enum incident_severity severity;
	enum incident_status status;
	enum incident_phase phase;
	bool drill, cause;
};

static enum err
keep(void *ctx, const struct incident *one)
{
	struct was *w = ctx;

	(void)str_to_c(one->title, w->title, sizeof(w->title));
	(void)str_to_c(one->owner, w->owner, sizeof(w->owner));
	w->type = one->type;
	w->severity = one->severity;
	w->status = one->status;
	w->phase = one->phase;
	w->drill = one->drill;
	w->cause = one->cause.n != 0;
	return OK;
}

static enum err
set_text(struct incidents *all, int64_t n, const char *sql, struct str text, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_str(st, 2, text);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
say(struct incidents *all, int64_t n, enum story_kind kind, struct str by, int64_t now,
    struct buf *text, struct diag *why)
{
	const struct story_entry entry = {
		.incident = n, .at = now, .kind = kind, .who = by, .text = buf_view(text)
	};

	return text->n != 0 ? story_add(all, &entry, now, NULL, why) : OK;
}

static void
put_change(struct buf *to, const char *what, struct str from, struct str now)
{
	buf_printf(to, "%s%s", to->n != 0 ? "; " : "", what);
	if (from.n != 0)
		buf_printf(to, " from %.*s", STR_ARG(from));
	if (now.n != 0)
		buf_printf(to, " to %.*s", STR_ARG(now));
	else
		buf_str(to, STR(" taken away"));
}

static enum err
apply_texts(struct incidents *all, int64_t n, const struct change_wish *w, const struct was *was,
    struct buf *told, struct diag *why)
{
	const struct str title = incident_cut(w->title, INCIDENT_TITLE);
	const struct str owner = incident_cut(w->owner, INCIDENT_NAME);
	enum err e = OK;

	if (w->title.p != NULL && str_trim(title).n == 0)
		return err_set(why, FAIL_SYNTAX, "an incident has a title");
	if (w->title.p != NULL && !str_eq(title, str_c(was->title))) {
		put_change(told, "title", str_c(was->title), title);
		e = set_text(all, n, "UPDATE incidents SET title = ?2 WHERE n = ?1", title, why);
	}
	if (e == OK && w->owner.p != NULL && !str_eq(owner, str_c(was->owner))) {
		put_change(told, "owner", str_c(was->owner), owner);
		e = set_text(all, n, "UPDATE incidents SET owner = ?2 WHERE n = ?1", owner, why);
	}
	if (e == OK && w->cause.p != NULL) {
		buf_printf(told, "%sroot cause written down", told->n != 0 ? "; " : "");
		e = set_text(all, n, "UPDATE incidents SET cause = ?2 WHERE n = ?1",
		    incident_cut(w->cause, INCIDENT_TEXT), why);
	}
	return e;
}

static enum err
set_severity(struct incidents *all, int64_t n, enum incident_severity s, struct diag *why)
{
	enum err e = set_text(all, n, "UPDATE incidents SET severity = ?2 WHERE n = ?1",
	    str_c(incident_severity_word(s)), why);
	struct db_stmt *st;

	if (e == OK)
		e = db_prepare(all->db, "UPDATE incidents SET rank = ?2, by_hand = 1 WHERE n = ?1",
		    &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, s);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
apply_words(struct incidents *all, int64_t n, const struct change_wish *w, const struct was *was,
    struct buf *told, struct diag *why)
{
	enum err e = OK;

	if (w->type >= 0 && w->type != (int)was->type) {
		const enum incident_type to = (enum incident_type)w->type;

		put_change(told, "type", str_c(incident_type_title(was->type)),
		    str_c(incident_type_title(to)));
		e = set_text(all, n, "UPDATE incidents SET type = ?2, by_hand = 1 WHERE n = ?1",
		    str_c(incident_type_word(to)), why);
		if (e == OK)
			e = phase_fill(all, n, to, why);
	}
	if (e == OK && w->severity >= 0 && w->severity != (int)was->severity) {
		const enum incident_severity to = (enum incident_severity)w->severity;

		put_change(told, "severity", str_c(incident_severity_word(was->severity)),
		    str_c(incident_severity_word(to)));
		e = set_severity(all, n, to, why);
	}
	if (e == OK && w->drill >= 0 && (w->drill != 0) != was->drill) {
		buf_printf(told, "%s%s", told->n != 0 ? "; " : "",
		    w->drill != 0 ? "it is a drill" : "it is no drill");
		e = incident_run(all,
		    w->drill != 0 ? "UPDATE incidents SET drill = 1 WHERE n = ?1"
				  : "UPDATE incidents SET drill = 0 WHERE n = ?1",
		    n, why);
	}
	return e;
}

static enum err
apply_inside(struct incidents *all, int64_t n, const struct change_wish *w, struct str by,
    int64_t now, struct diag *why)
{
	auto_buf struct buf told = { 0 };
	struct was was = { 0 };
	enum err e = incident_must_be_open(all, n, why);

	if (e == OK)
		e = incident_get(all, n, keep, &was, why);
	if (e == OK)
		e = apply_texts(all, n, w, &was, &told, why);
	if (e == OK)
		e = apply_words(all, n, w, &was, &told, why);
	if (e == OK && w->owner.n != 0)
		e = incident_mark(all, n, INCIDENT_WHEN_ACKED, now, why);
	return e == OK ? say(all, n, STORY_STATUS, by, now, &told, why) : e;
}

enum err
change_apply(struct incidents *all, int64_t n, const struct change_wish *w, struct str by,
    int64_t now, struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, apply_inside(all, n, w, by, now, why), why);
}

enum err
change_note(struct incidents *all, int64_t n, struct str text, struct str by, int64_t now,
    struct diag *why)
{
	const struct story_entry entry = {
		.incident = n, .at = now, .kind = STORY_NOTE, .who = by, .text = text
	};

	if (str_trim(text).n == 0)
		return err_set(why, FAIL_SYNTAX, "a note has a text");
	if (text.n > INCIDENT_TEXT)
		return err_set(why, FAIL_SYNTAX, "a note has at most %d bytes", INCIDENT_TEXT);
	return story_add(all, &entry, now, NULL, why);
}

/* What speaks against closing it, in words; "" nothing does. */
static enum err
against(struct incidents *all, int64_t n, const struct was *was, struct buf *to, struct diag *why)
{
	struct phase_gate g;
	unsigned open = 0;
	enum err e = OK;

	for (unsigned p = 0; p < INCIDENT_PHASES && e == OK; p++) {
		e = phase_gate(all, n, (enum incident_phase)p, &g, why);
		open += p >= was->phase ? g.open : 0;
	}
	if (was->phase != INCIDENT_LESSONS)
		buf_printf(to, "it is in %s; ", incident_phase_title(was->phase));
	if (open != 0)
		buf_printf(to, "%u step%s open; ", open, open == 1 ? " is" : "s are");
	if (!was->cause)
		buf_str(to, STR("no root cause is written down; "));
	return e;
}

static enum err
close_inside(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	auto_buf struct buf problem = { 0 }, told = { 0 };
	struct was was = { 0 };
	struct db_stmt *st;
	enum err e = incident_must_be_open(all, n, why);

	if (e == OK)
		e = incident_get(all, n, keep, &was, why);
	if (e == OK)
		e = against(all, n, &was, &problem, why);
	if (e == OK && problem.n != 0 && str_trim(reason).n == 0)
		e = err_set(why, FAIL_DENIED, "%.*sa reason overrides",
		    STR_ARG(buf_view(&problem)));
	if (e == OK)
		e = db_prepare(all->db,
		    "UPDATE incidents SET status = 'closed', closed_ns = ?2 WHERE n = ?1", &st,
		    why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, now);
	e = db_run(st, why);
	db_finalize(st);
	buf_str(&told, STR("closed"));
	if (reason.n != 0)
		buf_printf(&told, ": %.*s", STR_ARG(incident_cut(reason, INCIDENT_TEXT / 2)));
	return e == OK ? say(all, n, STORY_STATUS, by, now, &told, why) : e;
}

enum err
change_close(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, close_inside(all, n, by, reason, now, why), why);
}

static enum err
reopen_inside(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	auto_buf struct buf told = { 0 };
	struct was was = { 0 };
	enum err e = incident_get(all, n, keep, &was, why);

	if (e == OK && was.status != INCIDENT_CLOSED)
		e = err_set(why, FAIL_DENIED, "INC-%lld is %s", (long long)n,
		    incident_status_word(was.status));
	if (e == OK)
		e = incident_run(all,
		    "UPDATE incidents SET status = 'open', closed_ns = 0 WHERE n = ?1", n, why);
	buf_str(&told, STR("opened again"));
	if (reason.n != 0)
		buf_printf(&told, ": %.*s", STR_ARG(incident_cut(reason, INCIDENT_TEXT / 2)));
	return e == OK ? say(all, n, STORY_STATUS, by, now, &told, why) : e;
}

enum err
change_reopen(struct incidents *all, int64_t n, struct str by, struct str reason, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, reopen_inside(all, n, by, reason, now, why), why);
}
