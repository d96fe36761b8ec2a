/* Channels over HTTP: made, changed, tried, removed; secrets go in and never come out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "alert/channels.h"
#include "base/fs.h"
#include "fixture.h"

#define HOOK                                                                                       \
	"{\"name\":\"chat\",\"type\":\"webhook\",\"min_severity\":\"HIGH\",\"settings\":{"         \
	"\"url\":\"https://example.org/hook\"}"
#define MAIL                                                                                       \
	"{\"name\":\"mail\",\"type\":\"email\",\"settings\":{\"host\":\"smtp.example.org\","       \
	"\"from\":\"t@example.org\",\"to\":[\"ann@example.org\",\"bob@example.org\"]}"

static void
has(const char *body, const char *what)
{
	if (strstr(body, what) == NULL)
		test_fail(TEST_AT(what), "%s is not in %s", what, body);
}

static void
hasnt(const char *body, const char *what)
{
	if (strstr(body, what) != NULL)
		test_fail(TEST_AT(what), "%s is in %s", what, body);
}

static const char *
path_of(const char *secret)
{
	static char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", fx.secrets, secret);
	return path;
}

TEST(made_changed_removed)
{
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	CHECK_STR(body, "{\"channels\":[]}");
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(MAIL "}"), &body), 201);
	CHECK_STR(body,
	    "{\"name\":\"mail\",\"type\":\"email\",\"enabled\":true,\"min_severity\":\"MEDIUM\","
	    "\"origin\":\"page\",\"settings\":{\"host\":\"smtp.example.org\",\"port\":587,"
	    "\"security\":\"starttls\",\"user\":\"\",\"from\":\"t@example.org\",\"to\":["
	    "\"ann@example.org\",\"bob@example.org\"]},\"secrets\":{\"password\":\"unset\"},"
	    "\"last\":null,\"pending\":0,\"dead\":0}");
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(MAIL "}"), &body), 409);
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK "}"), &body), 201);
	CHECK_INT(fx_ask("PUT", "/v1/channels/chat",
		      STR("{\"type\":\"webhook\",\"enabled\":false,\"settings\":{\"url\":"
			  "\"http://127.0.0.1:9/x\",\"allow_private\":true}}"),
		      &body),
	    200);
	has(body, "\"enabled\":false,\"min_severity\":\"MEDIUM\"");
	has(body, "\"allow_private\":true");
	CHECK_INT(fx_ask("PUT", "/v1/channels/other", STR(HOOK "}"), &body), 400);
	CHECK_INT(fx_ask("PUT", "/v1/channels/other",
		      STR("{\"type\":\"webhook\",\"settings\":{\"url\":\"http://h/\"}}"), &body),
	    404);
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	has(body, "\"name\":\"chat\"");
	CHECK_INT(fx_ask("DELETE", "/v1/channels/chat", STR(""), &body), 204);
	CHECK_INT(fx_ask("DELETE", "/v1/channels/chat", STR(""), &body), 404);
	fx_stop();
}

TEST(what_is_wrong_is_named)
{
	static const struct {
		const char *body, *has;
	} cases[] = {
		{ "{}", "type" },
		{ "{\"type\":\"pigeon\"}", "type" },
		{ "{\"type\":\"webhook\",\"name\":\"A B\"}", "name" },
		{ "{\"type\":\"webhook\",\"name\":\"../x\",\"settings\":{\"url\":\"http://h/\"}}",
		    "name" },
		{ "{\"type\":\"webhook\",\"name\":\"a\"}", "url" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"url\":\"file:///etc/x\"}}",
		    "url" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"url\":\"http://u@h/\"}}",
		    "url" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"url\":\"http://h/\","
		  "\"host\":\"h\"}}",
		    "host" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"url\":1}}",
		    "settings.url" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"uri\":\"x\"}}",
		    "settings.uri" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"settings\":{\"url\":\"http://h/\"},"
		  "\"secrets\":{\"password\":\"x\"}}",
		    "secrets.password" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"min_severity\":\"LOUD\"}",
		    "min_severity" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"origin\":\"config\"}", "origin" },
		{ "{\"type\":\"webhook\",\"name\":\"a\",\"pending\":1}", "pending" },
		{ "{\"type\":\"email\",\"name\":\"a\",\"settings\":{\"host\":\"h\",\"from\":"
		  "\"a@b\",\"to\":[]}}",
		    "to" },
		{ "{\"type\":\"email\",\"name\":\"a\",\"settings\":{\"host\":\"h\",\"from\":"
		  "\"a@b\\r\\nBcc: x@y\",\"to\":[\"c@d\"]}}",
		    "from" },
		{ "{\"type\":\"email\",\"name\":\"a\",\"settings\":{\"host\":\"h\",\"from\":"
		  "\"a@b\",\"to\":[\"c@d,e@f\"]}}",
		    "to" },
		{ "{\"type\":\"email\",\"name\":\"a\",\"settings\":{\"host\":\"h\",\"port\":70000}"
		  "}",
		    "port" },
		{ "{\"type\":\"email\",\"name\":\"a\",\"settings\":{\"security\":\"ssl\"}}",
		    "security" },
	};
	const char *body;

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fprintf(stderr, "%s\n", cases[i].body);
		CHECK_INT(fx_ask("POST", "/v1/channels", str_c(cases[i].body), &body), 400);
		has(body, cases[i].has);
		CHECK_INT(fx_ask("POST", "/v1/channels/test", str_c(cases[i].body), &body), 400);
	}
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	CHECK_STR(body, "{\"channels\":[]}");
	fx_stop();
}

TEST(secrets_go_in_and_never_come_out)
{
	const char *body;
	struct stat st;
	struct buf got;

	fx_start(false);
	buf_init(&got, 0);
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(MAIL ",\"secrets\":{\"password\":\"hush!\"}}"),
		      &body),
	    201);
	has(body, "\"secrets\":{\"password\":\"set\"}");
	hasnt(body, "hush!");
	hasnt(body, "file:");
	CHECK_INT(stat(path_of("mail.password"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(stat(fx.secrets, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	/* Changed without it, and with the word that GET shows: it stays. */
	CHECK_INT(fx_ask("PUT", "/v1/channels/mail", STR(MAIL "}"), &body), 200);
	has(body, "\"password\":\"set\"");
	CHECK_INT(fx_ask("PUT", "/v1/channels/mail",
		      STR(MAIL ",\"secrets\":{\"password\":\"set\"}}"), &body),
	    200);
	CHECK_INT(fs_read(path_of("mail.password"), 100, &got, NULL), OK);
	CHECK_SLICE(buf_view(&got), "hush!");
	/* Taken away. */
	CHECK_INT(fx_ask("PUT", "/v1/channels/mail", STR(MAIL ",\"secrets\":{\"password\":\"\"}}"),
		      &body),
	    200);
	has(body, "\"password\":\"unset\"");
	/* Gone with its channel. */
	CHECK_INT(fx_ask("PUT", "/v1/channels/mail",
		      STR(MAIL ",\"secrets\":{\"password\":\"two\"}}"), &body),
	    200);
	CHECK_INT(access(path_of("mail.password"), F_OK), 0);
	CHECK_INT(fx_ask("DELETE", "/v1/channels/mail", STR(""), &body), 204);
	CHECK(access(path_of("mail.password"), F_OK) != 0);
	buf_fini(&got);
	fx_stop();
}

