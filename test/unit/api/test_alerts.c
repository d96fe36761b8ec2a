/* Alerts over HTTP: lists, pages, groups, one, and what people do with them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/acklink.h"
#include "fixture.h"

#define NTH_ID "%08x000000000000000000000000"
#define FIRST "/v1/alerts/00000000000000000000000000000000"

static void
raise_alerts(int n, int64_t now)
{
	struct diag why = { 0 };

	for (int i = 0; i < n; i++) {
		char id[33], group[40];
		uint64_t evidence[] = { 3, 5 };
		struct alerts_finding f = { .rule_id = i % 3 != 0 ? STR("rule-a") : STR("rule-b"),
			.title = STR("T\"itle"),
			.severity = i & 1 ? STR("HIGH") : STR("LOW"),
			.tags = STR("attack.t1110,attack.credential-access"),
			.advice = STR("Do."),
			.summary = STR("Sum"),
			.first = 1000000000,
			.last = 2000000000 + i / 3,
			.action = STR("BLOCK_IP"),
			.details = STR("{\"kmh\":900}"),
			.confidence = 80,
			.user = STR("an\"n"),
			.address = STR("192.0.2.9"),
			.n_first = 2,
			.seq = 5,
			.evidence = evidence,
			.n_evidence = 2 };

		snprintf(id, sizeof(id), NTH_ID, (unsigned)i);
		snprintf(group, sizeof(group), "client_ip=192.0.2.%d", i % 5);
		f.id = str_c(id);
		f.group = str_c(group);
		CHECK_OK(alerts_apply(fx.alerts, &f, 1, (uint64_t)i + 1, now + i, &why), why);
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

static void
has(const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		test_fail(TEST_AT(what), "%s is not in %s", what, body);
}

TEST(one_alert)
{
	const char *body;

	fx_start(false);
	raise_alerts(1, 3000000000);
	CHECK_INT(fx_ask("GET", FIRST, STR(""), &body), 200);
	CHECK_STR(body,
	    "{\"id\":\"00000000000000000000000000000000\",\"rule_id\":\"rule-b\",\"title\":"
	    "\"T\\\"itle\",\"severity\":\"LOW\",\"status\":\"open\",\"owner\":\"\",\"reason\":"
	    "\"\",\"group\":\"client_ip=192.0.2.0\",\"summary\":\"Sum\",\"advice\":\"Do.\","
	    "\"action\":\"BLOCK_IP\",\"tags\":[\"attack.t1110\",\"attack.credential-access\"],"
	    "\"confidence\":80,\"count\":2,"
	    "\"first\":\"1970-01-01T00:00:01Z\",\"last\":\"1970-01-01T00:00:02Z\","
	    "\"created\":\"1970-01-01T00:00:03Z\",\"updated\":\"1970-01-01T00:00:03Z\","
	    "\"by\":\"\",\"note\":\"\",\"evidence\":[3,5],\"rev\":1,\"demo\":false,"
	    "\"comments\":0,\"acked\":null,\"late\":null,\"closed\":null,\"quiet\":\"\","
	    "\"incident\":null,\"details\":{\"kmh\":900},\"affected\":{\"users\":[\"an\\\"n\"],"
	    "\"more_users\":false,\"addresses\":[\"192.0.2.9\"],\"more_addresses\":false,"
	    "\"sessions\":[],\"more_sessions\":false,\"keys\":[],\"more_keys\":false,"
	    "\"countries\":[],\"more_countries\":false,\"networks\":[],\"more_networks\":false},"
	    "\"response\":null,\"history\":[],\"deliveries\":[],\"pages\":[],\"waiting\":[],"
	    "\"next_statuses\":["
	    "\"acknowledged\",\"in_progress\",\"resolved\",\"false_positive\"]}");
	CHECK_INT(fx_ask("GET", "/v1/alerts/0000", STR(""), &body), 200);
	CHECK_INT(fx_ask("GET", "/v1/alerts/ffffffff", STR(""), &body), 404);
	CHECK_INT(fx_ask("GET", "/v1/alerts/0000?status=open", STR(""), &body), 400);
	fx_stop();
}

TEST(lists)
{
	static const struct {
		const char *query;
		int status;
		size_t n;
		const char *total;
	} cases[] = {
		{ "", 200, 30, "\"total\":30" },
		{ "?severity=HIGH", 200, 15, "\"total\":15" },
		{ "?severity=HIGH,LOW,INFO", 200, 30, "\"total\":30" },
		{ "?status=open&rule_id=rule-a", 200, 20, "\"total\":20" },
		{ "?group=client_ip%3D192.0.2.1", 200, 6, "\"total\":6" },
		{ "?status=resolved", 200, 0, "\"total\":0" },
		{ "?status=open,resolved&limit=4", 200, 4, "\"total\":30" },
		{ "?rule_id=other", 200, 0, "\"total\":0" },
		{ "?owner=", 200, 30, "\"total\":30" },
		{ "?owner=ann", 200, 0, "\"total\":0" },
		{ "?q=t%22ITLE", 200, 30, "\"total\":30" },
		{ "?q=192.0.2.3", 200, 6, "\"total\":6" },
		{ "?q=192%252", 200, 0, "\"total\":0" },
		{ "?demo=true", 200, 0, "\"total\":0" },
		{ "?demo=false&limit=1", 200, 1, "\"total\":30" },
		{ "?from=2020-01-01T00:00:00Z", 200, 0, "\"total\":0" },
		{ "?to=2020-01-01T00:00:00Z", 200, 30, "\"total\":30" },
		{ "?limit=1000", 200, 30, "\"next\":null" },
		{ "?limit=0", 400, 0, "" },
		{ "?limit=1001", 400, 0, "" },
		{ "?status=odd", 400, 0, "" },
		{ "?severity=high", 400, 0, "" },
		{ "?demo=yes", 400, 0, "" },
		{ "?from=yesterday", 400, 0, "" },
		{ "?cursor=x", 400, 0, "" },
		{ "?cursor=5.zz", 400, 0, "" },
		{ "?other=1", 400, 0, "other" },
	};
	const char *body;

	fx_start(false);
	raise_alerts(30, 3000000000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[256];

		snprintf(path, sizeof(path), "/v1/alerts%s", cases[i].query);
		CHECK_INT(fx_ask("GET", path, STR(""), &body), cases[i].status);
		fprintf(stderr, "%s\n", path);
		CHECK_INT(times(body, "\"id\":"), cases[i].n);
		has(body, cases[i].total);
		if (cases[i].status == 200) {
			has(body, "\"rev\":30");
			has(body, "\"open\":{\"CRITICAL\":0,\"HIGH\":15,\"MEDIUM\":0,\"LOW\":15,"
				  "\"INFO\":0}");
		}
	}
	fx_stop();
}

TEST(pages_have_each_alert_once)
{
	const char *body, *next;
	char target[160] = "/v1/alerts?limit=7";
	size_t total = 0, pages = 0;

	fx_start(false);
	raise_alerts(30, 3000000000);
	for (; pages < 20; pages++) {
		CHECK_INT(fx_ask("GET", target, STR(""), &body), 200);
		total += times(body, "\"id\":");
		has(body, "\"total\":30");
		next = strstr(body, "\"next\":");
		CHECK(next != NULL);
		if (strncmp(next + 7, "null", 4) == 0)
			break;
		snprintf(target, sizeof(target), "/v1/alerts?limit=7&cursor=%.*s",
		    (int)strcspn(next + 8, "\""), next + 8);
	}
	CHECK_INT(total, 30);
	CHECK_INT(pages, 4);
	fx_stop();
}

TEST(groups)
{
	const char *body;

	fx_start(false);
	raise_alerts(30, 3000000000);
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups?by=rule_id", STR(""), &body), 200);
	CHECK_STR(body,
	    "{\"groups\":[{\"key\":\"rule-a\",\"title\":\"T\\\"itle\",\"severity\":\"HIGH\","
	    "\"alerts\":20,\"open\":20,\"count\":40,\"last\":\"1970-01-01T00:00:02.000000009Z\"},"
	    "{\"key\":\"rule-b\",\"title\":\"T\\\"itle\",\"severity\":\"HIGH\",\"alerts\":10,"
	    "\"open\":10,\"count\":20,\"last\":\"1970-01-01T00:00:02.000000009Z\"}]}");
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups?by=group&severity=LOW", STR(""), &body), 200);
	CHECK_INT(times(body, "\"key\":"), 5);
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups?by=severity&status=open", STR(""), &body), 200);
	CHECK_INT(times(body, "\"key\":"), 2);
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups", STR(""), &body), 400);
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups?by=color", STR(""), &body), 400);
	CHECK_INT(fx_ask("GET", "/v1/alerts/groups?by=group&cursor=x", STR(""), &body), 400);
	fx_stop();
}

TEST(what_people_do_with_them)
{
	static const struct {
		const char *action, *body;
		int status;
		const char *has;
	} steps[] = {
		{ "ack", "{\"note\":\"I \\\"look\\\"\"}", 200, "\"status\":\"acknowledged\"" },
		{ "ack", "", 409, "" },
		{ "start", "", 200, "\"status\":\"in_progress\"" },
		{ "assign", "{\"owner\":\"ann\"}", 200, "\"owner\":\"ann\"" },
		{ "assign", "{\"owner\":\"ann\"}", 200, "\"undo\":\"\"" },
		{ "comment", "{\"note\":\"see <b>here</b>\"}", 200, "\"comments\":1" },
		{ "comment", "{}", 400, "note" },
		{ "resolve", "", 400, "reason" },
		{ "resolve", "{\"reason\":\"bored\"}", 400, "reason" },
		{ "resolve", "{\"reason\":\"benign\",\"note\":null}", 200,
		    "\"reason\":\"benign\"" },
		{ "reopen", "{}", 200, "\"next_statuses\":[\"acknowledged\",\"in_progress\"" },
		{ "false-positive", "{}", 400, "note" },
		{ "false-positive", "{\"note\":\"test\"}", 200, "\"note\":\"test\"" },
		{ "explode", "{}", 404, "" },
		{ "reopen", "{\"note\":1}", 400, "note" },
		{ "reopen", "{\"owner\":\"x\"}", 400, "owner" },
		{ "reopen", "{\"by\":\"x\"}", 400, "by" },
		{ "reopen", "{\"note\":\"a\",\"note\":\"b\"}", 400, "twice" },
		{ "reopen", "[]", 400, "" },
		{ "reopen", "{\"note\":", 400, "" },
	};
	const char *body;

	fx_start(false);
	raise_alerts(1, 3000000000);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/alerts/00000000/%s", steps[i].action);
		fprintf(stderr, "%s %s\n", target, steps[i].body);
		CHECK_INT(fx_ask("POST", target, str_c(steps[i].body), &body), steps[i].status);
		has(body, steps[i].has);
	}
	CHECK_INT(fx_ask("POST", "/v1/alerts/ffffffff/ack", STR(""), &body), 404);
	CHECK_INT(fx_ask("GET", FIRST, STR(""), &body), 200);
	CHECK_INT(times(body, "\"action\":"), 7 + 1); /* and its own */
	has(body, "\"action\":\"comment\",\"from\":\"\",\"to\":\"\",\"reason\":\"\",\"note\":"
		  "\"see <b>here</b>\"");
	has(body, "\"action\":\"resolve\",\"from\":\"in_progress\",\"to\":\"resolved\",\"reason\":"
		  "\"benign\"");
	fx_stop();
}

