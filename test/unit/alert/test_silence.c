/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: what they hide, what breaks them, and that nothing is lost. */
#include "alert/silence.h"

#include "silence_fixture.h"

TEST(hides_and_counts)
{
	struct alerts *a = open_told();
	int64_t id = add(a, &plain, T0);
	struct alerts_finding f = usual(1, T0 + S);
	struct copied c;

	raise(a, f, T0 + S);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	CHECK_INT(told(a, 1), 0);
	f.last = T0 + 2 * S;
	f.n_more = 3;
	raise(a, f, T0 + 2 * S);
	raise(a, usual(2, T0 + 3 * S), T0 + 3 * S);
	c = get(a, id);
	CHECK_INT(c.s.alerts, 2);
	CHECK_INT(c.s.events, 10 + 3 + 10);
	CHECK_INT(c.s.newest, T0 + 3 * S);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	f = usual(3, T0 + 4 * S);
	f.rule_id = STR("rule-2");
	raise(a, f, T0 + 4 * S);
	CHECK_STR(quiet_of(a, 3).text, "");
	CHECK_INT(told(a, 3), 1);
	CHECK_INT(get(a, id).s.alerts, 2);
	alerts_close(a);
}

/* Each thing that is new: what it is, and how the break is called. */
TEST(breaks_by_what_is_new)
{
	static const struct {
		const char *what, *why;
	} cases[] = {
		{ "country", "new country RU" },
		{ "network", "new network AS64999" },
		{ "user", "new user bob" },
		{ "tag", "new tag attack.t1078" },
		{ "severity", "severity HIGH, higher than any before" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct alerts *a = open_told();
		int64_t id = add(a, &plain, T0);
		struct alerts_finding f = usual(2, T0 + 2 * S);
		struct copied c;

		raise(a, usual(1, T0 + S), T0 + S);
		if (i == 0)
			f.country = STR("RU");
		else if (i == 1)
			f.network = STR("AS64999");
		else if (i == 2)
			f.user = STR("bob");
		else if (i == 3)
			f.tags = STR("attack.t1110, attack.t1078");
		else
			f.severity = STR("HIGH");
		raise(a, f, T0 + 2 * S);
		c = get(a, id);
		CHECK_STR(c.broken_why, cases[i].why);
		CHECK_SLICE(nth_id(2), c.broken_alert);
		CHECK_INT(silence_state(&c.s, T0 + 3 * S), SILENCE_BROKEN);
		CHECK_INT(told(a, 2), 1);
		CHECK_STR(quiet_of(a, 2).text, "");
		/* Broken, it hides nothing any more. */
		raise(a, usual(3, T0 + 4 * S), T0 + 4 * S);
		CHECK_INT(told(a, 3), 1);
		alerts_close(a);
		CHECK_INT(remove(fx_path), 0);
	}
}

TEST(an_end_tells_what_is_urgent)
{
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0 + S);
	int64_t id;

	f.severity = STR("HIGH");
	id = add(a, &plain, T0);
	raise(a, f, T0 + S);
	raise(a, usual(2, T0 + S), T0 + S); /* MEDIUM */
	CHECK_INT(tick(a, T0 + DAY - S), 0);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	CHECK(tick(a, T0 + DAY) != 0);
	CHECK_STR(get(a, id).ended_why, "expired");
	CHECK_INT(told(a, 1), 1);
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(told(a, 2), 0);
	CHECK_STR(quiet_of(a, 2).text, "silence:1");
	CHECK_INT(tick(a, T0 + DAY + S), 0);
	CHECK_INT(told(a, 1), 1);
	/* It goes on: now somebody has to know. */
	raise(a, usual(2, T0 + DAY + 2 * S), T0 + DAY + 2 * S);
	CHECK_INT(told(a, 2), 1);
	CHECK_STR(quiet_of(a, 2).text, "");
	alerts_close(a);
}

TEST(used_up_and_begun_again)
{
	struct alerts *a = open_told();
	struct silence s = plain;
	struct copied c;
	int64_t id;

	s.max_hits = 2;
	id = add(a, &s, T0);
	for (unsigned n = 1; n <= 2; n++)
		raise(a, usual(n, T0 + n * S), T0 + n * S);
	alerts_close(a);
	a = open_again();
	raise(a, usual(1, T0 + 3 * S), T0 + 3 * S); /* counts up, is hidden already */
	CHECK_INT(get(a, id).s.alerts, 2);
	CHECK_INT(get(a, id).s.events, 21);
	CHECK_INT(told(a, 1) + told(a, 2), 0);
	raise(a, usual(3, T0 + 4 * S), T0 + 4 * S);
	CHECK_INT(told(a, 3), 1);
	c = get(a, id);
	CHECK_STR(c.ended_why, "used up");
	CHECK_INT(c.s.alerts, 2);
	alerts_close(a);
}

