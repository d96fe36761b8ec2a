/* What is said of mistakes in rules of the types of test_types.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#define BASE(name, type)                                                                           \
	"title: " name "\nname: " name "\nlogsource: {category: authentication}\n"                 \
	"detection: {s: {event_type: " type "}, condition: s}\n---\n"
#define RULE(body) "title: X\nname: x\nlevel: high\ncorrelation:\n  " body "\n"
#define LOGINS BASE("failed", "auth.login.failed") BASE("ok", "auth.login.success")

static const char *const wrong[][2] = {
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  condition: {lte: 5%}", "part" },
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  part: ok\n  distinct: a\n"
	  "  condition: {lte: 5%}",
	    "part" },
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  part: nobody\n  condition: {lte: 5%}", "rules" },
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  part: ok\n  condition: {lte: 5}", "0 to 1" },
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  part: ok\n  minimum: 0\n  condition: {lte: 0}",
	    "minimum" },
	{ "ratio\n  rules: [ok]\n  timespan: 1m\n  part: ok\n  full: 1\n  condition: {lte: 0}",
	    "full" },
	{ "consecutive\n  rules: [failed, ok]\n  timespan: 1m\n  condition: {gte: 5}", "reset" },
	{ "consecutive\n  rules: [ok]\n  reset: ok\n  timespan: 1m\n  condition: {gte: 5}", "two" },
	{ "consecutive\n  rules: [failed, ok]\n  reset: ok\n  timespan: 1m\n"
	  "  condition: {gte: 10001}",
	    "10000" },
	{ "consecutive\n  rules: [failed, ok]\n  reset: ok\n  timespan: 1m\n"
	  "  condition: {lt: 5}",
	    "gte" },
	{ "sustained\n  rules: [ok]\n  timespan: 1m\n  condition: {gte: 5}", "field" },
	{ "sustained\n  rules: [ok]\n  timespan: 1m\n  gap: 2m\n"
	  "  condition: {field: risk_score, gte: 5}",
	    "gap" },
	{ "new_value\n  rules: [ok]\n  condition: {field: asn}", "group-by" },
	{ "new_value\n  rules: [ok]\n  group-by: [user_name]\n"
	  "  condition: {field: asn, gte: 3}",
	    "compares nothing" },
	{ "new_value\n  rules: [ok]\n  group-by: [user_name]\n  learn: 0\n"
	  "  condition: {field: asn}",
	    "learn" },
	{ "off_hours\n  rules: [ok]", "whose" },
	{ "off_hours\n  rules: [ok]\n  group-by: [user_name]\n  timespan: 1d", "7d" },
	{ "off_hours\n  rules: [ok]\n  days: mon", "hours" },
	{ "off_hours\n  rules: [ok]\n  hours: \"8\"", "hours" },
	{ "off_hours\n  rules: [ok]\n  hours: \"08:00-25:00\"", "hours" },
	{ "off_hours\n  rules: [ok]\n  hours: \"08:00-18:00\"\n  days: someday", "days" },
	{ "off_hours\n  rules: [ok]\n  hours: \"08:00-18:00\"\n  learn: 3", "fixed or learned" },
	{ "off_hours\n  rules: [ok]\n  hours: \"08:00-18:00\"\n  timezone: Moon/Base",
	    "no time zone" },
	{ "concurrent_values\n  rules: [ok]\n  timespan: 1m\n  condition: {gt: 1}", "field" },
	{ "concurrent_values\n  rules: [ok]\n  timespan: 1m\n  condition: {field: asn, gt: 100}",
	    "100" },
	{ "concurrent_values\n  rules: [ok]\n  timespan: 1m\n  end: ok\n"
	  "  condition: {field: asn, gt: 1}",
	    "end" },
	{ "sequence_walk\n  rules: [ok]\n  timespan: 1m\n  condition: {field: asn, gte: 2}",
	    "3 to" },
	{ "sequence_walk\n  rules: [ok]\n  timespan: 1m\n  step: 99\n"
	  "  condition: {field: asn, gte: 5}",
	    "step" },
	{ "absence\n  rules: [ok]\n  timespan: 1m", "group-by" },
	{ "absence\n  rules: [ok]\n  timespan: 1m\n  group-by: [host, app]\n  expect: [a]",
	    "one field" },
	{ "absence\n  rules: [ok]\n  timespan: 1m\n  group-by: [host]\n  expect: a", "list" },
};

TEST(mistakes_are_told)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		auto_buf struct buf text = { 0 };
		struct feed f;

		buf_printf(&text, LOGINS RULE("type: %s"), wrong[i][0]);
		feed_text(&f, feed_cstr(&text));
		if (f.errors != 1 || strstr(feed_cstr(&f.notes), wrong[i][1]) == NULL)
			test_fail(TEST_AT(wrong), "%s: %u errors, %s", wrong[i][0], f.errors,
			    feed_cstr(&f.notes));
		feed_fini(&f);
	}
}
