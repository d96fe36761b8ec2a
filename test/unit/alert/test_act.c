/* What people do with alerts: rules of statuses, history, many at once, taking it back. */
#include "fixture.h"

#include <pthread.h>

#include "base/mem.h"

static struct act
act_of(enum act_action action)
{
	return (struct act){ .action = action,
		.by = STR("ann"),
		.note = STR("because"),
		.reason = action == ACT_RESOLVE ? STR("benign") : STR(""),
		.owner = action == ACT_ASSIGN ? STR("bob") : STR("") };
}

static enum err
try(struct alerts *a, enum act_action action)
{
	struct act act = act_of(action);
	struct act_done done;

	return act_one(a, STR(ID_A), &act, 9, &done, NULL);
}

TEST(every_status_and_action)
{
	/* What an action gives in each status; -1: refused. */
	static const struct {
		enum act_action action;
		int to[ALERTS_STATUSES];
	} rows[] = {
		{ ACT_ACK, { ALERTS_ACKNOWLEDGED, -1, -1, -1, -1 } },
		{ ACT_START, { ALERTS_IN_PROGRESS, ALERTS_IN_PROGRESS, -1, -1, -1 } },
		{ ACT_RESOLVE, { ALERTS_RESOLVED, ALERTS_RESOLVED, ALERTS_RESOLVED, -1, -1 } },
		{ ACT_FALSE_POSITIVE, { ALERTS_FALSE_POSITIVE, ALERTS_FALSE_POSITIVE,
					  ALERTS_FALSE_POSITIVE, ALERTS_FALSE_POSITIVE, -1 } },
		{ ACT_REOPEN, { -1, ALERTS_OPEN, ALERTS_OPEN, ALERTS_OPEN, ALERTS_OPEN } },
	};
	static const enum act_action way[ALERTS_STATUSES] = { ACT_REOPEN, ACT_ACK, ACT_START,
		ACT_RESOLVE, ACT_FALSE_POSITIVE };
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);

	apply(a, &f, 1, 5, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (unsigned from = 0; from < ALERTS_STATUSES; from++) {
			bool fine = rows[i].to[from] >= 0;

			(void)!try(a, ACT_REOPEN);
			if (from != ALERTS_OPEN)
				CHECK_INT(try(a, way[from]), OK);
			CHECK_INT(copy_of(a, STR(ID_A)).row.status, from);
			CHECK_INT(try(a, rows[i].action), fine ? OK : FAIL_DENIED);
			CHECK_INT(copy_of(a, STR(ID_A)).row.status,
			    fine ? (unsigned)rows[i].to[from] : from);
		}
	alerts_close(a);
}

