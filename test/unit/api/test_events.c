/* POST /v1/events: what is taken, what is answered, what the ledger says. */
/* SPDX-License-Identifier: Apache-2.0 */
/* test of api/events.c */
#include "fixture.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 64 */

static int
post(const char *target, const char *body, const char **ret)
{
	return fx_ask("POST", target, str_c(body), ret);
}

static uint64_t
counted(const char *source, enum ledger_count what)
{
	return ledger_get(fx.ledger, ledger_source(fx.ledger, source), what);
}

TEST(every_form_of_body)
{
	static const struct {
		const char *target, *body, *taken;
	} cases[] = {
		{ "/v1/events", "{\"a\":1}", "[http json 127.0.0.1]\n{\"a\":1}\n" },
		{ "/v1/events/", "[{\"a\":1}, {\"b\":2}]",
		    "[http json 127.0.0.1]\n{\"a\":1}\n{\"b\":2}\n" },
		{ "/v1/events?", "{\"a\":1}\n\n{\"b\":2}\n",
		    "[http json 127.0.0.1]\n{\"a\":1}\n{\"b\":2}\n" },
		{ "/v1/events", "{\"a\":\n1}", "[http json 127.0.0.1]\n{\"a\":\n1}\n" },
		{ "/v1/events?source=shop&format=auto", "[{}]", "[shop auto 127.0.0.1]\n{}\n" },
		{ "/v1/events?format=auto", "plain\r\n\r\nlines",
		    "[http auto 127.0.0.1]\nplain\nlines\n" },
		{ "/v1/events?format=syslog", "{}\n[]", "[http syslog 127.0.0.1]\n{}\n[]\n" },
	};

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_reset(&fx.taken);
		fprintf(stderr, "%s %s\n", cases[i].target, cases[i].body);
		CHECK_INT(post(cases[i].target, cases[i].body, NULL), 200);
		CHECK_SLICE(buf_view(&fx.taken), cases[i].taken);
	}
	fx_stop();
}

TEST(each_event_gets_its_answer)
{
	const char *body;

	fx_start(false);
	CHECK_INT(post("/v1/events", "[{},{\"x\":\"bad\"},{}]", &body), 200);
	CHECK_STR(body,
	    "{\"received\":3,\"logged\":3,\"parse_failed\":1,\"first_seq\":1,\"last_seq\":3,"
	    "\"items\":["
	    "{\"status\":201,\"seq\":1},{\"status\":422,\"seq\":2,\"error\":\"it is \\\"bad\\\"\"},"
	    "{\"status\":201,\"seq\":3}]}");
	CHECK_INT(post("/v1/events?items=failed", "[{},{\"x\":\"bad\"},{}]", &body), 200);
	CHECK_STR(body, "{\"received\":3,\"logged\":3,\"parse_failed\":1,\"first_seq\":4,\"last_"
			"seq\":6,\"items\":["
			"{\"status\":422,\"seq\":5,\"index\":1,\"error\":\"it is \\\"bad\\\"\"}]}");
	CHECK_INT(post("/v1/events", "[]", &body), 200);
	CHECK_STR(body,
	    "{\"received\":0,\"logged\":0,\"parse_failed\":0,\"first_seq\":null,\"last_seq\":null,"
	    "\"items\":[]}");
	fx_stop();
}

TEST(what_is_malformed_is_refused_whole)
{
	static const char *const bodies[] = { "", " \n", "nonsense", "{\"a\":1", "[{},", "[{}]x",
		"7" };
	static const char *const targets[] = { "/v1/events?source=", "/v1/events?source=a%20b",
		("/v1/events?source=" LONG), "/v1/events?source=a%0a",
		"/v1/events?format=", "/v1/events?format=nonesuch", "/v1/events?items=no",
		"/v1/events?sauce=x" };

	fx_start(false);
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		CHECK_INT(post("/v1/events?source=s", bodies[i], NULL), 400);
	CHECK_INT(counted("s", LEDGER_RECEIVED), ARRAY_LEN(bodies));
	CHECK_INT(counted("s", LEDGER_REFUSED_MALFORMED), ARRAY_LEN(bodies));
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		CHECK_INT(post(targets[i], "{}", NULL), 400);
	CHECK_INT(counted("http", LEDGER_REFUSED_MALFORMED), ARRAY_LEN(targets));
	CHECK_INT(atomic_load(&fx.submitted), 0);
	fx_stop();
}

TEST(sources_are_bounded)
{
	char target[64];

	fx_start(false);
	for (int i = 0; i < API_SOURCES_MAX; i++) {
		snprintf(target, sizeof(target), "/v1/events?source=s%d", i);
		CHECK_INT(post(target, "{}", NULL), 200);
	}
	CHECK_INT(post("/v1/events?source=another", "{}", NULL), 400);
	CHECK_INT(post("/v1/events?source=s0", "{}", NULL), 200);
	fx_stop();
}

/* n empty objects, a line each. */
static struct buf
lines(size_t n)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, STR("{}\n"));
	return b;
}

