/* The list of sources. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/section.h"

#include "test.h"

static struct conf *
good(const char *text)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(conf_parse(str_c(text), "/etc/t.yml", NULL, &c, NULL, &why), why);
	return c;
}

TEST(all_types)
{
	struct conf *c = good("sources:\n"
			      "  - type: file\n"
			      "    path: auth.log\n"
			      "  - {type: stdin, format: json, trust_time: false}\n"
			      "  - {type: syslog_udp, listen: '0.0.0.0:514'}\n"
			      "  - type: syslog_tcp\n"
			      "    listen: '[::]:514'\n"
			      "    max_connections: 5\n"
			      "    name: core\n"
			      "  - {path: /a, from: end, type: file}\n");
	const struct conf_source *s = c->sources;

	CHECK_INT(c->n_sources, 5);
	CHECK_INT(s[0].type, CONF_SOURCE_FILE);
	CHECK_STR(s[0].name, "file:/etc/auth.log");
	CHECK_STR(s[0].path, "/etc/auth.log");
	CHECK_STR(s[0].format, "auto");
	CHECK_STR(s[0].listen, "");
	CHECK(s[0].trust_time);
	CHECK_INT(s[0].from, CONF_FROM_BEGINNING);
	CHECK_INT(s[0].line, 2);
	CHECK_INT(s[0].column, 5);
	CHECK_INT(s[1].type, CONF_SOURCE_STDIN);
	CHECK_STR(s[1].name, "stdin");
	CHECK_STR(s[1].format, "json");
	CHECK(!s[1].trust_time);
	CHECK_INT(s[2].type, CONF_SOURCE_SYSLOG_UDP);
	CHECK_STR(s[2].name, "syslog_udp:0.0.0.0:514");
	CHECK_STR(s[2].listen, "0.0.0.0:514");
	CHECK_INT(s[3].type, CONF_SOURCE_SYSLOG_TCP);
	CHECK_STR(s[3].name, "core");
	CHECK_INT(s[3].max_connections, 5);
	CHECK_INT(s[4].from, CONF_FROM_END);
	conf_free(c);
}

TEST(long_paths_give_short_names)
{
	char text[512];
	struct conf *c;

	(void)snprintf(text, sizeof(text), "sources: [{type: file, path: /%0150d/end.log}]", 0);
	c = good(text);
	CHECK_INT(strlen(c->sources[0].name), SECTION_NAME_MAX - 1);
	CHECK(strncmp(c->sources[0].name, "file:000", 8) == 0);
	CHECK(strstr(c->sources[0].name, "/end.log") != NULL);
	conf_free(c);
}

static const struct {
	const char *text, *problem;
} bads[] = {
	{ "sources: {type: stdin}",
	    "t.yml:1:10: sources: write a list of at most 200 sources, each beginning with "
	    "\"- type:\"" },
	{ "sources: [stdin]", "t.yml:1:11: sources[0]: write keys like {type: stdin}, not text" },
	{ "sources: [{path: /a}]",
	    "t.yml:1:11: sources[0]: \"type\" is missing: write file, stdin, syslog_udp or "
	    "syslog_tcp" },
	{ "sources: [{type: sylog_udp}]",
	    "t.yml:1:18: sources[0].type: write file, stdin, syslog_udp or syslog_tcp, not "
	    "\"sylog_udp\"; did you mean \"syslog_udp\"?" },
	{ "sources: [{type: stdin}, {type: file}]",
	    "t.yml:1:26: sources[1]: \"path\" is missing: write a path" },
	{ "sources: [{type: file, path: ''}]",
	    "t.yml:1:11: sources[0]: \"path\" is missing: write a path" },
	{ "sources: [{type: syslog_tcp}]",
	    "t.yml:1:11: sources[0]: \"listen\" is missing: write ADDRESS:PORT like 127.0.0.1:8321 "
	    "or [::1]:8321" },
	{ "sources: [{type: stdin, path: /a}]",
	    "t.yml:1:25: sources[0].path: does not go with type stdin" },
	{ "sources: [{type: syslog_udp, listen: '1.2.3.4:5', max_connections: 4}]",
	    "t.yml:1:51: sources[0].max_connections: does not go with type syslog_udp" },
	{ "sources: [{type: stdin, trust_tim: no}]",
	    "t.yml:1:25: sources[0]: unknown key \"trust_tim\"; did you mean \"trust_time\"?" },
	{ "sources: [{type: stdin, trust_time: maybe}]",
	    "t.yml:1:37: sources[0].trust_time: write true or false, not \"maybe\"" },
	{ "sources: [{type: file, path: /a, from: start}]",
	    "t.yml:1:40: sources[0].from: write beginning or end, not \"start\"" },
	{ "sources: [{type: stdin, format: a, format: b}]",
	    "t.yml:1:36: sources[0].format: stands here twice, first in line 1" },
	{ "sources:\n- {type: stdin}\n- {type: stdin}\n",
	    "t.yml:3:3: sources[1]: the name \"stdin\" is taken by the source in line 2" },
	{ "sources: [{type: stdin, name: "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]",
	    "t.yml:1:11: sources[0].name: at most 63 bytes" },
};

TEST(bad_sources)
{
	for (size_t i = 0; i < ARRAY_LEN(bads); i++) {
		struct conf *c = NULL;
		struct conf_problems ps = { 0 };
		struct diag why = { 0 };
		char text[512];

		CHECK_INT(conf_parse(str_c(bads[i].text), "t.yml", NULL, &c, &ps, &why),
		    FAIL_SYNTAX);
		CHECK_STR(err_text(&why, text, sizeof(text)), bads[i].problem);
		CHECK_INT(ps.n, 1);
		conf_problems_fini(&ps);
	}
}

TEST(at_most_so_many)
{
	struct conf *c = NULL;
	struct diag why = { 0 };
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, STR("sources:\n"));
	for (int i = 0; i < CONF_SOURCES_MAX; i++)
		buf_printf(&b, "- {type: file, path: /%d}\n", i);
	CHECK_OK(conf_parse(buf_view(&b), "t.yml", NULL, &c, NULL, &why), why);
	CHECK_INT(c->n_sources, CONF_SOURCES_MAX);
	conf_free(c);
	c = NULL;
	buf_str(&b, STR("- {type: file, path: /x}\n"));
	CHECK_INT(conf_parse(buf_view(&b), "t.yml", NULL, &c, NULL, &why), FAIL_SYNTAX);
	CHECK(c == NULL);
	buf_fini(&b);
}
