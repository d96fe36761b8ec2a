/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be told, and what became of it. */
#include "respond/carry.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crash.h"
#include "respond/internal.h"

#define CLAIM (60 * CLOCK_S)
#define WAIT_FIRST (5 * CLOCK_S)
#define WAIT_MOST (600 * CLOCK_S)
#define AT_ONCE_LOOK (3 * CLOCK_S) /* after it was told */

static const char *const words[CARRY_PHASES] = { "telling", "held", "drift", "ending", "checking",
	"over" };

const char *
carry_word(enum carry_phase p)
{
	return words[p];
}

int64_t
carry_wait(unsigned failed)
{
	int64_t wait = WAIT_FIRST;

	for (unsigned i = 1; i < failed && wait < WAIT_MOST; i++)
		wait *= 2;
	return wait < WAIT_MOST ? wait : WAIT_MOST;
}

enum err
carry_recover(struct leases *l, struct diag *why)
{
	return db_exec(l->db,
	    "UPDATE carried SET next_ns = 0 WHERE phase <> 'over' AND next_ns < "
	    "9223372036854775807",
	    why);
}

static void
put_deeds(unsigned deeds, struct buf *sql)
{
	const char *comma = "";

	for (unsigned i = 0; i < DEEDS; i++)
		if ((deeds & 1U << i) != 0) {
			buf_printf(sql, "%s'%s'", comma, deed_word((enum deed)i));
			comma = ",";
		}
}

