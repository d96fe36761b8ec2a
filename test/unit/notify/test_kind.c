/* Channel files: what ships makes the requests that the vendors document; hostile texts; broken
 * files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/kind.h"

#include "base/fs.h"
#include "base/utf8.h"
#include "notify/call.h"
#include "test.h"

static struct kinds kinds;

static void
load(void)
{
	struct diag why = { 0 };

	CHECK_OK(kinds_load(test_source("channels"), &kinds, &why), why);
	CHECK(kinds.n >= 18);
}

static struct job
a_job(const struct kind *k, const struct jsonr *settings)
{
	return (struct job){ .id = 1,
		.key = STR("a1-chat"),
		.created = STR("2026-11-21T02:03:04.5Z"),
		.url = STR("https://t.example/alerts/a1"),
		.ack_url = STR("https://t.example/alerts/a1?ack=k"),
		.channel = { .name = STR("chat"),
		    .type = JOB_KIND,
		    .kind = k->name,
		    .settings = settings },
		.alert = { .id = STR("a1"),
		    .rule_id = STR("r-9"),
		    .title = STR("Brute force & <more>"),
		    .severity = JOB_HIGH,
		    .group = STR("client_ip=192.0.2.1"),
		    .summary = STR("12 failed log-ins of ann@example.org"),
		    .advice = STR("Block it."),
		    .action = STR("BLOCK_IP"),
		    .tags = { STR("attack.t1110"), STR("two words") },
		    .n_tags = 2,
		    .first = STR("2026-11-21T02:00:00Z"),
		    .last = STR("2026-11-21T02:03:00Z"),
		    .count = 12,
		    .confidence = 85 } };
}

static void
show(const struct call *q, struct buf *to)
{
	buf_printf(to, "%s %s\n", q->method.p, q->url.p);
	for (size_t i = 0; i < q->n_headers; i++)
		buf_printf(to, "%s\n", q->headers[i].p);
	if (q->user.n > 0)
		buf_printf(to, "login %s %s %s\n", q->user.p, q->password.p,
		    q->aws.n != 0 ? q->aws.p : "basic");
	buf_byte(to, '\n');
	buf_str(to, buf_view(&q->body));
	buf_byte(to, '\n');
}

/* A file of test/unit/notify/kinds: settings, secret, and the request from the next line on. */
static struct str
expected(const struct kind *k, struct buf *file, struct str *ret_settings, struct str *ret_secret)
{
	char path[128];
	struct diag why = { 0 };
	struct str rest;

	(void)snprintf(path, sizeof(path), "test/unit/notify/kinds/%.*s.txt", STR_ARG(k->name));
	CHECK_OK(fs_read(test_source(path), 1 << 20, file, &why), why);
	rest = buf_view(file);
	CHECK(str_line(&rest, ret_settings) && str_line(&rest, ret_secret));
	return rest;
}

/* KINDS_WRITE=1: to look at after a change, beside what the vendor documents. */
static void
write_expected(const struct kind *k, struct str settings, struct str secret, struct str request)
{
	auto_buf struct buf all = { 0 };
	char path[128];
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "test/unit/notify/kinds/%.*s.txt", STR_ARG(k->name));
	buf_printf(&all, "%.*s\n%.*s\n%.*s", STR_ARG(settings), STR_ARG(secret), STR_ARG(request));
	CHECK_OK(fs_replace(test_source(path), buf_view(&all), &why), why);
}

static const struct jsonr *
settings_of(struct arena *a, const struct kind *k, struct str given, struct buf *to)
{
	const struct jsonr *map = NULL;
	struct diag why = { 0 };

	CHECK_OK(jsonr_parse(a, given, &map, &why), why);
	CHECK_OK(kind_settings(k, map, to, &why), why);
	CHECK_OK(jsonr_parse(a, buf_view(to), &map, &why), why);
	return map;
}

TEST(every_kind_makes_the_request_its_vendor_documents)
{
	load();
	for (size_t i = 0; i < kinds.n; i++) {
		auto_buf struct buf file = { 0 }, got = { 0 }, settings = { 0 };
		auto_call struct call q = { 0 };
		struct arena *a = arena_new(1 << 20);
		struct str given, secret, want = expected(kinds.p[i], &file, &given, &secret);
		struct job j = a_job(kinds.p[i], settings_of(a, kinds.p[i], given, &settings));
		struct diag why = { 0 };

		CHECK_OK(call_make(kinds.p[i], &j, secret, &q, &why), why);
		show(&q, &got);
		if (getenv("KINDS_WRITE") != NULL) {
			write_expected(kinds.p[i], given, secret, buf_view(&got));
			continue;
		}
		test_bytes((struct test_place){ __FILE__, __LINE__, kinds.p[i]->name.p }, got.p,
		    got.n, want.p, want.n);
		arena_free(a);
	}
	kinds_fini(&kinds);
}

