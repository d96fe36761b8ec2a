/* SPDX-License-Identifier: Apache-2.0 */
/* What a window hid, as one message for each channel. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence_life.c */
#include <stdio.h>

#include "alert/bundle.h"
#include "alert/silence_in.h"

/* Each alert goes to the channels that it is urgent enough for. */
enum err
silence_bundle(struct alerts *a, const struct silence *s, int64_t since, int64_t now,
    struct diag *why)
{
	struct bundle_place place = { .form = BUNDLE_WINDOW, .due = now };
	char slot[40];
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(a->db,
	    "SELECT channels.name, alerts.id, alerts.rank FROM silence_hidden JOIN alerts ON n ="
	    " alert JOIN channels ON enabled = 1 AND min_rank >= alerts.rank WHERE silence = ?1"
	    " AND silence_hidden.last_ns > ?2 ORDER BY channels.name, n",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_int(st, 1, s->id);
	db_bind_int(st, 2, since);
	(void)snprintf(slot, sizeof(slot), "window-%lld", (long long)s->id);
	place.slot = str_c(slot);
	while ((e = db_step(st, &row, why)) == OK && row) {
		place.channel = db_str(st, 0);
		e = bundle_collect(a, &place, db_str(st, 1), (enum alerts_severity)db_int(st, 2),
		    now, why);
		if (e != OK)
			break;
	}
	db_finalize(st);
	return e;
}
