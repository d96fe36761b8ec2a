/* POST /v1/events: from a body to batches, and from their fate to an answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/split.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "parse/format.h"
#include "rec/rec.h"

#define RETRY_AFTER (5 * CLOCK_MS)

/*
 * A request whose events are on their way.  Its first batch decides: refused,
 * the whole request is; taken, the rest is offered again until it is taken.
 */
struct events_post {
	struct api *api;
	struct http *r;
	struct events_post *prev, *next;
	const struct batch_source *source;
	struct split split;
	size_t at;           /* items in batches so far */
	struct batch *ready; /* made, not taken yet */
	unsigned out;        /* batches taken, not done */
	size_t done;         /* items of batches done */
	struct loop_timer *again;
	bool only_failed;
	uint64_t logged, parse_failed, first_seq, last_seq;
	struct buf items; /* JSON of the items done */
};

static void post_go(struct events_post *p);

static void
refuse(struct api *a, unsigned line, enum ledger_count what, uint64_t n)
{
	ledger_add(a->host.ledger, line, LEDGER_RECEIVED, n);
	ledger_add(a->host.ledger, line, what, n);
}

void
events_refused(struct api *a, int status)
{
	if (status == 413)
		refuse(a, a->ledger_http, LEDGER_REFUSED_TOO_LARGE, 1);
	else if (status == 400 || status == 415)
		refuse(a, a->ledger_http, LEDGER_REFUSED_MALFORMED, 1);
	else if (status == 503)
		refuse(a, a->ledger_http, LEDGER_REFUSED_OVERLOAD, 1);
}

static void
post_free(struct events_post *p)
{
	struct api *a = p->api;

	if (p->prev != NULL)
		p->prev->next = p->next;
	else
		a->posts = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
	a->n_posts--;
	loop_timer_free(p->again);
	batch_free(p->ready);
	split_fini(&p->split);
	buf_fini(&p->items);
	free(p);
}

/* Members of an answer, without the opening brace. */
static void
put_result(const struct events_post *p, struct buf *to)
{
	buf_printf(to, "\"received\":%zu,\"logged\":%llu,\"parse_failed\":%llu,", p->split.n,
	    (unsigned long long)p->logged, (unsigned long long)p->parse_failed);
	if (p->logged != 0)
		buf_printf(to, "\"first_seq\":%llu,\"last_seq\":%llu,",
		    (unsigned long long)p->first_seq, (unsigned long long)p->last_seq);
	else
		buf_str(to, STR("\"first_seq\":null,\"last_seq\":null,"));
	buf_str(to, STR("\"items\":["));
	buf_str(to, buf_view(&p->items));
	buf_str(to, STR("]}"));
}

/* Everything is decided: answers and ends. */
static void
post_answer(struct events_post *p)
{
	bool whole = p->logged == p->split.n;
	struct http *r = p->r;
	struct buf body;

	buf_init(&body, 0);
	if (whole) {
		buf_byte(&body, '{');
	} else {
		http_problem_open(r, 503, "the log cannot be written; nothing else is wrong",
		    &body);
		buf_byte(&body, ',');
		http_add_header(r, "Retry-After", "5");
	}
	put_result(p, &body);
	post_free(p);
	http_reply(r, whole ? 200 : 503, whole ? HTTP_JSON : HTTP_PROBLEM, buf_view(&body));
	buf_fini(&body);
}

static void
refuse_busy(struct http *r)
{
	http_add_header(r, "Retry-After", "1");
	http_problem(r, 429, "more arrives than can be taken; nothing of this request was");
}

static void
put_item(struct events_post *p, int status, uint64_t seq, size_t index, const char *error)
{
	struct buf *to = &p->items;

	if (status == 201 && p->only_failed)
		return;
	buf_str(to, to->n != 0 ? STR(",{\"status\":") : STR("{\"status\":"));
	buf_u64(to, (uint64_t)status);
	if (seq != 0) {
		buf_str(to, STR(",\"seq\":"));
		buf_u64(to, seq);
	}
	if (p->only_failed) {
		buf_str(to, STR(",\"index\":"));
		buf_u64(to, index);
	}
	if (error != NULL) {
		buf_str(to, STR(",\"error\":\""));
		jsonw_escape(str_c(error), to);
		buf_byte(to, '"');
	}
	buf_byte(to, '}');
}