TEST(what_an_action_needs)
{
	static const struct {
		struct act act;
		enum err want;
	} rows[] = {
		{ { .action = ACT_ACK }, FAIL_SYNTAX },
		{ { .action = ACT_ACK, .by = { "a\nb", 3 } }, FAIL_SYNTAX },
		{ { .action = ACT_RESOLVE, .by = { "ann", 3 } }, FAIL_SYNTAX },
		{ { .action = ACT_RESOLVE, .by = { "ann", 3 }, .reason = { "bored", 5 } },
		    FAIL_SYNTAX },
		{ { .action = ACT_ACK, .by = { "ann", 3 }, .reason = { "benign", 6 } },
		    FAIL_SYNTAX },
		{ { .action = ACT_ACK, .by = { "ann", 3 }, .owner = { "bob", 3 } }, FAIL_SYNTAX },
		{ { .action = ACT_FALSE_POSITIVE, .by = { "ann", 3 }, .note = { "  ", 2 } },
		    FAIL_SYNTAX },
		{ { .action = ACT_COMMENT, .by = { "ann", 3 } }, FAIL_SYNTAX },
		{ { .action = ACT_ASSIGN, .by = { "ann", 3 }, .owner = { "b\x1b", 2 } },
		    FAIL_SYNTAX },
		{ { .action = ACT_ASSIGN, .by = { "ann", 3 } }, OK },
	};
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct act_done done;
	struct act act = act_of(ACT_ACK);
	auto_free char *note = mem_alloc(ACT_NOTE_MAX + 1);

	apply(a, &f, 1, 5, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(act_one(a, STR(ID_A), &rows[i].act, 9, &done, NULL), rows[i].want);
	memset(note, 'x', ACT_NOTE_MAX + 1);
	act.note = (struct str){ note, ACT_NOTE_MAX + 1 };
	CHECK_INT(act_one(a, STR(ID_A), &act, 9, &done, NULL), FAIL_SYNTAX);
	act.note.n--;
	CHECK_INT(act_one(a, STR(ID_A), &act, 9, &done, NULL), OK);
	alerts_close(a);
}

TEST(who_acknowledges_becomes_the_owner_once)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct act other = { .action = ACT_START, .by = STR("bob") };
	struct act_done done;

	apply(a, &f, 1, 5, 1);
	CHECK_INT(try(a, ACT_ACK), OK);
	CHECK_STR(copy_of(a, STR(ID_A)).owner, "ann");
	CHECK_INT(act_one(a, STR(ID_A), &other, 9, &done, NULL), OK);
	CHECK_STR(copy_of(a, STR(ID_A)).owner, "ann");
	CHECK_STR(copy_of(a, STR(ID_A)).by, "bob");
	CHECK_INT(try(a, ACT_ASSIGN), OK);
	CHECK_STR(copy_of(a, STR(ID_A)).owner, "bob");
	alerts_close(a);
}

static enum err
put_entry(void *ctx, const struct alerts_entry *e)
{
	struct buf *to = ctx;

	buf_printf(to, "%lld %.*s %.*s %.*s>%.*s %.*s %.*s\n", (long long)e->time, STR_ARG(e->by),
	    STR_ARG(e->action), STR_ARG(e->from), STR_ARG(e->to), STR_ARG(e->reason),
	    STR_ARG(e->note));
	return OK;
}

TEST(the_history_tells_it_all)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct act comment = act_of(ACT_COMMENT), resolve = act_of(ACT_RESOLVE);
	struct act_done done;
	auto_buf struct buf text = { 0 };
	uint64_t changed;

	buf_init(&text, 0);
	apply(a, &f, 1, 5, 1);
	CHECK_INT(try(a, ACT_ACK), OK);
	CHECK_INT(act_one(a, STR(ID_A), &comment, 10, &done, NULL), OK);
	CHECK_STR(done.undo, "");
	CHECK_INT(act_one(a, STR(ID_A), &resolve, 11, &done, NULL), OK);
	CHECK_INT(act_undo(a, str_c(done.undo), STR("bob"), 12, &changed, NULL), OK);
	CHECK_INT(act_one(a, STR(ID_A), &resolve, 13, &done, NULL), OK);
	apply(a, &f, 1, 6, 14);
	CHECK_INT(try(a, ACT_ASSIGN), OK);
	CHECK_INT(alerts_history(a, STR(ID_A), put_entry, &text, NULL), OK);
	CHECK_SLICE(buf_view(&text), "9 ann ack open>acknowledged  because\n"
				     "9 ann assign ann>bob  because\n"
				     "10 ann comment >  because\n"
				     "11 ann resolve acknowledged>resolved benign because\n"
				     "12 bob undo resolved>acknowledged  \n"
				     "13 ann resolve acknowledged>resolved benign because\n"
				     "14  again resolved>open  \n");
	CHECK_INT(copy_of(a, STR(ID_A)).row.comments, 1);
	alerts_close(a);
}

TEST(a_history_ends_somewhere)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	unsigned n = 0;

	apply(a, &f, 1, 5, 1);
	while (n <= ACT_ENTRIES_MAX && try(a, ACT_COMMENT) == OK)
		n++;
	CHECK_INT(n, ACT_ENTRIES_MAX);
	CHECK_INT(try(a, ACT_COMMENT), FAIL_LIMIT);
	CHECK_INT(try(a, ACT_ASSIGN), FAIL_LIMIT);
	CHECK_INT(try(a, ACT_RESOLVE), OK); /* it can still be closed */
	alerts_close(a);
}