/* Closed, back again under a silence, and told anew when that ends. */
TEST(what_comes_back_is_not_lost)
{
	const struct act act = { .action = ACT_RESOLVE, .by = STR("ann"), .reason = STR("benign") };
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0);
	struct act_done done;
	struct diag why = { 0 };

	f.severity = STR("HIGH");
	raise(a, f, T0);
	CHECK_INT(told(a, 1), 1);
	CHECK_OK(act_one(a, nth_id(1), &act, T0 + S, &done, &why), why);
	(void)add(a, &plain, T0 + 2 * S);
	raise(a, f, T0 + 3 * S);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	CHECK_INT(told(a, 1), 1);
	(void)tick(a, T0 + DAY);
	CHECK_STR(quiet_of(a, 1).text, "");
	CHECK_INT(told(a, 1), 2);
	alerts_close(a);
}

TEST(who_took_it_on_need_not_be_told)
{
	const struct act act = { .action = ACT_ACK, .by = STR("ann") };
	struct alerts *a = open_told();
	struct alerts_finding f = usual(1, T0);
	struct act_done done;
	struct diag why = { 0 };

	f.severity = STR("CRITICAL");
	(void)add(a, &plain, T0);
	raise(a, f, T0);
	CHECK_OK(act_one(a, nth_id(1), &act, T0 + S, &done, &why), why);
	CHECK_OK(silence_end(a, 1, STR("bob"), T0 + 2 * S, &why), why);
	(void)tick(a, T0 + 3 * S);
	CHECK_INT(told(a, 1), 0);
	CHECK_STR(quiet_of(a, 1).text, "silence:1");
	alerts_close(a);
}

TEST(why_it_is_told)
{
	struct alerts *a = open_told();
	struct alerts_finding f = usual(2, T0 + 2 * S);
	auto_buf struct buf said = { 0 };
	struct diag why = { 0 };

	(void)add(a, &plain, T0);
	raise(a, usual(1, T0 + S), T0 + S);
	f.country = STR("RU");
	raise(a, f, T0 + 2 * S);
	CHECK_OK(silence_news(a, nth_id(2), &said, &why), why);
	CHECK_SLICE(buf_view(&said),
	    "Told although silenced: silence 1 of ann (known scanner) broke: new country RU.");
	buf_reset(&said);
	CHECK_OK(silence_news(a, nth_id(1), &said, &why), why);
	CHECK_INT(said.n, 0);
	alerts_close(a);
}

/* More users than an alert keeps: nobody knows who they are. */
TEST(names_past_the_cap_are_new)
{
	struct alerts *a = open_told();
	struct silence s = plain;
	char user[16];

	(void)add(a, &s, T0);
	for (unsigned i = 0; i < AFFECTED_MAX; i++) {
		struct alerts_finding f = usual(1, T0 + S);

		(void)snprintf(user, sizeof(user), "user%u", i);
		f.user = str_c(user);
		raise(a, f, T0 + S);
	}
	CHECK_INT(told(a, 1), 1); /* user1 was new */
	s.match.rule_id = STR("rule-1");
	s.trips = 1U << SILENCE_USER;
	CHECK_INT(add(a, &s, T0 + 2 * S), 2);
	for (unsigned n = 2; n <= 3; n++) {
		struct alerts_finding f = usual(2, T0 + 3 * S);

		(void)snprintf(user, sizeof(user), "user%u", n);
		f.user = str_c(user);
		raise(a, f, T0 + 3 * S);
		CHECK_STR(quiet_of(a, 2).text, "silence:2"); /* known of the first alert */
	}
	for (unsigned i = 0; i < AFFECTED_MAX; i++) {
		struct alerts_finding f = usual(2, T0 + 4 * S);

		(void)snprintf(user, sizeof(user), "user%u", i);
		f.user = str_c(user);
		raise(a, f, T0 + 4 * S);
	}
	CHECK_STR(quiet_of(a, 2).text, "silence:2");
	{
		struct alerts_finding f = usual(2, T0 + 5 * S);

		f.user = STR("mallory");
		raise(a, f, T0 + 5 * S);
	}
	CHECK_STR(quiet_of(a, 2).text, "");
	CHECK_STR(get(a, 2).broken_why, "new user (more than are kept)");
	alerts_close(a);
}

TEST(only_one_user_and_only_that_network)
{
	static const struct {
		const char *affected;
		bool user, net;
	} cases[] = {
		{ "uann\na192.0.2.1\n", true, true },
		{ "uann\nubob\na192.0.2.1\n", false, true },
		{ "uann\na192.0.2.1\na198.51.100.1\n", true, false },
		{ "a192.0.2.1\n", false, true },
		{ "uann\n", true, false },
		{ "", false, false },
		{ "uann\nU\na192.0.2.9\nA\n", false, false },
		{ "uANN\na::ffff:192.0.2.1\n", false, true },
		{ "ua\na2001:db8::1\n", false, false },
		{ "ua\nanonsense\n", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct silence_about x = { .rule_id = STR("r"),
			.group = STR("g"),
			.tags = STR("a, b"),
			.affected = str_c(cases[i].affected) };

		CHECK_INT(silence_matches(&(struct silence_match){ .user = STR("ann") }, &x),
		    cases[i].user);
		CHECK_INT(silence_matches(&(struct silence_match){ .net = STR("192.0.2.0/24") },
			      &x),
		    cases[i].net);
		CHECK(silence_matches(&(struct silence_match){ .tag = STR("b") }, &x));
		CHECK(!silence_matches(&(struct silence_match){ .tag = STR("a, b") }, &x));
	}
}
