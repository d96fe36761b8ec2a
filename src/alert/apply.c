/* SPDX-License-Identifier: Apache-2.0 */
/* Findings become alerts, or count them up; with their messages, in one transaction. */
/* exports: alerts_ */
#include <string.h>

#include "alert/affected.h"
#include "alert/dispatch.h"
#include "alert/internal.h"
#include "base/crash.h"
#include "base/map.h"
#include "base/mem.h"

#define WHOM_MAX 40 /* records of the evidence whose users and addresses are asked for */

/* All findings of one call with the same id: one row is touched once. */
struct sum {
	struct alerts_finding *first; /* in the order of the call */
	int64_t from, to;
	uint64_t more; /* of every finding but the first */
	struct str summary, details;
	enum alerts_severity severity; /* the most urgent */
	unsigned confidence;           /* the highest */
	struct buf affected;           /* by every finding itself */
	bool all_demo;
	size_t n_seqs;
	uint64_t seqs[ALERTS_EVIDENCE_MAX]; /* of every finding */
};

struct old { /* what stands in the row that is there already */
	uint64_t seqs[ALERTS_EVIDENCE_MAX];
	size_t n;
	enum alerts_status status;
	bool demo;
	enum alerts_severity severity;
	struct buf affected, quiet;
};

static enum err
dispatch(struct alerts *a, const struct sum *s, struct str affected, enum alerts_severity severity,
    enum dispatch_why reason, const struct old *old, int64_t now, struct diag *why)
{
	const struct alerts_finding *f = s->first;

	return dispatch_alert(a,
	    &(struct dispatch){ .id = f->id,
		.rule_id = f->rule_id,
		.title = f->title,
		.tags = f->tags,
		.group = f->group,
		.affected = affected,
		.own = buf_view(&s->affected),
		.severity = severity,
		.why = reason,
		.last = s->to,
		.events = (old != NULL ? f->n_more : f->n_first) + s->more,
		.quiet = old != NULL ? buf_view(&old->quiet) : STR("") },
	    now, why);
}

static struct str
bytes_of(const uint64_t *seqs, size_t n)
{
	return (struct str){ (const char *)seqs, n * sizeof(*seqs) };
}

/* "" for a text that is not there: columns are not null. */
static struct str
some(struct str s)
{
	return s.p != NULL ? s : STR("");
}

/* The first finding's own evidence, then the numbers of those that followed in this call. */
static enum err
insert_one(struct alerts *a, const struct sum *s, uint64_t rev, int64_t now, struct diag *why)
{
	const struct alerts_finding *f = s->first;
	size_t n = f->n_evidence < ALERTS_EVIDENCE_MAX ? f->n_evidence : ALERTS_EVIDENCE_MAX;
	auto_buf struct buf affected = { 0 };
	uint64_t seqs[ALERTS_EVIDENCE_MAX];
	const struct str text[] = { f->id, f->rule_id, f->title, STR(""), f->tags, f->advice,
		f->group, s->summary };
	enum err e;

	if (n != 0)
		memcpy(seqs, f->evidence + (f->n_evidence - n), n * sizeof(seqs[0]));
	for (size_t i = n > WHOM_MAX ? n - WHOM_MAX : 0; i < n && a->whom != NULL; i++)
		if (seqs[i] != f->seq)
			a->whom(a->whom_ctx, seqs[i], &affected);
	(void)affected_join(&affected, buf_view(&s->affected));
	for (size_t i = 1; i < s->n_seqs && n < ALERTS_EVIDENCE_MAX; i++)
		seqs[n++] = s->seqs[i];
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		db_bind_str(a->insert, (int)i + 1, text[i]);
	db_bind_str(a->insert, 4, str_c(alerts_severity_word(s->severity)));
	db_bind_int(a->insert, 9, (int64_t)s->severity);
	db_bind_int(a->insert, 10, s->from);
	db_bind_int(a->insert, 11, s->to);
	db_bind_int(a->insert, 12, now);
	db_bind_int(a->insert, 13, (int64_t)(f->n_first + s->more));
	db_bind_int(a->insert, 14, (int64_t)rev);
	db_bind_int(a->insert, 15, s->all_demo);
	db_bind_blob(a->insert, 16, bytes_of(seqs, n));
	db_bind_int(a->insert, 17, s->confidence);
	db_bind_str(a->insert, 18, some(f->action));
	db_bind_str(a->insert, 19, some(s->details));
	db_bind_str(a->insert, 20, some(buf_view(&affected)));
	e = db_run(a->insert, why);
	crash_point(CRASH_ALERT_ROW);
	if (e == OK && !s->all_demo)
		e = dispatch(a, s, buf_view(&affected), s->severity, DISPATCH_NEW, NULL, now, why);
	return e;
}

