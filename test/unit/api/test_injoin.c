/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an alert is about alone. */
#include "api/injoin.h"

#include "test.h"

static const char *
show(const char *affected)
{
	static char text[500];
	const struct alerts_row row = { .id = "00112233445566778899aabbccddeeff",
		.rule_id = STR("r1"),
		.group = STR("ip=1"),
		.severity = STR("HIGH"),
		.affected = str_c(affected) };
	struct injoin in;
	size_t n = 0;

	injoin_of(&row, &in);
	CHECK_INT(in.a.severity, INCIDENT_HIGH);
	text[0] = '\0';
	for (size_t i = 0; i < in.a.n_names; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %.*s%s; ",
		    join_kind_word(in.names[i].kind), STR_ARG(in.names[i].name),
		    in.names[i].alone ? " alone" : "");
	return text;
}

TEST(the_only_one_of_its_kind_is_whom_it_is_about)
{
	CHECK_STR(show("uann\na1.2.3.4\n"), "user ann alone; address 1.2.3.4 alone; ");
	CHECK_STR(show("uann\nuben\na1.2.3.4\n"), "user ann; user ben; address 1.2.3.4 alone; ");
	CHECK_STR(show("uann\nU\na1.2.3.4\n"), "user ann; address 1.2.3.4 alone; ");
}

TEST(what_is_about_nobody_is_about_its_rule_and_group)
{
	CHECK_STR(show(""), "rule r1 ip=1 alone; ");
	CHECK_STR(show("uann\nuben\n"), "user ann; user ben; rule r1 ip=1 alone; ");
	CHECK_STR(show("cDE\n"), "rule r1 ip=1 alone; ");
}