static const struct {
	const char *body;
	int status;
	const char *has;
} bulk[] = {
	{ "{\"action\":\"ack\",\"filter\":{\"severity\":\"HIGH\"},\"as_of\":30,"
	  "\"expected\":14}",
	    409, "\"expected\":14,\"actual\":15}" },
	{ "{\"action\":\"ack\",\"filter\":{\"severity\":\"HIGH\"},\"as_of\":20,"
	  "\"expected\":15}",
	    409, "\"actual\":10}" },
	{ "{\"action\":\"ack\",\"filter\":{\"severity\":\"HIGH\"},\"as_of\":30,"
	  "\"expected\":15}",
	    200, "{\"changed\":15,\"skipped\":0,\"undo\":\"" },
	{ "{\"action\":\"ack\",\"filter\":{},\"as_of\":30,\"expected\":30}", 200,
	    "{\"changed\":15,\"skipped\":15,\"undo\":\"" },
	{ "{\"action\":\"ack\",\"filter\":{\"demo\":false},\"as_of\":30,\"expected\":30}", 200,
	    "{\"changed\":0,\"skipped\":30,\"undo\":\"\"}" },
	{ "{\"action\":\"resolve\",\"reason\":\"other\",\"ids\":["
	  "\"00000001000000000000000000000000\",\"00000002000000000000000000000000\"]}",
	    200, "\"changed\":2" },
	{ "{\"action\":\"reopen\",\"ids\":[\"00000001000000000000000000000000\","
	  "\"ffffffff000000000000000000000000\"]}",
	    409, "\"expected\":2,\"actual\":1}" },
	{ "{\"action\":\"resolve\",\"ids\":[\"00000001000000000000000000000000\"]}", 400,
	    "reason" },
	{ "{\"action\":\"ack\",\"filter\":{},\"expected\":30}", 400, "as_of" },
	{ "{\"action\":\"ack\",\"filter\":{\"colour\":\"red\"},\"as_of\":1,\"expected\":1}", 400,
	    "colour" },
	{ "{\"action\":\"ack\",\"filter\":{\"status\":\"odd\"},\"as_of\":1,\"expected\":1}", 400,
	    "status" },
	{ "{\"action\":\"ack\",\"filter\":{\"status\":1},\"as_of\":1,\"expected\":1}", 400,
	    "status" },
	{ "{\"action\":\"ack\"}", 400, "ids or filter" },
	{ "{\"action\":\"ack\",\"ids\":[]}", 400, "ids" },
	{ "{\"action\":\"ack\",\"ids\":[1]}", 400, "ids" },
	{ "{\"action\":\"ack\",\"ids\":[\"a\"],\"filter\":{}}", 400, "ids or filter" },
	{ "{\"action\":\"shout\",\"ids\":[\"a\"]}", 400, "action" },
	{ "{\"ids\":[\"a\"]}", 400, "action" },
	{ "nonsense", 400, "" },
};

