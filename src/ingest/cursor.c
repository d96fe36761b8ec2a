/* Positions in files: rows in SQLite, marks in the log. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/db.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "ev/loop.h"
#include "rec/rec.h"

#define SAVE_EVERY CLOCK_S
#define PASSED_MAX 100000 /* records of others that make a save worth while */

/* What a mark says. */
struct mark {
	uint64_t seq; /* of the record it stood in; 0: none */
	uint64_t id, dev, ino;
	struct content_print to;
	uint64_t n;
	char source[64];
};

struct cursors {
	struct db *db;
	struct db_stmt *put, *del, *meta;
	struct hash_key key;
	uint64_t through, saved_through;
	VEC(struct cursor_row *) rows;
	VEC(uint64_t) gone; /* ids to delete */
	struct mark open;   /* learning: a batch whose end is not seen yet */
	struct loop_timer *timer;
};

static const char *const schema[] = {
	"CREATE TABLE meta(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
	"CREATE TABLE cursor(id INTEGER PRIMARY KEY, source TEXT NOT NULL, dev INTEGER NOT NULL,"
	" ino INTEGER NOT NULL, n INTEGER NOT NULL, head BLOB NOT NULL, last BLOB NOT NULL,"
	" skip INTEGER NOT NULL, done INTEGER NOT NULL, seq INTEGER NOT NULL,"
	" seen INTEGER NOT NULL);",
};

static void
copy_source(char to[64], struct str from)
{
	(void)str_to_c(from, to, 64);
}

static struct cursor_row *
row_add(struct cursors *c)
{
	struct cursor_row *row = MEM_NEW(struct cursor_row);

	VEC_PUSH(&c->rows, row);
	return row;
}

static void
copy_hash(uint8_t *to, size_t n, struct str from)
{
	memset(to, 0, n);
	if (from.n == n)
		memcpy(to, from.p, n);
}

static enum err
load_rows(struct cursors *c, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(c->db,
	    "SELECT id, source, dev, ino, n, head, last, skip, done, seq, seen FROM cursor", &st,
	    why);
	bool row = false;

	if (e != OK)
		return e;
	while ((e = db_step(st, &row, why)) == OK && row) {
		struct cursor_row *r = row_add(c);

		r->id = (uint64_t)db_int(st, 0);
		copy_source(r->source, db_str(st, 1));
		r->dev = (uint64_t)db_int(st, 2);
		r->ino = (uint64_t)db_int(st, 3);
		r->print.n = (uint64_t)db_int(st, 4);
		copy_hash(r->print.head, sizeof(r->print.head), db_str(st, 5));
		copy_hash(r->print.last, sizeof(r->print.last), db_str(st, 6));
		r->skip = (uint32_t)db_int(st, 7);
		r->done = db_int(st, 8) != 0;
		r->seq = (uint64_t)db_int(st, 9);
		r->seen = db_int(st, 10);
	}
	db_finalize(st);
	return e;
}

/* The key of the marks, made once, and how far the rows are true. */
static enum err
load_meta(struct cursors *c, struct diag *why)
{
	struct db_stmt *st;
	enum err e;
	bool row = false;

	c->key = hash_key_random();
	e = db_prepare(c->db, "INSERT OR IGNORE INTO meta VALUES('key', ?1), ('through', 0)", &st,
	    why);
	if (e != OK)
		return e;
	db_bind_blob(st, 1, (struct str){ (const char *)&c->key, sizeof(c->key) });
	e = db_run(st, why);
	db_finalize(st);
	if (e == OK)
		e = db_prepare(c->db, "SELECT v FROM meta WHERE k IN ('key', 'through') ORDER BY k",
		    &st, why);
	if (e != OK)
		return e;
	e = db_step(st, &row, why);
	if (e == OK && row)
		copy_hash((uint8_t *)&c->key, sizeof(c->key), db_str(st, 0));
	if (e == OK)
		e = db_step(st, &row, why);
	if (e == OK && row)
		c->through = c->saved_through = (uint64_t)db_int(st, 0);
	db_finalize(st);
	return e;
}

static enum err
prepare(struct cursors *c, struct diag *why)
{
	enum err e = db_prepare(c->db,
	    "INSERT OR REPLACE INTO cursor VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)", &c->put,
	    why);

	if (e == OK)
		e = db_prepare(c->db, "DELETE FROM cursor WHERE id = ?1", &c->del, why);
	if (e == OK)
		e = db_prepare(c->db, "UPDATE meta SET v = ?1 WHERE k = 'through'", &c->meta, why);
	return e;
}

static void
on_timer(void *ctx)
{
	struct cursors *c = ctx;
	struct diag why;

	if (cursor_save(c, &why) != OK) {
		log_diag("ingest", "cannot save positions in files", &why);
		loop_timer_after(c->timer, SAVE_EVERY);
	}
}