static void
read_old(struct db_stmt *st, struct old *ret)
{
	struct str evidence = db_str(st, 0);

	ret->n = evidence.n / sizeof(ret->seqs[0]);
	if (ret->n > ALERTS_EVIDENCE_MAX)
		ret->n = ALERTS_EVIDENCE_MAX;
	if (ret->n != 0)
		memcpy(ret->seqs, evidence.p, ret->n * sizeof(ret->seqs[0]));
	ret->status = ALERTS_OPEN;
	(void)alerts_status_find(db_str(st, 1), &ret->status);
	ret->demo = db_int(st, 2) != 0;
	ret->severity = ALERTS_INFO;
	(void)alerts_severity_find(db_str(st, 3), &ret->severity);
	buf_init(&ret->affected, 0);
	buf_str(&ret->affected, db_str(st, 4));
	buf_init(&ret->quiet, 0);
	buf_str(&ret->quiet, db_str(st, 5));
}

/* It counted up: does anything follow? */
static enum err
dispatch_more(struct alerts *a, const struct sum *s, const struct old *old,
    enum alerts_severity worst, int64_t now, struct diag *why)
{
	enum dispatch_why reason = DISPATCH_AGAIN;

	if (old->demo)
		reason = DISPATCH_NEW;
	else if (old->quiet.n != 0 && (old->status == ALERTS_OPEN ||
					  old->status == ALERTS_RESOLVED || worst < old->severity))
		reason = DISPATCH_MORE;
	else if (worst < old->severity)
		reason = DISPATCH_WORSE;
	else if (old->status != ALERTS_RESOLVED)
		return OK;
	return dispatch(a, s, buf_view(&old->affected), worst, reason, old, now, why);
}

/* Keeps the first evidence; what comes past the cap only counts. */
static enum err
bump_one(struct alerts *a, const struct sum *s, struct old *old, uint64_t rev, int64_t now,
    struct diag *why)
{
	struct str id = s->first->id;
	bool resolved = old->status == ALERTS_RESOLVED, demo = old->demo && s->all_demo;
	enum alerts_severity worst = s->severity < old->severity ? s->severity : old->severity;
	enum err e = OK;

	for (size_t i = 0; i < s->n_seqs && old->n < ALERTS_EVIDENCE_MAX; i++)
		old->seqs[old->n++] = s->seqs[i];
	db_bind_str(a->bump, 1, id);
	db_bind_int(a->bump, 2, (int64_t)(s->first->n_more + s->more));
	db_bind_int(a->bump, 3, s->from);
	db_bind_int(a->bump, 4, s->to);
	db_bind_int(a->bump, 5, now);
	db_bind_blob(a->bump, 6, bytes_of(old->seqs, old->n));
	db_bind_str(a->bump, 7, s->summary);
	db_bind_int(a->bump, 8, (int64_t)rev);
	db_bind_int(a->bump, 9, demo);
	db_bind_int(a->bump, 10, (int64_t)s->severity);
	db_bind_str(a->bump, 11, str_c(alerts_severity_word(s->severity)));
	db_bind_int(a->bump, 12, s->confidence);
	db_bind_str(a->bump, 13, some(s->details));
	(void)affected_join(&old->affected, buf_view(&s->affected));
	db_bind_str(a->bump, 14, some(buf_view(&old->affected)));
	e = db_run(a->bump, why);
	if (e == OK && resolved)
		e = txn_history(a,
		    &(struct txn_entry){ .alert_id = id,
			.from = STR("resolved"),
			.to = STR("open"),
			.by = STR(""),
			.note = STR(""),
			.action = STR("again"),
			.reason = STR("") },
		    now, why);
	crash_point(CRASH_ALERT_ROW);
	return e == OK && !demo ? dispatch_more(a, s, old, worst, now, why) : e;
}

