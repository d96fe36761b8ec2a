/* SPDX-License-Identifier: Apache-2.0 */
/* tested: however many alerts call for somebody at once, few messages reach them, and none is lost.
 */
#include "alert/page_brake.h"

#include "alert/act.h"
#include "alert/internal.h"
#include "alert/page_in.h"
#include "alert/routing.h"
#include "routes_fixture.h"

#define N 1000
#define LIMIT 10
#define WINDOW (300 * S)

static int64_t
number(struct alerts *a, const char *sql)
{
	struct diag why = { 0 };
	int64_t n = -1;

	CHECK_OK(txn_number(a, sql, (struct str){ NULL, 0 }, &n, &why), why);
	return n;
}

static void
run(struct alerts *a, const char *sql)
{
	struct diag why = { 0 };

	CHECK_OK(txn_run(a, sql, (struct str){ NULL, 0 }, (struct str){ NULL, 0 }, &why), why);
}

static const char *
text(struct alerts *a, const char *sql)
{
	static char to[400];
	struct diag why = { 0 };
	struct db_stmt *st;
	bool row = false;

	to[0] = '\0';
	CHECK_OK(db_prepare(a->db, sql, &st, &why), why);
	CHECK_OK(db_step(st, &row, &why), why);
	if (row)
		(void)str_to_c(db_str(st, 0), to, sizeof(to));
	db_finalize(st);
	return to;
}

/* An alert and its page; in a transaction of the caller. */
static int64_t
page_of(struct alerts *a, unsigned i, int64_t now)
{
	char id[ALERTS_ID_SIZE];
	struct diag why = { 0 };

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", i);
	CHECK_OK(page_begin(a, str_c(id), STR("high"), now, &why), why);
	return number(a, "SELECT max(id) FROM pages");
}

/* A step that tells one person, by the channel of that name. */
static enum page_told
tell(struct alerts *a, int64_t page, unsigned step, const char *person, const char *on, int64_t now,
    int64_t due)
{
	struct page_order o = { .person = str_c(person),
		.channel = str_c(on),
		.address = str_c(on),
		.step = step,
		.due = due };
	const struct page_move m = { .id = page,
		.was_step = step,
		.orders = &o,
		.n = 1,
		.brake = { LIMIT, WINDOW },
		.step = step + 1,
		.level = 1,
		.due = now + 60 * S };
	struct diag why = { 0 };

	CHECK_OK(page_do_inside(a, &m, now, &why), why);
	return o.told;
}

static void
raise_all(struct alerts *a, unsigned n, unsigned critical, int64_t now)
{
	struct alerts_finding *f = calloc(n, sizeof(*f));
	char(*ids)[ALERTS_ID_SIZE] = calloc(n, sizeof(*ids));

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%08x000000000000000000000000", i + 1);
		f[i] = finding(ids[i], 9);
		if (critical != 0 && i % critical == critical - 1)
			f[i].severity = STR("CRITICAL");
	}
	apply(a, f, n, 9, now);
	free(f);
	free(ids);
}

static struct routing *quiet;

/* Only pages send: the alerts themselves tell nobody. */
static struct alerts *
begun(void)
{
	struct alerts *a = open_new();

	quiet = routing_new();
	rf_set(quiet, "routes: x\nroute: {to: [{kind: dashboard}]}", 0, 0);
	routing_join(a, quiet);
	rf_channel(a, "sms", ALERTS_CRITICAL);
	rf_channel(a, "mail", ALERTS_CRITICAL);
	return a;
}

static void
over(struct alerts *a)
{
	alerts_close(a);
	routing_free(quiet);
}

