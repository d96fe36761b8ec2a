/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets: what was asked for, what was said, what is to be said. */
#include "incident/ticket.h"

#include <stdio.h>

#include "base/clock.h"
#include "incident/runs_in.h"
#include "incident/story.h"
#include "incident/ticket_in.h"

#define MINUTE (60 * CLOCK_S)

enum err
ticket_add(struct incidents *all, const struct ticket_want *w, int64_t now, bool *ret_there,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "INSERT INTO tickets(incident, channel, key, state, words, effect, at_ns, next_ns)"
	    " VALUES(?1, ?2, 'ticket-' || ?1 || '-' || ?2, 'wanted', ?3, ?4, ?5, ?5)"
	    " ON CONFLICT DO UPDATE SET effect = iif(state IN ('wanted', 'failed'), ?4, effect),"
	    " next_ns = iif(state = 'failed', ?5, next_ns),"
	    " state = iif(state = 'failed', 'wanted', state)"
	    " RETURNING state <> 'wanted'",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, w->incident);
	db_bind_str(st, 2, incident_cut(w->channel, TICKET_CHANNEL));
	db_bind_str(st, 3, incident_cut(w->words, TICKET_WORDS));
	db_bind_int(st, 4, w->effect);
	db_bind_int(st, 5, now);
	e = db_step(st, &row, why);
	if (e == OK && row)
		*ret_there = db_int(st, 0) != 0;
	db_finalize(st);
	return e;
}

/* How the incident stands, as it is said in a comment. */
#define STANDS                                                                                     \
	"CASE i.status WHEN 'open' THEN '' ELSE 'Closed. ' END || 'Phase: ' || i.phase ||"         \
	" ', severity: ' || i.severity || ', owner: ' || iif(i.owner = '', 'nobody', i.owner)"

static void
read_job(struct db_stmt *st, struct ticket_job *j)
{
	const struct str state = db_str(st, 1), told = db_str(st, 5), stands = db_str(st, 6);

	*j = (struct ticket_job){ .incident = db_int(st, 0),
		.effect = db_int(st, 8),
		.tries = (unsigned)db_int(st, 9) + 1,
		.severity = INCIDENT_INFO,
		.created = db_int(st, 11) };
	(void)str_to_c(db_str(st, 2), j->channel, sizeof(j->channel));
	(void)str_to_c(db_str(st, 3), j->ref, sizeof(j->ref));
	(void)str_to_c(db_str(st, 7), j->title, sizeof(j->title));
	(void)incident_severity_find(db_str(st, 10), &j->severity);
	(void)str_to_c(stands, j->told, sizeof(j->told));
	if (str_eq(state, STR("wanted"))) {
		j->what = TICKET_MAKE;
		(void)str_to_c(db_str(st, 4), j->words, sizeof(j->words));
	} else if (!str_eq(told, str_c(j->told))) {
		j->what = TICKET_COMMENT;
		(void)str_to_c(stands, j->words, sizeof(j->words));
	} else {
		j->what = TICKET_CLOSE;
	}
	(void)snprintf(j->key, sizeof(j->key), "ticket-%lld-%.30s-%lld", (long long)j->incident,
	    j->channel, (long long)db_int(st, 12));
}

static enum err
put_off(struct incidents *all, const struct ticket_job *j, int64_t until, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE tickets SET next_ns = ?3, tries = ?4 WHERE incident = ?1 AND channel = ?2", &st,
	    why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, j->incident);
	db_bind_str(st, 2, str_c(j->channel));
	db_bind_int(st, 3, until);
	db_bind_int(st, 4, j->tries);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
ticket_due(struct incidents *all, int64_t now, struct ticket_job *jobs, size_t max, size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT t.incident, t.state, t.channel, t.ref, t.words, t.told, " STANDS ", i.title,"
	    " t.effect, t.tries, i.severity, i.created_ns, t.said FROM tickets t, incidents i"
	    " WHERE i.n = t.incident AND t.next_ns <= ?1 AND (t.state = 'wanted' OR"
	    " (t.state = 'open' AND (t.told <> " STANDS " OR i.status <> 'open')))"
	    " ORDER BY t.next_ns LIMIT ?2",
	    &st, why);

	*ret_n = 0;
	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	db_bind_int(st, 2, (int64_t)max);
	while (*ret_n < max && (e = db_step(st, &row, why)) == OK && row)
		read_job(st, &jobs[(*ret_n)++]);
	db_finalize(st);
	for (size_t i = 0; i < *ret_n && e == OK; i++)
		e = put_off(all, &jobs[i], now + MINUTE, why);
	return e;
}

