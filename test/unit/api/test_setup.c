/* What the first run has done. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

#include "alert/channels.h"

TEST(nobody_learns_little)
{
	char cookie[200];

	people_start();
	CHECK_INT(people_ask("GET", "/v1/setup", "", ""), 200);
	CHECK_STR(w.body,
	    "{\"needs_admin\":true,\"secure\":true,\"version\":\"1.2\",\"product\":\"Tocsin\"}");
	people_add("ann", ROLE_VIEWER, cookie);
	CHECK_INT(people_ask("GET", "/v1/setup", "", ""), 200);
	CHECK(people_said("\"needs_admin\":true")); /* a viewer is none */
	CHECK(!people_said("steps"));
	CHECK_INT(people_ask("GET", "/v1/setup?x=1", "", ""), 400);
	people_stop();
}

TEST(steps_turn_true_one_by_one)
{
	const struct channel c = { .name = STR("ops"),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/hook") };
	struct alerts *shell;
	char root[200], path[600];
	struct diag why = { 0 };

	people_start();
	people_add("root", ROLE_ADMIN, root);
	snprintf(path, sizeof(path), "%s/state.db", test_dir());
	CHECK_OK(alerts_open(path, &shell, &why), why);
	CHECK_INT(people_ask("GET", "/v1/setup", root, ""), 200);
	CHECK(people_said("\"steps\":{\"admin\":true,\"source\":false,\"channel\":false,"
			  "\"test_sent\":false},\"demo\":\"none\""));
	ledger_add(w.ledger, ledger_source(w.ledger, "demo"), LEDGER_LOGGED, 5);
	ledger_add(w.ledger, ledger_source(w.ledger, "tocsin"), LEDGER_LOGGED, 5);
	ledger_add(w.ledger, ledger_source(w.ledger, "shop"), LEDGER_RECEIVED, 5);
	w.facts.demo = API_DEMO_LOADED;
	CHECK_INT(people_ask("GET", "/v1/setup", root, ""), 200);
	CHECK(people_said("\"source\":false") && people_said("\"demo\":\"loaded\""));
	ledger_add(w.ledger, ledger_source(w.ledger, "shop"), LEDGER_LOGGED, 1);
	CHECK_OK(channels_add(shell, &c, clock_wall(), &why), why);
	CHECK_INT(people_ask("GET", "/v1/setup", root, ""), 200);
	CHECK(people_said("\"source\":true,\"channel\":true,\"test_sent\":false"));
	CHECK_OK(channels_tested(shell, c.name, true, 5, STR("ok"), clock_wall(), &why), why);
	CHECK_INT(people_ask("GET", "/v1/setup", root, ""), 200);
	CHECK(people_said("\"test_sent\":true"));
	alerts_close(shell);
	people_stop();
}
