/* Problems as text and as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include "test.h"

TEST(none)
{
	const struct conf_problems ps = { 0 };
	struct buf b;

	buf_init(&b, 0);
	conf_problems_text(&ps, &b);
	CHECK_INT(b.n, 0);
	conf_problems_json(&ps, &b);
	CHECK_SLICE(buf_view(&b), "{\"ok\":true,\"problems\":[],\"more\":false}");
	buf_fini(&b);
}

TEST(text_and_json)
{
	struct conf_problems ps = { 0 };
	struct conf *c = NULL;
	struct buf b;

	buf_init(&b, 0);
	CHECK(conf_parse(STR("log:\n  \"x\\e[2J\": 1\n"), "t.yml", NULL, &c, &ps, NULL) != OK);
	conf_problems_text(&ps, &b);
	CHECK_SLICE(buf_view(&b), "t.yml:2:3: unknown key \"log.x\\x1b[2J\"\n");
	buf_reset(&b);
	conf_problems_json(&ps, &b);
	CHECK_SLICE(buf_view(&b),
	    "{\"ok\":false,\"problems\":[{\"file\":\"t.yml\",\"line\":2,\"column\":3,"
	    "\"text\":\"unknown key \\\"log.x\\u001b[2J\\\"\"}],\"more\":false}");
	buf_fini(&b);
	conf_problems_fini(&ps);
}
