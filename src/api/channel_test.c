/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/channels/test, of one that need not be saved, and /v1/channels/{name}/test. */
/* exports: channels_handle */
/* tested by: test/unit/api/test_channels.c */
#include <stdlib.h>

#include "api/channel.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define TESTS_MAX 8 /* on their way */

/* A request that waits for its message; it lives until it is answered. */
struct waiting {
	struct api *a;
	struct http *r;
	char name[CHANNELS_NAME_MAX + 1]; /* whose result it is; "" of one that is not saved */
};

static void
on_sent(void *ctx, const struct api_sent *sent)
{
	struct waiting *w = ctx;
	auto_buf struct buf body = { 0 };
	struct jsonw j;
	struct diag why = { 0 };

	w->a->n_tests--;
	if (w->name[0] != '\0' && channels_tested(w->a->host.alerts, str_c(w->name), sent->ok,
				      sent->ms, sent->detail, clock_wall(), &why) != OK)
		log_diag("api", "the result of a test message is not kept", &why);
	buf_init(&body, 0);
	jsonw_init(&j, &body);
	jsonw_obj(&j);
	jsonw_kbool(&j, "ok", sent->ok);
	jsonw_kint(&j, "ms", sent->ms);
	jsonw_kstr(&j, "detail", sent->detail);
	jsonw_end(&j);
	http_reply(w->r, 200, HTTP_JSON, buf_view(&body));
	free(w);
}

static void
put_head(struct jsonw *j, struct str name, struct str type)
{
	jsonw_obj(j);
	jsonw_kstr(j, "name", name);
	jsonw_kstr(j, "type", type);
	jsonw_key(j, STR("settings"));
}

/* Hands `channel` over; the answer comes later. */
static void
send_test(struct api *a, struct http *r, struct str name, struct str channel)
{
	struct waiting *w;

	if (a->host.channel_test == NULL) {
		http_problem(r, 503, "there is nobody who sends messages");
		return;
	}
	if (a->n_tests >= TESTS_MAX) {
		http_add_header(r, "Retry-After", "5");
		http_problem(r, 429, "%d test messages are on their way", TESTS_MAX);
		return;
	}
	w = MEM_NEW(struct waiting);
	w->a = a;
	w->r = r;
	(void)str_to_c(name, w->name, sizeof(w->name));
	a->n_tests++;
	http_hold(r, NULL, NULL);
	a->host.channel_test(a->host.channel_ctx, channel, on_sent, w);
}

static enum err
put_saved(void *ctx, const struct channels_row *row)
{
	struct jsonw *j = ctx;

	put_head(j, row->name, row->kind);
	jsonw_raw(j, row->settings);
	jsonw_kstr(j, "secret", row->secret);
	jsonw_end(j);
	return OK;
}

void
channels_handle_test_saved(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name = http_param(r, "name");
	auto_buf struct buf channel = { 0 };
	struct diag why = { 0 };
	struct jsonw j;
	enum err e;

	buf_init(&channel, 0);
	jsonw_init(&j, &channel);
	e = channels_get(a->host.alerts, name, put_saved, &j, &why);
	if (e == OK)
		send_test(a, r, name, buf_view(&channel));
	else
		alert_fail(r, e, &why);
}

struct saved_secret {
	const struct channel_body *b;
	struct buf *to;
};

/* The stored secret goes along only where it goes anyway: not to another receiver. */
static enum err
same_receiver(void *ctx, const struct channels_row *row)
{
	struct saved_secret *s = ctx;
	auto_buf struct buf settings = { 0 };

	buf_init(&settings, 0);
	channels_settings(&s->b->c, &settings);
	if (str_eq(row->kind, channels_kind(&s->b->c)) && row->origin == CHANNELS_PAGE &&
	    str_eq(row->settings, buf_view(&settings)))
		buf_str(s->to, row->secret);
	return OK;
}

static void
put_secret(struct api *a, const struct channel_body *b, struct buf *to)
{
	struct saved_secret s = { b, to };

	if (b->typed.n != 0)
		buf_printf(to, "value:%.*s", STR_ARG(b->typed));
	else if (!b->secret_given)
		(void)!channels_get(a->host.alerts, b->c.name, same_receiver, &s, NULL);
}

void
channels_handle_test(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(chanbody_free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	auto_buf struct buf channel = { 0 }, settings = { 0 }, secret = { 0 };
	struct channel_body *b;
	struct diag why = { 0 };
	struct jsonw j;

	if (!chanbody_read(a, r, arena, &b))
		return;
	if (b->c.name.n == 0)
		b->c.name = STR("unsaved");
	if (channels_check(&b->c, &why) != OK) {
		http_problem(r, 400, "%s", why.text);
		return;
	}
	buf_init(&channel, 0);
	buf_init(&settings, 0);
	buf_init(&secret, 0);
	channels_settings(&b->c, &settings);
	put_secret(a, b, &secret);
	jsonw_init(&j, &channel);
	put_head(&j, b->c.name, channels_kind(&b->c));
	jsonw_raw(&j, buf_view(&settings));
	jsonw_kstr(&j, "secret", buf_view(&secret));
	jsonw_end(&j);
	send_test(a, r, STR(""), buf_view(&channel));
	if (secret.n != 0)
		explicit_bzero(secret.p, secret.n);
	explicit_bzero(channel.p, channel.n);
}
