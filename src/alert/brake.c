/* SPDX-License-Identifier: Apache-2.0 */
/* Counting messages of a channel. */
#include "alert/brake.h"

#include "alert/internal.h"

/* A window that lies ahead is of a clock that was put back: it is over too. */
#define OVER "(begin_ns + ?3 <= ?2 OR begin_ns > ?2)"

enum err
brake_ask(struct alerts *a, const struct brake *b, struct str channel,
    enum alerts_severity severity, int64_t now, int64_t *ret_until, struct diag *why)
{
	struct db_stmt *st;
	bool row = false;
	enum err e;

	*ret_until = 0;
	if (b->limit == 0)
		return OK;
	e = db_prepare(a->db,
	    "INSERT INTO brakes(channel, begin_ns, n) VALUES(?1, ?2, 1) ON CONFLICT(channel)"
	    " DO UPDATE SET n = iif(" OVER ", 1, n + 1), begin_ns = iif(" OVER
	    ", ?2, begin_ns) RETURNING n, begin_ns",
	    &st, why);
	if (e != OK)
		return e;
	db_bind_str(st, 1, channel);
	db_bind_int(st, 2, now);
	db_bind_int(st, 3, b->window);
	e = db_step(st, &row, why);
	if (e == OK && row && db_int(st, 0) > (int64_t)b->limit && severity != ALERTS_CRITICAL)
		*ret_until = db_int(st, 1) + b->window;
	db_finalize(st);
	return e;
}