TEST(many_by_id_are_all_or_none)
{
	struct alerts *a = open_new();
	struct act ack = act_of(ACT_ACK);
	struct str ids[] = { STR(ID_A), STR(ID_B) };
	struct alerts_finding f = finding(ID_A, 5), g = finding(ID_B, 6);
	struct act_done done;

	apply(a, &f, 1, 5, 1);
	CHECK_INT(act_ids(a, ids, 2, &ack, 9, &done, NULL), FAIL_EXISTS);
	CHECK_INT(done.actual, 1);
	CHECK_STR(done.undo, "");
	CHECK_INT(copy_of(a, STR(ID_A)).row.status, ALERTS_OPEN);
	apply(a, &g, 1, 6, 2);
	CHECK_INT(try(a, ACT_RESOLVE), OK);
	CHECK_INT(act_ids(a, ids, 2, &ack, 9, &done, NULL), OK);
	CHECK_INT(done.changed, 1);
	CHECK_INT(done.skipped, 1);
	alerts_close(a);
}

TEST(many_by_filter_must_be_as_many_as_expected)
{
	struct alerts *a = open_new();
	struct act ack = act_of(ACT_ACK);
	struct alerts_filter f = { .severities = 1U << ALERTS_LOW };
	struct act_done done;
	uint64_t rev;

	for (unsigned i = 0; i < 20; i++)
		raise_nth(a, i, i % 2 != 0 ? "LOW" : "HIGH", 5);
	f.as_of = alerts_rev(a);
	CHECK_INT(act_filter(a, &f, 9, &ack, 9, &done, NULL), FAIL_EXISTS);
	CHECK_INT(done.actual, 10);
	CHECK_INT(alerts_rev(a), f.as_of); /* nothing happened */
	raise_nth(a, 21, "LOW", 6);        /* came after the look */
	raise_nth(a, 1, "LOW", 7);         /* was there, and happened again */
	rev = alerts_rev(a);
	CHECK_INT(act_filter(a, &f, 10, &ack, 9, &done, NULL), OK);
	CHECK_INT(done.changed, 10);
	CHECK_INT(alerts_rev(a), rev + 10);
	CHECK_INT(copy_of(a, nth_id(21)).row.status, ALERTS_OPEN);
	CHECK_INT(copy_of(a, nth_id(1)).row.status, ALERTS_ACKNOWLEDGED);
	alerts_close(a);
}

TEST(no_more_at_a_time_than_may_be)
{
	struct alerts *a = open_new();
	static struct alerts_finding f[ACT_MANY_MAX + 1];
	static char ids[ACT_MANY_MAX + 1][ALERTS_ID_SIZE];
	struct act ack = act_of(ACT_ACK);
	struct alerts_filter filter = { 0 };
	struct act_done done;

	for (unsigned i = 0; i <= ACT_MANY_MAX; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%032x", i);
		f[i] = finding(ids[i], 9);
	}
	apply(a, f, ACT_MANY_MAX + 1, 9, 1);
	CHECK_INT(act_filter(a, &filter, ACT_MANY_MAX + 1, &ack, 9, &done, NULL), FAIL_LIMIT);
	CHECK_INT(alerts_count(a, STR("open")), ACT_MANY_MAX + 1);
	filter.as_of = ACT_MANY_MAX;
	CHECK_INT(act_filter(a, &filter, ACT_MANY_MAX, &ack, 9, &done, NULL), OK);
	CHECK_INT(alerts_count(a, STR("open")), 1);
	alerts_close(a);
}