/* What people write into logs that somebody else's program will show. */
static const char *const hostile[] = {
	"<!channel> look",
	"<!here>",
	"<!everyone>",
	"<@U0123456789>",
	"<#C0123456789>",
	"<!subteam^S012>",
	"<https://evil.example|Your bank>",
	"@everyone",
	"@here",
	"@channel",
	"<@&123456789>",
	"<@!123456789>",
	"@octocat",
	"org/repo#1",
	"#1",
	"GH-1",
	"[click](https://evil.example)",
	"![x](https://evil.example/x.png)",
	"*bold* _it_ ~s~ `c`",
	"```\ncode\n```",
	"# heading",
	"> quote",
	"| a | b |",
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)>",
	"\"><svg onload=alert(1)>",
	"' onmouseover='x",
	"&lt;b&gt;",
	"javascript:alert(1)",
	"https://evil.example/",
	"HTTP://EVIL.EXAMPLE",
	"www.evil.example",
	"a\r\nBcc: all@example.org",
	"a\nX-Evil: 1",
	"a\r\n\r\nbody",
	"a\0b",
	"\r",
	"\n\n\n",
	"{{secret}}",
	"{{settings.url}}",
	"{{item|html}}",
	"}}{{",
	"{\"a\":1}",
	"\"}],\"x\":[{\"",
	"\\\"",
	"\\u0000",
	"\xff\xfe\xc3(",
	"\xed\xa0\x80",
	("\xe2\x80\xae"
	 "evil"),
	"\xe2\x80\x8b",
	"\x1b[31mred\x1b[0m",
	"\x07\x08\x7f",
	"%0d%0aX: 1",
	"%s%n%d",
	"$(id)",
	"`id`",
	"'; DROP TABLE x; --",
	"${jndi:ldap://evil/x}",
	"..%2f..%2f",
	"../../etc/passwd",
	"a=b|c=d\\",
	"CEF:0|x|y|1|1|n|9|src=1",
	"=cmd|' /C calc'!A1",
	"+1+1",
};

static void
set_hostile(struct job *j, struct str text)
{
	struct str *const all[] = { &j->alert.title, &j->alert.group, &j->alert.summary,
		&j->alert.advice, &j->alert.action, &j->alert.rule_id, &j->alert.tags[0] };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		*all[i] = text;
}

/* What a receiver would obey: in texts of this kind under this key it never stands. */
static const struct {
	const char *kind, *key, *never;
} defused[] = {
	{ "slack", "fallback", "<!" },
	{ "slack", "fallback", "<@" },
	{ "slack", "fallback", "<h" },
	{ "slack_api", "fallback", "<!" },
	{ "discord", "description", "@everyone" },
	{ "discord", "description", "@here" },
	{ "discord", "description", " <@" },
	{ "github", "body", "@octocat" },
	{ "github", "body", "https://evil" },
	{ "github", "body", "#1" },
	{ "linear", "description", "https://evil" },
	{ "teams", "text", "https://evil" },
	{ "sendgrid", "value", "<script" },
	{ "sendgrid", "value", "<img" },
	{ "sendgrid", "value", "<svg" },
	{ "ses", "Data", "<script" },
	{ "ses", "Data", "<svg" },
};

/* The plain-text part of a mail shows markup and does nothing. */
static bool
is_plain_mail(const struct kind *k, struct str s)
{
	return (str_eq(k->name, STR("ses")) || str_eq(k->name, STR("sendgrid"))) &&
	       !str_starts(s, STR("<!doctype"));
}

static void
check_texts(const struct jsonr *v, const struct kind *k)
{
	CHECK(v->type != JSONR_TEXT || utf8_valid(v->s));
	for (size_t i = 0; i < ARRAY_LEN(defused); i++)
		if (str_eq(k->name, str_c(defused[i].kind)) &&
		    str_eq(v->key, str_c(defused[i].key)) && !is_plain_mail(k, v->s))
			CHECK(str_find(v->s, str_c(defused[i].never)) < 0);
	for (const struct jsonr *m = v->first; m != NULL; m = m->next)
		check_texts(m, k);
}

static void
check_body(const struct kind *k, const struct call *q)
{
	struct arena *a = arena_new(16 << 20);
	struct str rest = buf_view(&q->body), line;
	const struct jsonr *top;
	struct diag why = { 0 };

	CHECK(q->body.n <= k->request.max);
	if (k->request.body_as == KIND_JSON) {
		CHECK_OK(jsonr_parse(a, rest, &top, &why), why);
		check_texts(top, k);
	}
	while (k->request.body_as == KIND_LINES && str_line(&rest, &line))
		CHECK_OK(jsonr_parse(a, line, &top, &why), why);
	for (size_t i = 0; k->request.body_as == KIND_FORM && i < rest.n; i++)
		CHECK(rest.p[i] > 0x20 && rest.p[i] < 0x7f && rest.p[i] != '"' && rest.p[i] != '<');
	arena_free(a);
}

