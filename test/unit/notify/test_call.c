/* Requests that channel files make of messages, and what answers mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/call.h"

#include "kinds.h"

static enum err
make_with(const char *kind, const char *settings, const char *secret, char *words, size_t n)
{
	const struct kind *k = kinds_find(&kinds, str_c(kind));
	auto_call struct call q = { 0 };
	auto_buf struct buf all = { 0 };
	struct arena *a = arena_new(1 << 20);
	struct diag why = { 0 };
	const struct jsonr *map = NULL;
	struct job j;
	enum err e;

	CHECK(k != NULL);
	CHECK_OK(jsonr_parse(a, str_c(settings), &map, &why), why);
	e = kind_settings(k, map, &all, &why);
	if (e == OK) {
		CHECK_OK(jsonr_parse(a, buf_view(&all), &map, &why), why);
		j = a_job(k, map);
		e = call_make(k, &j, str_c(secret), &q, &why);
	}
	(void)snprintf(words, n, "%s", why.text);
	arena_free(a);
	return e;
}

TEST(what_cannot_be_sent_is_refused)
{
	static const struct {
		const char *kind, *settings, *secret, *has;
	} rows[] = {
		{ "slack", "{}", "not an address", "URL" },
		{ "slack", "{}", "https://h/\r\nX: 1", "URL" },
		{ "slack", "{}", "file:///etc/passwd", "URL" },
		{ "github", "{\"repository\":\"o/r\"}", "t\r\nX-Evil: 1", "control" },
		{ "github", "{\"repository\":\"../..\"}", "t", ".." },
		{ "github", "{}", "t", "repository: it is needed" },
		{ "github", "{\"repository\":\"o/r\",\"url\":\"ftp://x\"}", "t", "url" },
		{ "github", "{\"repository\":\"a\\nb\"}", "t", "one line" },
		{ "github", "{\"repository\":true}", "t", "a text" },
		{ "github", "{\"repository\":\"o/r\",\"color\":1}", "t", "no such setting" },
		{ "sendgrid", "{\"from\":\"x\",\"to\":[\"a@b\"]}", "t", "from" },
		{ "sendgrid", "{\"from\":\"a@b\",\"to\":[]}", "t", "to" },
		{ "sendgrid", "{\"from\":\"a@b\",\"to\":[\"a@b\\r\\nc\"]}", "t", "to" },
		{ "jira", "{\"url\":\"https://u:p@h\",\"user\":\"a@b\",\"project\":\"P\"}", "t",
		    "url" },
		{ "pagerduty", "{\"allow_private\":1}", "t", "true or false" },
	};
	char words[400];

	load();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(make_with(rows[i].kind, rows[i].settings, rows[i].secret, words,
			  sizeof(words)) != OK);
		if (strstr(words, rows[i].has) == NULL)
			test_fail(TEST_AT(words), "%s: %s", rows[i].settings, words);
	}
	kinds_fini(&kinds);
}

/* A message for one person goes to him and to nobody else. */
TEST(the_address_of_a_message_takes_the_place_of_a_setting)
{
	static const struct {
		const char *kind, *settings, *address, *has, *has_not;
	} rows[] = {
		{ "twilio", "{\"account\":\"A\",\"from\":\"+1\",\"to\":\"+4911\"}", "+4922",
		    "To=%2B4922&", "4911" },
		{ "slack_api", "{\"channel\":\"C1\"}", "U024BE7LH", "\"channel\":\"U024BE7LH\"",
		    "\"C1\"" },
		{ "sns",
		    "{\"region\":\"r\",\"key_id\":\"k\",\"topic\":\"arn:t\",\"url\":\"https://h\"}",
		    "+4922", "PhoneNumber=%2B4922", "TopicArn" },
		{ "sendgrid", "{\"from\":\"a@b.c\",\"to\":[\"o@b.c\",\"p@b.c\"]}", "ann@b.c",
		    "\"to\":[{\"email\":\"ann@b.c\"}]", "o@b.c" },
		{ "ses",
		    "{\"region\":\"r\",\"key_id\":\"k\",\"from\":\"a@b.c\",\"to\":[\"o@b.c\"],"
		    "\"url\":\"https://h\"}",
		    "ann@b.c", "{\"ToAddresses\":[\"ann@b.c\"]}", "o@b.c" },
		{ "twilio", "{\"account\":\"A\",\"from\":\"+1\",\"to\":\"+4911\"}", "+49\n22", NULL,
		    "control" },
		{ "sendgrid", "{\"from\":\"a@b.c\",\"to\":[\"o@b.c\"]}", "ann", NULL,
		    "no mail address" },
		{ "pagerduty", "{}", "+4922", NULL, "no address of a person" },
		{ "slack", "{}", "+4922", NULL, "no address of a person" },
	};

	load();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct kind *k = kinds_find(&kinds, str_c(rows[i].kind));
		auto_buf struct buf all = { 0 };
		auto_call struct call q = { 0 };
		struct arena *a = arena_new(1 << 20);
		struct job j = a_job(k, settings_of(a, k, str_c(rows[i].settings), &all));
		struct diag why = { 0 };

		j.address = str_c(rows[i].address);
		if (rows[i].has == NULL) {
			CHECK(call_make(k, &j, STR("https://h/s"), &q, &why) != OK);
			CHECK(strstr(why.text, rows[i].has_not) != NULL);
		} else {
			CHECK_OK(call_make(k, &j, STR("s"), &q, &why), why);
			CHECK(str_find(buf_view(&q.body), str_c(rows[i].has)) >= 0);
			CHECK(str_find(buf_view(&q.body), str_c(rows[i].has_not)) < 0);
		}
		arena_free(a);
	}
	kinds_fini(&kinds);
}

