/* SPDX-License-Identifier: Apache-2.0 */
/* JSON events: the shapes applications send, names, types, duplicates, limits. */
#include "parse/native.h"

#include "parse/names.h"
#include "parsed.h"

static void
check(struct parsed *t, const char *line, const char *const (*want)[2])
{
	(void)fprintf(stderr, "# %s\n", line);
	(void)parsed_c(t, "auto", line);
	CHECK_OK(t->e, t->why);
	CHECK_STR(parsed_get(t, "format"), "json");
	for (; (*want)[0] != NULL; want++) {
		(void)fprintf(stderr, "# %s\n", (*want)[0]);
		CHECK_STR(parsed_get(t, (*want)[0]), (*want)[1]);
	}
}
#define CHECK_LINE(line, ...)                                                                      \
	check(&t, line, (const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

TEST(standard_security_event)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE(
	    "{\"timestamp\":\"2026-10-27T14:32:15.123Z\",\"event_id\":\"evt_abc123\","
	    "\"event_type\":\"auth.login.failed\",\"severity\":\"MEDIUM\","
	    "\"client_ip\":\"192.168.1.100\",\"user_email\":\"user@example.com\","
	    "\"user_agent\":\"Mozilla/5.0...\",\"endpoint\":\"/api/auth/login\","
	    "\"method\":\"POST\",\"status_code\":401,\"failure_reason\":\"invalid_password\","
	    "\"geolocation\":{\"country\":\"US\",\"region\":\"CA\",\"city\":\"San Francisco\","
	    "\"latitude\":37.7749,\"longitude\":-122.4194},\"request_id\":\"req_xyz789\","
	    "\"session_id\":\"sess_def456\"}",
	    { "timestamp", "2026-10-27T14:32:15.123Z" }, { "event_id", "evt_abc123" },
	    { "event_type", "auth.login.failed" }, { "severity", "MEDIUM" },
	    { "client_ip", "192.168.1.100" }, { "user_email", "user@example.com" },
	    { "user_agent", "Mozilla/5.0..." }, { "endpoint", "/api/auth/login" },
	    { "method", "POST" }, { "status_code", "401" },
	    { "failure_reason", "invalid_password" }, { "geolocation.country", "US" },
	    { "geolocation.region", "CA" }, { "geolocation.city", "San Francisco" },
	    { "geolocation.latitude", "37.7749" }, { "geolocation.longitude", "-122.419" },
	    { "request_id", "req_xyz789" }, { "session_id", "sess_def456" },
	    { "category", "authentication" }, { "outcome", "failure" },
	    { "logsource.category", "authentication" }, { "logsource.product", "application" });
	CHECK_INT(t.r->n_extra, 0);
	parsed_end(&t);
}

TEST(upper_case_types)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("{\"type\":\"AUTHENTICATION_FAILURE\",\"sourceIP\":\"203.0.113.7\","
		   "\"userId\":\"u1\",\"timestamp\":1795216475123,\"userAgent\":\"x\","
		   "\"riskScore\":7,\"geoLocation\":{\"country\":\"RU\",\"isHighRiskCountry\":true,"
		   "\"isVPNOrProxy\":false},\"threatIntelligence\":{\"reputationScore\":0.2}}",
	    { "event_type", "auth.login.failed" }, { "client_ip", "203.0.113.7" },
	    { "user_id", "u1" }, { "timestamp", "2026-11-20T23:14:35.123Z" }, { "user_agent", "x" },
	    { "risk_score", "7" }, { "geolocation.country", "RU" },
	    { "is_high_risk_country", "true" }, { "is_vpn_or_proxy", "false" },
	    { "threatIntelligence.reputationScore", "0.2" },
	    { "logsource.category", "authentication" });
	CHECK_LINE("{\"timestamp\":\"2026-11-20T23:14:35.123Z\",\"level\":\"warning\","
		   "\"category\":\"authentication\",\"event\":\"MFA_FAILURE\",\"userId\":17,"
		   "\"metadata\":{\"ip\":\"203.0.113.7\",\"userAgent\":\"curl\",\"attempts\":3},"
		   "\"riskScore\":4}",
	    { "event_type", "auth.mfa.failed" }, { "severity", "MEDIUM" }, { "user_id", "17" },
	    { "client_ip", "203.0.113.7" }, { "user_agent", "curl" }, { "metadata.attempts", "3" },
	    { "category", "authentication" });
	parsed_end(&t);
}

