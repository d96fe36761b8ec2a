/* Positions: kept, learned from the log, not forged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/cursor.h"

#include "base/arena.h"
#include "rec/rec.h"
#include "test.h"

static char path[512];

static struct cursors *
open_here(void)
{
	struct cursors *c;
	struct diag why;

	(void)snprintf(path, sizeof(path), "%s/cursors.db", test_dir());
	CHECK_OK(cursor_open(path, NULL, &c, &why), why);
	return c;
}

static struct content_print
print_of(uint64_t n)
{
	struct content_print p = { .n = n };

	memset(p.head, 0x11, sizeof(p.head));
	memset(p.last, (int)(n % 251), sizeof(p.last));
	return p;
}

static void
learn(struct cursors *c, uint64_t seq, const char *mark)
{
	struct arena *a = arena_new(1 << 20);
	struct rec r;

	rec_init(&r, a);
	CHECK_INT(cursor_attach(&r, mark), OK);
	cursor_learn(c, seq, &r);
	arena_free(a);
}

static void
save(struct cursors *c)
{
	struct diag why;

	CHECK_OK(cursor_save(c, &why), why);
}

static void
learned(struct cursors *c, uint64_t last)
{
	struct diag why;

	CHECK_OK(cursor_learned(c, last, &why), why);
}

static struct cursor_row *
only_row(struct cursors *c)
{
	struct cursor_row *row = cursor_next(c, "src", NULL);

	CHECK(row != NULL);
	CHECK(cursor_next(c, "src", row) == NULL);
	return row;
}

TEST(rows_come_back_as_saved)
{
	struct cursors *c = open_here();
	struct cursor_row *row = cursor_new(c, "src"), *other = cursor_new(c, "other");
	struct content_print to = print_of(12345);

	CHECK_INT(cursor_through(c), 0);
	row->dev = UINT64_MAX;
	row->ino = 42;
	row->done = true;
	cursor_reached(c, row, &to, 77);
	other->skip = 3;
	cursor_touch(c, other);
	cursor_passed(c, 80);
	save(c);
	cursor_close(c);

	c = open_here();
	CHECK_INT(cursor_through(c), 80);
	row = only_row(c);
	CHECK(row->dev == UINT64_MAX);
	CHECK_INT(row->ino, 42);
	CHECK(row->done);
	CHECK_INT(row->seq, 77);
	CHECK(content_same(&row->print, &to));
	CHECK_INT(cursor_next(c, "other", NULL)->skip, 3);
	CHECK(cursor_next(c, "none", NULL) == NULL);
	cursor_close(c);
}

TEST(what_was_not_saved_is_learned_from_the_log)
{
	struct cursors *c = open_here();
	struct cursor_row *row = cursor_new(c, "src");
	struct content_print to[3] = { print_of(100), print_of(250), print_of(300) };
	char mark[3][BATCH_CURSOR_MAX];
	uint64_t id = row->id;

	row->dev = 5;
	row->ino = 6;
	save(c); /* the key of the marks; the row is not dirty and not saved */
	for (size_t i = 0; i < 3; i++)
		cursor_mark(c, row, &to[i], 10, mark[i]);
	cursor_close(c);

	c = open_here();
	CHECK(cursor_next(c, "src", NULL) == NULL);
	learn(c, 1, mark[0]);
	learn(c, 11, mark[1]);
	learn(c, 30, mark[2]); /* others' records between */
	learned(c, 39);
	row = only_row(c);
	CHECK_INT(row->id, id);
	CHECK_INT(row->dev, 5);
	CHECK_INT(row->ino, 6);
	CHECK_INT(row->skip, 0);
	CHECK(content_same(&row->print, &to[2]));
	CHECK_INT(cursor_through(c), 39);
	cursor_close(c);

	c = open_here(); /* learning saves */
	CHECK(content_same(&only_row(c)->print, &to[2]));
	CHECK_INT(cursor_through(c), 39);
	cursor_close(c);
}

TEST(a_torn_batch_counts_for_what_is_there)
{
	for (uint64_t k = 1; k <= 10; k++) {
		struct cursors *c = open_here();
		struct cursor_row *row = cursor_new(c, "src");
		struct content_print a = print_of(100), b = print_of(200);
		char mark[BATCH_CURSOR_MAX];

		cursor_reached(c, row, &a, 1);
		cursor_mark(c, row, &b, 10, mark);
		save(c);
		cursor_close(c);
		c = open_here();
		learn(c, 21, mark);
		learned(c, 20 + k);
		row = only_row(c);
		CHECK_INT(row->skip, k < 10 ? k : 0);
		CHECK(content_same(&row->print, k < 10 ? &a : &b));

		/* Torn once more behind that. */
		cursor_mark(c, row, &b, 10 - (k < 10 ? k : 5), mark);
		cursor_close(c);
		c = open_here();
		learn(c, 100, mark);
		learned(c, 100);
		CHECK_INT(only_row(c)->skip, k < 9 ? k + 1 : 0);
		cursor_close(c);
		CHECK_INT(remove(path), 0);
	}
}