/* 5 s, doubled each time, half an hour at most. */
static int64_t
wait_of(unsigned tries)
{
	const int64_t wait = (5 * CLOCK_S) << (tries < 10 ? tries - 1 : 9);

	return wait < 30 * MINUTE ? wait : 30 * MINUTE;
}

static enum err
store(struct incidents *all, const struct ticket_job *j, const struct ticket_result *r,
    const char *state, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "UPDATE tickets SET state = ?3, ref = iif(?4 = '', ref, ?4), url = iif(?5 = '', url,"
	    " ?5), told = ?6, error = ?7, tries = 0, said = said + 1, next_ns = ?8"
	    " WHERE incident = ?1 AND channel = ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, j->incident);
	db_bind_str(st, 2, str_c(j->channel));
	db_bind_str(st, 3, str_c(state));
	db_bind_str(st, 4, incident_cut(r->ref, TICKET_REF));
	db_bind_str(st, 5, incident_cut(r->url, TICKET_URL));
	db_bind_str(st, 6, str_c(j->told));
	db_bind_str(st, 7, r->ok ? STR("") : incident_cut(r->words, RUNS_TEXT));
	db_bind_int(st, 8, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* Of what is worth a line in the timeline. */
static enum err
tell(struct incidents *all, const struct ticket_job *j, const struct ticket_result *r, int64_t now,
    struct diag *why)
{
	static const char *const did[] = { "made", "commented on", "closed" };
	char text[800];
	const struct str more = r->ok ? r->url : r->words;
	struct story_entry entry = { .incident = j->incident,
		.at = now,
		.kind = STORY_MESSAGE,
		.noise = r->ok && j->what == TICKET_COMMENT };
	enum err e;

	(void)snprintf(text, sizeof(text), "Ticket %.*s %s by %s%s%.*s",
	    (int)(r->ref.n < 60 ? r->ref.n : 60), r->ref.n != 0 ? r->ref.p : "",
	    r->ok ? did[j->what] : "not brought up to date", j->channel, more.n != 0 ? ": " : "",
	    (int)(more.n < 400 ? more.n : 400), more.n != 0 ? more.p : "");
	entry.text = str_c(text);
	e = story_add(all, &entry, now, NULL, why);
	return e == FAIL_LIMIT ? OK : e;
}

static enum err
done_inside(struct incidents *all, const struct ticket_job *j, const struct ticket_result *r,
    int64_t now, struct diag *why)
{
	const char *state = "open";
	enum err e;

	if (j->what == TICKET_MAKE && !r->ok)
		state = "failed";
	else if (j->what == TICKET_CLOSE)
		state = "closed"; /* also when it was refused: nothing is left to be tried */
	e = store(all, j, r, state, now, why);
	return e == OK ? tell(all, j, r, now, why) : e;
}

enum err
ticket_done(struct incidents *all, const struct ticket_job *j, const struct ticket_result *r,
    int64_t now, bool *ret_over, struct diag *why)
{
	const int64_t wait = r->after > wait_of(j->tries) ? r->after : wait_of(j->tries);
	enum err e;

	*ret_over = r->ok || r->never || j->tries >= TICKET_TRIES;
	if (!*ret_over)
		return put_off(all, j, now + wait, why);
	e = incident_begin(all, why);
	return e == OK ? incident_finish(all, done_inside(all, j, r, now, why), why) : e;
}

enum err
ticket_list(struct incidents *all, int64_t incident, ticket_fn fn, void *ctx, struct diag *why)
{
	struct ticket_row one;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT channel, state, ref, url, error, at_ns FROM tickets WHERE incident = ?1"
	    " ORDER BY at_ns, channel",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, incident);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		one = (struct ticket_row){ db_str(st, 0), db_str(st, 1), db_str(st, 2),
			db_str(st, 3), db_str(st, 4), db_int(st, 5) };
		e = fn(ctx, &one);
	}
	db_finalize(st);
	return e;
}
