/* Channel files: what ships makes the requests that the vendors document; hostile texts; broken
 * files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/kind.h"

#include "base/utf8.h"
#include "kinds.h"

static void
show(const struct call *q, struct buf *to)
{
	static const char *const over[] = { "", "syslog udp", "syslog tcp", "syslog tls" };

	if (q->over != CALL_HTTP)
		buf_printf(to, "%s %s %u\n", over[q->over], q->host.p, q->port);
	else
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
	"\xe2\x81\xa6isolate\xe2\x81\xa9",
	"\xe2\x80\xa8line\xe2\x80\xa9paragraph\xc2\x85",
	"\xef\xbb\xbf",
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
		&j->alert.advice, &j->alert.action, &j->alert.rule_id, &j->alert.tags[0],
		&j->alert.user, &j->alert.ip, &j->alert.by };

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
	{ "pagerduty", "summary", "https://evil" },
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

/*
 * The same members of the same types in the same order, but for those that are left out when they
 * are empty: a text changed nothing but texts.
 */
static bool
same_shape(const struct jsonr *calm, const struct jsonr *got)
{
	const struct jsonr *c = calm->first;

	if (calm->type != got->type)
		return false;
	for (const struct jsonr *g = got->first; g != NULL; g = g->next) {
		while (c != NULL && calm->type == JSONR_MAP && !str_eq(c->key, g->key))
			c = c->next;
		if (c == NULL || !same_shape(c, g))
			return false;
		c = c->next;
	}
	return got->type == JSONR_TEXT || got->first != NULL || str_eq(calm->raw, got->raw);
}

/* Kinds whose texts people read as they are: nothing in them turns the direction or moves a cursor.
 */
static bool
has_shown_texts(const struct kind *k)
{
	static const char *const kinds_read[] = { "slack", "slack_api", "teams", "discord",
		"github", "linear", "jira", "pagerduty", "opsgenie", "datadog", "sendgrid", "ses" };

	for (size_t i = 0; i < ARRAY_LEN(kinds_read); i++)
		if (str_eq(k->name, str_c(kinds_read[i])))
			return true;
	return false;
}

static void
check_shown(const struct jsonr *v, const char *kind)
{
	struct str rest = v->type == JSONR_TEXT ? v->s : STR("");

	while (rest.n != 0) {
		uint32_t c;
		const size_t n = utf8_next(rest, &c);

		if (utf8_unsafe(c) && c != '\n' && c != '\t')
			test_fail(TEST_AT(v), "%s: U+%04X in %.*s", kind, (unsigned)c,
			    STR_ARG(v->key));
		rest = str_from(rest, n);
	}
	for (const struct jsonr *m = v->first; m != NULL; m = m->next)
		if (!str_eq(m->key, STR("tags"))) /* names of rules, not of logs */
			check_shown(m, kind);
}

static void
check_document(const struct kind *k, struct arena *a, struct str calm, struct str got)
{
	const struct jsonr *was, *is;
	struct diag why = { 0 };

	CHECK_OK(jsonr_parse(a, calm, &was, &why), why);
	CHECK_OK(jsonr_parse(a, got, &is, &why), why);
	check_texts(is, k);
	if (!same_shape(was, is))
		test_fail(TEST_AT(got), "%s: %.*s", k->name.p, (int)(got.n < 2000 ? got.n : 2000),
		    got.p);
	if (has_shown_texts(k))
		check_shown(is, k->name.p);
}

/* "name=value&name=value": the names. */
static void
check_form(struct str calm, struct str got)
{
	for (size_t i = 0; i < got.n; i++)
		CHECK(got.p[i] > 0x20 && got.p[i] < 0x7f && got.p[i] != '"' && got.p[i] != '<');
	while (calm.n != 0 || got.n != 0) {
		struct str c = str_until(&calm, '&'), g = str_until(&got, '&');

		CHECK(str_eq(str_until(&c, '='), str_until(&g, '=')));
	}
}

/* Amazon SNS takes a subject of at most 100 characters of ASCII. */
static void
check_subject(struct str form)
{
	size_t n = 0;
	struct str s = str_from(form, (size_t)(str_find(form, STR("&Subject=")) + 9));

	for (s = str_until(&s, '&'); s.n != 0; s = str_from(s, s.p[0] == '%' ? 3 : 1), n++)
		CHECK(s.p[0] != '%' || s.p[1] < '8');
	CHECK(n > 0 && n <= 100);
}

static void
check_body(const struct kind *k, const struct call *calm, const struct call *q)
{
	struct arena *a = arena_new(16 << 20);
	struct str rest = buf_view(&q->body), was = buf_view(&calm->body), line, other;
	const enum kind_body as = k->requests[0].body_as;

	CHECK(q->body.n <= k->requests[0].max);
	if (as == KIND_JSON)
		check_document(k, a, was, rest);
	while (as == KIND_LINES && str_line(&rest, &line) && str_line(&was, &other))
		check_document(k, a, other, line);
	CHECK(as != KIND_LINES || (rest.n == 0 && was.n == 0));
	if (as == KIND_FORM)
		check_form(was, rest);
	if (str_eq(k->name, STR("sns")))
		check_subject(rest);
	for (size_t i = 0; as == KIND_PLAIN && i < rest.n; i++)
		CHECK((unsigned char)rest.p[i] >= 0x20);
	arena_free(a);
}

static void
send_hostile(const struct kind *k, const struct job *was, struct str secret, struct str text)
{
	struct job j = *was;
	auto_call struct call q = { 0 }, calm = { 0 };
	struct diag why = { 0 };

	CHECK_OK(call_make(k, &j, secret, &calm, &why), why);
	set_hostile(&j, text);
	if (call_make(k, &j, secret, &q, &why) != OK)
		test_fail(TEST_AT(q), "%.*s: %s", STR_ARG(k->name), why.text);
	CHECK_INT(q.n_headers, calm.n_headers);
	CHECK_STR(q.url.p, calm.url.p);
	for (size_t i = 0; i < q.n_headers; i++)
		CHECK_STR(q.headers[i].p, calm.headers[i].p);
	check_body(k, &calm, &q);
}

TEST(hostile_texts_change_nothing_but_texts)
{
	static char longest[65536];

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
