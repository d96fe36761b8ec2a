/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/playbooks.py */
/* A query worker for a step of a playbook. */
#include "app/playquery.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/jsonr.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "ev/child.h"
#include "ev/loop.h"

#define AT_ONCE 2
#define LONGEST (30 * CLOCK_S)
#define GRACE (2 * CLOCK_S)
#define ANSWER_MAX ((size_t)1 << 20)
#define ARENA ((size_t)16 << 20)

struct playquery {
	struct playquery_set *set;
	int64_t id;
	struct child *child; /* NULL: none runs here */
	struct loop_timer *deadline;
	struct buf said;
};

struct playquery_set {
	struct playquery_opts o;
	struct playquery all[AT_ONCE];
};

static void
end(struct playquery *q, bool ok, struct str answer, uint64_t rows)
{
	struct playquery_set *s = q->set;

	loop_timer_stop(q->deadline);
	s->o.release(s->o.ctx, q->child);
	q->child = NULL;
	s->o.done(s->o.done_ctx, q->id, ok, answer, rows);
	if (q->child == NULL)
		buf_fini(&q->said);
}

static void
on_output(void *ctx, struct str bytes)
{
	buf_str(&((struct playquery *)ctx)->said, bytes);
}

static void
on_exited(void *ctx, int status)
{
	struct playquery *q = ctx;
	struct str rest = buf_view(&q->said), head = str_until(&rest, '\n');
	struct arena *a = arena_new(ARENA);
	const struct jsonr *top = NULL, *rows;
	const bool good = str_starts(head, STR("200 "));
	struct str detail;

	if (buf_overflow(&q->said) || jsonr_parse(a, rest, &top, NULL) != OK ||
	    (good && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))) {
		end(q, false, STR("the query worker broke off, or found too much"), 0);
	} else if (!good) {
		detail = jsonr_text(top, "detail", STR("the query was refused"));
		end(q, false, detail, 0);
	} else {
		rows = jsonr_get(top, "rows");
		end(q, true, rest, rows != NULL ? rows->n : 0);
	}
	arena_free(a);
}

static void
on_late(void *ctx)
{
	end(ctx, false, STR("the query took too long"), 0);
}

struct playquery_set *
playquery_new(const struct playquery_opts *o)
{
	struct playquery_set *s = MEM_NEW(struct playquery_set);

	s->o = *o;
	for (size_t i = 0; i < AT_ONCE; i++) {
		s->all[i].set = s;
		s->all[i].deadline = loop_timer_new(o->loop, on_late, &s->all[i]);
	}
	return s;
}

void
playquery_free(struct playquery_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < AT_ONCE; i++) {
		if (s->all[i].child != NULL)
			s->o.release(s->o.ctx, s->all[i].child);
		loop_timer_free(s->all[i].deadline);
		buf_fini(&s->all[i].said);
	}
	free(s);
}

enum err
playquery_run(struct playquery_set *s, int64_t id, struct str sql, struct diag *why)
{
	auto_buf struct buf line = { 0 };
	struct playquery *q = s->all;
	struct jsonw w;
	enum err e;

	while (q < s->all + AT_ONCE && q->child != NULL)
		q++;
	if (q == s->all + AT_ONCE)
		return err_set(why, FAIL_AGAIN, "other queries run");
	buf_init(&q->said, ANSWER_MAX);
	q->id = id;
	e = s->o.take(s->o.ctx, &(struct api_query_user){ on_output, on_exited, q }, &q->child,
	    why);
	if (e != OK)
		return e;
	jsonw_init(&w, &line);
	jsonw_obj(&w);
	jsonw_kstr(&w, "sql", sql);
	jsonw_kstr(&w, "format", STR("json"));
	jsonw_kint(&w, "timeout_ms", LONGEST / CLOCK_MS);
	jsonw_kint(&w, "max_rows", PLAYQUERY_ROWS);
	jsonw_end(&w);
	buf_byte(&line, '\n');
	e = child_write(q->child, buf_view(&line));
	child_close_input(q->child);
	if (e != OK) {
		s->o.release(s->o.ctx, q->child);
		q->child = NULL;
		return err_set(why, FAIL_AGAIN, "no query worker takes the query");
	}
	loop_timer_after(q->deadline, LONGEST + GRACE);
	return OK;
}