TEST(a_thousand_pages_at_once_are_few_messages_and_one_that_names_all)
{
	struct alerts *a = begun();
	unsigned told = 0, held = 0;
	struct diag why = { 0 };
	bool more = true;

	raise_all(a, N, 100, 10 * S);
	CHECK_OK(txn_begin(a, &why), why);
	for (unsigned i = 1; i <= N; i++)
		told +=
		    tell(a, page_of(a, i, 10 * S), 0, "ana", "sms", 10 * S, 10 * S) == PAGE_TOLD;
	CHECK_INT(told, LIMIT + 1); /* and the first that is critical */
	CHECK_INT(number(a, "SELECT count(*) FROM outbox"), LIMIT + 1);
	CHECK_INT(number(a, "SELECT count(*) FROM page_calls WHERE state = 'summary' AND note ="
			    " 'held in summary'"),
	    N - LIMIT - 1);
	/* Every page goes on in its time, and somebody else has a count of their own. */
	CHECK_INT(number(a, "SELECT count(*) FROM pages WHERE state = 'running' AND step = 1 AND"
			    " due_ns = 70000000000"),
	    N);
	for (int64_t i = 1; i <= N; i++)
		held += tell(a, i, 1, "ben", "mail", 70 * S, 70 * S) == PAGE_SUMMARY;
	CHECK_OK(txn_end(a, OK, &why), why);
	CHECK_INT(held, N - LIMIT - 1);
	CHECK_INT(number(a, "SELECT count(*) FROM bundles WHERE closed_ns = 0 AND form = 'page'"),
	    2);
	CHECK_OK(bundle_close(a, 10 * S + WINDOW, &more, &why), why);
	CHECK(more);
	CHECK_STR(text(a, "SELECT person || ' ' || address || ' ' || channel FROM outbox WHERE"
			  " event = 'bundle'"),
	    "ana sms sms");
	CHECK_STR(text(a, "SELECT title FROM bundles WHERE closed_ns <> 0"),
	    "989 more alerts call for you: 989 Brute force");
	CHECK(strstr(text(a, "SELECT summary FROM bundles WHERE closed_ns <> 0"),
		  "\nBy severity: CRITICAL 9, HIGH 980\n") != NULL);
	CHECK_OK(bundle_close(a, 10 * S + WINDOW, &more, &why), why);
	CHECK(!more);
	CHECK_OK(bundle_close(a, 70 * S + WINDOW, &more, &why), why);
	CHECK(more);
	CHECK_INT(number(a, "SELECT count(*) FROM outbox"), 2 * (LIMIT + 2));
	/* Nobody is forgotten: each call has a message that is in the outbox. */
	CHECK_INT(number(a, "SELECT count(*) FROM page_calls c JOIN outbox o ON o.key = c.key"),
	    2 * N);
	CHECK_INT(number(a, "SELECT count(*) FROM bundle_items"), 2 * (N - LIMIT - 1));
	over(a);
}

/* Ten and one held; who is taken on meanwhile is not in the summary, and an empty one is not sent.
 */
TEST(what_was_answered_leaves_the_summary)
{
	static const char id[] = "0000000b000000000000000000000000";
	const struct act ack = { .action = ACT_ACK, .by = STR("ben"), .note = STR("") };
	struct alerts *a = begun();
	struct act_done done;
	struct diag why = { 0 };
	bool more = false;

	raise_all(a, LIMIT + 2, 0, 10 * S);
	for (unsigned i = 1; i <= LIMIT + 1; i++)
		(void)tell(a, page_of(a, i, 10 * S), 0, "ana", "sms", 10 * S, 10 * S);
	CHECK_INT(number(a, "SELECT n FROM bundles"), 1);
	CHECK_OK(act_one(a, str_c(id), &ack, 20 * S, &done, &why), why);
	CHECK_STR(text(a, "SELECT state FROM page_calls ORDER BY id DESC LIMIT 1"), "back");
	CHECK_OK(bundle_close(a, 10 * S + WINDOW, &more, &why), why);
	CHECK(more);
	CHECK_INT(number(a, "SELECT n FROM bundles"), 0);
	CHECK_INT(number(a, "SELECT count(*) FROM outbox WHERE event = 'bundle'"), 0);
	/* The next window counts anew. */
	CHECK_INT(tell(a, page_of(a, LIMIT + 2, 400 * S), 0, "ana", "sms", 400 * S, 400 * S),
	    PAGE_TOLD);
	over(a);
}

