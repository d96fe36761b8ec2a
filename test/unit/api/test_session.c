/* Logging in and out over the API. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

#include "api/person.h"

#define LOGIN "{\"name\":\"ann\",\"password\":\"" PASSWORD "\"}"
#define WRONG "{\"name\":\"ann\",\"password\":\"not this one\"}"

TEST(in_and_out)
{
	char cookie[200];

	people_start();
	people_add("ann", ROLE_ANALYST, cookie);
	CHECK_INT(people_ask("POST", "/v1/session", "User-Agent: me/1\r\n", LOGIN), 200);
	CHECK(strstr(w.answer, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n") != NULL);
	CHECK(strstr(w.answer, "Cache-Control: no-store") != NULL);
	CHECK(people_said("{\"name\":\"ann\",\"role\":\"analyst\",\"scopes\":[\"read\",\"write\"],"
			  "\"csrf\":\""));
	people_cookie(cookie);
	CHECK(strstr(w.body, cookie + 22) == NULL); /* the secret is in the cookie alone */
	CHECK_INT(people_ask("GET", "/v1/session", cookie, ""), 200);
	CHECK(people_said("\"name\":\"ann\",\"role\":\"analyst\""));
	CHECK_INT(people_events("tocsin {\"timestamp\":\""), 2);
	CHECK_INT(people_events("\"event_type\":\"auth.login.success\",\"user\":\"ann\","
				"\"client_ip\":\"127.0.0.1\",\"user_agent\":\"me/1\","
				"\"message\":\"logged in\""),
	    1);
	CHECK_INT(people_ask("DELETE", "/v1/session", cookie, ""), 204);
	CHECK(strstr(w.answer, "Set-Cookie: " COOKIE_NAME "=; ") != NULL);
	CHECK(strstr(w.answer, "Max-Age=0") != NULL);
	CHECK_INT(people_ask("GET", "/v1/session", cookie, ""), 401);
	CHECK_INT(people_events("auth.logout"), 1);
	people_stop();
}

TEST(a_login_ends_the_session_it_came_with)
{
	char first[200], second[200];

	people_start();
	people_add("ann", ROLE_VIEWER, first);
	CHECK_INT(people_ask("POST", "/v1/session", first, LOGIN), 200);
	people_cookie(second);
	CHECK(strcmp(first, second) != 0);
	CHECK_INT(people_ask("GET", "/v1/session", first, ""), 401);
	CHECK_INT(people_ask("GET", "/v1/session", second, ""), 200);
	CHECK_INT(people_ask("POST", "/v1/session", second, WRONG), 401);
	CHECK_INT(people_ask("GET", "/v1/session", second, ""), 200);
	people_stop();
}

TEST(wrong_is_one_answer_for_all_reasons)
{
	static const char *const bodies[] = { WRONG, "{\"name\":\"bob\",\"password\":\"x\"}",
		"{\"name\":\"\",\"password\":\"\"}",
		"{\"name\":\"my password, typed here\",\"password\":\"x\"}" };
	char cookie[200], first[400] = "";

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		CHECK_INT(people_ask("POST", "/v1/session", "", bodies[i]), 401);
		CHECK(strstr(w.answer, "Set-Cookie") == NULL);
		if (i == 0)
			snprintf(first, sizeof(first), "%s", w.body);
		CHECK_STR(w.body, first);
	}
	CHECK_INT(people_events("auth.login.failed"), 4);
	CHECK_INT(people_events("\"user\":\"bob\""), 1);
	CHECK_INT(people_events("typed here"), 0);
	people_stop();
}

TEST(five_hundred_logins_over_http)
{
	char cookie[200];
	unsigned by[600] = { 0 };
	struct gate_stats s;

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	(void)cookie;
	for (int i = 0; i < 500; i++) {
		/* Each from a place of its own, as a trusted proxy says. */
		char head[80];

		snprintf(head, sizeof(head),
		    "X-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.%d.%d\r\n", i / 200,
		    i % 200);
		by[people_ask("POST", "/v1/session", head, WRONG)]++;
	}
	/* The loop thread is between requests: nothing is under way. */
	door_gate_stats(w.door, &s);
	CHECK_INT(s.done, 1 + by[401]);
	CHECK(by[401] >= DOOR_ACCOUNT_BURST && by[401] <= DOOR_ACCOUNT_BURST + 1);
	CHECK_INT(by[401] + by[429], 500);
	CHECK(strstr(w.answer, "Retry-After: ") != NULL);
	CHECK(people_events("rate_limit.exceeded") >= 1 &&
	      people_events("rate_limit.exceeded") <= 2);
	CHECK_INT(people_events("auth.login.failed"), by[401]);
	people_stop();
}