static enum err
run(struct leases *l, struct str sql, int64_t now, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct db_stmt *st;
	enum err e;

	buf_str(&text, sql);
	buf_byte(&text, '\0');
	e = db_prepare(l->db, text.p, &st, why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

enum err
carry_follow(struct leases *l, unsigned deeds, int64_t now, struct diag *why)
{
	static const struct str prolonged =
	    STR("UPDATE carried SET phase = 'telling', turn = turn + 1, tries = 0, next_ns = ?1"
		" WHERE phase <> 'over' AND phase IN ('held','drift') AND EXISTS (SELECT 1 FROM"
		" leases l WHERE l.id = lease AND l.state = 'active' AND l.end_ns > until_ns)");
	static const struct str ended =
	    STR("UPDATE carried SET phase = CASE WHEN phase = 'telling' AND turn = 1 AND tries = 0"
		" THEN 'over' WHEN EXISTS (SELECT 1 FROM leases m JOIN leases o ON o.deed = m.deed"
		" AND o.entity = m.entity WHERE m.id = carried.lease AND o.state IN " LEASES_LIVE
		" AND o.state = 'active') THEN 'over' ELSE 'ending' END,"
		" turn = turn + 1, tries = 0, mended = 0, next_ns = ?1"
		" WHERE phase <> 'over' AND phase IN ('telling','held','drift') AND NOT EXISTS"
		" (SELECT 1 FROM leases l WHERE l.id = lease AND l.state = 'active')");
	auto_buf struct buf fresh = { 0 };
	enum err e;

	buf_str(&fresh,
	    STR("INSERT INTO carried(lease, phase, next_ns) SELECT id, 'telling', ?1 FROM leases"
		" WHERE state IN " LEASES_LIVE " AND state = 'active' AND deed IN ("));
	put_deeds(deeds, &fresh);
	buf_str(&fresh, STR(") AND id NOT IN (SELECT lease FROM carried)"));
	e = leases_begin(l, why);
	if (e != OK)
		return e;
	e = run(l, buf_view(&fresh), now, why);
	if (e == OK)
		e = run(l, prolonged, now, why);
	if (e == OK)
		e = run(l, ended, now, why);
	return leases_finish(l, e, why);
}

static enum carry_what
what_of(enum carry_phase p)
{
	static const enum carry_what what[] = {
		[CARRY_TELLING] = CARRY_BEGIN,
		[CARRY_HELD] = CARRY_LOOK,
		[CARRY_DRIFT] = CARRY_LOOK,
		[CARRY_ENDING] = CARRY_END,
		[CARRY_CHECKING] = CARRY_LOOK,
		[CARRY_OVER] = CARRY_LOOK,
	};

	return what[p];
}

static enum carry_phase
phase_of(struct str word)
{
	for (unsigned i = 0; i < CARRY_PHASES; i++)
		if (str_eq(word, str_c(words[i])))
			return (enum carry_phase)i;
	return CARRY_OVER;
}

static void
read_job(struct db_stmt *st, int64_t now, struct carry_job *to)
{
	static const char letters[] = { 'b', 'e', 'l' };

	*to = (struct carry_job){ .lease = db_int(st, 0),
		.phase = phase_of(db_str(st, 1)),
		.until = db_int(st, 2),
		.turn = (unsigned)db_int(st, 3),
		.tries = (unsigned)db_int(st, 4) + 1,
		.mended = db_int(st, 5) != 0,
		.deed = DEED_NOTIFY,
		.state = LEASE_FAILED,
		.begin = db_int(st, 9),
		.end = db_int(st, 10) };
	to->what = what_of(to->phase);
	(void)deed_find(db_str(st, 6), &to->deed);
	(void)leases_find_state(db_str(st, 8), &to->state);
	(void)str_to_c(db_str(st, 7), to->entity, sizeof(to->entity));
	(void)str_to_c(db_str(st, 11), to->alert, sizeof(to->alert));
	(void)str_to_c(db_str(st, 12), to->rule, sizeof(to->rule));
	(void)str_to_c(db_str(st, 13), to->by, sizeof(to->by));
	(void)str_to_c(db_str(st, 14), to->reason, sizeof(to->reason));
	(void)snprintf(to->id, sizeof(to->id), "a%lld-%lld", (long long)to->lease,
	    (long long)to->begin);
	(void)snprintf(to->key, sizeof(to->key), "%.50s-%c%lld", to->id, letters[to->what],
	    to->what == CARRY_LOOK ? (long long)(now / CLOCK_MS) : (long long)to->turn);
}

static enum err
claim(struct leases *l, const struct carry_job *jobs, size_t n, int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "UPDATE carried SET tries = tries + 1, next_ns = ?2 WHERE lease = ?1", &st, why);

	if (e != OK)
		return e;
	for (size_t i = 0; i < n && e == OK; i++) {
		db_bind_int(st, 1, jobs[i].lease);
		db_bind_int(st, 2, now + CLAIM);
		e = db_run(st, why);
	}
	db_finalize(st);
	return e;
}

static enum err
select_due(struct leases *l, int64_t now, struct carry_job *jobs, size_t max, size_t *ret_n,
    struct diag *why)
{
	struct db_stmt *st;
	bool more = false;
	enum err e = db_prepare(l->db,
	    "SELECT c.lease, c.phase, c.until_ns, c.turn, c.tries, c.mended, l.deed, l.entity,"
	    " l.state, l.begin_ns, l.end_ns, l.alert, l.rule, l.by, l.reason"
	    " FROM carried c JOIN leases l ON l.id = c.lease"
	    " WHERE c.phase <> 'over' AND c.next_ns <= ?1 ORDER BY c.next_ns, c.lease LIMIT ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, now);
	db_bind_int(st, 2, (int64_t)max);
	while (*ret_n < max && (e = db_step(st, &more, why)) == OK && more)
		read_job(st, now, &jobs[(*ret_n)++]);
	db_finalize(st);
	return e;
}

enum err
carry_due(struct leases *l, int64_t now, struct carry_job *jobs, size_t max, size_t *ret_n,
    struct diag *why)
{
	enum err e;

	*ret_n = 0;
	e = select_due(l, now, jobs, max, ret_n, why);
	if (e != OK || *ret_n == 0)
		return e;
	e = leases_begin(l, why);
	if (e == OK)
		e = leases_finish(l, claim(l, jobs, *ret_n, now, why), why);
	if (e != OK)
		*ret_n = 0;
	else
		crash_point(CRASH_CARRY_DUE);
	return e;
}

struct step { /* what a result makes of a row */
	enum carry_phase phase;
	int64_t next, until, seen;
	bool again;             /* there is something new to say: another turn */
	bool mended;            /* from now on */
	bool aloud;             /* into the audit */
	enum lease_state lease; /* what the lease becomes; LEASE_STATES: it stays */
	char words[LEASES_TEXT + 1];
};

static int64_t
later(const struct carry_job *j, const struct carry_result *r, int64_t now)
{
	const int64_t wait = carry_wait(j->tries);

	return now + (int64_t)((double)(r->after > wait ? r->after : wait) * r->wait_scale);
}

static void
say(struct step *s, bool aloud, const char *what, struct str words_)
{
	s->aloud = aloud;
	(void)snprintf(s->words, sizeof(s->words), "%s%.*s", what,
	    (int)(words_.n < LEASES_TEXT ? words_.n : LEASES_TEXT), words_.p);
}

static void
after_begin(const struct carry_job *j, const struct carry_result *r, int64_t now, struct step *s)
{
	if (r->verdict == CARRY_RETRY) {
		s->next = later(j, r, now);
		say(s, j->tries == 1, "not yet carried out: ", r->words);
		return;
	}
	say(s, true, "", r->words);
	s->phase = CARRY_OVER;
	if (r->verdict == CARRY_NEVER) {
		s->lease = LEASE_FAILED;
	} else if (r->once) {
		s->lease = LEASE_EXPIRED;
	} else {
		s->phase = CARRY_HELD;
		s->until = j->end;
		s->next = r->look != 0 ? now + (int64_t)((double)AT_ONCE_LOOK * r->wait_scale)
				       : INT64_MAX;
	}
}

static void
after_end(const struct carry_job *j, const struct carry_result *r, int64_t now, struct step *s)
{
	if (r->verdict == CARRY_DONE) {
		s->phase = r->look != 0 ? CARRY_CHECKING : CARRY_OVER;
		s->next = now + (int64_t)((double)AT_ONCE_LOOK * r->wait_scale);
		say(s, true, "", r->words);
	} else if (r->verdict == CARRY_NEVER) {
		s->phase = CARRY_OVER;
		say(s, true, "its end was refused: ", r->words);
	} else if (now >= j->until && now >= j->end) {
		s->phase = CARRY_OVER;
		say(s, true, "it was over by itself; its end could not be told: ", r->words);
	} else {
		s->next = later(j, r, now);
		say(s, j->tries == 1, "its end is not yet told: ", r->words);
	}
}

/* The state was read back, or could not be. */
static void
after_look(const struct carry_job *j, const struct carry_result *r, int64_t now, struct step *s)
{
	const bool ended = j->phase == CARRY_CHECKING;

	s->next = now + r->look;
	if (r->verdict != CARRY_DONE) {
		s->next = later(j, r, now);
		if (ended && j->tries >= 3)
			s->phase = CARRY_OVER;
		say(s, j->tries == 1,
		    j->phase == CARRY_DRIFT ? "drift; its state cannot be read back now: "
					    : "its state cannot be read back: ",
		    r->words);
		return;
	}
	s->seen = now;
	if (r->on != ended) { /* as it should be */
		s->phase = ended ? CARRY_OVER : CARRY_HELD;
		say(s, j->phase != CARRY_HELD, "", r->words);
	} else if (!j->mended) {
		s->phase = ended ? CARRY_ENDING : CARRY_TELLING;
		s->again = s->mended = true;
		s->next = now;
		say(s, true, "drift, so it is told again: ", r->words);
	} else {
		s->phase = ended ? CARRY_OVER : CARRY_DRIFT;
		say(s, j->phase != CARRY_DRIFT, "drift: ", r->words);
	}
}

/* The row, if it is still about what the job was about. */
static enum err
still(struct leases *l, const struct carry_job *j, bool *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "SELECT 1 FROM carried WHERE lease = ?1 AND turn = ?2 AND phase = ?3", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, j->lease);
	db_bind_int(st, 2, (int64_t)j->turn);
	db_bind_str(st, 3, str_c(words[j->phase]));
	e = db_step(st, ret, why);
	db_finalize(st);
	return e;
}

static enum err
store(struct leases *l, const struct carry_job *j, const struct step *s, bool answered,
    struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(l->db,
	    "UPDATE carried SET phase = ?2, until_ns = ?3, turn = turn + ?4, mended = ?5,"
	    " next_ns = ?6, seen_ns = max(seen_ns, ?7), words = ?8,"
	    " tries = CASE WHEN ?9 THEN 0 ELSE tries END WHERE lease = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, j->lease);
	db_bind_str(st, 2, str_c(words[s->phase]));
	db_bind_int(st, 3, s->until);
	db_bind_int(st, 4, s->again);
	db_bind_int(st, 5, s->mended);
	db_bind_int(st, 6, s->next);
	db_bind_int(st, 7, s->seen);
	db_bind_str(st, 8, str_c(s->words));
	db_bind_int(st, 9, answered);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

/* The lease says what became of it; in the audit when it is news. */
static enum err
tell_lease(struct leases *l, const struct carry_job *j, const struct step *s, int64_t now,
    struct diag *why)
{
	struct db_stmt *st;
	int64_t rev = 0;
	enum err e = OK;

	if (s->lease != LEASE_STATES && j->state == LEASE_ACTIVE)
		return leases_change(l, j->lease, s->lease, STR(""), str_c(s->words), now, why);
	if (!s->aloud)
		return leases_note(l, j->lease, str_c(s->words), why);
	e = leases_in_rev(l, &rev, why);
	if (e == OK)
		e = db_prepare(l->db, "UPDATE leases SET rev = ?2, result = ?3 WHERE id = ?1", &st,
		    why);
	if (e != OK)
		return e;
	db_bind_int(st, 1, j->lease);
	db_bind_int(st, 2, rev);
	db_bind_str(st, 3, str_c(s->words));
	e = db_run(st, why);
	db_finalize(st);
	return e == OK ? leases_in_audit(l, j->lease, j->state, j->state, STR(""), str_c(s->words),
			     now, why)
		       : e;
}

static enum err
done_inside(struct leases *l, const struct carry_job *j, const struct carry_result *r, int64_t now,
    struct diag *why)
{
	struct step s = {
		.phase = j->phase, .until = j->until, .mended = j->mended, .lease = LEASE_STATES
	};
	bool same = false;
	enum err e = still(l, j, &same, why);

	if (e != OK || !same)
		return e;
	if (j->what == CARRY_BEGIN)
		after_begin(j, r, now, &s);
	else if (j->what == CARRY_END)
		after_end(j, r, now, &s);
	else
		after_look(j, r, now, &s);
	e = store(l, j, &s, r->verdict == CARRY_DONE, why);
	return e == OK ? tell_lease(l, j, &s, now, why) : e;
}

enum err
carry_done(struct leases *l, const struct carry_job *job, const struct carry_result *r, int64_t now,
    struct diag *why)
{
	enum err e;

	crash_point(CRASH_CARRY_TOLD);
	e = leases_begin(l, why);
	if (e == OK)
		e = leases_finish(l, done_inside(l, job, r, now, why), why);
	crash_point(CRASH_CARRY_STORED);
	return e;
}

enum err
carry_get(struct leases *l, int64_t lease, carry_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	bool there = false;
	enum err e = db_prepare(l->db,
	    "SELECT phase, tries, seen_ns, words FROM carried WHERE lease = ?1", &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, lease);
	e = db_step(st, &there, why);
	if (e == OK && there)
		fn(ctx, &(struct carry_row){ .phase = phase_of(db_str(st, 0)),
			    .tries = (unsigned)db_int(st, 1),
			    .seen = db_int(st, 2),
			    .words = db_str(st, 3) });
	db_finalize(st);
	return e;
}
