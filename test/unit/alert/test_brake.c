/* tested: a storm of alerts becomes few messages and a summary that says how many it held. */
#include "alert/brake.h"

#include "routes_fixture.h"

TEST(so_many_messages_go_in_a_window_and_no_more)
{
	struct alerts *a = open_new();
	const struct brake b = { 2, 100 };
	static const struct {
		int64_t now, until;
		enum alerts_severity severity;
	} rows[] = {
		{ 1000, 0, ALERTS_LOW }, { 1001, 0, ALERTS_CRITICAL }, { 1002, 1100, ALERTS_HIGH },
		{ 1099, 1100, ALERTS_HIGH }, { 1099, 0, ALERTS_CRITICAL },
		{ 1100, 0, ALERTS_LOW }, /* the next window */
		{ 1150, 0, ALERTS_LOW }, { 1199, 1200, ALERTS_LOW },
		{ 500, 0, ALERTS_LOW }, /* the clock was put back */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag why = { 0 };
		int64_t until = -1;

		CHECK_OK(brake_ask(a, &b, STR("ops"), rows[i].severity, rows[i].now, &until, &why),
		    why);
		CHECK_INT(until, rows[i].until);
		CHECK_OK(brake_ask(a, &b, STR("other"), ALERTS_CRITICAL, 1000, &until, &why), why);
	}
	alerts_close(a);
}

TEST(ten_thousand_alerts_make_few_messages_and_one_that_says_how_many)
{
	const unsigned n = 10000;
	struct alerts *a = open_new();
	struct routing *r = routing_new();
	struct alerts_finding *f = calloc(n, sizeof(*f));
	char(*ids)[ALERTS_ID_SIZE] = calloc(n, sizeof(*ids));
	struct diag why = { 0 };
	struct outbox_counts counts;

	rf_channel(a, "ops", ALERTS_INFO);
	rf_set(r, NULL, 60, 600 * S);
	routing_join(a, r);
	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%08x000000000000000000000000", i);
		f[i] = finding(ids[i], 9);
		f[i].severity = i % 1000 == 999 ? STR("CRITICAL") : STR("HIGH");
	}
	for (unsigned i = 0; i < n; i += 1000)
		apply(a, f + i, 1000, 9, (int64_t)1000 * S);
	CHECK_OK(outbox_counts(a, &counts, &why), why);
	CHECK_INT(counts.pending, 60 + 10); /* and those that are never held */
	CHECK_STR(rf_open(a), "ops storm 9930 HIGH due 1600\n");
	CHECK_INT(rf_close(a, (int64_t)1600 * S), 1);
	CHECK_OK(outbox_counts(a, &counts, &why), why);
	CHECK_INT(counts.pending, 60 + 10 + 1);
	CHECK(strstr(rf_said(a), "HIGH 9930 alerts held back in 10 minutes\n") != NULL);
	CHECK(strstr(rf_said(a), "9930 x Brute force (HIGH): client_ip=203.0.113.7\n") != NULL);
	alerts_close(a);
	routing_free(r);
	free(ids);
	free(f);
}

TEST(without_a_limit_nothing_is_held)
{
	struct alerts *a = open_new();
	struct routing *r = routing_new();
	struct diag why = { 0 };
	struct outbox_counts counts;

	rf_channel(a, "ops", ALERTS_INFO);
	rf_set(r, NULL, 0, 600 * S);
	routing_join(a, r);
	for (unsigned i = 0; i < 100; i++)
		rf_raise(a, i, "LOW", "g=1", S);
	CHECK_OK(outbox_counts(a, &counts, &why), why);
	CHECK_INT(counts.pending, 100);
	alerts_close(a);
	routing_free(r);
}