TEST(passwords_only_over_safe_connections)
{
	static const struct {
		const char *headers;
		int status;
	} cases[] = {
		{ "", 200 }, { "X-Forwarded-For: 192.0.2.7\r\n", 200 }, /* by the Host: a tunnel */
		{ "Host: tocsin.example\r\nX-Forwarded-For: 192.0.2.7\r\n", 403 },
		{ "Host: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.7\r\n", 403 },
		{ "Host: localhost.example\r\nX-Forwarded-For: 192.0.2.7\r\n", 403 },
		{ "Host: 127.0.0.1.example\r\nX-Forwarded-For: 192.0.2.7\r\n", 403 },
		{ "Host: tocsin.example\r\nX-Forwarded-For: 192.0.2.7\r\n"
		  "X-Forwarded-Proto: https\r\n",
		    200 },
		{ "Host: LocalHost:8321\r\nX-Forwarded-For: 192.0.2.7\r\n", 200 },
		{ "Host: [::1]:8321\r\nX-Forwarded-For: 192.0.2.7\r\n", 200 },
		{ "Host: tocsin.example\r\n", 200 }, /* from this machine */
	};
	char cookie[200];

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int got = people_ask("POST", "/v1/session", cases[i].headers, LOGIN);

		if (got != cases[i].status)
			test_fail(TEST_AT(people_ask), "%d with %s", got, cases[i].headers);
		CHECK_INT(people_ask("GET", "/v1/setup", cases[i].headers, ""), 200);
		CHECK(people_said(cases[i].status == 200 ? "\"secure\":true" : "\"secure\":false"));
	}
	CHECK_INT(people_ask("POST", "/v1/invites/accept", cases[2].headers,
		      "{\"invite\":\"x\",\"password\":\"x\"}"),
	    403);
	CHECK(people_said("TLS"));
	people_stop();
}

TEST(bodies_that_are_refused)
{
	static const struct {
		const char *path, *body, *words;
	} cases[] = {
		{ "/v1/session", "", "name: is missing" },
		{ "/v1/session", "{\"name\":\"ann\"}", "password: is missing" },
		{ "/v1/session", "{\"name\":1,\"password\":\"x\"}", "name: must be a text" },
		{ "/v1/session", "[]", "must be a JSON object" },
		{ "/v1/session", "{\"name\":\"a\",\"password\":\"x\",\"admin\":true}", "admin" },
		{ "/v1/session?x=1", LOGIN, "x: there is no such query parameter" },
		{ "/v1/invites/accept", "{\"password\":\"x\"}", "invite: is missing" },
	};

	people_start();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_INT(people_ask("POST", cases[i].path, "", cases[i].body), 400);
		CHECK(people_said(cases[i].words));
	}
	people_stop();
}

TEST(invitations)
{
	char secret[SECRET_SIZE], body[400], cookie[200];
	int64_t expires;

	people_start();
	CHECK_INT(invites_new(w.shell, STR(""), clock_wall(), secret, &expires, NULL), OK);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "",
		      "{\"invite\":\"nothing\",\"name\":\"ann\",\"password\":\"" PASSWORD "\"}"),
	    404);
	CHECK_INT(people_events("unknown or used invitation"), 1);
	snprintf(body, sizeof(body), "{\"invite\":\"%s\",\"name\":\"ann\",\"password\":\"short\"}",
	    secret);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "", body), 422);
	snprintf(body, sizeof(body),
	    "{\"invite\":\"%s\",\"name\":\"Ann\",\"password\":\"" PASSWORD "\"}", secret);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "", body), 200);
	CHECK(people_said("\"name\":\"ann\",\"role\":\"admin\""));
	people_cookie(cookie);
	CHECK_INT(people_ask("GET", "/v1/users", cookie, ""), 200);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "", body), 404);
	people_stop();
}

TEST(a_new_password)
{
	char cookie[200], other[200], fresh[200];

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	CHECK_INT(people_ask("POST", "/v1/session", "", LOGIN), 200);
	people_cookie(other);
	CHECK_INT(people_ask("POST", "/v1/session/password", cookie,
		      "{\"old\":\"wrong\",\"new\":\"another horse battery\"}"),
	    403);
	CHECK_INT(people_ask("POST", "/v1/session/password", cookie,
		      "{\"old\":\"" PASSWORD "\",\"new\":\"short\"}"),
	    422);
	CHECK_INT(people_ask("POST", "/v1/session/password", cookie,
		      "{\"old\":\"" PASSWORD "\",\"new\":\"another horse battery\"}"),
	    200);
	people_cookie(fresh);
	CHECK_INT(people_ask("GET", "/v1/session", fresh, ""), 200);
	CHECK_INT(people_ask("GET", "/v1/session", cookie, ""), 401);
	CHECK_INT(people_ask("GET", "/v1/session", other, ""), 401);
	CHECK_INT(people_ask("POST", "/v1/session", "", LOGIN), 401);
	CHECK_INT(people_events("auth.password.changed"), 1);
	CHECK_INT(people_ask("POST", "/v1/session/password", READER,
		      "{\"old\":\"" PASSWORD "\",\"new\":\"another horse battery\"}"),
	    403);
	people_stop();
}

