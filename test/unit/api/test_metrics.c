/* The Prometheus text format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"
#include "fixture.h"

TEST(label_values_are_escaped)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain/name:1", "plain/name:1" },
		{ "a\"b\\c\nd", "a\\\"b\\\\c\\nd" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "{}=,", "{}=," },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out;

		buf_init(&out, 0);
		metrics_escape(str_c(cases[i].in), &out);
		CHECK_SLICE(buf_view(&out), cases[i].out);
		buf_fini(&out);
	}
}

/* Every line is a comment or NAME{LABELS} NUMBER, and every name was declared before. */
TEST(the_page_is_well_formed)
{
	struct str rest, line = { "", 0 };
	char declared[128] = "";
	const char *body;
	size_t samples = 0;

	fx.facts.rules = 12;
	fx_start(false);
	(void)ledger_source(fx.ledger, "file:/a \"b\"\n");
	CHECK_INT(fx_ask("POST", "/v1/events?source=shop", STR("[{},{}]"), NULL), 200);
	CHECK_INT(fx_ask("GET", "/metrics", STR(""), &body), 200);
	CHECK(strstr(body, "\ntocsin_rules 12\n") != NULL);
	CHECK(strstr(body, "\ntocsin_events_total{source=\"shop\",what=\"logged\"} 2\n") != NULL);
	CHECK(strstr(body, "{source=\"file:/a \\\"b\\\"\\n\",what=\"received\"} 0\n") != NULL);
	CHECK(strstr(body, "\ntocsin_http_requests_total{class=\"2xx\"} 1\n") != NULL);
	rest = str_c(body);
	while (str_line(&rest, &line)) {
		struct str name = line;
		double value;

		if (str_starts(line, STR("# HELP ")) || str_starts(line, STR("# TYPE "))) {
			struct str words = str_from(line, 7);

			str_to_c(str_until(&words, ' '), declared, sizeof(declared));
			continue;
		}
		name.n = strcspn(line.p, "{ ");
		CHECK(str_eq(name, str_c(declared)));
		CHECK(memrchr(line.p, ' ', line.n) != NULL);
		CHECK(str_f64(str_from(line,
				  (size_t)((const char *)memrchr(line.p, ' ', line.n) - line.p) +
				      1),
		    &value));
		samples++;
	}
	CHECK(samples > 30);
	fx_stop();
}
