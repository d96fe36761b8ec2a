/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts as they come out of the database. */
/* tested by: test/unit/alert/test_alerts.c */
#include "alert/internal.h"

#include <string.h>

static void
read_evidence(struct str blob, struct alerts_row *row)
{
	row->n_evidence = blob.n / sizeof(row->evidence[0]);
	if (row->n_evidence > ALERTS_EVIDENCE_MAX)
		row->n_evidence = ALERTS_EVIDENCE_MAX;
	if (row->n_evidence != 0)
		memcpy(row->evidence, blob.p, row->n_evidence * sizeof(row->evidence[0]));
}

static void
read_row(struct db_stmt *st, struct alerts_row *row)
{
	struct str *const texts[] = { &row->rule_id, &row->title, &row->severity, &row->tags,
		&row->advice, &row->group, &row->summary };

	(void)str_to_c(db_str(st, 0), row->id, sizeof(row->id));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = db_str(st, (int)i + 1);
	if (!alerts_status_find(db_str(st, 8), &row->status))
		row->status = ALERTS_OPEN;
	row->owner = db_str(st, 9);
	row->reason = db_str(st, 10);
	row->status_by = db_str(st, 11);
	row->status_note = db_str(st, 12);
	row->first = db_int(st, 13);
	row->last = db_int(st, 14);
	row->created = db_int(st, 15);
	row->updated = db_int(st, 16);
	row->count = (uint64_t)db_int(st, 17);
	row->rev = (uint64_t)db_int(st, 18);
	row->comments = (uint64_t)db_int(st, 19);
	row->demo = db_int(st, 20) != 0;
	read_evidence(db_str(st, 21), row);
	row->confidence = (unsigned)db_int(st, 22);
	row->action = db_str(st, 23);
	row->details = db_str(st, 24);
	row->affected = db_str(st, 25);
	row->acked = db_int(st, 26);
	row->closed = db_int(st, 27);
	row->quiet = db_str(st, 28);
	row->late = db_int(st, 29);
}

enum err
rows_each(struct db_stmt *st, alerts_row_fn fn, void *ctx, struct diag *why)
{
	struct alerts_row row;
	bool more = false;
	enum err e;

	while ((e = db_step(st, &more, why)) == OK && more) {
		read_row(st, &row);
		e = fn(ctx, &row);
		if (e != OK)
			return e;
	}
	return e;
}
