/* Recommended actions: the words, and what free text comes to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/action.h"

#include "test.h"

TEST(every_word_is_found)
{
	size_t n = 0;

	for (; action_at(n) != NULL; n++)
		CHECK(action_find(str_c(action_at(n))) == action_at(n));
	CHECK_INT(n, 14);
	CHECK(action_find(STR("block_ip")) == NULL);
	CHECK(action_find(STR("")) == NULL);
}

TEST(free_text)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Alert security team", "NOTIFY" },
		{ "Block IP and alert", "BLOCK_IP" },
		{ "Lock account and alert", "LOCK_ACCOUNT" },
		{ "Rate limit and alert", "RATE_LIMIT_IP" },
		{ "Review and potentially revoke key", "REVOKE_API_KEY" },
		{ "Check API status and alert", "NOTIFY" },
		{ "Log and review", "CAPTURE_EVIDENCE" },
		{ "Log for audit", "CAPTURE_EVIDENCE" },
		{ "Alert and investigate", "CREATE_TICKET" },
		{ "Immediate investigation", "CREATE_INCIDENT" },
		{ "block_all_traffic", "BLOCK_IP" },
		{ "BLOCK_ALL_TRAFFIC", "BLOCK_ALL_TRAFFIC" },
		{ "require_recaptcha", "REQUIRE_CAPTCHA" },
		{ "", "NOTIFY" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(action_in_text(str_c(rows[i].text)), rows[i].want) != 0)
			test_fail(TEST_AT(rows), "%s: %s", rows[i].text,
			    action_in_text(str_c(rows[i].text)));
}
