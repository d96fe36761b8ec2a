/* Small bodies by a table: what is not in it is refused by its name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/body.h"

#include "people.h"

/* A route of the test's own, in place of one that is there. */
static void
echo(void *ctx, struct http *r)
{
	struct str text = STR("-");
	bool flag = false, given = false;
	int64_t number = -1;
	struct body_texts list = { 0 };
	const struct body_field fields[] = { { "text", BODY_TEXT, true, &text, NULL },
		{ "flag", BODY_BOOL, false, &flag, &given },
		{ "number", BODY_INT, false, &number, NULL },
		{ "list", BODY_TEXTS, false, &list, NULL } };
	char out[200];

	if (!body_read(ctx, r, fields, ARRAY_LEN(fields)))
		return;
	snprintf(out, sizeof(out), "%.*s %d %d %lld %zu", STR_ARG(text), flag, given,
	    (long long)number, list.n);
	http_reply(r, 200, HTTP_JSON, str_c(out));
}

TEST(members_by_the_table)
{
	static const struct {
		const char *body;
		int status;
		const char *words;
	} cases[] = {
		{ "{\"text\":\"a\"}", 200, "a 0 0 -1 0" },
		{ " {\"text\":\"a\",\"flag\":true,\"number\":-7,\"list\":[\"x\",\"y\"]} ", 200,
		    "a 1 1 -7 2" },
		{ "{\"text\":\"a\",\"flag\":null,\"list\":[]}", 200, "a 0 0 -1 0" },
		{ "", 400, "text: is missing" },
		{ "{}", 400, "text: is missing" },
		{ "{\"text\":null}", 400, "text: must be a text" },
		{ "{\"text\":1}", 400, "text: must be a text" },
		{ "{\"text\":\"a\",\"text\":\"b\"}", 400, "text: comes twice" },
		{ "{\"text\":\"a\",\"flag\":1}", 400, "flag: must be true or false" },
		{ "{\"text\":\"a\",\"number\":1.5}", 400, "number: must be a whole number" },
		{ "{\"text\":\"a\",\"number\":99999999999999999999}", 400, "" },
		{ "{\"text\":\"a\",\"list\":[1]}", 400, "list: must be a list of texts" },
		{ "{\"text\":\"a\",\"list\":{}}", 400, "list: must be a list of texts" },
		{ "{\"text\":\"a\",\"Text\":\"b\"}", 400, "Text: there is no such member" },
		{ "[\"text\"]", 400, "must be a JSON object" },
		{ "\"text\"", 400, "must be a JSON object" },
		{ "{\"text\":\"a\"", 400, "" },
		{ "{\"text\":\"a\"} {}", 400, "" },
		{ "{\"text\":\"\xff\"}", 400, "not valid UTF-8" },
		{ "{\"text\":\"\\ud800\"}", 400, "not valid UTF-8" },
	};

	people_start();
	for (size_t i = 0; i < w.api->n_routes; i++)
		if (strcmp(w.api->routes[i].pattern, "/v1/tokens") == 0)
			w.api->routes[i].handler = echo;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int got = people_ask("POST", "/v1/tokens", ADMIN, cases[i].body);

		if (got != cases[i].status || !people_said(cases[i].words))
			test_fail(TEST_AT(people_ask), "%s: %d %s", cases[i].body, got, w.body);
	}
	people_stop();
}

TEST(lists_and_bodies_are_capped)
{
	static char big[100000];
	struct buf text = { 0 };

	people_start();
	for (size_t i = 0; i < w.api->n_routes; i++)
		if (strcmp(w.api->routes[i].pattern, "/v1/tokens") == 0)
			w.api->routes[i].handler = echo;
	buf_init(&text, 0);
	buf_str(&text, STR("{\"text\":\"a\",\"list\":[\"0\""));
	for (int i = 1; i <= BODY_TEXTS_MAX; i++) {
		struct buf whole = { 0 };

		buf_init(&whole, 0);
		buf_str(&whole, buf_view(&text));
		buf_put(&whole, "]}", 3);
		CHECK_INT(people_ask("POST", "/v1/tokens", ADMIN, whole.p), 200);
		buf_fini(&whole);
		buf_str(&text, STR(",\"x\""));
	}
	buf_put(&text, "]}", 3);
	CHECK_INT(people_ask("POST", "/v1/tokens", ADMIN, text.p), 400);
	buf_fini(&text);
	memset(big, 'a', sizeof(big) - 3);
	memcpy(big, "{\"text\":\"", 9);
	memcpy(big + sizeof(big) - 3, "\"}", 3);
	CHECK_INT(people_ask("POST", "/v1/tokens", ADMIN, big), 413);
	people_stop();
}
