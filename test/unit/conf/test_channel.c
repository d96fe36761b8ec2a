/* The list of channels. */
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

TEST(both_types)
{
	struct conf *c = good("channels:\n"
			      "  - type: email\n"
			      "    name: ops\n"
			      "    host: smtp.example.org\n"
			      "    security: tls\n"
			      "    user: tocsin\n"
			      "    password: {file: smtp.secret}\n"
			      "    from: tocsin@example.org\n"
			      "    to: [ann@example.org, bob@example.org]\n"
			      "    min_severity: CRITICAL\n"
			      "  - {name: chat, type: webhook, url: 'https://example.org/x',\n"
			      "     key: {env: CHAT_KEY}, enabled: false, allow_private: true}\n"
			      "  - {name: plain, type: webhook, url: 'http://192.0.2.1:8080/'}\n");
	const struct conf_channel *ch = c->channels;

	CHECK_INT(c->n_channels, 3);
	CHECK_INT(ch[0].type, CONF_CHANNEL_EMAIL);
	CHECK_STR(ch[0].name, "ops");
	CHECK_STR(ch[0].host, "smtp.example.org");
	CHECK_INT(ch[0].port, 0);
	CHECK_INT(ch[0].security, CONF_SECURITY_TLS);
	CHECK_STR(ch[0].user, "tocsin");
	CHECK_STR(ch[0].secret, "file:/etc/smtp.secret");
	CHECK_STR(ch[0].from, "tocsin@example.org");
	CHECK_INT(ch[0].to.n, 2);
	CHECK_STR(ch[0].to.p[1], "bob@example.org");
	CHECK_INT(ch[0].min_severity, CONF_SEVERITY_CRITICAL);
	CHECK(ch[0].enabled);
	CHECK_STR(ch[0].url, "");
	CHECK_INT(ch[0].line, 2);
	CHECK_INT(ch[0].column, 5);
	CHECK_INT(ch[1].type, CONF_CHANNEL_WEBHOOK);
	CHECK_STR(ch[1].url, "https://example.org/x");
	CHECK_STR(ch[1].key, "env:CHAT_KEY");
	CHECK(!ch[1].enabled && ch[1].allow_private);
	CHECK_INT(ch[1].min_severity, CONF_SEVERITY_MEDIUM);
	CHECK_STR(ch[2].key, "");
	CHECK(!ch[2].allow_private);
	conf_free(c);
}

static const struct {
	const char *text;
	uint32_t line, column;
	const char *has;
} wrong[] = {
	{ "channels: {}", 1, 11, "write a list of at most 100 channels" },
	{ "channels: [x]", 1, 12, "write keys like {type: webhook" },
	{ "channels: [{name: a}]", 1, 12, "\"type\" is missing: write email, webhook or kind" },
	{ "channels: [{type: emial, name: a}]", 1, 19, "did you mean \"email\"?" },
	{ "channels: [{type: webhook, name: a}]", 1, 12, "\"url\" is missing" },
	{ "channels: [{type: webhook, url: 'http://h/'}]", 1, 12, "\"name\" is missing" },
	{ "channels:\n- type: webhook\n  name: A\n  url: http://h/\n", 2, 3, "channels[0].name" },
	{ "channels:\n- type: webhook\n  name: a\n  url: ftp://h/\n", 4, 8,
	    "write a URL like https://example.org/hook" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n  host: x\n", 5, 3,
	    "does not go with type webhook" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n  urll: x\n", 5, 3,
	    "did you mean \"url\"?" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n  key: hush\n", 5, 8,
	    "write {file: PATH}, {env: NAME} or {credential: NAME}" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n  key: {path: x}\n", 5, 8,
	    "write {file: PATH}" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n"
	  "  key: {env: A, file: b}\n",
	    5, 8, "write {file: PATH}" },
	{ "channels:\n- type: webhook\n  name: a\n  url: http://h/\n  key: {env: ''}\n", 5, 14,
	    "channels[0].key" },
	{ "channels:\n- {type: webhook, name: a, url: 'http://h/'}\n"
	  "- {type: webhook, name: a, url: 'http://i/'}\n",
	    3, 3, "is taken by the channel in line 2" },
	{ "channels: [{type: email, name: a, host: h, from: a@b, to: []}]", 1, 12,
	    "\"to\" is missing" },
	{ "channels: [{type: email, name: a, host: h, from: a@b, to: ['x y']}]", 1, 60,
	    "write a list of mail addresses" },
	{ "channels: [{type: email, name: a, host: h, from: x, to: [a@b]}]", 1, 50,
	    "write a mail address" },
	{ "channels: [{type: email, name: a, host: 'a b', from: a@b, to: [a@b]}]", 1, 41,
	    "write a host" },
	{ "channels: [{type: email, name: a, host: h, from: a@b, to: [a@b], port: 70000}]", 1, 72,
	    "at most 65535" },
	{ "channels: [{type: email, name: a, host: h, from: a@b, to: [a@b], security: ssl}]", 1, 76,
	    "starttls, tls or none" },
	{ "channels: [{type: email, name: a, host: h, from: a@b, to: [a@b], "
	  "min_severity: high}]",
	    1, 80, "CRITICAL, HIGH" },
};

TEST(what_is_wrong_has_its_place)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct conf *c;
		struct diag why = { 0 };

		fprintf(stderr, "%s\n", wrong[i].text);
		CHECK_INT(conf_parse(str_c(wrong[i].text), "t.yml", NULL, &c, NULL, &why),
		    FAIL_SYNTAX);
		fprintf(stderr, "  %u:%u %s\n", why.line, why.column, why.text);
		CHECK(strstr(why.text, wrong[i].has) != NULL);
		CHECK_INT(why.line, wrong[i].line);
		CHECK_INT(why.column, wrong[i].column);
	}
}

static void
on_diff(void *ctx, const char *key, bool restart)
{
	CHECK(!restart);
	CHECK_STR(key, "channels");
	++*(int *)ctx;
}

TEST(a_change_is_noticed_and_needs_no_restart)
{
	struct conf *a = good("channels: [{type: webhook, name: a, url: 'http://h/'}]");
	struct conf *b = good("channels: [{type: webhook, name: a, url: 'http://h/'}]");
	struct conf *c = good("channels: [{type: webhook, name: a, url: 'http://h/',"
			      " key: {env: K}}]");
	int n = 0;

	conf_diff(a, b, on_diff, &n);
	CHECK_INT(n, 0);
	conf_diff(a, c, on_diff, &n);
	CHECK_INT(n, 1);
	conf_free(a);
	conf_free(b);
	conf_free(c);
}