enum err
cursor_open(const char *path, struct loop *loop, struct cursors **ret, struct diag *why)
{
	struct cursors *c = MEM_NEW(struct cursors);
	enum err e = db_open(path, &c->db, why);

	if (e == OK)
		e = db_migrate(c->db, schema, ARRAY_LEN(schema), why);
	if (e == OK)
		e = load_meta(c, why);
	if (e == OK)
		e = load_rows(c, why);
	if (e == OK)
		e = prepare(c, why);
	if (e != OK) {
		cursor_close(c);
		return e;
	}
	if (loop != NULL)
		c->timer = loop_timer_new(loop, on_timer, c);
	*ret = c;
	return OK;
}

void
cursor_close(struct cursors *c)
{
	if (c == NULL)
		return;
	loop_timer_free(c->timer);
	db_finalize(c->put);
	db_finalize(c->del);
	db_finalize(c->meta);
	db_close(c->db);
	for (size_t i = 0; i < c->rows.n; i++)
		free(c->rows.p[i]);
	VEC_FINI(&c->rows);
	VEC_FINI(&c->gone);
	free(c);
}

static enum err
put_row(struct cursors *c, const struct cursor_row *r, struct diag *why)
{
	db_bind_int(c->put, 1, (int64_t)r->id);
	db_bind_str(c->put, 2, str_c(r->source));
	db_bind_int(c->put, 3, (int64_t)r->dev);
	db_bind_int(c->put, 4, (int64_t)r->ino);
	db_bind_int(c->put, 5, (int64_t)r->print.n);
	db_bind_blob(c->put, 6, (struct str){ (const char *)r->print.head, sizeof(r->print.head) });
	db_bind_blob(c->put, 7, (struct str){ (const char *)r->print.last, sizeof(r->print.last) });
	db_bind_int(c->put, 8, r->skip);
	db_bind_int(c->put, 9, r->done);
	db_bind_int(c->put, 10, (int64_t)r->seq);
	db_bind_int(c->put, 11, r->seen);
	return db_run(c->put, why);
}

static enum err
save_all(struct cursors *c, struct diag *why)
{
	enum err e = OK;

	for (size_t i = 0; i < c->gone.n && e == OK; i++) {
		db_bind_int(c->del, 1, (int64_t)c->gone.p[i]);
		e = db_run(c->del, why);
	}
	for (size_t i = 0; i < c->rows.n && e == OK; i++) {
		if (c->rows.p[i]->dirty)
			e = put_row(c, c->rows.p[i], why);
	}
	if (e != OK)
		return e;
	db_bind_int(c->meta, 1, (int64_t)c->through);
	return db_run(c->meta, why);
}

enum err
cursor_save(struct cursors *c, struct diag *why)
{
	enum err e;

	crash_point(CRASH_CURSOR_WRITE);
	e = db_exec(c->db, "BEGIN IMMEDIATE", why);
	if (e != OK)
		return e;
	e = save_all(c, why);
	if (e == OK)
		e = db_exec(c->db, "COMMIT", why);
	if (e != OK) {
		if (db_exec(c->db, "ROLLBACK", NULL) != OK)
			return e; /* nothing was begun any more */
		return e;
	}
	crash_point(CRASH_CURSOR_WRITTEN);
	for (size_t i = 0; i < c->rows.n; i++)
		c->rows.p[i]->dirty = false;
	c->gone.n = 0;
	c->saved_through = c->through;
	return OK;
}

static void
save_soon(struct cursors *c)
{
	if (c->timer != NULL && !loop_timer_pending(c->timer))
		loop_timer_after(c->timer, SAVE_EVERY);
}

uint64_t
cursor_through(const struct cursors *c)
{
	return c->through;
}

/* The row of this source that was not seen for longest and that nobody reads makes room. */
static void
make_room(struct cursors *c, const char *source)
{
	size_t n = 0, oldest = SIZE_MAX;

	for (size_t i = 0; i < c->rows.n; i++) {
		const struct cursor_row *r = c->rows.p[i];

		if (strcmp(r->source, source) != 0)
			continue;
		n++;
		if (r->owner == NULL && (oldest == SIZE_MAX || r->seen < c->rows.p[oldest]->seen))
			oldest = i;
	}
	if (n < CURSOR_ROWS_MAX || oldest == SIZE_MAX)
		return;
	VEC_PUSH(&c->gone, c->rows.p[oldest]->id);
	free(c->rows.p[oldest]);
	c->rows.p[oldest] = c->rows.p[--c->rows.n];
}

static struct cursor_row *
row_new(struct cursors *c, const char *source, uint64_t id)
{
	struct cursor_row *r;

	make_room(c, source);
	r = row_add(c);
	r->id = id;
	copy_source(r->source, str_c(source));
	return r;
}

struct cursor_row *
cursor_new(struct cursors *c, const char *source)
{
	uint64_t id;

	digest_random(&id, sizeof(id));
	return row_new(c, source, id >> 1); /* SQLite's integers are signed */
}

