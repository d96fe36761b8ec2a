/* The stream: what it tells, from where on, and to how many. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

/* A connection of our own: that of the fixture belongs to the loop. */
static struct alerts *
writer(void)
{
	static struct alerts *a;
	struct diag why = { 0 };
	char path[512];

	if (a != NULL)
		return a;
	(void)snprintf(path, sizeof(path), "%s/state.db", test_dir());
	CHECK_OK(alerts_open(path, &a, &why), why);
	return a;
}

static void
raise(unsigned n)
{
	uint64_t evidence = 1;
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f = { .rule_id = STR("r"),
		.title = STR("line one\nid: 99"),
		.severity = STR("HIGH"),
		.first = 1000,
		.last = 1000 + (int64_t)n,
		.n_first = 1,
		.seq = 1,
		.evidence = &evidence,
		.n_evidence = 1 };
	struct diag why = { 0 };

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", n);
	f.id = str_c(id);
	CHECK_OK(alerts_apply(writer(), &f, 1, 1, clock_wall(), &why), why);
}

static void
on_changed(void *ctx)
{
	api_alerts_changed(ctx);
}

static void
tell(void)
{
	loop_post(fx.loop, on_changed, fx.api);
}

struct listener {
	int fd;
	struct buf got;
};

static struct listener
listen_from(const char *last)
{
	struct listener l = { .fd = fx_dial() };
	char head[512];
	int n;

	n = snprintf(head, sizeof(head),
	    "GET /v1/stream HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n%s%s%s\r\n",
	    last != NULL ? "Last-Event-ID: " : "", last != NULL ? last : "",
	    last != NULL ? "\r\n" : "");
	CHECK_INT(send(l.fd, head, (size_t)n, MSG_NOSIGNAL), n);
	buf_init(&l.got, 0);
	return l;
}

/* Reads until `text` was said; false when the stream ended or fell silent before. */
static bool
hear(struct listener *l, const char *text)
{
	for (;;) {
		char *room;
		ssize_t n;

		if (str_find(buf_view(&l->got), str_c(text)) >= 0)
			return true;
		room = buf_room(&l->got, 65536);
		n = room != NULL ? recv(l->fd, room, 65536, 0) : -1;
		if (n <= 0)
			return false;
		buf_added(&l->got, (size_t)n);
	}
}

static bool
heard(const struct listener *l, const char *text)
{
	return str_find(buf_view(&l->got), str_c(text)) >= 0;
}

static void
leave(struct listener *l)
{
	close(l->fd);
	buf_fini(&l->got);
}

TEST(hello_then_what_is_new)
{
	struct listener l;

	fx_start(false);
	raise(1);
	l = listen_from(NULL);
	CHECK(hear(&l, "event: hello\ndata: {\"rev\":1,\"version\":\"1.2\""));
	CHECK(heard(&l, "HTTP/1.1 200"));
	CHECK(heard(&l, "Content-Type: text/event-stream\r\n"));
	CHECK(heard(&l, "X-Accel-Buffering: no\r\n"));
	CHECK(heard(&l, "id: 1\nevent: hello"));
	raise(2);
	tell();
	CHECK(hear(&l, "id: 2\nevent: alert\ndata: {\"id\":\"00000002"));
	CHECK(hear(&l, "\n\n"));
	CHECK(!heard(&l, "\"id\":\"00000001"));
	CHECK(heard(&l, "line one\\nid: 99"));
	leave(&l);
	alerts_close(writer());
	fx_stop();
}

TEST(goes_on_behind_the_last_id)
{
	struct listener l;

	fx_start(false);
	for (unsigned i = 1; i <= 250; i++)
		raise(i);
	l = listen_from("20");
	CHECK(hear(&l, "id: 20\nevent: hello"));
	CHECK(hear(&l, "id: 250\nevent: alert"));
	CHECK(!heard(&l, "id: 20\nevent: alert"));
	for (unsigned i = 21; i <= 250; i++) {
		char id[32];

		(void)snprintf(id, sizeof(id), "id: %u\nevent: alert", i);
		CHECK(heard(&l, id));
	}
	leave(&l);
	alerts_close(writer());
	fx_stop();
}

TEST(too_much_missed_is_a_reset)
{
	struct listener l;

	fx_start(false);
	for (unsigned i = 1; i <= 1002; i++)
		raise(i);
	l = listen_from("1");
	CHECK(hear(&l, "id: 1002\nevent: reset"));
	CHECK(!heard(&l, "event: alert"));
	leave(&l);
	l = listen_from("2");
	CHECK(hear(&l, "id: 1002\nevent: alert"));
	CHECK(!heard(&l, "event: reset"));
	leave(&l);
	l = listen_from("5000"); /* of another database */
	CHECK(hear(&l, "id: 1002\nevent: reset"));
	leave(&l);
	alerts_close(writer());
	fx_stop();
}

