/* Reads one of several files: where to begin, what to give out, when it is over. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/ingest/test_file.c */
#include "ingest/follow.h"

#include <sys/stat.h>

#include "base/log.h"
#include "ev/loop.h"
#include "ingest/ledger.h"
#include "ingest/source.h"

#define SLICE ((size_t)1 << 20) /* read of one file in one turn */
#define RETRY (20 * CLOCK_MS)   /* the sink was full */
#define RETRY_FAILED (500 * CLOCK_MS)

struct follow_tuning follow_tuning = {
	.scan_every = 250 * CLOCK_MS,
	.active_every = 20 * CLOCK_MS,
	.idle = 60 * CLOCK_S,
	.unsure = 2 * CLOCK_S,
	.batch_bytes = (size_t)1 << 20,
	.batch_items = BATCH_ITEMS_MAX,
};

/* The content belongs to nobody now; copies of it may go on with it. */
void
follow_release(struct follow *f, struct tail *t)
{
	if (t->row != NULL)
		t->row->owner = NULL;
	t->row = NULL;
	for (struct tail *o = f->tails; o != NULL; o = o->next) {
		if (o->original == t)
			tail_rewind(o);
	}
}

static void
own(struct follow *f, struct tail *t, struct cursor_row *row)
{
	t->row = row;
	row->owner = t;
	if (row->dev != t->dev || row->ino != t->ino) {
		row->dev = t->dev;
		row->ino = t->ino;
		cursor_touch(f->env->cursors, row);
	}
}

static bool
is_original(const struct follow *f, const struct tail *t)
{
	for (const struct tail *o = f->tails; o != NULL; o = o->next) {
		if (o->original == t)
			return true;
	}
	return false;
}

static void
on_done(struct batch *b)
{
	struct tail *t = b->ctx;
	struct follow *f = t->follow;

	t->in_flight = false;
	if (b->result == OK) {
		cursor_reached(f->env->cursors, t->row, &t->flight_to, b->first_seq);
		batch_free(b);
	} else {
		t->held = b;
		t->held_until = clock_mono() + RETRY_FAILED;
	}
	if (!f->stopped)
		loop_timer_after(f->timer, 0);
}

static bool
submit(struct follow *f, struct tail *t, struct batch *b)
{
	size_t n = b->n;

	t->in_flight = true;
	if (f->env->sink.submit(f->env->sink.ctx, b) != OK) {
		t->in_flight = false;
		t->held = b;
		t->held_until = clock_mono() + RETRY;
		return false;
	}
	t->held = NULL;
	ledger_add(f->env->ledger, f->bs->ledger, LEDGER_RECEIVED, n);
	return true;
}

/* Moves lines into a batch and hands it over; false: there was no line. */
static bool
give_lines(struct follow *f, struct tail *t, bool end)
{
	struct batch *b = batch_new(f->bs, clock_wall());
	uint64_t cuts = 0;
	struct str line;
	bool cut;

	while (b->n < follow_tuning.batch_items && b->bytes.n < follow_tuning.batch_bytes &&
	       content_line(&t->content, end, &line, &cut)) {
		if (t->skip > 0) {
			t->skip--;
			continue;
		}
		if (batch_add(b, line) != OK)
			break; /* cannot be: it is far from full */
		cuts += cut;
	}
	if (b->n == 0) {
		batch_free(b);
		return false;
	}
	if (t->row == NULL)
		own(f, t, cursor_new(f->env->cursors, f->bs->name));
	if (cuts > 0)
		ledger_add(f->env->ledger, f->bs->ledger, LEDGER_CUT, cuts);
	content_print_out(&t->content, &t->flight_to);
	cursor_mark(f->env->cursors, t->row, &t->flight_to, b->n, b->cursor);
	b->done = on_done;
	b->ctx = t;
	(void)submit(f, t, b);
	return true;
}

static void
finish(struct follow *f, struct tail *t, bool known)
{
	if (t->row != NULL && known && !t->row->done) {
		t->row->done = true;
		cursor_touch(f->env->cursors, t->row);
	}
	if (t->row == NULL && known) { /* a copy of what was read elsewhere: remember it */
		own(f, t, cursor_new(f->env->cursors, f->bs->name));
		content_print_out(&t->content, &t->row->print);
		t->row->done = t->kind != INFLATE_NONE;
		cursor_touch(f->env->cursors, t->row);
	}
	t->state = TAIL_DONE;
	tail_close(t);
}

/* The row that this very file had, when its content is still the one that was read. */
static bool
recognise(struct follow *f, struct tail *t)
{
	struct cursor_row *row = NULL;

	while ((row = cursor_next(f->env->cursors, f->bs->name, row)) != NULL) {
		if (row->dev == t->dev && row->ino == t->ino && row->owner == NULL)
			break;
	}
	if (row == NULL)
		return false;
	if (t->kind != INFLATE_NONE && tail_alike(t, row)) {
		own(f, t, row);
		if (row->done)
			finish(f, t, true);
		else
			t->state = TAIL_SEEK;
		t->skip = row->skip;
		return true;
	}
	if (t->kind == INFLATE_NONE && tail_resume(t, row)) {
		own(f, t, row);
		t->state = TAIL_READ;
		return true;
	}
	row->dev = row->ino = 0; /* another file by now; a copy may still go on with the row */
	cursor_touch(f->env->cursors, row);
	return false;
}

static void
begin_other(struct follow *f, struct tail *t)
{
	if (!t->primary) {
		t->state = TAIL_DONE;
		tail_close(t);
	} else if (t->to_end && t->kind != INFLATE_NONE) {
		finish(f, t, true);
	} else {
		t->state = TAIL_READ;
		if (t->to_end && tail_to_end(t) && content_out(&t->content) > 0) {
			own(f, t, cursor_new(f->env->cursors, f->bs->name));
			content_print_out(&t->content, &t->row->print);
			cursor_touch(f->env->cursors, t->row);
		}
	}
}