TEST(many_at_once_are_all_or_none)
{
	const char *body;
	char undo[64] = "", target[128];

	fx_start(false);
	raise_alerts(30, 3000000000);
	for (size_t i = 0; i < ARRAY_LEN(bulk); i++) {
		fprintf(stderr, "%s\n", bulk[i].body);
		CHECK_INT(fx_ask("POST", "/v1/alerts/bulk", str_c(bulk[i].body), &body),
		    bulk[i].status);
		has(body, bulk[i].has);
		if (i == 3)
			(void)snprintf(undo, sizeof(undo), "%.32s", strstr(body, "undo") + 7);
	}
	(void)snprintf(target, sizeof(target), "{\"undo\":\"%s\"}", undo);
	CHECK_INT(fx_ask("POST", "/v1/alerts/undo", str_c(target), &body), 200);
	CHECK_STR(body, "{\"changed\":14}"); /* not the one that was resolved since */
	CHECK_INT(fx_ask("POST", "/v1/alerts/undo", str_c(target), &body), 404);
	CHECK_INT(fx_ask("POST", "/v1/alerts/undo", STR("{}"), &body), 400);
	CHECK_INT(fx_ask("GET", "/v1/alerts?status=open", STR(""), &body), 200);
	has(body, "\"total\":14");
	fx_stop();
}