/* PagerDuty and Opsgenie know the alert by its id, whatever they are told of it. */
TEST(that_an_alert_was_taken_on_or_closed)
{
	static const struct {
		const char *kind;
		enum job_event event;
		const char *url, *body;
	} rows[] = {
		{ "pagerduty", JOB_ACK, "https://events.pagerduty.com/v2/enqueue",
		    "{\"routing_key\":\"s\",\"event_action\":\"acknowledge\",\"dedup_key\":"
		    "\"a1\"}" },
		{ "pagerduty", JOB_RESOLVE, "https://events.pagerduty.com/v2/enqueue",
		    "{\"routing_key\":\"s\",\"event_action\":\"resolve\",\"dedup_key\":\"a1\"}" },
		{ "opsgenie", JOB_ACK,
		    "https://api.opsgenie.com/v2/alerts/a1/acknowledge?identifierType=alias",
		    "{\"user\":\"ann\",\"source\":\"Tocsin\"}" },
		{ "opsgenie", JOB_RESOLVE,
		    "https://api.opsgenie.com/v2/alerts/a1/close?identifierType=alias",
		    "{\"user\":\"ann\",\"source\":\"Tocsin\"}" },
		{ "slack", JOB_ACK, NULL, "slack has no message for that" },
	};

	load();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct kind *k = kinds_find(&kinds, str_c(rows[i].kind));
		auto_buf struct buf all = { 0 };
		auto_call struct call q = { 0 };
		struct arena *a = arena_new(1 << 20);
		struct job j = a_job(k, settings_of(a, k, STR("{}"), &all));
		struct diag why = { 0 };

		j.event = rows[i].event;
		j.alert.by = STR("ann");
		CHECK_INT(kind_tells(k, rows[i].event == JOB_ACK ? KIND_ACK : KIND_RESOLVE),
		    rows[i].url != NULL);
		CHECK_INT(call_make(k, &j, STR("s"), &q, &why),
		    rows[i].url != NULL ? OK : FAIL_DENIED);
		if (rows[i].url != NULL) {
			CHECK_STR(q.url.p, rows[i].url);
			CHECK_SLICE(buf_view(&q.body), rows[i].body);
			CHECK_STR(q.method.p, "POST");
			CHECK_INT(q.n_headers, 1 + (rows[i].kind[0] == 'o'));
		} else {
			CHECK_STR(why.text, rows[i].body);
		}
		arena_free(a);
	}
	kinds_fini(&kinds);
}

TEST(answers)
{
	static const struct {
		const char *kind;
		long status;
		const char *after, *said;
		enum job_verdict want;
		int64_t after_ms;
		const char *detail;
	} rows[] = {
		{ "slack", 200, "", "ok", JOB_OK, 0, "200" },
		{ "slack", 400, "", "invalid_payload", JOB_NEVER, 0, "400: invalid_payload" },
		{ "slack", 404, "", "no_service", JOB_RETRY, 0, "404: no_service" },
		{ "slack", 429, "30", "", JOB_RETRY, 30000, "429" },
		{ "slack_api", 200, "", "{\"ok\":true,\"ts\":\"1.2\"}", JOB_OK, 0, "200" },
		{ "slack_api", 200, "", "{\"ok\":false,\"error\":\"not_in_channel\"}", JOB_RETRY, 0,
		    "not_in_channel" },
		{ "slack_api", 200, "", "{\"ok\":false,\"error\":\"msg_too_long\"}", JOB_NEVER, 0,
		    "msg_too_long" },
		{ "slack_api", 200, "", "<html>", JOB_RETRY, 0,
		    "the answer does not say that it was taken" },
		{ "pagerduty", 202, "", "{\"status\":\"success\"}", JOB_OK, 0, "202" },
		{ "pagerduty", 400, "", "", JOB_NEVER, 0, "400" },
		{ "pagerduty", 500, "", "", JOB_RETRY, 0, "500" },
		{ "discord", 204, "", "", JOB_OK, 0, "204" },
		{ "linear", 200, "", "{\"errors\":[{\"message\":\"no team\"}]}", JOB_RETRY, 0,
		    "no team" },
		{ "linear", 200, "", "{\"data\":{\"issueCreate\":{\"success\":true}}}", JOB_OK, 0,
		    "200" },
		{ "github", 410, "", "", JOB_NEVER, 0, "410: the receiver wants no more of these" },
		{ "github", 403, "60", "limit", JOB_RETRY, 60000, "403: limit" },
		{ "splunk", 503, "", "{\"code\":9}", JOB_RETRY, 0, "503: {\"code\":9}" },
	};

	load();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct kind *k = kinds_find(&kinds, str_c(rows[i].kind));
		struct job_result r = { 0 };

		call_verdict(k, rows[i].status, str_c(rows[i].after), str_c(rows[i].said), 0, &r);
		CHECK_INT(r.verdict, rows[i].want);
		CHECK_INT(r.after_ms, rows[i].after_ms);
		CHECK_STR(r.detail, rows[i].detail);
	}
	kinds_fini(&kinds);
}