static void
post_done(struct batch *b)
{
	struct events_post *p = b->ctx;

	for (size_t i = 0; i < b->n; i++) {
		const struct batch_item *item = &b->items[i];

		if (b->result != OK)
			put_item(p, 503, 0, p->done + i, "not written");
		else if (item->parse_failed)
			put_item(p, 422, b->first_seq + i, p->done + i, item->error);
		else
			put_item(p, 201, b->first_seq + i, p->done + i, NULL);
		p->parse_failed += b->result == OK && item->parse_failed;
	}
	if (b->result == OK && b->n != 0) {
		if (p->logged == 0)
			p->first_seq = b->first_seq;
		p->last_seq = b->first_seq + b->n - 1;
		p->logged += b->n;
	}
	p->done += b->n;
	p->out--;
	batch_free(b);
	if (p->done == p->split.n)
		post_answer(p);
	else
		post_go(p);
}

/* The next batch of items, as many as fit. */
static struct batch *
make_batch(struct events_post *p)
{
	struct batch *b = batch_new(p->source, clock_wall());
	struct str body = http_body(p->r);

	(void)snprintf(b->peer, sizeof(b->peer), "%s", http_peer(p->r));
	b->ctx = p;
	b->done = post_done;
	for (; p->at < p->split.n; p->at++) {
		const struct split_item *item = &p->split.p[p->at];
		struct str message = { body.p + item->at, item->n };

		if (message.n > REC_RAW_MAX)
			message.n = REC_RAW_MAX;
		if (batch_add(b, message) != OK)
			break;
		if (item->n > REC_RAW_MAX)
			ledger_add(p->api->host.ledger, p->source->ledger, LEDGER_CUT, 1);
	}
	return b;
}

/* What the sink never takes counts as not written. */
static void
drop_rest(struct events_post *p)
{
	uint64_t n = p->split.n - p->at + p->ready->n;

	ledger_add(p->api->host.ledger, p->source->ledger, LEDGER_REFUSED_IO, n);
	for (size_t i = p->at - p->ready->n; i < p->split.n; i++)
		put_item(p, 503, 0, i, "not taken");
	p->done += n;
	p->at = p->split.n;
	batch_free(TAKE(p->ready));
}

static void
post_go(struct events_post *p)
{
	struct batch_sink *sink = &p->api->host.sink;

	while (p->ready != NULL || p->at < p->split.n) {
		enum err e;

		if (p->ready == NULL)
			p->ready = make_batch(p);
		e = sink->submit(sink->ctx, p->ready);
		if (e == OK) {
			p->ready = NULL;
			p->out++;
			continue;
		}
		if (e == FAIL_AGAIN && p->out + p->done == 0) {
			struct http *r = p->r;

			ledger_add(p->api->host.ledger, p->source->ledger, LEDGER_REFUSED_OVERLOAD,
			    p->split.n);
			post_free(p);
			refuse_busy(r);
			return;
		}
		if (e == FAIL_AGAIN) {
			loop_timer_after(p->again, RETRY_AFTER);
			return;
		}
		if (p->out != 0) {
			/* Items are listed in order: those on their way come first. */
			loop_timer_after(p->again, RETRY_AFTER);
			return;
		}
		drop_rest(p);
	}
	if (p->done == p->split.n)
		post_answer(p);
}

static void
post_again(void *ctx)
{
	post_go(ctx);
}

static bool
name_good(struct str name)
{
	if (name.n == 0 || name.n > 63)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			memchr("_.:/@-", c, 6) != NULL))
			return false;
	}
	return true;
}

/* The source of that name and format; NULL when there are too many. */
static const struct batch_source *
source_get(struct api *a, struct str name, struct str format)
{
	struct batch_source *source;
	char key[128];
	bool is_new;
	int n = snprintf(key, sizeof(key), "%.*s %.*s", STR_ARG(name), STR_ARG(format));

	source = map_put(a->sources, (struct str){ key, (size_t)n }, &is_new);
	if (source == NULL || !is_new)
		return source;
	(void)str_to_c(name, source->name, sizeof(source->name));
	(void)str_to_c(format, source->format, sizeof(source->format));
	source->trust_time = true;
	source->ledger = ledger_source(a->host.ledger, source->name);
	return source;
}