TEST(erasing_is_a_reset)
{
	uint64_t evidence = 1, n;
	struct alerts_finding f = { .id = STR("00000007000000000000000000000000"),
		.rule_id = STR("r"),
		.title = STR("t"),
		.severity = STR("LOW"),
		.demo = true,
		.n_first = 1,
		.seq = 1,
		.evidence = &evidence,
		.n_evidence = 1 };
	struct diag why = { 0 };
	struct listener l;

	fx_start(false);
	CHECK_OK(alerts_apply(writer(), &f, 1, 1, clock_wall(), &why), why);
	l = listen_from(NULL);
	CHECK(hear(&l, "event: hello"));
	CHECK_OK(alerts_erase_demo(writer(), &n, &why), why);
	CHECK_INT(n, 1);
	tell();
	CHECK(hear(&l, "event: reset"));
	leave(&l);
	alerts_close(writer());
	fx_stop();
}

TEST(figures_each_two_seconds)
{
	struct listener l;

	fx.facts.stored_through = 77;
	fx.facts.log_ok = fx.facts.detect_ok = fx.facts.store_ok = fx.facts.notify_ok = true;
	fx_start(false);
	raise(1);
	l = listen_from(NULL);
	CHECK(hear(&l,
	    "event: stats\ndata: {\"events_per_s\":0,\"received\":0,\"stored_through\":77,"
	    "\"open\":{\"CRITICAL\":0,\"HIGH\":1,\"MEDIUM\":0,\"LOW\":0,\"INFO\":0},"
	    "\"ok\":true}\n\n"));
	leave(&l);
	alerts_close(writer());
	fx_stop();
}

TEST(bad_places_are_refused)
{
	fx_start(false);
	CHECK_INT(fx_ask("GET", "/v1/stream?last_event_id=x", STR(""), NULL), 400);
	CHECK_INT(fx_ask("GET", "/v1/stream?since=1", STR(""), NULL), 400);
	fx_stop();
}

/* One caller has 16 at most; a place is free again when a listener goes. */
TEST(so_many_and_no_more)
{
	struct listener l[17];
	bool free_again = false;

	fx_start(false);
	for (size_t i = 0; i < 16; i++) {
		l[i] = listen_from(NULL);
		CHECK(hear(&l[i], "event: hello"));
	}
	l[16] = listen_from(NULL);
	CHECK(!hear(&l[16], "event: hello"));
	CHECK(heard(&l[16], "HTTP/1.1 503"));
	CHECK(heard(&l[16], "Retry-After: 30"));
	leave(&l[16]);
	leave(&l[3]);
	for (int i = 0; i < 100 && !free_again; i++) {
		usleep(20000);
		l[3] = listen_from(NULL);
		free_again = hear(&l[3], "event: hello");
		if (!free_again)
			leave(&l[3]);
	}
	CHECK(free_again);
	for (size_t i = 0; i < 16; i++)
		leave(&l[i]);
	fx_stop();
}

/* 900 alerts of 8 KB each, in one go. */
static void
raise_large(void)
{
	static char title[8000], ids[900][ALERTS_ID_SIZE];
	static struct alerts_finding f[900];
	uint64_t evidence = 1;
	struct diag why = { 0 };

	memset(title, 'x', sizeof(title));
	for (unsigned i = 0; i < ARRAY_LEN(f); i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "%08x000000000000000000000000", i + 1);
		f[i] = (struct alerts_finding){ .id = str_c(ids[i]),
			.rule_id = STR("r"),
			.title = { title, sizeof(title) },
			.severity = STR("LOW"),
			.n_first = 1,
			.seq = 1,
			.evidence = &evidence,
			.n_evidence = 1 };
	}
	CHECK_OK(alerts_apply(writer(), f, ARRAY_LEN(f), 1, clock_wall(), &why), why);
}

/* A client that takes nothing gets no more than its buffers hold, and is let go; others hear on. */
TEST(who_does_not_read_is_let_go)
{
	struct listener deaf, l;

	fx_start(false);
	raise_large();
	deaf = listen_from("0");
	l = listen_from("0");
	CHECK(hear(&l, "id: 900\nevent: alert"));
	usleep(13 * 1000000);
	buf_reset(&l.got);
	raise(2000);
	tell();
	CHECK(hear(&l, "\"id\":\"000007d0"));
	CHECK(!hear(&deaf, "\"id\":\"000007d0"));
	CHECK(heard(&deaf, "id: 1\nevent: alert"));
	CHECK(!heard(&deaf, "id: 900\nevent: alert"));
	leave(&deaf);
	leave(&l);
	alerts_close(writer());
	fx_stop();
}