/* What the answer to a ticket is known by, and what is said of it later. */
struct ticket_row {
	const char *kind, *settings, *said, *want, *id, *comment, *close, *body;
};

static void
check_ticket(const struct ticket_row *row)
{
	const struct kind *k = kinds_find(&kinds, str_c(row->kind));
	auto_buf struct buf all = { 0 }, said = { 0 };
	auto_call struct call comment = { 0 }, close = { 0 };
	struct arena *a = arena_new(1 << 20);
	struct job j = a_job(k, settings_of(a, k, str_c(row->settings), &all));
	struct job_result r = { 0 };
	struct diag why = { 0 };

	call_ticket(k, &j, str_c(row->said), &r);
	CHECK_STR(r.said, row->want);
	j.alert.ticket = str_c(row->id);
	j.event = JOB_COMMENT;
	if (row->comment == NULL) {
		CHECK(call_make(k, &j, STR("s"), &comment, &why) != OK ||
		      strstr(comment.url.p, "..") == NULL);
		arena_free(a);
		return;
	}
	CHECK_OK(call_make(k, &j, STR("s"), &comment, &why), why);
	buf_printf(&said, "%s %s", comment.method.p, comment.url.p);
	CHECK_SLICE(buf_view(&said), row->comment);
	j.event = JOB_CLOSE;
	CHECK_OK(call_make(k, &j, STR("s"), &close, &why), why);
	buf_reset(&said);
	buf_printf(&said, "%s %s", close.method.p, close.url.p);
	CHECK_SLICE(buf_view(&said), row->close);
	CHECK_SLICE(buf_view(&close.body), row->body);
	arena_free(a);
}

TEST(tickets)
{
	static const struct ticket_row rows[] = {
		{ "jira", "{\"url\":\"https://j.example\",\"user\":\"a@b.c\",\"project\":\"S\"}",
		    "{\"id\":\"1\",\"key\":\"S-7\",\"self\":\"https://j.example/rest/1\"}",
		    "{\"id\":\"S-7\",\"url\":\"https://j.example/browse/S-7\"}", "S-7",
		    "POST https://j.example/rest/api/3/issue/S-7/comment",
		    "POST https://j.example/rest/api/3/issue/S-7/transitions",
		    "{\"transition\":{\"id\":\"31\"}}" },
		{ "github", "{\"repository\":\"o/r\"}",
		    "{\"number\":12,\"html_url\":\"https://github.com/o/r/issues/12\"}",
		    "{\"id\":\"12\",\"url\":\"https://github.com/o/r/issues/12\"}", "12",
		    "POST https://api.github.com/repos/o/r/issues/12/comments",
		    "PATCH https://api.github.com/repos/o/r/issues/12", "{\"state\":\"closed\"}" },
		{ "linear", "{\"team\":\"t\",\"done_state\":\"d\"}",
		    "{\"data\":{\"issueCreate\":{\"success\":true,\"issue\":{\"identifier\":"
		    "\"S-3\",\"url\":\"https://linear.app/x/S-3\"}}}}",
		    "{\"id\":\"S-3\",\"url\":\"https://linear.app/x/S-3\"}", "S-3",
		    "POST https://api.linear.app/graphql", "POST https://api.linear.app/graphql",
		    "{\"query\":\"mutation($id:String!,$i:IssueUpdateInput!){issueCreate:"
		    "issueUpdate(id:$id,input:$i){success}}\",\"variables\":{\"id\":\"S-3\",\"i\":"
		    "{\"stateId\":\"d\"}}}" },
		{ "github", "{\"repository\":\"o/r\"}",
		    "{\"number\":12,\"html_url\":\"javascript:alert(1)\"}", "", "../x", NULL, NULL,
		    NULL },
		{ "github", "{\"repository\":\"o/r\"}", "<html>", "", "a\nb", NULL, NULL, NULL },
		{ "slack", "{}", "{\"number\":12}", "", "1", NULL, NULL, NULL },
	};

	load();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_ticket(&rows[i]);
	kinds_fini(&kinds);
}