static enum err
apply_one(struct alerts *a, const struct sum *s, uint64_t rev, int64_t now, struct diag *why)
{
	struct old old = { 0 };
	bool row = false;
	enum err e;

	db_bind_str(a->find, 1, s->first->id);
	e = db_step(a->find, &row, why);
	if (e == OK && row)
		read_old(a->find, &old);
	db_reset(a->find);
	if (e != OK)
		return e;
	if (row) {
		e = bump_one(a, s, &old, rev, now, why);
		buf_fini(&old.affected);
		buf_fini(&old.quiet);
		return e;
	}
	s->first->is_new = true;
	return insert_one(a, s, rev, now, why);
}

static void
add(struct sum *s, struct alerts_finding *f, bool is_first)
{
	enum alerts_severity severity = ALERTS_INFO;

	f->is_new = false;
	if (is_first)
		*s = (struct sum){ .first = f,
			.from = f->first,
			.to = f->last,
			.severity = ALERTS_INFO,
			.all_demo = true };
	else
		s->more += f->n_more;
	(void)alerts_severity_find(f->severity, &severity);
	s->severity = severity < s->severity ? severity : s->severity;
	s->confidence = f->confidence > s->confidence ? f->confidence : s->confidence;
	s->details = f->details.n != 0 ? f->details : s->details;
	(void)affected_add(&s->affected, AFFECTED_USER, f->user);
	(void)affected_add(&s->affected, AFFECTED_ADDRESS, f->address);
	(void)affected_add(&s->affected, AFFECTED_COUNTRY, f->country);
	(void)affected_add(&s->affected, AFFECTED_NETWORK, f->network);
	(void)affected_add(&s->affected, AFFECTED_SESSION, f->session);
	(void)affected_add(&s->affected, AFFECTED_KEY, f->key);
	(void)affected_add(&s->affected, AFFECTED_ORIGIN, f->origin);
	s->from = f->first < s->from ? f->first : s->from;
	s->to = f->last > s->to ? f->last : s->to;
	s->summary = f->summary;
	s->all_demo &= f->demo;
	if (s->n_seqs < ALERTS_EVIDENCE_MAX)
		s->seqs[s->n_seqs++] = f->seq;
}

/* The sums in the order in which their ids came first; returns how many. */
static size_t
sum_up(struct alerts_finding *f, size_t n, struct map *by_id, struct sum **sums)
{
	size_t n_sums = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_new;
		struct sum *s = map_put(by_id, f[i].id, &is_new);

		if (is_new)
			sums[n_sums++] = s;
		add(s, &f[i], is_new);
	}
	return n_sums;
}

static enum err
apply_all(struct alerts *a, struct sum *const *sums, size_t n, uint64_t position, int64_t now,
    struct diag *why)
{
	uint64_t rev = 0;
	enum err e = n != 0 ? txn_revs(a, n, &rev, why) : OK;

	for (size_t i = 0; i < n && e == OK; i++)
		e = apply_one(a, sums[i], rev + i, now, why);
	if (e != OK || position == ALERTS_STAY)
		return e;
	db_bind_int(a->position, 1, (int64_t)position);
	return db_run(a->position, why);
}

enum err
alerts_apply(struct alerts *a, struct alerts_finding *f, size_t n, uint64_t position, int64_t now,
    struct diag *why)
{
	struct map *by_id = map_new(sizeof(struct sum), n + 1);
	auto_free struct sum **sums = mem_alloc((n + 1) * sizeof(*sums));
	size_t n_sums = sum_up(f, n, by_id, sums);
	enum err e;

	crash_point(CRASH_ALERT_BEFORE);
	e = txn_begin(a, why);
	if (e == OK) {
		e = apply_all(a, sums, n_sums, position, now, why);
		crash_point(CRASH_ALERT_INSIDE);
		e = txn_end(a, e, why);
	}
	for (size_t i = 0; i < n_sums; i++)
		buf_fini(&sums[i]->affected);
	map_free(by_id);
	if (e == OK)
		crash_point(CRASH_ALERT_COMMITTED);
	return e;
}