TEST(taking_back_leaves_alone_what_others_changed)
{
	struct alerts *a = open_new();
	struct act ack = act_of(ACT_ACK), start = { .action = ACT_START, .by = STR("bob") };
	struct alerts_filter all = { 0 };
	struct act_done done, one;
	uint64_t changed = 0;

	for (unsigned i = 0; i < 5; i++)
		raise_nth(a, i, "LOW", 5);
	CHECK_INT(act_filter(a, &all, 5, &ack, 9, &done, NULL), OK);
	CHECK_INT(act_one(a, nth_id(2), &start, 10, &one, NULL), OK);
	raise_nth(a, 3, "LOW", 11); /* counting up is no change of people */
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 12, &changed, NULL), OK);
	CHECK_INT(changed, 4);
	CHECK_INT(copy_of(a, nth_id(1)).row.status, ALERTS_OPEN);
	CHECK_STR(copy_of(a, nth_id(1)).owner, "");
	CHECK_STR(copy_of(a, nth_id(1)).note, "");
	CHECK_INT(copy_of(a, nth_id(2)).row.status, ALERTS_IN_PROGRESS);
	CHECK_INT(copy_of(a, nth_id(3)).row.status, ALERTS_OPEN);
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 12, &changed, NULL), FAIL_NOT_FOUND);
	CHECK_INT(act_undo(a, STR("' OR 1=1"), STR("ann"), 12, &changed, NULL), FAIL_NOT_FOUND);
	alerts_close(a);
}

TEST(taking_back_ends_with_the_hour)
{
	struct alerts *a = open_new();
	struct alerts_finding f = finding(ID_A, 5);
	struct act ack = act_of(ACT_ACK);
	struct act_done done;
	uint64_t changed;

	apply(a, &f, 1, 5, 1);
	CHECK_INT(act_one(a, STR(ID_A), &ack, 9, &done, NULL), OK);
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 10 + ACT_UNDO_KEEP, &changed, NULL),
	    FAIL_NOT_FOUND);
	CHECK_INT(act_undo(a, str_c(done.undo), STR("ann"), 9 + ACT_UNDO_KEEP, &changed, NULL), OK);
	alerts_close(a);
}

#define FINDINGS 300

/* The detector: its own connection, one finding at a time. */
static void *
detect(void *arg)
{
	struct alerts *a = open_again();

	(void)arg;
	for (unsigned i = 0; i < FINDINGS; i++)
		raise_nth(a, i % 7, "LOW", 100 + i);
	alerts_close(a);
	return NULL;
}

TEST(people_and_the_detector_write_at_the_same_time)
{
	struct alerts *a = open_new();
	struct alerts_filter open = { .statuses = 1U << ALERTS_OPEN };
	struct act ack = act_of(ACT_ACK);
	struct act_done done;
	pthread_t thread;
	uint64_t count = 0, changed, rev = 0;

	CHECK_INT(pthread_create(&thread, NULL, detect, NULL), 0);
	for (unsigned i = 0; i < 50; i++) {
		struct diag why = { 0 };
		enum err e = act_filter(a, &open, total_of(a, &open), &ack, 9, &done, &why);

		CHECK(e == OK || e == FAIL_EXISTS); /* one came in between */
		if (done.undo[0] != '\0')
			CHECK_OK(act_undo(a, str_c(done.undo), STR("ann"), 9, &changed, &why), why);
		CHECK(alerts_rev(a) >= rev);
		rev = alerts_rev(a);
	}
	CHECK_INT(pthread_join(thread, NULL), 0);
	for (unsigned i = 0; i < 7; i++) {
		count += copy_of(a, nth_id(i)).row.count;
		CHECK_INT(copy_of(a, nth_id(i)).row.status, ALERTS_OPEN);
	}
	CHECK_INT(count, FINDINGS + 7 * 9); /* the first of each counts ten */
	CHECK_INT(alerts_count(a, STR("open")), 7);
	alerts_close(a);
}

TEST(words)
{
	enum act_action action;

	for (unsigned i = 0; i < ACT_COUNT; i++) {
		CHECK(act_find(str_c(act_word((enum act_action)i)), &action));
		CHECK_INT(action, i);
	}
	CHECK(!act_find(STR("explode"), &action));
	CHECK_STR(act_reason(0), "true_positive");
	CHECK(act_reason(4) == NULL);
}
