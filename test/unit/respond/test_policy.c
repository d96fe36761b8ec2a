/* SPDX-License-Identifier: Apache-2.0 */
/* Response policies. */
#include "respond/policy.h"

#include "base/clock.h"
#include "base/fs.h"
#include "test.h"

#define BRUTE "6d91f053-95dc-4310-a411-210b7bfb5d60"
#define EXFIL "9bb7c026-6fc9-46ab-af5d-81e6cca4b3da"
#define ABUSE "193c4586-2313-4252-9d77-c8acbd6d7ab1"

static struct policy *
shipped(const char *name)
{
	auto_buf struct buf text = { 0 };
	char path[80];
	struct policy *p = NULL;
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "responses/%s.yml", name);
	CHECK_OK(fs_read(test_source(path), 1 << 20, &text, &why), why);
	CHECK_OK(policy_read(buf_view(&text), path, &p, &why), why);
	CHECK_SLICE(policy_name(p), name);
	return p;
}

/* "BLOCK_IP 24h? ..." of what is done; "" when nothing is. */
static const char *
done(const struct policy *p, const char *rule, const char *tags, const char *wish, unsigned rank)
{
	static char text[400];
	const struct policy_case c = { str_c(rule), str_c(tags), str_c(wish), rank };
	const struct policy_row *row = policy_find(p, &c);
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; row != NULL && i < row->n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %lldh%s",
		    i != 0 ? ", " : "", deed_word(row->deeds[i].deed),
		    (long long)(row->deeds[i].span / (3600 * CLOCK_S)),
		    row->deeds[i].approve ? "?" : "");
	return text;
}

TEST(wellflows_table)
{
	struct policy *p = shipped("wellflow");

	CHECK_STR(done(p, BRUTE, "", "BLOCK_IP", 0), "BLOCK_IP 24h, NOTIFY 1h, LOCK_ACCOUNT 1h");
	CHECK_STR(done(p, BRUTE, "", "BLOCK_IP", 1), "RATE_LIMIT_IP 1h, NOTIFY 1h");
	CHECK_STR(done(p, EXFIL, "", "SUSPEND_USER", 0),
	    "BLOCK_IP 168h, SUSPEND_USER 720h, NOTIFY 1h, CREATE_INCIDENT 1h");
	CHECK_STR(done(p, ABUSE, "", "RATE_LIMIT_USER", 1),
	    "RATE_LIMIT_USER 1h, REQUIRE_CAPTCHA 1h, NOTIFY 1h");
	CHECK_STR(done(p, "another", "", "BLOCK_IP", 0), "");
	policy_free(p);
}

TEST(paiids_severities)
{
	struct policy *p = shipped("paiid");

	CHECK_STR(done(p, "72a212eb-ff29-4726-b739-7c79f67c29bb", "", "BLOCK_IP", 1),
	    "BLOCK_IP 24h, NOTIFY 1h");
	CHECK_STR(done(p, "x", "", "", 1),
	    "RATE_LIMIT_IP 1h, REQUIRE_CAPTCHA 1h, CREATE_TICKET 1h, NOTIFY 1h");
	CHECK_STR(done(p, "x", "", "", 2), "CREATE_TICKET 1h");
	CHECK_STR(done(p, "x", "", "", 3), "");
	policy_free(p);
}

TEST(the_others_that_ship)
{
	struct policy *p = shipped("default");

	CHECK_STR(done(p, "x", "attack.t1110,attack.credential-access", "BLOCK_IP", 0),
	    "BLOCK_IP 24h, NOTIFY 1h, LOCK_ACCOUNT 1h");
	CHECK_STR(done(p, "x", "attack.t1110 attack.credential-access", "BLOCK_IP", 1),
	    "BLOCK_IP 1h, NOTIFY 1h");
	CHECK_STR(done(p, "x", "attack.credential-accessory", "BLOCK_IP", 2), "RATE_LIMIT_IP 1h");
	CHECK_STR(done(p, "x", "", "NOTIFY", 0), "");
	policy_free(p);
	p = shipped("tradepro");
	CHECK_STR(done(p, "x", "", "BLOCK_IP", 1), "BLOCK_IP 1h, NOTIFY 1h");
	CHECK_STR(done(p, "x", "", "REVOKE_API_KEY", 1), "REVOKE_API_KEY 1h?");
	policy_free(p);
	p = shipped("mosaajii");
	CHECK_STR(done(p, "x", "", "BLOCK_IP", 1), "BLOCK_IP 1h?, NOTIFY 1h");
	policy_free(p);
}

