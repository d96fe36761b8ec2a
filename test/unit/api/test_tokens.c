/* Access tokens over the API. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

TEST(a_token_is_made_listed_and_revoked)
{
	char id[40], token[100], path[80];

	people_start();
	CHECK_INT(people_ask("GET", "/v1/tokens", ADMIN, ""), 200);
	CHECK_STR(w.body, "{\"tokens\":[]}");
	CHECK_INT(people_ask("POST", "/v1/tokens", ADMIN,
		      "{\"name\":\"shop <b>\",\"scopes\":[\"ingest\",\"read\"],"
		      "\"expires_in_days\":7}"),
	    201);
	people_find("\"token\":\"", token, sizeof(token));
	CHECK_INT(strlen(token), 68);
	CHECK(people_said("\"scopes\":[\"read\",\"ingest\"]"));
	CHECK(people_said("\"by\":\"token:admin\"") && people_said("\"last_used\":null"));
	people_find("\"id\":\"", id, sizeof(id));
	CHECK_INT(people_ask("GET", "/v1/tokens", ADMIN, ""), 200);
	CHECK(people_said(id) && !people_said(token) && !people_said("toc_"));
	snprintf(path, sizeof(path), "/v1/tokens/%s", id);
	CHECK_INT(people_ask("DELETE", path, ADMIN, ""), 204);
	CHECK_INT(people_ask("DELETE", path, ADMIN, ""), 404);
	people_stop();
}

TEST(what_is_refused)
{
	static const struct {
		const char *body;
		int status;
	} cases[] = {
		{ "{\"name\":\"a\",\"scopes\":[\"read\"]}", 201 },
		{ "{\"name\":\"a\",\"scopes\":[\"read\"]}", 409 },
		{ "{\"name\":\"b\",\"scopes\":[\"read\"],\"expires_in_days\":null}", 201 },
		{ "{\"name\":\"c\",\"scopes\":[]}", 422 },
		{ "{\"name\":\"c\",\"scopes\":[\"root\"]}", 422 },
		{ "{\"name\":\"c\",\"scopes\":\"read\"}", 400 },
		{ "{\"name\":\"c\",\"scopes\":[1]}", 400 },
		{ "{\"name\":\"c\"}", 400 },
		{ "{\"name\":\"\",\"scopes\":[\"read\"]}", 422 },
		{ "{\"name\":\"a\\nb\",\"scopes\":[\"read\"]}", 422 },
		{ "{\"name\":\"c\",\"scopes\":[\"read\"],\"expires_in_days\":0}", 422 },
		{ "{\"name\":\"c\",\"scopes\":[\"read\"],\"expires_in_days\":-1}", 422 },
		{ "{\"name\":\"c\",\"scopes\":[\"read\"],\"expires_in_days\":3651}", 422 },
		{ "{\"name\":\"c\",\"scopes\":[\"read\"],\"expires_in_days\":1.5}", 400 },
		{ "{\"name\":\"c\",\"scopes\":[\"read\"],\"token\":\"mine\"}", 400 },
	};

	people_start();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int got = people_ask("POST", "/v1/tokens", ADMIN, cases[i].body);

		if (got != cases[i].status)
			test_fail(TEST_AT(people_ask), "%s: %d", cases[i].body, got);
	}
	CHECK_INT(people_ask("GET", "/v1/tokens?x=", ADMIN, ""), 400);
	CHECK_INT(people_ask("POST", "/v1/tokens", READER, cases[0].body), 403);
	people_stop();
}