TEST(channels_of_the_file_are_shown_and_left_alone)
{
	const struct channel c = { .name = STR("ops"),
		.type = CHANNELS_WEBHOOK,
		.enabled = true,
		.min_severity = ALERTS_CRITICAL,
		.origin = CHANNELS_CONFIG,
		.url = STR("https://example.org/ops"),
		.secret = STR("env:OPS_KEY") };
	struct diag why = { 0 };
	const char *body;

	fx_start(false);
	CHECK_OK(channels_sync(fx.alerts, &c, 1, 5, &why), why);
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	has(body, "\"origin\":\"config\"");
	has(body, "\"secrets\":{\"key\":\"env:OPS_KEY\"}");
	CHECK_INT(fx_ask("PUT", "/v1/channels/ops",
		      STR("{\"type\":\"webhook\",\"settings\":{\"url\":\"http://h/\"}}"), &body),
	    409);
	CHECK_INT(fx_ask("DELETE", "/v1/channels/ops", STR(""), &body), 409);
	fx_stop();
}

TEST(a_test_message)
{
	const char *body;

	fx_start(false);
	fx.sent = (struct api_sent){ true, 42, STR("250 2.0.0 Ok") };
	CHECK_INT(fx_ask("POST", "/v1/channels/test",
		      STR(HOOK ",\"secrets\":{\"key\":\"whsec_x\"}}"), &body),
	    200);
	CHECK_STR(body, "{\"ok\":true,\"ms\":42,\"detail\":\"250 2.0.0 Ok\"}");
	CHECK_STR(fx.tested.p,
	    "{\"name\":\"chat\",\"type\":\"webhook\",\"settings\":{\"url\":"
	    "\"https://example.org/hook\",\"allow_private\":false},\"secret\":\"value:whsec_x\"}");
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	CHECK_STR(body, "{\"channels\":[]}");
	CHECK_INT(fx_ask("POST", "/v1/channels/chat/test", STR(""), &body), 404);
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK ",\"secrets\":{\"key\":\"whsec_y\"}}"),
		      &body),
	    201);
	fx.sent = (struct api_sent){ false, 7, STR("connection refused") };
	CHECK_INT(fx_ask("POST", "/v1/channels/chat/test", STR(""), &body), 200);
	CHECK_STR(body, "{\"ok\":false,\"ms\":7,\"detail\":\"connection refused\"}");
	has(fx.tested.p, "\"secret\":\"file:/");
	has(fx.tested.p, "/secrets/chat.key\"}");
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &body), 200);
	has(body, "\"last\":{\"ok\":false,\"time\":\"");
	fx_stop();
}

