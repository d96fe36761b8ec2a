/* Who a request is from, as a handler sees it, and who is let in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include "fixture.h"

#define AUTH "Authorization: Bearer " TOKEN "\r\n"

TEST(peer_origin_and_caller)
{
	static const struct {
		const char *request, *body;
	} cases[] = {
		{ "GET /who" H "\r\n", "127.0.0.1 open http://t [] 0 foreign" },
		{ "GET /who" H AUTH "\r\n", "127.0.0.1 open http://t [tester] 2 foreign" },
		{ "GET /who HTTP/1.1\r\nHost: a.example:8080\r\nOrigin: "
		  "http://a.example:8080\r\n\r\n",
		    "127.0.0.1 open http://a.example:8080 [] 0 own" },
		{ "GET /who HTTP/1.1\r\nHost: A.example\r\nOrigin: http://a.EXAMPLE\r\n\r\n",
		    "127.0.0.1 open http://A.example [] 0 own" },
		{ "GET /who HTTP/1.1\r\nHost: a.example\r\nOrigin: https://a.example\r\n\r\n",
		    "127.0.0.1 open http://a.example [] 0 foreign" },
		{ "GET /who HTTP/1.1\r\nHost: a.example\r\nOrigin: null\r\n\r\n",
		    "127.0.0.1 open http://a.example [] 0 foreign" },
		{ "GET /who HTTP/1.1\r\nHost: a/../b\r\nOrigin: http://a/../b\r\n\r\n",
		    "127.0.0.1 open  [] 0 foreign" },
		{ "GET /who HTTP/1.1\r\nHost:\r\nOrigin: http://\r\n\r\n",
		    "127.0.0.1 open  [] 0 foreign" },
		{ "GET /who HTTP/1.1\r\nHost: [::1]:80\r\nOrigin: http://[::1]:80\r\n\r\n",
		    "127.0.0.1 open http://[::1]:80 [] 0 own" },
		{ "GET /who" H "Origin: https://tocsin.example\r\n\r\n",
		    "127.0.0.1 open http://t [] 0 own" },
		{ "GET /who" H "Origin: https://tocsin.example.evil\r\n\r\n",
		    "127.0.0.1 open http://t [] 0 foreign" },
		{ "GET /who" H "Origin: https://tocsin.exampl\r\n\r\n",
		    "127.0.0.1 open http://t [] 0 foreign" },
		/* Nobody here trusts the sender. */
		{ "GET /who" H "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n\r\n",
		    "127.0.0.1 open http://t [] 0 foreign" },
	};
	struct fixture f = start((struct server_opts){ .public_url = "https://tocsin.example/" });

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fprintf(stderr, "%s", cases[i].request);
		ASK(&f, cases[i].request, 201, cases[i].body);
	}
	stop(&f);
}

TEST(behind_a_trusted_proxy)
{
	struct ip_net proxy;
	struct fixture f;
	char *answer;

	CHECK(ip_net_parse(STR("127.0.0.0/8"), &proxy, NULL));
	f = start((struct server_opts){ .trusted = &proxy, .n_trusted = 1 });
	ASK(&f, "GET /who" H "\r\n", 201, "127.0.0.1 open http://t [] 0 foreign");
	ASK(&f, "GET /who" H "X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\n\r\n", 201,
	    "203.0.113.5 open http://t [] 0 foreign");
	answer = ask(&f, "GET /who" H "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n"
			 "X-Forwarded-Host: a.example\r\nOrigin: https://a.example\r\n\r\n"
			 "GET /who" H "\r\n");
	CHECK(strstr(answer, "203.0.113.5 secure https://a.example [] 0 own") != NULL);
	CHECK(strstr(answer, "Strict-Transport-Security: max-age=31536000\r\n") != NULL);
	/* The next request of the connection starts with nothing of it. */
	CHECK(strstr(answer, "127.0.0.1 open http://t [] 0 foreign") != NULL);
	free(answer);
	stop(&f);
}

TEST(a_refusal_has_words_headers_and_leaves_the_connection_open)
{
	struct fixture f = start((struct server_opts){ 0 });
	char *answer = ask(&f, "GET /who" H "X-Test: slow down\r\n\r\nGET /who" H "\r\n");

	CHECK_INT(status_of(answer), 429);
	CHECK(strstr(answer, "\r\nRetry-After: 9\r\n") != NULL);
	CHECK(strstr(answer, "\"detail\":\"7 is too many\"") != NULL);
	CHECK(strstr(answer, "127.0.0.1 open http://t [] 0 foreign") != NULL);
	free(answer);
	ASK(&f, "POST /ingest" H AUTH "X-Test: no\r\nContent-Length: 5\r\n\r\nhello", 403, NULL);
	answer = ask(&f, "POST /echo" H "X-Test: no\r\nContent-Length: 5\r\n\r\nhello");
	CHECK(strstr(answer, "\r\nConnection: close\r\n") != NULL); /* a body was on its way */
	free(answer);
	/* Closed to everybody, and nobody is even asked. */
	ASK(&f, "GET /closed" H AUTH "\r\n", 403, NULL);
	ASK(&f, "GET /closed" H "\r\n", 403, NULL);
	stop(&f);
}

TEST(public_urls)
{
	static const struct {
		const char *url;
		bool good;
	} cases[] = { { "https://a.example", true }, { "https://a.example/", true },
		{ "http://127.0.0.1:8321", true }, { "https://[2001:db8::1]:1", true },
		{ "", false }, { "https://", false }, { "https:///", false },
		{ "a.example", false }, { "ftp://a", false }, { "https://a/b", false },
		{ "https://a//", false }, { "https://u@a", false }, { "https://a?b", false },
		{ "javascript:alert(1)", false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fprintf(stderr, "%s\n", cases[i].url);
		CHECK_INT(http_public_url_good(str_c(cases[i].url)), cases[i].good);
	}
}