struct cursor_row *
cursor_next(const struct cursors *c, const char *source, const struct cursor_row *after)
{
	bool passed = after == NULL;

	for (size_t i = 0; i < c->rows.n; i++) {
		if (passed && strcmp(c->rows.p[i]->source, source) == 0)
			return c->rows.p[i];
		if (c->rows.p[i] == after)
			passed = true;
	}
	return NULL;
}

void
cursor_touch(struct cursors *c, struct cursor_row *row)
{
	row->dirty = true;
	row->seen = clock_wall();
	save_soon(c);
}

void
cursor_reached(struct cursors *c, struct cursor_row *row, const struct content_print *to,
    uint64_t seq)
{
	row->print = *to;
	row->skip = 0;
	row->seq = seq;
	if (seq > c->through)
		c->through = seq;
	cursor_touch(c, row);
}

void
cursor_passed(struct cursors *c, uint64_t seq)
{
	if (seq > c->through)
		c->through = seq;
	if (c->through - c->saved_through > PASSED_MAX)
		save_soon(c);
}

void
cursor_mark(const struct cursors *c, const struct cursor_row *row, const struct content_print *to,
    size_t n, char ret[BATCH_CURSOR_MAX])
{
	char head[33], last[17], text[BATCH_CURSOR_MAX - 17];

	(void)snprintf(text, sizeof(text),
	    "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %zu %s %s %s", row->id, row->dev,
	    row->ino, to->n, n, digest_hex(to->head, sizeof(to->head), head),
	    digest_hex(to->last, sizeof(to->last), last), row->source);
	(void)snprintf(ret, BATCH_CURSOR_MAX, "%016" PRIx64 " %s", hash_str(c->key, str_c(text)),
	    text);
}

/* False for what is no mark of ours. */
static bool
mark_read(const struct cursors *c, struct str s, struct mark *ret)
{
	struct str sum = str_until(&s, ' ');
	uint64_t *const numbers[] = { &ret->id, &ret->dev, &ret->ino, &ret->to.n, &ret->n };
	char want[17];

	(void)snprintf(want, sizeof(want), "%016" PRIx64, hash_str(c->key, s));
	if (!digest_equal(sum, str_c(want)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (!str_u64(str_until(&s, ' '), numbers[i]))
			return false;
	}
	if (!digest_unhex(str_until(&s, ' '), ret->to.head, sizeof(ret->to.head)) ||
	    !digest_unhex(str_until(&s, ' '), ret->to.last, sizeof(ret->to.last)))
		return false;
	copy_source(ret->source, s);
	return true;
}

/* k of the messages of a marked batch are in the log. */
static void
apply(struct cursors *c, const struct mark *m, uint64_t k)
{
	struct cursor_row *r = NULL;

	for (size_t i = 0; i < c->rows.n && r == NULL; i++) {
		if (c->rows.p[i]->id == m->id)
			r = c->rows.p[i];
	}
	if (r == NULL)
		r = row_new(c, m->source, m->id);
	if (m->seq <= r->seq || m->to.n <= r->print.n)
		return; /* known already */
	r->dev = m->dev;
	r->ino = m->ino;
	r->seq = m->seq;
	if (k >= m->n) {
		r->print = m->to;
		r->skip = 0;
	} else {
		r->skip += (uint32_t)k;
	}
	cursor_touch(c, r);
}

bool
cursor_marked(struct str payload)
{
	return str_find(payload, STR(CURSOR_PATH)) >= 0;
}

void
cursor_learn(struct cursors *c, uint64_t seq, const struct rec *r)
{
	const struct rec_extra *x = rec_find_extra(r, STR(CURSOR_PATH), 0);
	struct mark m = { .seq = seq };

	while (x != NULL && (x->type != FIELD_STR || x->null || !mark_read(c, x->v.s, &m)))
		x = rec_find_extra(r, STR(CURSOR_PATH), (uint32_t)(x - r->extra) + 1);
	if (x == NULL)
		return;
	if (c->open.seq != 0)
		apply(c, &c->open, seq - c->open.seq);
	c->open = m;
}

enum err
cursor_learned(struct cursors *c, uint64_t last, struct diag *why)
{
	if (c->open.seq != 0)
		apply(c, &c->open, last + 1 - c->open.seq);
	c->open.seq = 0;
	if (last < c->through) { /* another log than the one we knew: its numbers say nothing */
		for (size_t i = 0; i < c->rows.n; i++) {
			c->rows.p[i]->seq = 0;
			c->rows.p[i]->dirty = true;
		}
	}
	c->through = last;
	return cursor_save(c, why);
}

enum err
cursor_attach(struct rec *r, const char *mark)
{
	const struct rec_extra x = {
		.path = STR(CURSOR_PATH), .type = FIELD_STR, .v.s = str_c(mark)
	};
	enum err e = rec_add_extra(r, &x);

	if (e != FAIL_LIMIT || r->n_extra == 0)
		return e;
	r->extra[r->n_extra - 1] = x;
	return OK;
}