/* Finds out where to begin. */
static void
evaluate(struct follow *f, struct tail *t)
{
	struct cursor_row *row;

	tail_look(t);
	if (recognise(f, t))
		return;
	switch (tail_match(t, f->env->cursors, f->bs->name, &row)) {
	case TAIL_UNSURE:
		if (t->size == 0 || clock_mono() - t->grown < follow_tuning.unsure)
			return;
		begin_other(f, t);
		return;
	case TAIL_OTHER:
		begin_other(f, t);
		return;
	case TAIL_COVERED:
	case TAIL_SAME:
		break;
	}
	if (row->owner != NULL) {
		t->original = row->owner;
		t->state = TAIL_WAITING;
	} else if (t->kind != INFLATE_NONE) {
		own(f, t, row);
		t->skip = row->skip;
		t->state = TAIL_SEEK;
	} else if (tail_resume(t, row)) {
		own(f, t, row);
		t->state = TAIL_READ;
	} else if (tail_to_end(t)) {
		finish(f, t, true);
	}
}

/* Compressed content on the way to where it was left. */
static enum follow_progress
seek(struct follow *f, struct tail *t)
{
	uint64_t want = t->row->print.n, left = want - content_out(&t->content);
	struct content_print print;
	struct diag why;
	size_t got, n = content_pending(&t->content).n;
	enum err e = OK;

	if (n == 0) {
		e = tail_read(t, SLICE, &got, &why);
		n = e == OK ? got : 0;
	}
	if (n == 0 && (e != OK || tail_complete(t))) { /* it ends before: all of it is known */
		struct cursor_row *row = t->row;

		row->owner = NULL;
		row->dev = row->ino = 0;
		t->row = NULL;
		finish(f, t, true);
		return FOLLOW_AT_END;
	}
	content_pass(&t->content, n < left ? n : (size_t)left);
	if (content_out(&t->content) < want)
		return n > 0 ? FOLLOW_MOVING : FOLLOW_AT_END;
	content_print_out(&t->content, &print);
	if (want > 0 && !content_same(&print, &t->row->print)) { /* alike in its beginning only */
		t->row->dev = t->row->ino = 0;
		t->row->owner = NULL;
		tail_rewind(t);
		begin_other(f, t);
		return FOLLOW_MOVING;
	}
	t->state = TAIL_READ;
	return FOLLOW_MOVING;
}

/* Nothing will be added: the file is gone, was read to a proper end, or has long been silent. */
static bool
is_over(const struct tail *t, int64_t now)
{
	struct stat st;

	if (tail_complete(t) || now - t->grown >= follow_tuning.idle)
		return true;
	return t->kind == INFLATE_NONE && fstat(t->fd, &st) == 0 && st.st_nlink == 0;
}

/* The file was emptied or written anew under our eyes. */
static enum follow_progress
truncated(struct follow *f, struct tail *t, int64_t now)
{
	if (!is_original(f, t))
		f->rescan(f->ctx); /* was it copied just before? */
	/* The copy holds what was not given out yet, and more; without one this is all there is. */
	if (!is_original(f, t) && give_lines(f, t, true))
		return FOLLOW_WAITING;
	follow_release(f, t);
	tail_rewind(t);
	t->grown = now;
	return FOLLOW_MOVING;
}

static enum follow_progress
at_end(struct follow *f, struct tail *t, int64_t now, bool broken)
{
	if (!broken && !is_over(t, now))
		return FOLLOW_AT_END;
	if (give_lines(f, t, true))
		return FOLLOW_WAITING;
	if (t->kind != INFLATE_NONE)
		finish(f, t, true);
	else
		tail_close(t); /* opened again when it grows */
	return FOLLOW_AT_END;
}

static enum follow_progress
read_on(struct follow *f, struct tail *t, int64_t now)
{
	struct diag why;
	size_t got = 0;
	enum err e;

	if (tail_truncated(t))
		return truncated(f, t, now);
	if (give_lines(f, t, false))
		return FOLLOW_MOVING;
	e = tail_read(t, SLICE, &got, &why);
	if (e != OK)
		log_warn("ingest", "cannot read on", LOG_C("path", t->path),
		    LOG_C("why", why.text));
	if (got == 0)
		return at_end(f, t, now, e == FAIL_SYNTAX);
	t->grown = now;
	(void)give_lines(f, t, false);
	return FOLLOW_MOVING;
}

enum follow_progress
follow_step(struct follow *f, struct tail *t, int64_t now)
{
	struct diag why;

	if (t->in_flight)
		return FOLLOW_WAITING;
	if (t->held != NULL) {
		if (now >= t->held_until)
			(void)submit(f, t, t->held);
		return FOLLOW_WAITING;
	}
	if (t->state == TAIL_DONE || t->state == TAIL_WAITING)
		return FOLLOW_AT_END;
	if (t->fd < 0 && t->state == TAIL_READ && (!t->seen || t->size == content_in(&t->content)))
		return FOLLOW_AT_END; /* silent, and closed for that; or gone */
	if (tail_open(t, &why) != OK) {
		log_warn("ingest", "cannot open", LOG_C("path", t->path), LOG_C("why", why.text));
		return FOLLOW_AT_END;
	}
	if (t->state == TAIL_NEW)
		evaluate(f, t);
	if (t->state == TAIL_SEEK)
		return seek(f, t);
	return t->state == TAIL_READ ? read_on(f, t, now) : FOLLOW_AT_END;
}
