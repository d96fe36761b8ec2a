/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/app/test_chanconf.c */
/* From struct conf_channel to struct channel. */
#include "app/chanconf.h"

#include <stdlib.h>

#include "app/chankind.h"
#include "base/clock.h"
#include "base/mem.h"

#define ROOM_MAX ((size_t)4 << 20)

_Static_assert((int)CONF_CHANNEL_EMAIL == (int)CHANNELS_EMAIL &&
		   (int)CONF_CHANNEL_WEBHOOK == (int)CHANNELS_WEBHOOK &&
		   (int)CONF_CHANNEL_KIND == (int)CHANNELS_KIND,
    "the same order");
_Static_assert((int)CONF_SECURITY_STARTTLS == (int)CHANNELS_STARTTLS &&
		   (int)CONF_SECURITY_TLS == (int)CHANNELS_TLS &&
		   (int)CONF_SECURITY_NONE == (int)CHANNELS_PLAIN,
    "the same order");
_Static_assert((int)CONF_SEVERITY_CRITICAL == (int)ALERTS_CRITICAL &&
		   (int)CONF_SEVERITY_INFO == (int)ALERTS_INFO,
    "the same order");

/* `to` has room for as many texts as there are addresses. */
static struct channel
convert(const struct conf_channel *c, struct str *to)
{
	struct channel ch = { .name = str_c(c->name),
		.type = (enum channels_type)c->type,
		.enabled = c->enabled,
		.min_severity = (enum alerts_severity)c->min_severity,
		.origin = CHANNELS_CONFIG,
		.host = str_c(c->host),
		.user = str_c(c->user),
		.from = str_c(c->from),
		.port = (uint16_t)c->port,
		.security = (enum channels_security)c->security,
		.to = to,
		.n_to = c->to.n,
		.url = str_c(c->url),
		.allow_private = c->allow_private,
		.kind = str_c(c->kind) };
	const char *const secrets[] = { c->secret, c->key, c->kind_secret };

	ch.secret = str_c(secrets[c->type]);
	for (size_t i = 0; i < c->to.n; i++)
		to[i] = str_c(c->to.p[i]);
	return ch;
}

/* Settings of a kind are checked and completed by its file, into `room`. */
static enum err
complete(struct channel *ch, const struct conf_channel *c, const struct kinds *kinds,
    struct arena *room, struct diag *why)
{
	auto_buf struct buf json = { 0 };
	struct diag inner = { 0 };
	enum err e;

	if (c->type != CONF_CHANNEL_KIND)
		return OK;
	e = chankind_settings((void *)(uintptr_t)kinds, ch->kind, str_c(c->settings), &json,
	    &inner);
	if (e == OK && !arena_copy(room, buf_view(&json), &ch->settings))
		e = err_set(&inner, FAIL_LIMIT, "too much text");
	return e == OK ? OK : err_set(why, e, "channel %s: %s", c->name, inner.text);
}

enum err
chanconf_apply(struct alerts *a, const struct conf *conf, const struct kinds *kinds,
    struct diag *why)
{
	struct arena *room = arena_new(ROOM_MAX);
	auto_free struct channel *all = mem_alloc((conf->n_channels + 1) * sizeof(*all));
	auto_free struct str *to = NULL;
	size_t n_to = 0, at = 0;
	enum err e = OK;

	for (size_t i = 0; i < conf->n_channels; i++)
		n_to += conf->channels[i].to.n;
	to = mem_alloc((n_to + 1) * sizeof(*to));
	for (size_t i = 0; i < conf->n_channels && e == OK; i++) {
		all[i] = convert(&conf->channels[i], to + at);
		at += conf->channels[i].to.n;
		e = complete(&all[i], &conf->channels[i], kinds, room, why);
	}
	if (e == OK)
		e = channels_sync(a, all, conf->n_channels, clock_wall(), why);
	arena_free(room);
	return e;
}
