/* Channels of the configuration file arrive in the database, whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "app/chanconf.h"

#include "app/chankind.h"
#include "base/fs.h"
#include "test.h"

static void
take(struct alerts *a, const char *text)
{
	struct conf *c = NULL;
	struct kinds kinds;
	struct diag why = { 0 };

	CHECK_OK(conf_parse(str_c(text), "/etc/t.yml", NULL, &c, NULL, &why), why);
	CHECK_OK(kinds_load(test_source("channels"), &kinds, &why), why);
	CHECK_OK(chanconf_apply(a, c, &kinds, &why), why);
	kinds_fini(&kinds);
	conf_free(c);
}

static enum err
put_row(void *ctx, const struct channels_row *row)
{
	buf_printf(ctx, "%.*s %s %d %s %d %.*s %.*s\n", STR_ARG(row->name), row->kind.p,
	    row->enabled, alerts_severity_word(row->min_severity), row->origin == CHANNELS_CONFIG,
	    STR_ARG(row->settings), STR_ARG(row->secret));
	return OK;
}

TEST(types_that_send_to_a_person)
{
	static const struct {
		const char *type;
		bool want;
	} rows[] = { { "email", true }, { "twilio", true }, { "slack_api", true }, { "sns", true },
		{ "webhook", false }, { "slack", false }, { "pagerduty", false }, { "no", false } };
	struct kinds kinds;
	struct diag why = { 0 };

	CHECK_OK(kinds_load(test_source("channels"), &kinds, &why), why);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_INT(chankind_takes_address(&kinds, str_c(rows[i].type)), rows[i].want);
	kinds_fini(&kinds);
}

TEST(as_they_stand_in_the_file)
{
	char path[512];
	struct alerts *a;
	struct diag why = { 0 };
	auto_buf struct buf text = { 0 };

	buf_init(&text, 0);
	CHECK_OK(fs_join(path, sizeof(path), test_dir(), "state.db"), why);
	CHECK_OK(alerts_open(path, &a, &why), why);
	take(a, "channels:\n"
		"- {type: email, name: ops, host: h, security: none, user: u, from: a@b,\n"
		"   to: [c@d, e@f], password: {credential: smtp}, min_severity: HIGH}\n"
		"- {type: webhook, name: chat, url: 'https://h/', key: {file: k}, enabled: false}\n"
		"- {type: kind, kind: splunk, name: siem, secret: {env: HEC},\n"
		"   settings: {url: 'https://s/', host: 4, allow_private: true}}\n");
	CHECK_OK(channels_list(a, put_row, &text, &why), why);
	CHECK_SLICE(buf_view(&text),
	    "chat webhook 0 MEDIUM 1 {\"url\":\"https://h/\",\"allow_private\":false} file:/etc/k\n"
	    "ops email 1 HIGH 1 {\"host\":\"h\",\"port\":25,\"security\":\"none\",\"user\":\"u\","
	    "\"from\":\"a@b\",\"to\":[\"c@d\",\"e@f\"]} credential:smtp\n"
	    "siem splunk 1 MEDIUM 1 {\"url\":\"https://s/\",\"index\":\"\",\"host\":\"4\","
	    "\"allow_private\":true} env:HEC\n");
	take(a, "{}");
	buf_reset(&text);
	CHECK_OK(channels_list(a, put_row, &text, &why), why);
	CHECK_INT(text.n, 0);
	alerts_close(a);
}