TEST(more_ids_than_may_be)
{
	struct buf body;
	const char *got;

	fx_start(false);
	buf_init(&body, 0);
	buf_str(&body, STR("{\"action\":\"ack\",\"ids\":[\"0\""));
	for (int i = 0; i < 1000; i++)
		buf_str(&body, STR(",\"0\""));
	buf_str(&body, STR("]}"));
	CHECK_INT(fx_ask("POST", "/v1/alerts/bulk", buf_view(&body), &got), 400);
	has(got, "ids");
	buf_fini(&body);
	fx_stop();
}

TEST(the_link_in_a_message_acknowledges_and_nothing_else)
{
	char token[ACKLINK_SIZE], old[ACKLINK_SIZE], body[ACKLINK_SIZE + 16];
	const struct str id = STR("00000000000000000000000000000000");
	const char *got;

	fx_start(false);
	raise_alerts(2, 3000000000);
	(void)acklink_make(fx.alerts, id, STR("mail"), clock_wall() + 60 * CLOCK_S, token);
	(void)acklink_make(fx.alerts, id, STR("mail"), clock_wall() - 60 * CLOCK_S, old);
	(void)snprintf(body, sizeof(body), "{\"token\":\"%s\"}", old);
	CHECK_INT(fx_ask("POST", FIRST "/ack-link", str_c(body), &got), 403);
	(void)snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	CHECK_INT(fx_ask("POST", "/v1/alerts/00000001000000000000000000000000/ack-link",
		      str_c(body), &got),
	    403);
	CHECK_INT(fx_ask("POST", FIRST "/ack-link", STR("{\"token\":\"1.2.3\"}"), &got), 403);
	CHECK_INT(fx_ask("POST", FIRST "/ack-link", STR(""), &got), 403);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(fx_ask("POST", FIRST "/ack-link", str_c(body), &got), 200);
		CHECK_STR(got, "{\"id\":\"00000000000000000000000000000000\",\"status\":"
			       "\"acknowledged\"}");
	}
	CHECK_INT(fx_ask("GET", FIRST, STR(""), &got), 200);
	has(got, "\"owner\":\"link:mail\"");
	CHECK_INT(times(got, "\"action\":"), 1 + 1);
	fx_stop();
}
