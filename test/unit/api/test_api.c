/* Who may do what; health, readiness and the ledger. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "api/internal.h"

static int
bare(const char *request, char *to, size_t size)
{
	uint64_t status = 0;
	int fd = fx_dial();
	size_t n = 0;

	CHECK(send(fd, request, strlen(request), MSG_NOSIGNAL) > 0);
	shutdown(fd, SHUT_WR);
	for (ssize_t k; (k = recv(fd, to + n, size - 1 - n, 0)) > 0;)
		n += (size_t)k;
	to[n] = '\0';
	close(fd);
	(void)str_u64((struct str){ to + 9, 3 }, &status);
	return (int)status;
}

TEST(without_a_token_only_health)
{
	static const struct {
		const char *request;
		int status;
	} cases[] = {
		{ "GET /healthz HTTP/1.0\r\n\r\n", 200 },
		{ "GET /readyz HTTP/1.0\r\n\r\n", 503 },
		{ "GET /metrics HTTP/1.0\r\n\r\n", 401 },
		{ "GET /v1/ledger HTTP/1.0\r\n\r\n", 401 },
		{ "GET /v1/alerts HTTP/1.0\r\n\r\n", 401 },
		{ "GET /v1/alerts/x HTTP/1.0\r\n\r\n", 401 },
		{ "POST /v1/alerts/x/ack HTTP/1.0\r\n\r\n", 401 },
		{ "GET /v1/query?sql=x HTTP/1.0\r\n\r\n", 401 },
		{ "POST /v1/query HTTP/1.0\r\n\r\n", 401 },
		{ "POST /v1/events HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", 401 },
		{ "GET /v1/events HTTP/1.0\r\n\r\n", 405 },
		{ "GET / HTTP/1.0\r\n\r\n", 404 },
	};
	static char got[65536];

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(bare(cases[i].request, got, sizeof(got)), cases[i].status);
	fx_stop();
}

TEST(metrics_may_be_open)
{
	static char got[65536];

	fx_start(true);
	CHECK_INT(bare("GET /metrics HTTP/1.0\r\n\r\n", got, sizeof(got)), 200);
	CHECK_INT(bare("GET /v1/ledger HTTP/1.0\r\n\r\n", got, sizeof(got)), 401);
	fx_stop();
}

/* Every row of the table has a scope and a handler, and only health is open. */
TEST(the_table_denies_by_default)
{
	static const char *const known[] = { "/healthz", "/readyz", "/v1/openapi.json", "/v1/setup",
		"/v1/session", "/v1/invites/accept", "/v1/alerts/{id}/ack-link",
		/* They look at the caller themselves: their clients want refusals of their own
		   form. */
		"/v1/decisions", "/v1/decisions/stream",
		/* Who has the link got it in a message; it does nothing before a button is pressed.
		 */
		"/a/{code}",
		/* Signed by the sender. */
		"/v1/inbound/pagerduty/{channel}" };
	size_t n;
	const struct route *all = routes_all(&n);

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		fprintf(stderr, "%s\n", all[i].pattern);
		CHECK(all[i].handler != NULL);
		CHECK(all[i].scope != ROUTE_CLOSED);
		while (k < ARRAY_LEN(known) && strcmp(all[i].pattern, known[k]) != 0)
			k++;
		CHECK(all[i].scope != ROUTE_OPEN || k < ARRAY_LEN(known));
	}
}

TEST(health_and_readiness)
{
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("GET", "/healthz", STR(""), &body), 200);
	CHECK_STR(body, "{\"status\":\"ok\",\"version\":\"1.2\"}");
	CHECK_INT(fx_ask("GET", "/readyz", STR(""), &body), 503);
	fx.facts.log_ok = fx.facts.detect_ok = fx.facts.store_ok = true;
	CHECK_INT(fx_ask("GET", "/readyz", STR(""), &body), 200);
	CHECK_STR(body,
	    "{\"status\":\"ready\",\"checks\":{\"log\":true,\"detection\":true,\"store\":true}}");
	fx.facts.store_ok = false;
	CHECK_INT(fx_ask("GET", "/readyz", STR(""), &body), 503);
	CHECK(strstr(body, "\"store\":false") != NULL);
	fx_stop();
}

TEST(the_ledger_balances_or_says_so)
{
	const char *body;

	fx.facts.log_first = 1;
	fx.facts.log_bytes = 77;
	fx.facts.detected_through = 2;
	fx.facts.stored_through = 1;
	fx_start(false);
	CHECK_INT(fx_ask("POST", "/v1/events?source=s", STR("[{},{}]"), NULL), 200);
	CHECK_INT(fx_ask("POST", "/v1/events?source=s", STR("["), NULL), 400);
	CHECK_INT(fx_ask("GET", "/v1/ledger", STR(""), &body), 200);
	CHECK(strstr(body, "{\"source\":\"s\",\"received\":3,\"logged\":2,") != NULL);
	CHECK(strstr(body, "\"refused_malformed\":1,") != NULL);
	CHECK(strstr(body,
		  "\"in_flight\":0,\"log\":{\"first_seq\":1,\"last_seq\":2,\"bytes\":77},"
		  "\"detected_through\":2,\"stored_through\":1,\"balanced\":true}") != NULL);
	/* One record in the log that nobody logged; one logged that the log does not hold. */
	fx.facts.log_last = 3;
	CHECK_INT(fx_ask("GET", "/v1/ledger", STR(""), &body), 200);
	CHECK(strstr(body, "\"balanced\":false") != NULL);
	fx.facts.log_last = 1;
	CHECK_INT(fx_ask("GET", "/v1/ledger", STR(""), &body), 200);
	CHECK(strstr(body, "\"balanced\":false") != NULL);
	fx.facts.log_last = 2;
	ledger_add(fx.ledger, ledger_source(fx.ledger, "s"), LEDGER_LOGGED, 1);
	CHECK_INT(fx_ask("GET", "/v1/ledger", STR(""), &body), 200);
	CHECK(strstr(body, "\"balanced\":false") != NULL);
	fx_stop();
}

TEST(what_the_server_refuses_is_in_the_ledger)
{
	char got[4096];

	fx_start(false);
	CHECK_INT(bare("POST /v1/events HTTP/1.0\r\nAuthorization: Bearer " TOKEN
		       "\r\nContent-Length: 999999999\r\n\r\n",
		      got, sizeof(got)),
	    413);
	CHECK_INT(bare("POST /v1/events HTTP/1.0\r\nAuthorization: Bearer " TOKEN
		       "\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd",
		      got, sizeof(got)),
	    415);
	CHECK_INT(ledger_get(fx.ledger, ledger_source(fx.ledger, "http"), LEDGER_REFUSED_TOO_LARGE),
	    1);
	CHECK_INT(ledger_get(fx.ledger, ledger_source(fx.ledger, "http"), LEDGER_REFUSED_MALFORMED),
	    1);
	CHECK_INT(ledger_get(fx.ledger, ledger_source(fx.ledger, "http"), LEDGER_RECEIVED), 2);
	fx_stop();
}
