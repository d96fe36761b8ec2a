/* Channels: what may be set, what the configuration file rules over, what is left when one goes. */
#include "alert/channels.h"

#include "alert/outbox.h"
#include "fixture.h"

static const struct str people[] = { { "ann@example.org", 15 }, { "bob@example.org", 15 } };

static struct channel
hook(const char *name)
{
	return (struct channel){ .name = str_c(name),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE,
		.url = STR("https://example.org/hook") };
}

static struct channel
mail(const char *name)
{
	return (struct channel){ .name = str_c(name),
		.type = CHANNELS_EMAIL,
		.enabled = true,
		.min_severity = ALERTS_INFO,
		.origin = CHANNELS_PAGE,
		.host = STR("smtp.example.org"),
		.from = STR("tocsin@example.org"),
		.to = people,
		.n_to = 2 };
}

struct look {
	struct channels_row row;
	char settings[300], secret[64], names[200], detail[64];
	unsigned n;
};

static enum err
on_row(void *ctx, const struct channels_row *row)
{
	struct look *l = ctx;
	size_t at = strlen(l->names);

	l->row = *row;
	(void)str_to_c(row->settings, l->settings, sizeof(l->settings));
	(void)str_to_c(row->secret, l->secret, sizeof(l->secret));
	(void)str_to_c(row->detail, l->detail, sizeof(l->detail));
	(void)snprintf(l->names + at, sizeof(l->names) - at, "%.*s ", STR_ARG(row->name));
	l->n++;
	return OK;
}

static struct look
look(struct alerts *a, const char *name)
{
	struct look l = { 0 };
	struct diag why = { 0 };

	CHECK_OK(channels_get(a, str_c(name), on_row, &l, &why), why);
	return l;
}

TEST(settings_are_what_is_sent_on)
{
	struct alerts *a = open_new();
	struct channel h = hook("chat"), m = mail("mail");
	struct diag why = { 0 };
	struct look l = { 0 };

	m.security = CHANNELS_TLS;
	m.secret = STR("credential:smtp");
	CHECK_OK(channels_add(a, &h, 1, &why), why);
	CHECK_OK(channels_add(a, &m, 1, &why), why);
	CHECK_STR(look(a, "chat").settings,
	    "{\"url\":\"https://example.org/hook\",\"allow_private\":false}");
	CHECK_STR(look(a, "mail").settings,
	    "{\"host\":\"smtp.example.org\",\"port\":465,\"security\":\"tls\",\"user\":\"\","
	    "\"from\":\"tocsin@example.org\",\"to\":[\"ann@example.org\",\"bob@example.org\"]}");
	CHECK_STR(look(a, "mail").secret, "credential:smtp");
	CHECK(!look(a, "mail").row.tried);
	CHECK_INT(channels_list(a, on_row, &l, NULL), OK);
	CHECK_STR(l.names, "chat mail ");
	CHECK_INT(channels_add(a, &h, 2, NULL), FAIL_EXISTS);
	CHECK_INT(channels_get(a, STR("other"), on_row, &l, NULL), FAIL_NOT_FOUND);
	CHECK_INT(channels_plain(a, STR("other"), on_row, &l, NULL), FAIL_NOT_FOUND);
	alerts_close(a);
}