#define HEAD "policy: p\nrows:\n"

TEST(what_is_refused)
{
	static const struct {
		const char *text;
		unsigned line;
	} bad[] = {
		{ "", 0 },
		{ "[]", 1 },
		{ "policy: p\n", 1 },
		{ "policy: p\nrows: {}\n", 2 },
		{ "policy: p\nrows: []\nmore: 1\n", 3 },
		{ HEAD " - threat: X\n", 3 },
		{ HEAD " - do: [{action: NOTIFY}]\n", 3 },
		{ HEAD " - threat: X\n   do: []\n", 4 },
		{ HEAD " - threat: X\n   do: [NOTIFY]\n", 4 },
		{ HEAD " - threat: X\n   do: [{action: DANCE}]\n", 4 },
		{ HEAD " - threat: X\n   do: [{for: 1h}]\n", 4 },
		{ HEAD " - threat: X\n   do: [{action: NOTIFY, for: 31d}]\n", 4 },
		{ HEAD " - threat: X\n   do: [{action: NOTIFY, for: 0}]\n", 4 },
		{ HEAD " - threat: X\n   do: [{action: NOTIFY, approve: yes}]\n", 4 },
		{ HEAD " - threat: X\n   do: [{action: NOTIFY, how: 1}]\n", 4 },
		{ HEAD " - threat: X\n   severity: [grave]\n   do: [{action: NOTIFY}]\n", 4 },
		{ HEAD " - threat: X\n   wish: NOTIFY\n   do: [{action: NOTIFY}]\n", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct policy *p = NULL;
		struct diag why = { 0 };

		CHECK(policy_read(str_c(bad[i].text), "f", &p, &why) != OK);
		CHECK(p == NULL && why.text[0] != '\0');
		if (bad[i].line != 0 && why.line != bad[i].line)
			test_fail(TEST_AT(bad), "line %u of %s: %s", why.line, bad[i].text,
			    why.text);
	}
}

TEST(what_rows_may_cost_others)
{
	static const char text[] = "policy: p\n"
				   "rows:\n"
				   "    - threat: A\n"
				   "      do: [{action: NOTIFY}]\n"
				   "      budget: {users: 0, shared: 7, window: 2h}\n"
				   "    - threat: B\n"
				   "      do: [{action: NOTIFY}]\n"
				   "    - threat: C\n"
				   "      do: [{action: NOTIFY}]\n"
				   "      budget: {users: 9}\n"
				   "budget: {users: 5, window: 12h}\n";
	static const char *const bad[] = { "budget: 3", "budget: {users: -1}",
		"budget: {users: 1000001}", "budget: {window: 8d}", "budget: {window: 0s}",
		"budget: {people: 3}" };
	struct policy *p = NULL, *q = NULL;
	struct diag why = { 0 };
	char broken[200];

	CHECK_OK(policy_read(str_c(text), "f", &p, &why), why);
	CHECK_INT(policy_budget(p, STR("A"))->users, 0);
	CHECK_INT(policy_budget(p, STR("A"))->shared, 7);
	CHECK_INT(policy_budget(p, STR("A"))->window, 2 * POLICY_SPAN);
	CHECK_INT(policy_budget(p, STR("B"))->users, 5);
	CHECK_INT(policy_budget(p, STR("B"))->shared, POLICY_BUDGET_SHARED);
	CHECK_INT(policy_budget(p, STR("B"))->window, 12 * POLICY_SPAN);
	CHECK_INT(policy_budget(p, STR("C"))->users, 9);
	CHECK_INT(policy_budget(p, STR("C"))->window, 24 * POLICY_SPAN);
	CHECK_INT(policy_budget(p, STR("none"))->users, 5);
	CHECK(policy_at(p, 2) != NULL && policy_at(p, 3) == NULL);
	CHECK_OK(policy_read(STR("policy: p\nrows: []\n"), "f", &q, &why), why);
	CHECK_INT(policy_budget(q, STR("A"))->users, POLICY_BUDGET_USERS);
	CHECK(strcmp(policy_digest(p), policy_digest(q)) != 0);
	CHECK_INT(strlen(policy_digest(p)), POLICY_DIGEST - 1);
	policy_free(p);
	policy_free(q);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		(void)snprintf(broken, sizeof(broken), "policy: p\nrows: []\n%s\n", bad[i]);
		CHECK_INT(policy_read(str_c(broken), "f", &p, &why), FAIL_SYNTAX);
	}
}
