/* Alerts over HTTP: lists, pages, one, and what people do with them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static void
raise_alerts(int n, int64_t now)
{
	struct diag why = { 0 };

	for (int i = 0; i < n; i++) {
		char id[33];
		uint64_t evidence[] = { 3, 5 };
		struct alerts_finding f = { .rule_id = STR("rule-a"),
			.title = STR("T\"itle"),
			.severity = i & 1 ? STR("HIGH") : STR("LOW"),
			.tags = STR("attack.t1110,attack.credential-access"),
			.advice = STR("Do."),
			.group = STR("client_ip=192.0.2.1"),
			.summary = STR("Sum"),
			.first = 1000000000,
			.last = 2000000000,
			.n_first = 2,
			.seq = 5,
			.evidence = evidence,
			.n_evidence = 2 };

		snprintf(id, sizeof(id), "%08x000000000000000000000000", (unsigned)i);
		f.id = str_c(id);
		CHECK_OK(alerts_apply(fx.alerts, &f, 1, (uint64_t)i + 1, now + i / 3, &why), why);
	}
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

TEST(one_alert)
{
	const char *body;

	fx_start(false);
	raise_alerts(1, 3000000000);
	CHECK_INT(fx_ask("GET", "/v1/alerts/00000000000000000000000000000000", STR(""), &body),
	    200);
	CHECK_STR(body,
	    "{\"id\":\"00000000000000000000000000000000\",\"rule_id\":\"rule-a\",\"title\":"
	    "\"T\\\"itle\","
	    "\"severity\":\"LOW\",\"status\":\"open\",\"group\":\"client_ip=192.0.2.1\","
	    "\"summary\":\"Sum\",\"advice\":\"Do.\","
	    "\"tags\":[\"attack.t1110\",\"attack.credential-access\"],\"count\":2,"
	    "\"first\":\"1970-01-01T00:00:01Z\",\"last\":\"1970-01-01T00:00:02Z\","
	    "\"created\":\"1970-01-01T00:00:03Z\",\"updated\":\"1970-01-01T00:00:03Z\","
	    "\"by\":\"\",\"note\":\"\",\"evidence\":[3,5]}");
	CHECK_INT(fx_ask("GET", "/v1/alerts/0000", STR(""), &body), 200);
	CHECK_INT(fx_ask("GET", "/v1/alerts/ffffffff", STR(""), &body), 404);
	fx_stop();
}

TEST(lists_and_pages)
{
	static const struct {
		const char *query;
		int status;
		size_t n;
	} cases[] = {
		{ "", 200, 30 },
		{ "?severity=HIGH", 200, 15 },
		{ "?status=open&rule_id=rule-a&group=client_ip%3D192.0.2.1", 200, 30 },
		{ "?status=resolved", 200, 0 },
		{ "?rule_id=other", 200, 0 },
		{ "?limit=1", 200, 3 }, /* those of one instant stay together */
		{ "?limit=4", 200, 6 },
		{ "?limit=0", 400, 0 },
		{ "?limit=1001", 400, 0 },
		{ "?status=odd", 400, 0 },
		{ "?cursor=x", 400, 0 },
		{ "?cursor=-1", 400, 0 },
		{ "?other=1", 400, 0 },
	};
	const char *body, *next;
	char target[128] = "/v1/alerts?limit=7";
	size_t total = 0;

	fx_start(false);
	raise_alerts(30, 3000000000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[256];

		snprintf(path, sizeof(path), "/v1/alerts%s", cases[i].query);
		CHECK_INT(fx_ask("GET", path, STR(""), &body), cases[i].status);
		CHECK_INT(times(body, "\"id\":"), cases[i].n);
	}
	/* Page after page, each alert once. */
	for (int page = 0; page < 20; page++) {
		CHECK_INT(fx_ask("GET", target, STR(""), &body), 200);
		total += times(body, "\"id\":");
		next = strstr(body, "\"next\":");
		CHECK(next != NULL);
		if (strncmp(next + 7, "null", 4) == 0)
			break;
		snprintf(target, sizeof(target), "/v1/alerts?limit=7&cursor=%.*s",
		    (int)strcspn(next + 7, "}"), next + 7);
	}
	CHECK_INT(total, 30);
	fx_stop();
}

TEST(what_people_do_with_them)
{
	static const struct {
		const char *action, *body;
		int status;
		const char *has;
	} steps[] = {
		{ "ack", "{\"by\":\"ann\",\"note\":\"I \\\"look\\\"\"}", 200,
		    "\"status\":\"acknowledged\"" },
		{ "resolve", "", 200, "\"by\":\"api\"" },
		{ "reopen", "{}", 200, "\"status\":\"open\"" },
		{ "false-positive", "{\"by\":\"ann\"}", -1, "" },
		{ "false-positive", "{\"by\":\"ann\",\"note\":\"test\"}", 200,
		    "\"note\":\"test\"" },
		{ "explode", "{}", 404, "" },
		{ "ack", "{\"by\":1}", 400, "" },
		{ "ack", "{\"who\":\"x\"}", 400, "" },
		{ "ack", "[]", 400, "" },
		{ "ack", "{\"by\":", 400, "" },
	};
	const char *body;

	fx_start(false);
	raise_alerts(1, 3000000000);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		char target[128];
		int status;

		snprintf(target, sizeof(target), "/v1/alerts/00000000/%s", steps[i].action);
		status = fx_ask("POST", target, str_c(steps[i].body), &body);
		fprintf(stderr, "%s: %d %s\n", target, status, body);
		if (steps[i].status == -1)
			CHECK(status == 409 || status == 422);
		else
			CHECK_INT(status, steps[i].status);
		CHECK(strstr(body, steps[i].has) != NULL);
	}
	CHECK_INT(fx_ask("POST", "/v1/alerts/ffffffff/ack", STR(""), &body), 404);
	fx_stop();
}
