/* The kinds of sources, and what they are called. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include "ingest/sources.h"

TEST(each_kind_is_found_by_its_name)
{
	static const char *const names[] = { "file", "stdin", "syslog_udp", "syslog_tcp" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CHECK_STR(source_kind(i)->name, names[i]);
		CHECK(source_find(names[i]) == source_kind(i));
	}
	CHECK(source_kind(ARRAY_LEN(names)) == NULL);
	CHECK(source_find("carrier pigeon") == NULL);
}

TEST(sources_are_named_after_their_place)
{
	struct conf_source settings = { .type = CONF_SOURCE_SYSLOG_UDP,
		.name = "",
		.path = "",
		.listen = "127.0.0.1:0",
		.format = "syslog",
		.trust_time = true };
	struct fake f;
	struct source *s;
	struct diag why;

	fake_init(&f);
	CHECK_OK(source_open(&f.env, &settings, &s, &why), why);
	CHECK_STR(source_info(s)->name, "syslog_udp:127.0.0.1:0");
	CHECK_STR(source_info(s)->format, "syslog");
	CHECK(source_info(s)->trust_time);
	source_stop(s);
	CHECK(source_idle(s));
	source_close(s);
	settings.name = "firewall";
	CHECK_OK(source_open(&f.env, &settings, &s, &why), why);
	CHECK_STR(source_info(s)->name, "firewall");
	source_close(s);
	settings.listen = "nowhere";
	CHECK_INT(source_open(&f.env, &settings, &s, &why), FAIL_SYNTAX);
	source_close(NULL);
	fake_fini(&f);
}