TEST(many_events_are_several_batches_and_one_answer)
{
	struct buf b = lines(BATCH_ITEMS_MAX * 2 + 1);
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("POST", "/v1/events?items=failed", buf_view(&b), &body), 200);
	CHECK_STR(body, "{\"received\":20001,\"logged\":20001,\"parse_failed\":0,\"first_seq\":1,"
			"\"last_seq\":20001,"
			"\"items\":[]}");
	CHECK_INT(atomic_load(&fx.submitted), 3);
	buf_fini(&b);
	b = lines(API_ITEMS_MAX + 1);
	CHECK_INT(fx_ask("POST", "/v1/events", buf_view(&b), &body), 413);
	CHECK_INT(counted("http", LEDGER_REFUSED_TOO_LARGE), 1);
	buf_fini(&b);
	fx_stop();
}

TEST(a_full_pipeline_takes_nothing_of_a_request)
{
	const char *body;

	fx.full = FAIL_AGAIN;
	fx_start(false);
	CHECK_INT(post("/v1/events", "[{},{},{}]", &body), 429);
	CHECK(strstr(body, "\"status\":429") != NULL);
	CHECK(strstr(body - 60, "\r\n\r\n") != NULL);
	CHECK_INT(counted("http", LEDGER_RECEIVED), 3);
	CHECK_INT(counted("http", LEDGER_REFUSED_OVERLOAD), 3);
	CHECK_INT(counted("http", LEDGER_LOGGED), 0);
	fx_stop();
}

static void *
make_room(void *arg)
{
	(void)arg;
	for (int i = 0; i < 4; i++) {
		(void)poll(NULL, 0, 30);
		atomic_fetch_add(&fx.room, 1);
	}
	return NULL;
}

TEST(once_begun_a_request_is_taken_whole)
{
	struct buf b = lines(BATCH_ITEMS_MAX * 4);
	const char *body;
	pthread_t t;

	fx.full = FAIL_AGAIN;
	atomic_store(&fx.room, 1);
	fx_start(false);
	CHECK_INT(pthread_create(&t, NULL, make_room, NULL), 0);
	CHECK_INT(fx_ask("POST", "/v1/events?items=failed", buf_view(&b), &body), 200);
	CHECK_STR(body, "{\"received\":40000,\"logged\":40000,\"parse_failed\":0,\"first_seq\":1,"
			"\"last_seq\":40000,"
			"\"items\":[]}");
	pthread_join(t, NULL);
	CHECK_INT(counted("http", LEDGER_RECEIVED), 40000);
	CHECK_INT(counted("http", LEDGER_REFUSED_OVERLOAD), 0);
	buf_fini(&b);
	fx_stop();
}

TEST(what_was_not_written_is_said_exactly)
{
	struct buf b = lines(BATCH_ITEMS_MAX + 2);
	const char *body;

	fx_start(false);
	atomic_store(&fx.fail_at, 1);
	CHECK_INT(fx_ask("POST", "/v1/events?items=failed", buf_view(&b), &body), 503);
	CHECK(strstr(body, "\"status\":503,") != NULL);
	CHECK(strstr(body, "\"received\":10002,\"logged\":10000,\"parse_failed\":0,\"first_seq\":1,"
			   "\"last_seq\":10000,\"items\":[{\"status\":503,\"index\":10000,"
			   "\"error\":\"not written\"},"
			   "{\"status\":503,\"index\":10001,\"error\":\"not written\"}]}") != NULL);
	CHECK_INT(counted("http", LEDGER_REFUSED_IO), 2);
	buf_fini(&b);
	fx_stop();
}

TEST(a_sink_that_fails_hard)
{
	const char *body;

	fx.full = FAIL_IO;
	fx_start(false);
	CHECK_INT(post("/v1/events", "[{},{}]", &body), 503);
	CHECK(strstr(body, "\"received\":2,\"logged\":0") != NULL);
	CHECK_INT(counted("http", LEDGER_RECEIVED), 2);
	CHECK_INT(counted("http", LEDGER_REFUSED_IO), 2);
	fx_stop();
}

TEST(a_huge_event_is_cut_and_counted)
{
	struct buf b;

	fx_start(false);
	buf_init(&b, 0);
	buf_printf(&b, "{\"a\":\"%02000000d\"}", 0);
	CHECK_INT(fx_ask("POST", "/v1/events", buf_view(&b), NULL), 200);
	CHECK_INT(counted("http", LEDGER_CUT), 1);
	buf_fini(&b);
	fx_stop();
}

TEST(stopping_with_events_that_are_not_taken_yet)
{
	struct buf b = lines(BATCH_ITEMS_MAX * 2);
	int fd;

	fx.full = FAIL_AGAIN;
	atomic_store(&fx.room, 1);
	fx_start(false);
	fd = fx_dial();
	fx_send(fd, "POST", "/v1/events", buf_view(&b));
	while (atomic_load(&fx.submitted) == 0)
		(void)poll(NULL, 0, 5);
	(void)poll(NULL, 0, 50);
	fx_stop();
	close(fd);
	buf_fini(&b);
}