static void
send_hostile(const struct kind *k, struct job *j, struct str secret, struct str text)
{
	auto_call struct call q = { 0 }, calm = { 0 };
	struct diag why = { 0 };

	CHECK_OK(call_make(k, j, secret, &calm, &why), why);
	set_hostile(j, text);
	if (call_make(k, j, secret, &q, &why) != OK)
		test_fail(TEST_AT(q), "%.*s: %s", STR_ARG(k->name), why.text);
	CHECK_INT(q.n_headers, calm.n_headers);
	CHECK_STR(q.url.p, calm.url.p);
	for (size_t i = 0; i < q.n_headers; i++)
		CHECK_STR(q.headers[i].p, calm.headers[i].p);
	check_body(k, &q);
}

TEST(hostile_texts_change_nothing_but_texts)
{
	static char longest[50000];

	CHECK(ARRAY_LEN(hostile) >= 60);
	load();
	for (size_t i = 0; i < kinds.n; i++) {
		auto_buf struct buf file = { 0 }, settings = { 0 };
		struct arena *a = arena_new(1 << 20);
		struct str given, secret;
		struct job j;

		(void)expected(kinds.p[i], &file, &given, &secret);
		j = a_job(kinds.p[i], settings_of(a, kinds.p[i], given, &settings));
		for (size_t h = 0; h < ARRAY_LEN(hostile); h++)
			send_hostile(kinds.p[i], &j, secret, str_c(hostile[h]));
		for (int c = 0; c < 256; c += 5) { /* however long, it goes out */
			memset(longest, c, sizeof(longest));
			send_hostile(kinds.p[i], &j, secret,
			    (struct str){ longest, sizeof(longest) });
		}
		j.test = true;
		send_hostile(kinds.p[i], &j, secret, STR("x"));
		arena_free(a);
	}
	kinds_fini(&kinds);
}

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

TEST(broken_files_are_named_with_their_line)
{
	static const struct {
		const char *text, *has;
	} rows[] = {
		{ "[]", "map" },
		{ "name: x\ncolor: red\n", "line 2: no such key" },
		{ "name: X\nlabel: l\n", "name" },
		{ "name: x\nlabel: l\n", "map is missing" },
		{ "name: x\nlabel: l\nrequest: {url: u}\n", "needs a url and a body" },
		{ "name: x\nlabel: l\nrequest: {url: u, form: []}\n", "form is a map" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{titel}}'}\n", "no {{titel}}" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{title|evil}}'}\n",
		    "no such filter" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{title'}\n", "without its }}" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{secret}}'}\n", "no {{secret}}" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{settings.a}}'}\n", "settings.a" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: '{{table.a}}'}\n", "table.a" },
		{ "name: x\nlabel: l\nsettings: [{name: a, label: b, type: c}]\n", "no such word" },
		{ "name: x\nlabel: l\nsettings: [{name: a, label: b, type: choice}]\n", "words" },
		{ "name: x\nlabel: l\nwait_ms: 9000\n", "wait_ms" },
		{ "name: x\nlabel: l\naddress: to\n", "address names settings" },
		{ "name: x\nlabel: l\naddress: [{a: b}]\n", "address names settings" },
		{ "name: x\nlabel: l\nrequest: {url: u, json: a}\nanswer: {never: [9999]}\n",
		    "never" },
		{ "name: [", "x.yml" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct kind *k = NULL;
		struct diag why = { 0 };

		CHECK(kind_parse(str_c(rows[i].text), "x.yml", &k, &why) != OK);
		if (strstr(why.text, rows[i].has) == NULL)
			test_fail(TEST_AT(why), "%s: %s", rows[i].text, why.text);
	}
}

TEST(a_form_can_be_made_of_it)
{
	auto_buf struct buf got = { 0 };

	load();
	kind_describe(kinds_find(&kinds, STR("slack_api")), &got);
	CHECK_SLICE(buf_view(&got),
	    "{\"name\":\"slack_api\",\"label\":\"Slack (API)\",\"about\":\"Posts by "
	    "chat.postMessage to a "
	    "channel that the bot is "
	    "in.\",\"settings\":[{\"name\":\"channel\",\"label\":\"Channel\","
	    "\"help\":\"Its id, like C0123456789, or its "
	    "name.\",\"type\":\"text\",\"required\":true,"
	    "\"default\":\"\",\"words\":[]},{\"name\":\"url\",\"label\":\"Address of the "
	    "API\",\"help\":\"\","
	    "\"type\":\"url\",\"required\":false,\"default\":\"https://slack.com/"
	    "api\",\"words\":[]}],"
	    "\"secret\":{\"name\":\"secret\",\"label\":\"Bot token\",\"help\":\"xoxb-…, with the "
	    "right "
	    "chat:write.\",\"type\":\"text\",\"required\":true,\"default\":\"\",\"words\":[]},"
	    "\"takes_address\":true}");
	kinds_fini(&kinds);
}