TEST(what_cannot_be_right_is_named)
{
	static const struct {
		const char *what, *value;
		const char *key; /* NULL: it is fine */
	} rows[] = {
		{ "name", "", "name" },
		{ "name", "-x", "name" },
		{ "name", "A", "name" },
		{ "name", "a.b", "name" },
		{ "name", "a/b", "name" },
		{ "name", "0123456789012345678901234567890123456789x", "name" },
		{ "name", "0123456789012345678901234567890123456789", NULL },
		{ "host", "", "host" },
		{ "host", "a b", "host" },
		{ "host", "192.0.2.1", NULL },
		{ "host", "2001:db8::1", NULL },
		{ "from", "nobody", "from" },
		{ "from", "a@b\r\nx: y", "from" },
		{ "user", "a\nb", "user" },
		{ "user", "ann", NULL },
		{ "url", "https://x/", "url" }, /* of the other type */
		{ "secret", "hush", "password" },
		{ "secret", "file:relative", "password" },
		{ "secret", "file:/p", NULL },
		{ "secret", "env:", "password" },
		{ "secret", "env:A", NULL },
		{ "secret", "value:x", "password" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct channel c = mail("m");
		struct diag why = { 0 };
		struct str *to = strcmp(rows[i].what, "name") == 0   ? &c.name
				 : strcmp(rows[i].what, "host") == 0 ? &c.host
				 : strcmp(rows[i].what, "from") == 0 ? &c.from
				 : strcmp(rows[i].what, "user") == 0 ? &c.user
				 : strcmp(rows[i].what, "url") == 0  ? &c.url
								     : &c.secret;

		*to = str_c(rows[i].value);
		CHECK_INT(channels_check(&c, &why), rows[i].key != NULL ? FAIL_SYNTAX : OK);
		if (rows[i].key != NULL)
			CHECK(strncmp(why.text, rows[i].key, strlen(rows[i].key)) == 0);
	}
}

TEST(the_file_rules_over_its_own)
{
	struct alerts *a = open_new();
	struct channel file[] = { hook("ops"), hook("team") }, page = hook("mine");
	struct diag why = { 0 };
	struct look l = { 0 };

	file[0].origin = file[1].origin = CHANNELS_CONFIG;
	CHECK_OK(channels_add(a, &page, 1, &why), why);
	CHECK_OK(channels_sync(a, file, 2, 2, &why), why);
	CHECK_INT(channels_list(a, on_row, &l, NULL), OK);
	CHECK_STR(l.names, "mine ops team ");
	CHECK_INT(channels_set(a, &file[0], 3, NULL), FAIL_DENIED);
	CHECK_INT(channels_remove(a, STR("ops"), NULL), FAIL_DENIED);
	CHECK_INT(channels_set(a, &page, 3, NULL), OK);
	/* Changed and removed in the file; one takes the name of the page's. */
	file[0].enabled = false;
	file[1].name = STR("mine");
	CHECK_OK(channels_sync(a, file, 2, 4, &why), why);
	l = (struct look){ 0 };
	CHECK_INT(channels_list(a, on_row, &l, NULL), OK);
	CHECK_STR(l.names, "mine ops ");
	CHECK(!look(a, "ops").row.enabled);
	CHECK_INT(look(a, "mine").row.origin, CHANNELS_CONFIG);
	/* A bad one changes nothing. */
	file[1].url = STR("nonsense");
	file[0].name = STR("new");
	CHECK_INT(channels_sync(a, file, 2, 5, NULL), FAIL_SYNTAX);
	CHECK_INT(channels_get(a, STR("new"), on_row, &l, NULL), FAIL_NOT_FOUND);
	CHECK_OK(channels_sync(a, NULL, 0, 6, &why), why);
	l = (struct look){ 0 };
	CHECK_INT(channels_list(a, on_row, &l, NULL), OK);
	CHECK_STR(l.names, "");
	alerts_close(a);
}

TEST(what_waits_for_a_channel_that_goes_is_dead_with_a_reason)
{
	struct alerts *a = open_new();
	struct channel c = hook("chat");
	struct outbox_job job;
	struct outbox_counts counts;
	struct diag why = { 0 };
	size_t n;
	uint64_t again;

	CHECK_OK(channels_add(a, &c, 1, &why), why);
	raise_nth(a, 1, "LOW", 5);
	raise_nth(a, 2, "LOW", 5);
	CHECK_OK(outbox_claim(a, 1, 10, &job, 1, &n, &why), why);
	CHECK_INT(look(a, "chat").row.pending, 2);
	CHECK_INT(channels_remove(a, STR("chat"), NULL), OK);
	CHECK_INT(channels_remove(a, STR("chat"), NULL), FAIL_NOT_FOUND);
	CHECK_INT(outbox_counts(a, &counts, NULL), OK);
	CHECK_INT(counts.dead, 2);
	CHECK_INT(outbox_resend(a, job.id, 11, NULL), FAIL_DENIED);
	CHECK_INT(outbox_resend_all(a, (struct str){ NULL, 0 }, 11, &again, NULL), OK);
	CHECK_INT(again, 0);
	/* It comes back: they can be sent. */
	CHECK_OK(channels_add(a, &c, 12, &why), why);
	CHECK_INT(look(a, "chat").row.dead, 2);
	CHECK_INT(outbox_resend_all(a, STR("chat"), 13, &again, NULL), OK);
	CHECK_INT(again, 2);
	alerts_close(a);
}

TEST(the_newest_attempt_is_shown)
{
	struct alerts *a = open_new();
	struct channel c = hook("chat");
	struct outbox_job job;
	struct diag why = { 0 };
	size_t n;

	CHECK_OK(channels_add(a, &c, 1, &why), why);
	CHECK_OK(channels_tested(a, STR("chat"), false, 12, STR("refused"), 5, &why), why);
	CHECK(look(a, "chat").row.tried && !look(a, "chat").row.ok);
	CHECK_STR(look(a, "chat").detail, "refused");
	CHECK_INT(look(a, "chat").row.time, 5);
	raise_nth(a, 1, "LOW", 5);
	CHECK_OK(outbox_claim(a, 1, 10, &job, 1, &n, &why), why);
	CHECK_OK(outbox_result(a, &(struct outbox_result){ job.id, OUTBOX_OK, 0, 33, STR("200") },
		     &(struct outbox_policy){ 1, 0 }, 11, &why),
	    why);
	CHECK(look(a, "chat").row.ok);
	CHECK_INT(look(a, "chat").row.ms, 33);
	CHECK_INT(look(a, "chat").row.pending, 0);
	alerts_close(a);
}

TEST(there_are_only_so_many)
{
	struct alerts *a = open_new();
	struct diag why = { 0 };
	char name[16];

	for (unsigned i = 0; i <= CHANNELS_MAX; i++) {
		struct channel c;

		(void)snprintf(name, sizeof(name), "c%u", i);
		c = hook(name);
		CHECK_INT(channels_add(a, &c, 1, &why), i < CHANNELS_MAX ? OK : FAIL_LIMIT);
	}
	alerts_close(a);
}

TEST(words)
{
	enum channels_type t;
	enum channels_security s;

	CHECK(channels_type_find(STR("email"), &t) && t == CHANNELS_EMAIL);
	CHECK(!channels_type_find(STR("pigeon"), &t));
	CHECK(channels_security_find(STR("none"), &s) && s == CHANNELS_PLAIN);
	CHECK(!channels_security_find(STR("ssl"), &s));
	CHECK_STR(channels_type_word(CHANNELS_WEBHOOK), "webhook");
	CHECK_STR(channels_security_word(CHANNELS_STARTTLS), "starttls");
	CHECK_STR(channels_secret_word(CHANNELS_WEBHOOK), "key");
}