TEST(sessions_are_seen_and_ended_by_whose_they_are)
{
	char ann[200], bob[200], root[200], id[40], path[80];

	people_start();
	people_add("ann", ROLE_VIEWER, ann);
	people_add("bob", ROLE_VIEWER, bob);
	people_find("\"session\":\"", id, sizeof(id));
	people_add("root", ROLE_ADMIN, root);
	CHECK_INT(people_ask("GET", "/v1/sessions", ann, ""), 200);
	CHECK(people_said("\"user\":\"ann\"") && people_said("\"current\":true"));
	CHECK(!people_said("bob") && !people_said("csrf"));
	CHECK_INT(people_ask("GET", "/v1/sessions", root, ""), 200);
	CHECK(people_said("\"user\":\"ann\"") && people_said("\"user\":\"bob\""));
	snprintf(path, sizeof(path), "/v1/sessions/%s", id);
	CHECK_INT(people_ask("DELETE", path, ann, ""), 404);
	CHECK_INT(people_ask("GET", "/v1/session", bob, ""), 200);
	CHECK_INT(people_ask("DELETE", path, root, ""), 204);
	CHECK_INT(people_ask("GET", "/v1/session", bob, ""), 401);
	CHECK_INT(people_ask("DELETE", path, root, ""), 404);
	CHECK_INT(people_ask("GET", "/v1/sessions", ADMIN, ""), 200);
	CHECK_INT(people_ask("GET", "/v1/sessions", READER, ""), 403);
	CHECK_INT(people_ask("DELETE", path, READER, ""), 403);
	people_stop();
}

TEST(revoking)
{
	static const struct {
		const char *body;
		int status;
	} cases[] = {
		{ "{}", 400 },
		{ "{\"user\":\"ann\",\"others\":true}", 400 },
		{ "{\"others\":false}", 400 },
		{ "{\"user\":\"root\"}", 403 },
		{ "{\"others\":true}", 200 },
	};
	char ann[200], second[200], root[200];

	people_start();
	people_add("root", ROLE_ADMIN, root);
	people_add("ann", ROLE_VIEWER, ann);
	CHECK_INT(people_ask("POST", "/v1/session", "", LOGIN), 200);
	people_cookie(second);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(people_ask("POST", "/v1/sessions/revoke", ann, cases[i].body),
		    cases[i].status);
	CHECK_STR(w.body, "{\"revoked\":1}");
	CHECK_INT(people_ask("GET", "/v1/session", second, ""), 401);
	CHECK_INT(people_ask("GET", "/v1/session", ann, ""), 200);
	CHECK_INT(people_ask("POST", "/v1/sessions/revoke", ADMIN, "{\"others\":true}"), 403);
	CHECK_INT(people_ask("POST", "/v1/sessions/revoke", root, "{\"user\":\"a b\"}"), 422);
	CHECK_INT(people_ask("POST", "/v1/sessions/revoke", root, "{\"user\":\"ann\"}"), 200);
	CHECK_STR(w.body, "{\"revoked\":1}");
	CHECK_INT(people_ask("GET", "/v1/session", ann, ""), 401);
	people_stop();
}

TEST(a_full_pipeline_keeps_nobody_out)
{
	unsigned own;
	uint64_t before;
	char cookie[200];

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	own = ledger_source(w.ledger, "tocsin");
	before = ledger_get(w.ledger, own, LEDGER_RECEIVED);
	atomic_store(&w.full, true);
	CHECK_INT(people_ask("POST", "/v1/session", "", LOGIN), 200);
	CHECK_INT(people_ask("POST", "/v1/session", "", WRONG), 401);
	CHECK_INT(ledger_get(w.ledger, own, LEDGER_RECEIVED), before + 2);
	CHECK_INT(ledger_get(w.ledger, own, LEDGER_REFUSED_OVERLOAD), 2);
	people_stop();
}

/* Who is gone when the answer comes, and a server that ends meanwhile, do no harm. */
TEST(nobody_waits_for_the_answer)
{
	char cookie[200], text[400];

	people_start();
	people_add("ann", ROLE_VIEWER, cookie);
	for (int i = 0; i < 20; i++) {
		struct sockaddr_in at = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)w.port) };
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		CHECK_INT(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
		snprintf(text, sizeof(text),
		    "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s",
		    strlen(LOGIN), LOGIN);
		CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) > 0);
		close(fd);
	}
	people_stop();
}
