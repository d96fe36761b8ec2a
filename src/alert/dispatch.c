/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/alert/test_outbox.c */
/* From an alert to its messages. */
#include "alert/dispatch.h"

#include "alert/internal.h"
#include "alert/silence.h"

/* A message to every channel that it is urgent enough for. */
static enum err
tell_all(struct alerts *a, const struct dispatch *d, int64_t now, struct diag *why)
{
	db_bind_str(a->enqueue, 1, d->id);
	db_bind_int(a->enqueue, 2, (int64_t)d->severity);
	db_bind_int(a->enqueue, 3, now);
	return db_run(a->enqueue, why);
}

enum err
dispatch_alert(struct alerts *a, const struct dispatch *d, int64_t now, struct diag *why)
{
	char quiet[SILENCE_QUIET_SIZE];
	enum err e = silence_hides(a, d, now, quiet, why);

	if (e != OK || quiet[0] != '\0')
		return e;
	/* Channels that were told have their message; more urgent, it may concern others. */
	return d->why == DISPATCH_AGAIN ? OK : tell_all(a, d, now, why);
}
