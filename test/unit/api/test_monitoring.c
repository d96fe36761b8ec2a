/* State in one look, and test alerts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/channels.h"
#include "fixture.h"

#define STATUS "/api/security-monitoring/status"
#define TEST_ALERT "/api/security-monitoring/test-alert"
#define HOOK(name)                                                                                 \
	"{\"name\":\"" name "\",\"type\":\"webhook\",\"min_severity\":\"CRITICAL\",\"settings\":"  \
	"{\"url\":\"https://example.org/hook\"}}"

static void
has(const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		test_fail(TEST_AT(what), "%s is not in %s", what, body);
}

TEST(how_it_stands)
{
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("GET", STATUS, STR(""), &body), 200);
	has(body, "{\"enabled\":");
	has(body, "\"channels\":[]}");
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK("one")), NULL), 201);
	CHECK_INT(fx_ask("POST", TEST_ALERT, STR("{\"wait_s\":0}"), NULL), 200);
	CHECK_INT(fx_ask("GET", STATUS, STR(""), &body), 200);
	has(body, "\"alerts\":{\"open\":1,");
	has(body, "\"open_by_severity\":{\"CRITICAL\":0,\"HIGH\":0,\"MEDIUM\":1,");
	has(body, "\"messages\":{\"sent\":0,\"failed_attempts\":0,\"waiting\":1,\"dead\":0}");
	has(body, "\"channels\":[{\"name\":\"one\",\"type\":\"webhook\",\"enabled\":true,"
		  "\"min_severity\":\"CRITICAL\",\"working\":null,\"pending\":1,\"dead\":0}]}");
	CHECK_INT(fx_ask("GET", STATUS "?x=1", STR(""), NULL), 400);
	fx_stop();
}

TEST(whom_a_test_alert_tells)
{
	static const struct {
		const char *ask;
		int status;
		const char *has;
	} rows[] = {
		{ "{\"wait_s\":0}", 200, "\"success\":false,\"told\":2,\"arrived\":0}" },
		{ "{\"wait_s\":0,\"channel\":\"two\"}", 200, "\"channel\":\"two\"" },
		{ "{\"wait_s\":0,\"channel\":\"two\"}", 200, "\"told\":1," },
		{ "{\"wait_s\":0,\"to\":\"routes\",\"severity\":\"LOW\"}", 200,
		    "\"success\":false,\"told\":0,\"arrived\":0}" },
		{ "{\"wait_s\":0,\"to\":\"routes\",\"severity\":\"CRITICAL\"}", 200,
		    "\"told\":2," },
		{ "{\"channel\":\"none\"}", 404, "there is no channel 'none' that is on" },
		{ "{\"severity\":\"BAD\"}", 400, "severity" },
		{ "{\"to\":\"nobody\"}", 400, "to: all or routes" },
		{ "{\"to\":\"routes\",\"channel\":\"two\"}", 400, "not with routes" },
		{ "{\"wait_s\":31}", 400, "wait_s" },
		{ "{\"colour\":1}", 400, "colour" },
		{ "[1]", 400, "" },
	};
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK("one")), NULL), 201);
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK("two")), NULL), 201);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_INT(fx_ask("POST", TEST_ALERT, str_c(rows[i].ask), &body), rows[i].status);
		has(body, rows[i].has);
	}
	CHECK_INT(fx_ask("GET", "/v1/alerts", STR(""), &body), 200);
	has(body, "\"rule_id\":\"tocsin.test\"");
	has(body, "\"tags\":[\"tocsin.test\",\"drill\"]");
	has(body, "asked for a test of how alerts are told.");
	fx_stop();
}
