/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* Stored events again, a day at a time, so that sorting them needs little room. */
#include "app/pastrows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/sqlchild.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonr.h"
#include "base/mem.h"

#define DAY (86400 * CLOCK_S)
#define ROW_BUDGET ((size_t)16 << 20)
#define PIECE ((size_t)1 << 18)
#define TIMEOUT (600 * CLOCK_S)
#define ROWS_MAX ((uint64_t)1000000000)

struct job {
	const struct pastrows_opts *o;
	pastrows_fn fn;
	void *ctx;
	struct arena *arena;
	struct buf in, row;
	bool head;     /* the line with the status is behind us */
	unsigned skip; /* lines before the first row: names of columns */
};

/* CSV's one column: the quotes around it go, and one of each two inside. */
static struct str
unquote(struct job *j, struct str line)
{
	if (line.n < 2 || line.p[0] != '"')
		return line;
	buf_reset(&j->row);
	for (size_t i = 1; i + 1 < line.n; i++) {
		buf_byte(&j->row, line.p[i]);
		i += line.p[i] == '"';
	}
	return buf_view(&j->row);
}

/* ["seq","source","format","received","raw"] */
static enum err
on_line(struct job *j, struct str line, struct diag *why)
{
	const struct jsonr *top, *v;
	struct str text[5] = { { "", 0 } };
	struct pastrows_row row = { 0 };
	uint64_t received;
	size_t n = 0;
	enum err e;

	if (j->skip > 0) {
		j->skip--;
		return OK;
	}
	arena_reset(j->arena);
	e = jsonr_parse(j->arena, unquote(j, line), &top, why);
	if (e != OK)
		return e;
	for (v = top->first; v != NULL && n < ARRAY_LEN(text); v = v->next)
		text[n++] = v->type == JSONR_TEXT ? v->s : STR("");
	if (n < ARRAY_LEN(text) || !str_u64(text[0], &row.seq) || !str_u64(text[3], &received))
		return err_set(why, FAIL_CORRUPT, "a stored event makes no sense");
	row.source = text[1];
	row.format = text[2];
	row.received = (int64_t)received;
	row.raw = text[4];
	return row.raw.n != 0 ? j->fn(j->ctx, &row, why) : OK;
}

/* Takes whole lines off what was read. */
static enum err
take_lines(struct job *j, struct diag *why)
{
	size_t done = 0;
	enum err e = OK;

	while (e == OK) {
		const char *end = memchr(j->in.p + done, '\n', j->in.n - done);
		struct str line;

		if (end == NULL)
			break;
		line = (struct str){ j->in.p + done, (size_t)(end - j->in.p) - done };
		done += line.n + 1;
		line.n -= line.n > 0 && line.p[line.n - 1] == '\r';
		if (!j->head && !str_starts(line, STR("200 ")))
			return err_set(why, FAIL_STORE, "stored events cannot be read: %.*s",
			    line.n < 150 ? (int)line.n : 150, line.p);
		if (j->head)
			e = on_line(j, line, why);
		j->head = true;
	}
	buf_shift(&j->in, done);
	return e;
}

static enum err
one_query(struct job *j, const char *sql, int64_t from, int64_t to, struct diag *why)
{
	const struct sqlchild_ask ask = { sql, "csv", TIMEOUT, from, to, ROWS_MAX };
	enum err e;
	ssize_t n;
	pid_t pid;
	int fd;

	j->head = false;
	j->skip = 1;
	buf_reset(&j->in);
	e = sqlchild_start(j->o->dir, &ask, &fd, &pid, why);
	if (e != OK)
		return e;
	while (e == OK) {
		char *room = buf_room(&j->in, PIECE);

		n = room != NULL ? read(fd, room, PIECE) : -1;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_added(&j->in, (size_t)n);
		e = take_lines(j, why);
	}
	sqlchild_end(fd, pid);
	return e;
}

/* When the oldest of them was received; INT64_MAX when there is none. */
static enum err
on_oldest(void *ctx, const struct pastrows_row *row, struct diag *why)
{
	(void)why;
	*(int64_t *)ctx = row->received;
	return OK;
}

static enum err
oldest(struct job *j, int64_t *ret, struct diag *why)
{
	struct job first = { .o = j->o, .fn = on_oldest, .ctx = ret, .arena = j->arena };
	enum err e;

	e = one_query(&first,
	    "SELECT to_json(['1', '', '', CAST(epoch_ns(min(received_at)) AS VARCHAR), '-'])"
	    " FROM security_events HAVING min(received_at) IS NOT NULL",
	    0, 0, why);
	buf_fini(&first.in);
	buf_fini(&first.row);
	return e;
}

enum err
pastrows_each(const struct pastrows_opts *opts, pastrows_fn fn, void *ctx, struct diag *why)
{
	struct job j = { .o = opts, .fn = fn, .ctx = ctx, .arena = arena_new(ROW_BUDGET) };
	int64_t from = INT64_MAX;
	char sql[700];
	enum err e = oldest(&j, &from, why);

	from = from > opts->from ? from : opts->from;
	for (; e == OK && from <= opts->to; from += DAY) {
		(void)snprintf(sql, sizeof(sql),
		    "SELECT to_json([CAST(seq AS VARCHAR), source, format,"
		    " CAST(epoch_ns(received_at) AS VARCHAR), raw]) FROM security_events"
		    " WHERE seq < %llu AND epoch_ns(received_at) >= %lld"
		    " AND epoch_ns(received_at) < %lld ORDER BY seq",
		    (unsigned long long)opts->before, (long long)from, (long long)(from + DAY));
		e = one_query(&j, sql, 0, 0, why);
	}
	buf_fini(&j.in);
	buf_fini(&j.row);
	arena_free(j.arena);
	return e;
}