struct wish {
	struct str name, format;
	bool only_failed;
};

/* Reads the query; answers when something is wrong with it. */
static bool
wish_read(const struct api *a, struct http *r, struct wish *w)
{
	struct str key, value;

	*w = (struct wish){ STR("http"), STR("json"), false };
	for (size_t i = 0; http_query_at(r, i, &key, &value); i++) {
		bool good;

		if (str_eq(key, STR("source"))) {
			w->name = value;
			/* Made-up events can be erased, and our own are believed: kept for these.
			 */
			good = name_good(value) && !str_eq(value, STR(REC_SOURCE_DEMO)) &&
			       !str_eq(value, str_c(a->own.name));
		} else if (str_eq(key, STR("format"))) {
			w->format = value;
			good = value.n < 32 &&
			       (str_eq(value, STR("auto")) || format_find(value) != NULL);
		} else if (str_eq(key, STR("items"))) {
			w->only_failed = str_eq(value, STR("failed"));
			good = w->only_failed || str_eq(value, STR("all"));
		} else {
			good = false;
		}
		if (!good) {
			http_problem(r, 400, "query parameter %.*s is unknown or has a bad value",
			    (int)(key.n < 64 ? key.n : 64), key.p);
			return false;
		}
	}
	return true;
}

/* Finds the events; answers when there are none to find. */
static bool
cut(struct api *a, struct http *r, const struct wish *w, unsigned line, struct split *split)
{
	struct str body = http_body(r), start = str_trim(body);
	bool json = str_eq(w->format, STR("json"));
	struct diag why;
	enum err e;

	if (str_eq(w->format, STR("auto")))
		json = start.n != 0 && (start.p[0] == '{' || start.p[0] == '[');
	if (start.n == 0)
		e = err_set(&why, FAIL_SYNTAX, "the body is empty");
	else if (body.n > UINT32_MAX)
		e = err_set(&why, FAIL_LIMIT, "the body is too large");
	else
		e = json ? split_json(split, body, &why) : split_lines(split, body, &why);
	if (e == OK)
		return true;
	refuse(a, line, e == FAIL_LIMIT ? LEDGER_REFUSED_TOO_LARGE : LEDGER_REFUSED_MALFORMED, 1);
	http_problem(r, e == FAIL_LIMIT ? 413 : 400, "%s", why.text);
	return false;
}

void
events_handle(void *ctx, struct http *r)
{
	struct api *a = ctx;
	const struct batch_source *source;
	struct events_post *p;
	struct split split;
	struct wish w;

	if (!wish_read(a, r, &w)) {
		events_refused(a, 400);
		return;
	}
	source = source_get(a, w.name, w.format);
	if (source == NULL) {
		events_refused(a, 400);
		http_problem(r, 400, "more than %d sources", API_SOURCES_MAX);
		return;
	}
	split_init(&split, API_ITEMS_MAX);
	if (!cut(a, r, &w, source->ledger, &split)) {
		split_fini(&split);
		return;
	}
	if (a->n_posts >= API_WAITING_MAX) {
		refuse(a, source->ledger, LEDGER_REFUSED_OVERLOAD, split.n);
		split_fini(&split);
		refuse_busy(r);
		return;
	}
	p = MEM_NEW(struct events_post);
	*p = (struct events_post){ .api = a,
		.r = r,
		.source = source,
		.split = split,
		.only_failed = w.only_failed,
		.next = a->posts };
	buf_init(&p->items, 0);
	p->again = loop_timer_new(a->host.loop, post_again, p);
	if (p->next != NULL)
		p->next->prev = p;
	a->posts = p;
	a->n_posts++;
	ledger_add(a->host.ledger, source->ledger, LEDGER_RECEIVED, split.n);
	http_hold(r, NULL, NULL);
	post_go(p);
}

void
events_end(struct api *a)
{
	while (a->posts != NULL) {
		struct http *r = a->posts->r;

		post_free(a->posts);
		http_problem(r, 503, "the server is stopping");
	}
}
