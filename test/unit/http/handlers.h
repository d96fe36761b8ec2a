/* The handlers and routes of the fixture's server: part of fixture.h. */
#ifndef HANDLERS_H
#define HANDLERS_H

static struct loop *the_loop;
static atomic_int gone_calls, refused_calls;

static inline void
on_echo(void *ctx, struct http *r)
{
	struct str body = http_body(r), head = { body.p, body.n < 64 ? body.n : 64 };
	char text[128];
	int n = snprintf(text, sizeof(text), "%zu:%.*s", body.n, STR_ARG(head));

	(void)ctx;
	http_reply(r, 200, HTTP_JSON, (struct str){ text, (size_t)n });
}

static inline void
on_thing(void *ctx, struct http *r)
{
	struct str q = STR("-"), id = http_param(r, "id");
	char text[256];
	int n;

	(void)ctx;
	(void)http_query(r, "q", &q);
	n = snprintf(text, sizeof(text), "id=%.*s q=%.*s", STR_ARG(id), STR_ARG(q));
	http_reply(r, 200, HTTP_JSON, (struct str){ text, (size_t)n });
}

/* Everything that is known of the caller. */
static inline void
on_who(void *ctx, struct http *r)
{
	const struct http_caller *c = http_caller(r);
	char text[512], origin[HTTP_ORIGIN_SIZE];
	int n = snprintf(text, sizeof(text), "%s %s %s [%s] %u %s", http_peer(r),
	    http_secure(r) ? "secure" : "open", http_origin(r, origin), c->name, c->scopes,
	    http_own_origin(r, http_header(r, "Origin")) ? "own" : "foreign");

	(void)ctx;
	http_add_header(r, "Cache-Control", "private");
	http_reply(r, 201, HTTP_JSON, (struct str){ text, (size_t)n });
}

static inline void
on_empty(void *ctx, struct http *r)
{
	(void)ctx;
	http_add_header(r, "Set-Cookie",
	    "__Host-tocsin=0123456789012345678901234567890123456789012345678901234567890123; "
	    "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200");
	http_reply(r, 204, HTTP_JSON, (struct str){ "", 0 });
}

static inline void
on_nothing(void *ctx, struct http *r)
{
	(void)ctx;
	(void)r;
}

struct later {
	struct http *r;
	struct loop_timer *timer;
	size_t left;
};

static inline void
later_free(struct later *l)
{
	loop_timer_free(l->timer);
	free(l);
}

static inline void
later_fire(void *ctx)
{
	struct later *l = ctx;
	struct http *r = l->r;

	later_free(l);
	http_reply(r, 200, HTTP_JSON, STR("\"later\""));
}

static inline void
later_gone(void *ctx)
{
	atomic_fetch_add(&gone_calls, 1);
	later_free(ctx);
}

static inline void
on_later(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	l->r = r;
	l->timer = loop_timer_new(the_loop, later_fire, l);
	loop_timer_after(l->timer, 30 * CLOCK_MS);
	http_hold(r, NULL, NULL);
}

static inline void
on_never(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	http_hold(r, later_gone, l);
}

/* Puts until it is told to wait. */
static inline void
stream_more(void *ctx)
{
	static char block[1000];
	struct later *l = ctx;

	memset(block, 'x', sizeof(block));
	while (l->left != 0) {
		size_t n = l->left < sizeof(block) ? l->left : sizeof(block);

		l->left -= n;
		if (!http_stream_put(l->r, (struct str){ block, n }))
			return;
	}
	http_stream_end(l->r);
	free(l);
}

static inline void
on_stream(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	l->r = r;
	l->left = BIG;
	http_hold(r, later_gone, l);
	http_stream_begin(r, 200, "text/plain", stream_more);
	stream_more(l);
}

static inline void
on_cut(void *ctx, struct http *r)
{
	struct later *l = MEM_NEW(struct later);

	(void)ctx;
	http_hold(r, later_gone, l);
	http_stream_begin(r, 200, "text/plain", NULL);
	(void)http_stream_put(r, STR("half"));
	http_stream_cut(r);
	free(l);
}

static inline void
on_refused(void *ctx, const struct route *route, int status)
{
	(void)ctx;
	(void)route;
	(void)status;
	atomic_fetch_add(&refused_calls, 1);
}

static const struct route routes[] = {
	{ HTTP_POST, "/echo", ROUTE_OPEN, on_echo },
	{ HTTP_GET, "/echo", ROUTE_OPEN, on_echo },
	{ HTTP_GET, "/thing/{id}", ROUTE_OPEN, on_thing },
	{ HTTP_GET, "/who", ROUTE_OPEN, on_who },
	{ HTTP_GET, "/empty", ROUTE_OPEN, on_empty },
	{ HTTP_GET, "/nothing", ROUTE_OPEN, on_nothing },
	{ HTTP_GET, "/later", ROUTE_OPEN, on_later },
	{ HTTP_GET, "/never", ROUTE_OPEN, on_never },
	{ HTTP_GET, "/stream", ROUTE_OPEN, on_stream },
	{ HTTP_GET, "/cut", ROUTE_OPEN, on_cut },
	{ HTTP_GET, "/read", ROUTE_READ, on_echo },
	{ HTTP_POST, "/ingest", ROUTE_INGEST, on_echo },
	{ HTTP_GET, "/closed", ROUTE_CLOSED, on_echo },
};

#endif
