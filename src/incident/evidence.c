/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_join.c */
/* Pinned records. */
#include "incident/evidence.h"

#include <stdio.h>

#include "base/digest.h"
#include "incident/internal.h"
#include "incident/join.h"
#include "incident/story.h"

static void
hash(struct str record, char to[EVIDENCE_HASH_SIZE])
{
	uint8_t sum[DIGEST_SIZE];

	digest_sha256(record, sum);
	(void)digest_hex(sum, sizeof(sum), to);
}

static enum err
pinned(struct incidents *all, int64_t n, uint64_t seq, bool *ret, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(all->db, "SELECT 1 FROM evidence WHERE incident = ?1 AND seq = ?2",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, (int64_t)seq);
	e = db_step(st, ret, why);
	db_finalize(st);
	return e;
}

static enum err
insert(struct incidents *all, int64_t n, const struct evidence *want, int64_t now, struct diag *why)
{
	char sum[EVIDENCE_HASH_SIZE];
	struct db_stmt *st;
	enum err e = db_prepare(all->db,
	    "INSERT INTO evidence VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET note = ?5",
	    &st, why);

	if (e != OK)
		return e;
	hash(want->record, sum);
	db_bind_int(st, 1, n);
	db_bind_int(st, 2, (int64_t)want->seq);
	db_bind_int(st, 3, now);
	db_bind_str(st, 4, incident_cut(want->by, INCIDENT_NAME));
	db_bind_str(st, 5, incident_cut(want->note, INCIDENT_TEXT));
	db_bind_str(st, 6, want->record);
	db_bind_str(st, 7, str_c(sum));
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
say_pinned(struct incidents *all, int64_t n, const struct evidence *want, int64_t now,
    struct diag *why)
{
	struct story_entry entry = { .incident = n,
		.at = now,
		.kind = STORY_EVIDENCE,
		.noise = want->by.n == 0,
		.who = want->by };
	char text[600];

	(void)snprintf(text, sizeof(text), "record %llu pinned%s%.*s",
	    (unsigned long long)want->seq, want->note.n != 0 ? ": " : "",
	    STR_ARG(incident_cut(want->note, 400)));
	entry.text = str_c(text);
	return story_add(all, &entry, now, NULL, why);
}

static enum err
pin_inside(struct incidents *all, int64_t n, const struct evidence *want, int64_t now,
    struct diag *why)
{
	int64_t count = 0;
	bool there = false;
	enum err e = incident_must_be_open(all, n, why);

	if (e == OK)
		e = pinned(all, n, want->seq, &there, why);
	if (e != OK || (there && want->note.n == 0))
		return e;
	e = incident_number(all, "SELECT evidence FROM incidents WHERE n = ?1", n, &count, why);
	if (e == OK && !there && count >= EVIDENCE_MAX)
		e = err_set(why, FAIL_LIMIT, "INC-%lld has %d records already", (long long)n,
		    EVIDENCE_MAX);
	if (e == OK && want->record.n > EVIDENCE_RECORD)
		e = err_set(why, FAIL_LIMIT, "the record is too long");
	if (e == OK)
		e = insert(all, n, want, now, why);
	if (e == OK && !there)
		e = incident_run(all, "UPDATE incidents SET evidence = evidence + 1 WHERE n = ?1",
		    n, why);
	return e == OK ? say_pinned(all, n, want, now, why) : e;
}

enum err
evidence_pin(struct incidents *all, int64_t n, const struct evidence *want, int64_t now,
    struct diag *why)
{
	bool own;
	enum err e = incident_enter(all, &own, why);

	if (e != OK)
		return e;
	return incident_leave(all, own, pin_inside(all, n, want, now, why), why);
}

enum err
evidence_list(struct incidents *all, int64_t n, evidence_fn fn, void *ctx, struct diag *why)
{
	struct evidence one;
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(all->db,
	    "SELECT seq, at_ns, by, note, record, sha256 FROM evidence WHERE incident = ?1"
	    " ORDER BY seq",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, n);
	while (e == OK && (e = db_step(st, &row, why)) == OK && row) {
		one = (struct evidence){ .seq = (uint64_t)db_int(st, 0),
			.at = db_int(st, 1),
			.by = db_str(st, 2),
			.note = db_str(st, 3),
			.record = db_str(st, 4),
			.sha256 = db_str(st, 5) };
		e = fn(ctx, &one);
	}
	db_finalize(st);
	return e;
}

bool
evidence_whole(const struct evidence *ev)
{
	char sum[EVIDENCE_HASH_SIZE];

	hash(ev->record, sum);
	return str_eq(ev->sha256, str_c(sum));
}
