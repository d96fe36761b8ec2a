/* GET and POST /v1/query, with shell scripts for workers. */
/* SPDX-License-Identifier: Apache-2.0 */
/* test of api/query.c */
#include "fixture.h"

/* Answers with what it was asked. */
#define ECHO_SCRIPT "echo '200 application/json'; cat"

TEST(what_the_worker_is_asked)
{
	static const struct {
		const char *method, *target, *body;
		int status;
		const char *request; /* NULL: refused before a worker */
	} cases[] = {
		{ "GET", "/v1/query?sql=SELECT+1", "", 200,
		    "{\"sql\":\"SELECT "
		    "1\",\"format\":\"json\",\"timeout_ms\":2000,\"max_rows\":1000}\n" },
		{ "GET", "/v1/query?sql=a%22b&format=csv&timeout=500ms&max_rows=7", "", 200,
		    "{\"sql\":\"a\\\"b\",\"format\":\"csv\",\"timeout_ms\":500,\"max_rows\":7}\n" },
		{ "POST", "/v1/query?max_rows=7", "SELECT\n1", 200,
		    "{\"sql\":\"SELECT\\n1\",\"format\":\"json\",\"timeout_ms\":2000,\"max_rows\":"
		    "7}\n" },
		{ "GET", "/v1/query?sql=x&from=2026-11-21T00:00:00Z&to=1795305600", "", 200,
		    "{\"sql\":\"x\",\"format\":\"json\",\"timeout_ms\":2000,\"max_rows\":1000,"
		    "\"from\":1795219200000000000,\"to\":1795305600000000000}\n" },
		{ "GET", "/v1/query", "", 400, NULL },
		{ "POST", "/v1/query", " \n", 400, NULL },
		{ "GET", "/v1/query?sql=", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&format=xml", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&timeout=3s", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&timeout=0", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&max_rows=1001", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&max_rows=0", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&from=yesterday", "", 400, NULL },
		{ "GET", "/v1/query?sql=x&what=1", "", 400, NULL },
		{ "DELETE", "/v1/query?sql=x", "", 405, NULL },
	};

	fx.script = ECHO_SCRIPT;
	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *body;

		fprintf(stderr, "%s %s\n", cases[i].method, cases[i].target);
		CHECK_INT(fx_ask(cases[i].method, cases[i].target, str_c(cases[i].body), &body),
		    cases[i].status);
		if (cases[i].request != NULL)
			CHECK_STR(body, cases[i].request);
	}
	fx_stop();
}

TEST(a_form_is_read_as_one)
{
	static const char request[] = "POST /v1/query HTTP/1.0\r\nAuthorization: Bearer " TOKEN
				      "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
				      "Content-Length: 27\r\n\r\nsql=SELECT%201&format=csv&&";
	char got[2048] = { 0 };
	size_t n = 0;
	int fd;

	fx.script = ECHO_SCRIPT;
	fx_start(false);
	fd = fx_dial();
	CHECK(send(fd, request, sizeof(request) - 1, 0) > 0);
	for (ssize_t k; (k = recv(fd, got + n, sizeof(got) - 1 - n, 0)) > 0;)
		n += (size_t)k;
	close(fd);
	CHECK(strstr(got, "\r\n\r\n{\"sql\":\"SELECT 1\",\"format\":\"csv\",") != NULL);
	fx_stop();
}

TEST(what_the_worker_answers)
{
	static const struct {
		const char *script;
		int status;
		const char *body; /* NULL: a problem */
	} cases[] = {
		{ "echo '200 text/csv; charset=utf-8'; echo a,b", 200, "a,b\n" },
		{ "echo '400 application/problem+json'; echo '{}'; exit 1", 400, "{}\n" },
		{ "echo '200 application/json'", 200, "" },
		{ "true", 500, NULL },
		{ "exit 3", 500, NULL },
		{ "kill -9 $$", 500, NULL },
		{ "echo nonsense", 500, NULL },
		{ "echo '99 x'", 500, NULL },
		{ "printf '200 text/html\\r\\nX: y\\n'", 500, NULL },
		{ "head -c 1000 /dev/zero", 500, NULL },
		{ "echo '200 application/json'; echo half; kill -9 $$", 500, NULL },
		{ "echo '200 application/json'; echo half; exit 1", 500, NULL },
		{ "exec sleep 30", 504, NULL },
		{ "", 503, NULL },
		{ "", 503, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(cases[i].script != NULL);
	fx.script = "";
	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *body;
		char script[128];

		/* As a worker does, it takes the question before it ends. */
		(void)snprintf(script, sizeof(script), "cat >/dev/null; %s", cases[i].script);
		fprintf(stderr, "%s\n", cases[i].script);
		fx.script = cases[i].script[0] != '\0' ? script : "";
		CHECK_INT(fx_ask("GET", "/v1/query?sql=x&timeout=10ms", STR(""), &body),
		    cases[i].status);
		if (cases[i].body != NULL)
			CHECK_STR(body, cases[i].body);
		else
			CHECK(strncmp(body, "{\"type\":\"about:blank\"", 21) == 0);
	}
	CHECK_INT(atomic_load(&fx.releases), ARRAY_LEN(cases) - 2);
	fx_stop();
}

TEST(a_large_answer_comes_whole_and_no_faster_than_it_is_read)
{
	const char *body;
	int fd, small = 65536;
	static char rest[65536];
	char first[512];
	size_t total = 0;
	ssize_t n;

	fx.script = "cat >/dev/null; echo '200 text/csv'; head -c 3000000 /dev/zero | tr '\\0' x";
	fx_start(false);
	CHECK_INT(fx_ask("GET", "/v1/query?sql=x", STR(""), &body), 200);
	CHECK(strlen(body) > 3000000);
	/* Slowly at first. */
	fd = fx_dial();
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	fx_send(fd, "GET", "/v1/query?sql=x", STR(""));
	for (int i = 0; i < 10; i++) {
		n = recv(fd, first, sizeof(first), 0);
		CHECK(n > 0);
		total += (size_t)n;
		(void)poll(NULL, 0, 20);
	}
	while ((n = recv(fd, rest, sizeof(rest), 0)) > 0)
		total += (size_t)n;
	close(fd);
	CHECK(total > 3000000);
	fx_stop();
}

TEST(a_broken_stream_looks_broken)
{
	const char *body;
	size_t n;

	fx.script = "echo '200 text/csv'; head -c 1000000 /dev/zero | tr '\\0' x; kill -9 $$";
	fx_start(false);
	CHECK_INT(fx_ask("GET", "/v1/query?sql=x", STR(""), &body), 200);
	n = strlen(body);
	CHECK(n < 5 || strcmp(body + n - 5, "0\r\n\r\n") != 0);
	fx_stop();
}

TEST(the_worker_ends_with_its_client)
{
	int fd;

	fx.script = "echo '200 text/csv'; while :; do echo x; done";
	fx_start(false);
	for (int i = 0; i < 3; i++) {
		char some[1000];

		fd = fx_dial();
		fx_send(fd, "GET", "/v1/query?sql=x", STR(""));
		CHECK(recv(fd, some, sizeof(some), 0) > 0);
		close(fd);
		for (int k = 0; k < 100 && atomic_load(&fx.releases) <= i; k++)
			(void)poll(NULL, 0, 20);
		CHECK_INT(atomic_load(&fx.releases), i + 1);
	}
	fd = fx_dial();
	fx_send(fd, "GET", "/v1/query?sql=x", STR(""));
	(void)poll(NULL, 0, 50);
	fx_stop(); /* with one under way */
	CHECK_INT(atomic_load(&fx.releases), 4);
	close(fd);
}
