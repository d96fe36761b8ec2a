/* Users over the API. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

TEST(a_user_comes_is_changed_and_goes)
{
	char root[200], ann[200], invite[100], body[300];

	people_start();
	people_add("root", ROLE_ADMIN, root);
	CHECK_INT(people_ask("POST", "/v1/users", root, "{\"name\":\"Ann\",\"role\":\"analyst\"}"),
	    201);
	CHECK(people_said("{\"user\":{\"name\":\"ann\",\"role\":\"analyst\",\"disabled\":false,"
			  "\"invited\":true,\"created\":\""));
	people_find("\"url\":\"/welcome#", invite, sizeof(invite));
	snprintf(body, sizeof(body), "{\"invite\":\"%s\",\"password\":\"" PASSWORD "\"}", invite);
	CHECK_INT(people_ask("POST", "/v1/invites/accept", "", body), 200);
	people_cookie(ann);
	CHECK_INT(people_ask("GET", "/v1/users", root, ""), 200);
	CHECK(people_said("{\"users\":[{\"name\":\"ann\",\"role\":\"analyst\",\"disabled\":false,"
			  "\"invited\":false,"));
	CHECK(people_said("\"sessions\":1},{\"name\":\"root\""));
	CHECK(!people_said("argon2") && !people_said("hash"));
	CHECK_INT(people_ask("PUT", "/v1/users/ann", root, "{\"role\":\"viewer\"}"), 200);
	CHECK(people_said("{\"user\":{\"name\":\"ann\",\"role\":\"viewer\""));
	CHECK_INT(people_ask("GET", "/v1/session", ann, ""), 401); /* must log in anew */
	CHECK_INT(people_ask("PUT", "/v1/users/ANN", root, "{\"disabled\":true}"), 200);
	CHECK(people_said("\"disabled\":true"));
	CHECK_INT(people_ask("POST", "/v1/session", "",
		      "{\"name\":\"ann\",\"password\":\"" PASSWORD "\"}"),
	    401);
	CHECK_INT(people_ask("PUT", "/v1/users/ann", root,
		      "{\"disabled\":false,\"role\":\"responder\"}"),
	    200);
	CHECK_INT(people_ask("POST", "/v1/users/ann/invite", root, ""), 201);
	CHECK(people_said("\"invite\":\""));
	CHECK_INT(people_ask("DELETE", "/v1/users/ann", root, ""), 204);
	CHECK_INT(people_ask("DELETE", "/v1/users/ann", root, ""), 404);
	CHECK_INT(people_events("auth.user.created"), 1);
	CHECK_INT(people_events("auth.user.changed"), 3);
	CHECK_INT(people_events("\"message\":\"ann was deleted by root\""), 1);
	people_stop();
}

TEST(what_is_refused)
{
	static const struct {
		const char *method, *path, *body;
		int status;
	} cases[] = {
		{ "POST", "/v1/users", "{\"name\":\"root\",\"role\":\"viewer\"}", 409 },
		{ "POST", "/v1/users", "{\"name\":\"a b\",\"role\":\"viewer\"}", 422 },
		{ "POST", "/v1/users", "{\"name\":\"\\u0430nn\",\"role\":\"viewer\"}", 422 },
		{ "POST", "/v1/users", "{\"name\":\"ann\",\"role\":\"god\"}", 422 },
		{ "POST", "/v1/users", "{\"name\":\"ann\"}", 400 },
		{ "POST", "/v1/users", "{\"name\":\"ann\",\"role\":null}", 400 },
		{ "POST", "/v1/users", "{\"name\":\"ann\",\"role\":\"viewer\",\"x\":1}", 400 },
		{ "PUT", "/v1/users/root", "{}", 400 },
		{ "PUT", "/v1/users/root", "{\"role\":\"god\"}", 422 },
		{ "PUT", "/v1/users/root", "{\"disabled\":\"yes\"}", 400 },
		{ "PUT", "/v1/users/bob", "{\"disabled\":true}", 404 },
		{ "PUT", "/v1/users/b%20b", "{\"disabled\":true}", 422 },
		/* The last admin. */
		{ "PUT", "/v1/users/root", "{\"role\":\"analyst\"}", 409 },
		{ "PUT", "/v1/users/root", "{\"disabled\":true}", 409 },
		{ "DELETE", "/v1/users/root", "", 409 },
		{ "DELETE", "/v1/users/bob", "", 404 },
		{ "DELETE", "/v1/users/root?force=1", "", 400 },
		{ "POST", "/v1/users/bob/invite", "", 404 },
		{ "POST", "/v1/users/root/invite", "{\"x\":1}", 400 },
		{ "GET", "/v1/users?limit=1", "", 400 },
	};
	char root[200];

	people_start();
	people_add("root", ROLE_ADMIN, root);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int got = people_ask(cases[i].method, cases[i].path, root, cases[i].body);

		if (got != cases[i].status)
			test_fail(TEST_AT(people_ask), "%s %s %s: %d, not %d", cases[i].method,
			    cases[i].path, cases[i].body, got, cases[i].status);
	}
	CHECK_INT(people_ask("GET", "/v1/session", root, ""), 200); /* nothing was done */
	CHECK_INT(people_ask("GET", "/v1/users", READER, ""), 403);
	CHECK_INT(people_ask("GET", "/v1/users", "", ""), 401);
	people_stop();
}

TEST(somebody_else_may_write_meanwhile)
{
	char root[200];

	people_start();
	people_add("root", ROLE_ADMIN, root);
	CHECK_INT(users_add(w.shell, STR("bob"), ROLE_VIEWER, clock_wall(), NULL), OK);
	CHECK_INT(people_ask("GET", "/v1/users", root, ""), 200);
	CHECK(people_said("\"name\":\"bob\""));
	people_stop();
}
