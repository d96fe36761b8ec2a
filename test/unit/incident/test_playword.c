/* SPDX-License-Identifier: Apache-2.0 */
/* Words of playbooks, and values in texts and queries. */
#include "incident/playword.h"

#include "test.h"

TEST(words_are_those_of_incidents)
{
	for (unsigned i = 0; i < INCIDENT_TYPES; i++)
		CHECK_SLICE(playword_at(PLAYWORD_TYPE, i),
		    incident_type_word((enum incident_type)i));
	for (unsigned i = 0; i < INCIDENT_PHASES; i++)
		CHECK_SLICE(playword_at(PLAYWORD_PHASE, i),
		    incident_phase_word((enum incident_phase)i));
	CHECK_SLICE(playword_at(PLAYWORD_SEVERITY, INCIDENT_INFO), "informational");
	CHECK_INT(playword_at(PLAYWORD_TYPE, INCIDENT_TYPES).n, 0);
	CHECK_INT(playword_at(PLAYWORD_ACT, PLAYBOOK_ACTS).n, 0);
	CHECK_SLICE(playword_at(PLAYWORD_ACT, PLAYBOOK_QUERY), "QUERY");
	CHECK_SLICE(playword_at(PLAYWORD_ENDED, PLAYBOOK_ENDED_LATE), "timed_out");
}

static const struct playword_values hostile = { .address = STR("192.0.2.1\n198.51.100.2"),
	.user = STR("o'brien{{title}}"),
	.title = STR("'; DROP TABLE x; --"),
	.incident = STR("INC-7") };

TEST(values_are_put_in_and_never_read_again)
{
	static const struct {
		const char *text, *plain, *sql;
	} cases[] = {
		{ "none", "none", "none" },
		{ "{{user}}", "o'brien{{title}}", "'o''brien{{title}}'" },
		{ "a {{ address }} b", "a 192.0.2.1, 198.51.100.2 b",
		    "a '192.0.2.1','198.51.100.2' b" },
		{ "{{title}}{{incident}}", "'; DROP TABLE x; --INC-7",
		    "'''; DROP TABLE x; --''INC-7'" },
		{ "x{{owner}}y", "xy", "x''y" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_buf struct buf plain = { 0 }, sql = { 0 };

		playword_put(str_c(cases[i].text), &hostile, &plain);
		playword_put_sql(str_c(cases[i].text), &hostile, &sql);
		CHECK_SLICE(buf_view(&plain), cases[i].plain);
		if (i != 3) {
			CHECK_SLICE(buf_view(&sql), cases[i].sql);
		} else {
			CHECK_SLICE(buf_view(&sql), "'''; DROP TABLE x; --''INC-7'");
		}
	}
}

TEST(unknown_words_and_unsafe_queries)
{
	CHECK_INT(playword_unknown(STR("{{user}} {{address}} {{url}}")).n, 0);
	CHECK_SLICE(playword_unknown(STR("{{user}} {{addres}}")), "addres");
	CHECK_SLICE(playword_unknown(STR("{{")), "{{");
	CHECK_INT(playword_check_sql(STR("a = 'x' AND b IN ({{user}})"), NULL), OK);
	CHECK_INT(playword_check_sql(STR("a = '{{user}}'"), NULL), FAIL_SYNTAX);
	CHECK_INT(playword_check_sql(STR("a = 'it''s' AND b = {{user}}"), NULL), OK);
	CHECK_INT(playword_check_sql(STR("\"{{user}}\""), NULL), FAIL_SYNTAX);
	CHECK_INT(playword_check_sql(STR("/* {{user}} */"), NULL), FAIL_SYNTAX);
	CHECK_INT(playword_check_sql(STR("$$ {{user}} $$"), NULL), FAIL_SYNTAX);
}

TEST(what_changes_something_outside)
{
	CHECK(playword_destructive(PLAYBOOK_BLOCK_IP));
	CHECK(playword_destructive(PLAYBOOK_BLOCK_ALL_TRAFFIC));
	CHECK(!playword_destructive(PLAYBOOK_ENHANCED_MONITORING));
	CHECK(!playword_destructive(PLAYBOOK_NOTIFY));
	CHECK(!playword_destructive(PLAYBOOK_QUERY));
	CHECK_INT(playword_to(PLAYBOOK_REQUIRE_CAPTCHA), PLAYBOOK_TO_ADDRESSES);
	CHECK_INT(playword_to(PLAYBOOK_REVOKE_API_KEY), PLAYBOOK_TO_USERS);
	CHECK_INT(playword_to(PLAYBOOK_ENHANCED_MONITORING), PLAYBOOK_TO_BOTH);
	CHECK_INT(playword_to(PLAYBOOK_BLOCK_ALL_TRAFFIC), PLAYBOOK_TO_INCIDENT);
}