/* The channel of a summary goes off before it is sent: each of its calls has failed. */
TEST(a_summary_that_cannot_be_sent_goes_to_the_next_contact)
{
	struct alerts *a = begun();
	struct page_failed f[LIMIT + 4];
	struct diag why = { 0 };
	bool more = false;
	size_t n = 0;

	raise_all(a, LIMIT + 3, 0, 10 * S);
	for (unsigned i = 1; i <= LIMIT + 3; i++)
		(void)tell(a, page_of(a, i, 10 * S), 0, "ana", "sms", 10 * S, 10 * S);
	CHECK_OK(page_failures(a, f, ARRAY_LEN(f), &n, &why), why);
	CHECK_INT(n, 0);
	run(a, "DELETE FROM outbox");
	run(a, "UPDATE channels SET fails = 5 WHERE name = 'sms'");
	CHECK_OK(page_failures(a, f, ARRAY_LEN(f), &n, &why), why);
	CHECK_INT(n, LIMIT + 3);
	for (size_t i = 0; i < n; i++) {
		struct page_order o = {
			.person = STR("ana"), .channel = STR("mail"), .contact = 1
		};
		const struct page_move m = { .id = f[i].page,
			.was_step = 1,
			.failed = f[i].call,
			.orders = &o,
			.n = 1,
			.brake = { LIMIT, WINDOW },
			.step = 1,
			.due = 70 * S };

		CHECK_OK(page_do(a, &m, 20 * S, &why), why);
		CHECK_INT(o.told, PAGE_SUMMARY);
	}
	CHECK_INT(number(a, "SELECT count(*) FROM page_calls WHERE state = 'failed'"), LIMIT + 3);
	CHECK_OK(bundle_close(a, 10 * S + WINDOW, &more, &why), why);
	CHECK_OK(bundle_close(a, 10 * S + WINDOW, &more, &why), why);
	CHECK_STR(text(a,
		      "SELECT channel || ' ' || (SELECT n FROM bundles WHERE id = alert_id) FROM"
		      " outbox WHERE event = 'bundle'"),
	    "mail 13");
	CHECK_INT(number(a, "SELECT count(*) FROM outbox WHERE event = 'bundle'"), 1);
	over(a);
}

/* What waits for the morning is counted where it is sent, and not against what is urgent now. */
TEST(the_morning_has_its_own_count)
{
	struct alerts *a = begun();
	unsigned told = 0;

	raise_all(a, 41, 0, 10 * S);
	for (unsigned i = 1; i <= 40; i++)
		told += tell(a, page_of(a, i, i * 100 * S), 0, "ana", "sms", i * 100 * S,
			    90000 * S) == PAGE_TOLD;
	CHECK_INT(told, LIMIT);
	CHECK_INT(tell(a, page_of(a, 41, 4200 * S), 0, "ana", "sms", 4200 * S, 4200 * S),
	    PAGE_TOLD);
	CHECK_INT(number(a, "SELECT due_ns / 1000000000 FROM bundles"), 90300);
	CHECK_INT(number(a, "SELECT n FROM bundles"), 30);
	over(a);
}

/* What cannot be done is not half done: no line of a summary without its receipt. */
TEST(a_summary_is_part_of_the_step)
{
	struct page_order o[] = { { .person = STR("ana"), .channel = STR("sms"), .code = "same" },
		{ .person = STR("ana"), .channel = STR("sms"), .code = "same" } };
	struct page_move m = {
		.id = 1, .orders = o, .n = 2, .brake = { 1, WINDOW }, .step = 1, .due = 70 * S
	};
	struct alerts *a = begun();
	struct diag why = { 0 };

	raise_all(a, 1, 0, 10 * S);
	(void)page_of(a, 1, 10 * S);
	CHECK(page_do(a, &m, 10 * S, &why) != OK);
	CHECK_INT(number(a, "SELECT count(*) FROM bundles"), 0);
	CHECK_INT(number(a, "SELECT count(*) FROM outbox"), 0);
	CHECK_INT(number(a, "SELECT count(*) FROM brakes"), 0);
	o[0].told = o[1].told = PAGE_TOLD;
	o[1].code[0] = 'S';
	CHECK_OK(page_do(a, &m, 10 * S, &why), why);
	CHECK_INT(number(a, "SELECT count(*) FROM outbox"), 1);
	CHECK_INT(number(a, "SELECT n FROM bundles"), 1);
	over(a);
}