TEST(spellings)
{
	static const char *const keys[] = { "ip", "remote_addr", "clientip", "clientIp",
		"source_ip", "ipAddress", "sourceIP", "Client-IP", "source.ip", "CLIENT_IP" };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char line[100];

		(void)snprintf(line, sizeof(line), "{\"%s\":\"203.0.113.7\"}", keys[i]);
		CHECK_LINE(line, { "client_ip", "203.0.113.7" });
		CHECK_INT(t.r->n_extra, 0);
	}
	CHECK_LINE("{\"source\":{\"ip\":\"2001:DB8::7\",\"port\":5},\"user\":{\"name\":\"bob\","
		   "\"email\":\"b@example.com\"},\"http\":{\"request\":{\"method\":\"GET\"},"
		   "\"response\":{\"status_code\":404}},\"url\":{\"path\":\"/x\"},"
		   "\"event\":{\"action\":\"http.request\",\"duration\":1500000},"
		   "\"@timestamp\":\"2026-11-20T23:14:35Z\",\"log\":{\"level\":\"error\"}}",
	    { "client_ip", "2001:db8::7" }, { "client_port", "5" }, { "user_name", "bob" },
	    { "user_email", "b@example.com" }, { "method", "GET" }, { "status_code", "404" },
	    { "endpoint", "/x" }, { "event_type", "http.request" }, { "duration_ms", "1.5" },
	    { "timestamp", "2026-11-20T23:14:35Z" }, { "severity", "HIGH" });
	CHECK_LINE(
	    "{\"time_local\":\"20/Nov/2026:23:14:35 +0000\",\"remote_addr\":\"203.0.113.7\","
	    "\"request\":\"GET /a?b HTTP/1.1\",\"status\":\"404\",\"body_bytes_sent\":\"12\","
	    "\"request_time\":\"0.250\",\"http_user_agent\":\"x\"}",
	    { "timestamp", "2026-11-20T23:14:35Z" }, { "method", "GET" }, { "url", "/a?b" },
	    { "endpoint", "/a" }, { "query", "b" }, { "status_code", "404" }, { "bytes_out", "12" },
	    { "duration_ms", "250" }, { "event_type", "http.request" },
	    { "logsource.category", "webserver" });
	CHECK_LINE(
	    "{\"level\":40,\"time\":1795216475123,\"msg\":\"hi\",\"pid\":7,\"hostname\":\"h\","
	    "\"req\":{\"method\":\"GET\",\"url\":\"/a?b=1\",\"remoteAddress\":\"::1\"},"
	    "\"res\":{\"statusCode\":200},\"responseTime\":1.25}",
	    { "severity", "MEDIUM" }, { "timestamp", "2026-11-20T23:14:35.123Z" },
	    { "message", "hi" }, { "pid", "7" }, { "host", "h" }, { "client_ip", "::1" },
	    { "endpoint", "/a" }, { "query", "b=1" }, { "status_code", "200" },
	    { "duration_ms", "1.25" });
	parsed_end(&t);
}