TEST(old_marks_change_nothing)
{
	struct cursors *c = open_here();
	struct cursor_row *row = cursor_new(c, "src");
	struct content_print a = print_of(100), b = print_of(200);
	char old[BATCH_CURSOR_MAX];

	cursor_mark(c, row, &a, 10, old);
	cursor_reached(c, row, &b, 11);
	learn(c, 1, old);   /* seen when it was new */
	learn(c, 500, old); /* sent again by somebody */
	learned(c, 600);
	CHECK(content_same(&only_row(c)->print, &b));
	cursor_close(c);
}

TEST(forged_marks_are_not_believed)
{
	struct cursors *c = open_here();
	struct cursor_row *row = cursor_new(c, "src");
	struct content_print a = print_of(100);
	char mark[BATCH_CURSOR_MAX];
	struct arena *arena = arena_new(1 << 20);
	struct rec r;

	cursor_mark(c, row, &a, 1, mark);
	for (size_t i = 0; i < strlen(mark); i++) {
		char bad[BATCH_CURSOR_MAX];

		memcpy(bad, mark, sizeof(bad));
		bad[i] = bad[i] == '1' ? '2' : '1';
		learn(c, 5, bad);
		bad[i] = '\0';
		learn(c, 5, bad);
	}
	learned(c, 5);
	CHECK_INT(only_row(c)->print.n, 0);

	/* A forged one before the true one does not hide it. */
	rec_init(&r, arena);
	CHECK_INT(cursor_attach(&r, "0123456789abcdef 1 2 3"), OK);
	CHECK_INT(cursor_attach(&r, mark), OK);
	cursor_learn(c, 6, &r);
	learned(c, 6);
	CHECK_INT(only_row(c)->print.n, 100);
	arena_free(arena);
	cursor_close(c);
}

TEST(another_log_makes_numbers_void_but_not_positions)
{
	struct cursors *c = open_here();
	struct cursor_row *row = cursor_new(c, "src");
	struct content_print a = print_of(100), b = print_of(200);
	char mark[BATCH_CURSOR_MAX];

	cursor_reached(c, row, &a, 1000);
	learned(c, 0); /* the log was removed */
	CHECK_INT(cursor_through(c), 0);
	CHECK(content_same(&row->print, &a));
	cursor_mark(c, row, &b, 1, mark);
	learn(c, 1, mark);
	learned(c, 1);
	CHECK(content_same(&row->print, &b));
	cursor_close(c);
}

TEST(a_mark_finds_room_in_a_full_record)
{
	struct arena *a = arena_new(1 << 20);
	struct rec r;
	const struct rec_extra x = { .path = STR("some.path"), .type = FIELD_BOOL };
	uint32_t n;

	rec_init(&r, a);
	while (rec_add_extra(&r, &x) == OK)
		continue;
	n = r.n_extra;
	CHECK_INT(cursor_attach(&r, "mark"), OK);
	CHECK_INT(r.n_extra, n);
	CHECK_SLICE(rec_find_extra(&r, STR(CURSOR_PATH), 0)->v.s, "mark");
	arena_free(a);
}

TEST(rows_have_a_cap_and_owned_ones_stay)
{
	struct cursors *c = open_here();
	struct cursor_row *first = cursor_new(c, "src"), *row = NULL;
	size_t n = 0;

	first->owner = first;
	for (size_t i = 0; i < CURSOR_ROWS_MAX + 10; i++)
		cursor_touch(c, cursor_new(c, "src"));
	cursor_touch(c, cursor_new(c, "other"));
	while ((row = cursor_next(c, "src", row)) != NULL)
		n++;
	CHECK_INT(n, CURSOR_ROWS_MAX);
	CHECK(cursor_next(c, "src", NULL) == first);
	save(c);
	cursor_close(c);
}

TEST(marked_finds_payloads_that_may_hold_a_mark)
{
	CHECK(cursor_marked(STR("..\x07_cursor..")));
	CHECK(!cursor_marked(STR("no such thing")));
	CHECK(!cursor_marked(STR("")));
}
