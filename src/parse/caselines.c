/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a case, those written out and those that a line stands for. */
#include "parse/caselines.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/vec.h"
#include "parse/time.h"

struct event {
	int64_t t;
	size_t n, from, len; /* number, place in `text` */
};

struct later {
	VEC(struct event) p;
	struct buf text;
};

static int
by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return x->t != y->t ? (x->t < y->t ? -1 : 1) : (x->n < y->n ? -1 : 1);
}

static void
put_event(struct str json, int64_t t, uint64_t i, struct buf *to)
{
	char when[40];

	buf_printf(to, "{\"timestamp\":\"%s\",", clock_text(t, when));
	for (json = str_from(json, 1); json.n > 0;) {
		bool number = str_starts(json, STR("@i"));

		if (number)
			buf_u64(to, i);
		else
			buf_byte(to, json.p[0]);
		json = str_from(json, number ? 2 : 1);
	}
}

static enum err
repeat(struct str line, struct later *to, struct diag *why)
{
	struct str rest = str_from(line, 2), count = str_until(&rest, ' ');
	struct str step = str_until(&rest, ' '), start = str_until(&rest, ' ');
	int64_t ns, t;
	uint64_t n;

	if (!str_u64(count, &n) || n > CASELINES_COUNT || !clock_span(step, &ns) ||
	    time_iso(start, 0, &t) != start.n || !str_starts(rest, STR("{")))
		return err_set(why, FAIL_SYNTAX,
		    "not understood: %.*s; write @ COUNT STEP TIME {...}",
		    line.n < 100 ? (int)line.n : 100, line.p);
	for (uint64_t i = 0; i < n && !buf_overflow(&to->text); i++, t += ns) {
		struct event e = { t, to->p.n, to->text.n, 0 };

		put_event(rest, t, i, &to->text);
		e.len = to->text.n - e.from;
		VEC_PUSH(&to->p, e);
	}
	return buf_overflow(&to->text)
		   ? err_set(why, FAIL_LIMIT, "the events of a case are more than 64 MiB")
		   : OK;
}

static enum err
give_later(struct later *l, caselines_fn fn, void *ctx, struct diag *why)
{
	enum err e = OK;

	if (l->p.n > 1)
		qsort(l->p.p, l->p.n, sizeof(*l->p.p), by_time);
	for (size_t i = 0; i < l->p.n && e == OK; i++)
		e = fn(ctx, (struct str){ l->text.p + l->p.p[i].from, l->p.p[i].len }, why);
	return e;
}

enum err
caselines_each(struct str text, caselines_fn fn, void *ctx, struct diag *why)
{
	struct later later = { 0 };
	struct str line;
	enum err e = OK;

	buf_init(&later.text, CASELINES_BYTES);
	while (e == OK && str_line(&text, &line)) {
		if (str_starts(line, STR("@ ")))
			e = repeat(line, &later, why);
		else if (line.n != 0)
			e = fn(ctx, line, why);
	}
	if (e == OK)
		e = give_later(&later, fn, ctx, why);
	VEC_FINI(&later.p);
	buf_fini(&later.text);
	return e;
}