TEST(what_does_not_fit_is_kept)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE("{\"status_code\":\"abc\",\"client_ip\":\"not an ip\",\"asn\":99999999999999,"
		   "\"server_port\":70000,\"timestamp\":\"yesterday\",\"message\":{\"a\":1},"
		   "\"severity\":\"odd\",\"is_blocked\":3}",
	    { "status_code", "abc" }, { "client_ip", "not an ip" }, { "asn", "99999999999999" },
	    { "server_port", "70000" }, { "time_flag", "bad" }, { "message.a", "1" },
	    { "severity", "INFO" }, { "is_blocked", "3" });
	CHECK(!rec_has(t.r, F_STATUS_CODE) && !rec_has(t.r, F_CLIENT_IP));
	CHECK(rec_find_extra(t.r, STR("timestamp"), 0) != NULL);
	CHECK(rec_find_extra(t.r, STR("severity"), 0) != NULL);
	CHECK_LINE("{\"status\":\"failed\"}", { "status", "failed" }, { "status_code", "" });
	CHECK_LINE("{\"status\":500}", { "status_code", "500" }, { "status", "" });
	CHECK_LINE("{\"source\":\"web\",\"raw\":\"x\",\"format\":1}", { "sent.source", "web" },
	    { "sent.raw", "x" }, { "sent.format", "1" }, { "source", "test" });
	CHECK_LINE("{\"client_ip\":\"203.0.113.7:4711\"}", { "client_ip", "203.0.113.7" },
	    { "client_port", "4711" });
	CHECK_LINE("{\"client_ip\":\"[2001:db8::7]:4711\"}", { "client_ip", "2001:db8::7" },
	    { "client_port", "4711" });
	parsed_end(&t);
}

TEST(the_better_name_wins)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE(
	    "{\"metadata\":{\"ip\":\"10.0.0.1\"},\"ip\":\"10.0.0.2\",\"client_ip\":\"10.0.0.3\"}",
	    { "client_ip", "10.0.0.3" }, { "ip", "10.0.0.2" }, { "metadata.ip", "10.0.0.1" });
	CHECK_LINE(
	    "{\"client_ip\":\"10.0.0.3\",\"ip\":\"10.0.0.2\",\"metadata\":{\"ip\":\"10.0.0.1\"}}",
	    { "client_ip", "10.0.0.3" }, { "ip", "10.0.0.2" }, { "metadata.ip", "10.0.0.1" });
	CHECK_LINE("{\"type\":\"x\",\"event_type\":\"y\"}", { "event_type", "y" }, { "type", "x" });
	CHECK_LINE("{\"time\":1795216475,\"timestamp\":\"2026-11-20T23:14:35Z\"}",
	    { "timestamp", "2026-11-20T23:14:35Z" }, { "time", "2026-11-20T23:14:35Z" });
	parsed_end(&t);
}

TEST(unknown_fields)
{
	struct parsed t;
	const struct rec_extra *x;

	parsed_begin(&t);
	CHECK_LINE("{\"cart\":{\"items\":[{\"sku\":\"a\"},{\"sku\":2},\"z\"],\"n\":null},\"e\":[],"
		   "\"o\":{},"
		   "\"f\":1.5,\"b\":true,\"big\":18446744073709551615,\"huge\":1e999,\"\":\"k\"}",
	    { "cart.items.sku", "a" }, { "cart.items", "z" }, { "cart.n", "null" }, { "e", "null" },
	    { "o", "null" }, { "f", "1.5" }, { "b", "true" }, { "big", "18446744073709551615" },
	    { "huge", "1e999" }, { "", "k" });
	x = rec_find_extra(t.r, STR("cart.items.sku"), 1);
	CHECK(x != NULL && x->type == FIELD_INT && x->v.i == 2);
	CHECK_LINE("{\"user_name\":null,\"x\":1}", { "user_name", "" });
	CHECK((t.r->null[F_USER_NAME / 64] >> (F_USER_NAME % 64) & 1) != 0);
	CHECK_LINE("{\"a\":\"\xff\"}", { "a", "\xef\xbf\xbd" });
	CHECK_LINE("{\"a\\u00e9\":\"\\\"\\\\\\n\"}", { "a\xc3\xa9", "\"\\\n" });
	parsed_end(&t);
}

TEST(duplicates)
{
	struct parsed t;

	parsed_begin(&t);
	CHECK_LINE(
	    "{\"user_name\":\"a\",\"user_name\":\"b\",\"x\":{\"y\":1,\"y\":[\"p\"]},\"z\":\"q\"}",
	    { "user_name", "a" }, { "x.y", "1" }, { "_duplicate_keys", "user_name" }, { "z", "q" });
	CHECK_SLICE(rec_find_extra(t.r, STR("_duplicate_keys"), 1)->v.s, "x.y");
	CHECK_LINE("{\"a\":{\"k\":1},\"b\":{\"k\":2}}", { "a.k", "1" }, { "b.k", "2" },
	    { "_duplicate_keys", "" });
	parsed_end(&t);
}