TEST(a_stored_secret_goes_nowhere_else)
{
	const char *body;

	fx_start(false);
	fx.sent = (struct api_sent){ true, 1, STR("ok") };
	CHECK_INT(fx_ask("POST", "/v1/channels", STR(HOOK ",\"secrets\":{\"key\":\"whsec_y\"}}"),
		      &body),
	    201);
	CHECK_INT(fx_ask("POST", "/v1/channels/test", STR(HOOK "}"), &body), 200);
	has(fx.tested.p, "/secrets/chat.key");
	CHECK_INT(fx_ask("POST", "/v1/channels/test",
		      STR("{\"name\":\"chat\",\"type\":\"webhook\",\"settings\":{\"url\":"
			  "\"https://elsewhere.example/\"}}"),
		      &body),
	    200);
	has(fx.tested.p, "\"secret\":\"\"");
	fx_stop();
}

TEST(dying_between_secret_and_channel_leaves_no_channel_without_its_secret)
{
	const struct str body = STR(MAIL ",\"secrets\":{\"password\":\"hush!\"}}");
	const char *got;
	int status = 0;
	pid_t pid = (test_dir(), fork());

	CHECK(pid >= 0);
	if (pid == 0) {
		(void)setenv("TOCSIN_CRASH", "channel.secret", 1);
		fx_start(false);
		(void)fx_ask("POST", "/v1/channels", body, NULL);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	fx_start(false);
	CHECK_INT(access(path_of("mail.password"), F_OK), 0);
	CHECK_INT(fx_ask("GET", "/v1/channels", STR(""), &got), 200);
	CHECK_STR(got, "{\"channels\":[]}");
	CHECK_INT(fx_ask("POST", "/v1/channels", body, &got), 201);
	has(got, "\"password\":\"set\"");
	fx_stop();
}