TEST(no_objects)
{
	static const char *const texts[] = { "[1,2]", "\"text\"", "17", "true", "null", "[]" };
	struct parsed t;

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)parsed_c(&t, "json", texts[i]);
		CHECK_OK(t.e, t.why);
		CHECK_STR(parsed_get(&t, "event_type"), "log");
		CHECK_STR(parsed_get(&t, "message"), texts[i]);
	}
	CHECK_LINE(" {} ", { "event_type", "log" }, { "time_flag", "missing" });
	CHECK_LINE("\xef\xbb\xbf{\"a\":1}", { "a", "1" });
	parsed_end(&t);
}

static void
put_keys(struct buf *b, unsigned n, const char *value)
{
	buf_reset(b);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%s\"k%u\":%s", i == 0 ? "{" : ",", i, value);
	buf_byte(b, '}');
}

TEST(limits)
{
	struct parsed t;
	auto_buf struct buf b = { 0 };

	parsed_begin(&t);
	put_keys(&b, REC_EXTRA_MAX, "1");
	(void)parsed_str(&t, "auto", buf_view(&b));
	CHECK(t.e == OK && t.r->n_extra == REC_EXTRA_MAX && !t.r->cut);
	put_keys(&b, REC_EXTRA_MAX + 1, "1");
	(void)parsed_str(&t, "auto", buf_view(&b));
	CHECK(t.e == OK && t.r->n_extra == REC_EXTRA_MAX && t.r->cut);
	put_keys(&b, 50000, "{\"a\":1}");
	(void)parsed_str(&t, "auto", buf_view(&b));
	CHECK(t.e == OK && t.r->n_extra == REC_EXTRA_MAX && t.r->cut);
	/* A path of unknown fields is at most 1,024 bytes long. */
	buf_reset(&b);
	buf_str(&b, STR("{\"a\":{\""));
	for (int i = 0; i < 3000; i++)
		buf_byte(&b, 'x');
	buf_str(&b, STR("\":1}}"));
	(void)parsed_str(&t, "auto", buf_view(&b));
	CHECK(t.e == OK && t.r->cut);
	CHECK_INT(t.r->extra[0].path.n, 1024);
	(void)parsed_c(&t, "auto", "{\"a\":1}");
	CHECK(t.e == OK && !t.r->cut && t.r->n_extra == 1);
	parsed_end(&t);
}

TEST(texts_stay_in_the_message)
{
	struct parsed t;
	const char *line =
	    "{\"user_name\":\"bob\",\"x\":\"e\\n\",\"y\":[\"\",\"\\\"\",\"z\"],\"m\":\"end\"}";

	parsed_begin(&t);
	(void)parsed_c(&t, "auto", line);
	CHECK(t.r->v[F_USER_NAME].s.p == line + 14);
	CHECK(rec_find_extra(t.r, STR("m"), 0)->v.s.p == strstr(line, "end"));
	CHECK(rec_find_extra(t.r, STR("m"), 0)->path.p == strstr(line, "m\":"));
	CHECK_STR(parsed_get(&t, "x"), "e\n");
	parsed_end(&t);
}

/* Every native and ECS name leads to its field, but for those we set ourselves. */
TEST(names)
{
	struct names *names = names_new();
	char fold[NAMES_FOLD_MAX + 8];

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);
		const char *both[] = { info->native, info->ecs };

		for (int i = 0; i < 2; i++) {
			size_t n = names_fold(names, fold, 0, str_c(both[i]));
			const struct names_row *row = names_find(names, fold, n);

			while (row != NULL && row->field != (enum field)f)
				row = row->next;
			if (row == NULL)
				test_fail(TEST_AT(names_find), "%s is unknown", both[i]);
		}
	}
	CHECK(names_find(names, fold, names_fold(names, fold, 0, STR("no_such"))) == NULL);
	CHECK_INT(names_fold(names, fold, 10, (struct str){ fold, NAMES_FOLD_MAX }),
	    NAMES_FOLD_MAX + 1);
	names_free(names);
	names_free(NULL);
}
