/* SPDX-License-Identifier: Apache-2.0 */
/* GET and POST /v1/channels, PUT and DELETE /v1/channels/{name}. */
/* exports: channels_handle chanbody_ */
#include <stdio.h>
#include <unistd.h>

#include "api/channel.h"
#include "api/person.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/fs.h"

#define SECRET_MAX 4096 /* bytes of one typed secret */

void
chanbody_free_arena(struct arena **a)
{
	arena_free(*a);
}

/* Where a secret typed on the page is kept: the name is checked, so it stays in its folder. */
static enum err
secret_path(const struct api *a, struct str channel, enum channels_type type,
    char to[CHANNELS_REF_MAX], struct diag *why)
{
	int n;

	if (a->host.secrets_dir == NULL)
		return err_set(why, FAIL_IO, "there is no folder for secrets");
	n = snprintf(to, CHANNELS_REF_MAX, "file:%s/%.*s.%s", a->host.secrets_dir, STR_ARG(channel),
	    channels_secret_word(type));
	if (n < 0 || n >= CHANNELS_REF_MAX)
		return err_set(why, FAIL_LIMIT, "the path of the secret is too long");
	return OK;
}

/*
 * Was this reference made by us?  Then people see "set", and the file is ours to remove.
 */
static bool
is_typed(const struct api *a, struct str ref)
{
	struct str dir = str_c(a->host.secrets_dir);

	return dir.n != 0 && str_starts(ref, STR("file:")) && str_starts(str_from(ref, 5), dir) &&
	       ref.n > 5 + dir.n && ref.p[5 + dir.n] == '/';
}

static void
put_last(struct jsonw *w, const struct channels_row *row)
{
	jsonw_key(w, STR("last"));
	if (!row->tried) {
		jsonw_null(w);
		return;
	}
	jsonw_obj(w);
	jsonw_kbool(w, "ok", row->ok);
	jsonw_ktime(w, "time", row->time);
	jsonw_kstr(w, "detail", row->detail);
	jsonw_kint(w, "ms", row->ms);
	jsonw_end(w);
}

static void
put_channel(const struct api *a, struct jsonw *w, const struct channels_row *row)
{
	struct str secret = row->secret.n != 0 ? row->secret : STR("unset");

	jsonw_obj(w);
	jsonw_kstr(w, "name", row->name);
	jsonw_kstr(w, "type", row->kind);
	jsonw_kbool(w, "enabled", row->enabled);
	jsonw_kstr(w, "min_severity", str_c(alerts_severity_word(row->min_severity)));
	jsonw_kstr(w, "origin", row->origin == CHANNELS_CONFIG ? STR("config") : STR("page"));
	jsonw_key(w, STR("settings"));
	jsonw_raw(w, row->settings);
	jsonw_key(w, STR("secrets"));
	jsonw_obj(w);
	jsonw_kstr(w, channels_secret_word(row->type), is_typed(a, secret) ? STR("set") : secret);
	jsonw_end(w);
	put_last(w, row);
	jsonw_kint(w, "pending", (int64_t)row->pending);
	jsonw_kint(w, "dead", (int64_t)row->dead);
	jsonw_end(w);
}

struct list {
	const struct api *a;
	struct jsonw w;
};

static enum err
on_channel(void *ctx, const struct channels_row *row)
{
	struct list *l = ctx;

	put_channel(l->a, &l->w, row);
	return OK;
}

void
channels_handle_list(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct list l = { .a = a };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	if (!person_no_query(r))
		return;
	buf_init(&body, 0);
	jsonw_init(&l.w, &body);
	jsonw_obj(&l.w);
	jsonw_key(&l.w, STR("channels"));
	jsonw_arr(&l.w);
	e = channels_list(a->host.alerts, on_channel, &l, &why);
	jsonw_end(&l.w);
	jsonw_end(&l.w);
	if (e == OK)
		http_reply(r, 200, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

void
channels_handle_kinds(void *ctx, struct http *r)
{
	const struct api *a = ctx;

	if (person_no_query(r))
		http_reply(r, 200, HTTP_JSON,
		    a->host.kinds.n != 0 ? a->host.kinds : STR("{\"kinds\":[]}"));
}

static void
reply_channel(struct api *a, struct http *r, int status, struct str name)
{
	struct list l = { .a = a };
	struct diag why = { 0 };
	auto_buf struct buf body = { 0 };
	enum err e;

	buf_init(&body, 0);
	jsonw_init(&l.w, &body);
	e = channels_get(a->host.alerts, name, on_channel, &l, &why);
	if (e == OK)
		http_reply(r, status, HTTP_JSON, buf_view(&body));
	else
		alert_fail(r, e, &why);
}

static enum err
read_settings(const struct jsonr *map, struct channel_body *b, struct diag *why)
{
	struct str security = STR("starttls");
	const struct jsonr *to = NULL;
	int64_t port = 0;
	const struct members_row rows[] = {
		{ "host", MEMBERS_TEXT, &b->c.host, NULL },
		{ "port", MEMBERS_INT, &port, NULL },
		{ "security", MEMBERS_TEXT, &security, NULL },
		{ "user", MEMBERS_TEXT, &b->c.user, NULL },
		{ "from", MEMBERS_TEXT, &b->c.from, NULL },
		{ "to", MEMBERS_LIST, &to, NULL },
		{ "url", MEMBERS_TEXT, &b->c.url, NULL },
		{ "allow_private", MEMBERS_BOOL, &b->c.allow_private, NULL },
	};
	enum err e = members_read(map, "settings.", rows, ARRAY_LEN(rows), why);

	if (e == OK && (port < 0 || port > 65535))
		e = err_set(why, FAIL_SYNTAX, "settings.port: 1 to 65535");
	if (e == OK && !channels_security_find(security, &b->c.security))
		e = err_set(why, FAIL_SYNTAX, "settings.security: starttls, tls or none");
	if (e == OK && to != NULL && to->n > CHANNELS_TO_MAX)
		e = err_set(why, FAIL_SYNTAX, "settings.to: at most %d", CHANNELS_TO_MAX);
	for (const struct jsonr *t = to != NULL ? to->first : NULL; t != NULL && e == OK;
	     t = t->next)
		b->to[b->c.n_to++] = t->s;
	b->c.to = b->to;
	b->c.port = (uint16_t)port;
	return e;
}

/* Those of a kind: its file says what they may be. */
static enum err
read_kind(struct api *a, const struct jsonr *map, struct arena *arena, struct channel_body *b,
    struct diag *why)
{
	auto_buf struct buf settings = { 0 };
	enum err e;

	if (a->host.kind_settings == NULL)
		return err_set(why, FAIL_SYNTAX, "type: email or webhook");
	buf_init(&settings, CHANNELS_SETTINGS_MAX);
	e = a->host.kind_settings(a->host.kinds_ctx, b->c.kind, map != NULL ? map->raw : STR("{}"),
	    &settings, why);
	if (e == OK &&
	    (buf_overflow(&settings) || !arena_copy(arena, buf_view(&settings), &b->c.settings)))
		e = err_set(why, FAIL_SYNTAX, "settings: too much text");
	return e;
}

static enum err
read_secrets(const struct jsonr *map, struct channel_body *b, struct diag *why)
{
	const struct members_row rows[] = { { channels_secret_word(b->c.type), MEMBERS_TEXT,
	    &b->typed, &b->secret_given } };
	enum err e = members_read(map, "secrets.", rows, ARRAY_LEN(rows), why);

	/* The words of the answer of GET: it came back as it was. */
	if (e == OK && (str_eq(b->typed, STR("set")) || str_eq(b->typed, STR("unset")))) {
		b->typed = STR("");
		b->secret_given = false;
	}
	if (e == OK && (b->typed.n > SECRET_MAX ||
			   memchr(b->typed.n != 0 ? b->typed.p : "", '\0', b->typed.n) != NULL))
		e = err_set(why, FAIL_SYNTAX, "secrets.%s: at most %d bytes of text", rows[0].name,
		    SECRET_MAX);
	return e;
}

static enum err
read_all(struct api *a, const struct jsonr *body, struct arena *arena, struct channel_body *b,
    struct diag *why)
{
	struct str type = STR(""), severity = STR("MEDIUM"), origin = STR("page");
	const struct jsonr *settings = NULL, *secrets = NULL;
	const struct members_row rows[] = {
		{ "name", MEMBERS_TEXT, &b->c.name, NULL },
		{ "type", MEMBERS_TEXT, &type, NULL },
		{ "enabled", MEMBERS_BOOL, &b->c.enabled, NULL },
		{ "min_severity", MEMBERS_TEXT, &severity, NULL },
		{ "origin", MEMBERS_TEXT, &origin, NULL },
		{ "settings", MEMBERS_MAP, &settings, NULL },
		{ "secrets", MEMBERS_MAP, &secrets, NULL },
	};
	enum err e = members_read(body, "", rows, ARRAY_LEN(rows), why);

	b->c.kind = STR("");
	if (e == OK && !channels_type_find(type, &b->c.type)) {
		b->c.type = CHANNELS_KIND;
		b->c.kind = type;
	}
	if (e == OK && !alerts_severity_find(severity, &b->c.min_severity))
		e = err_set(why, FAIL_SYNTAX, "min_severity: CRITICAL, HIGH, MEDIUM, LOW or INFO");
	if (e == OK && !str_eq(origin, STR("page")))
		e = err_set(why, FAIL_SYNTAX, "origin: only page can be written here");
	if (e == OK)
		e = b->c.type == CHANNELS_KIND ? read_kind(a, settings, arena, b, why)
					       : read_settings(settings, b, why);
	return e == OK ? read_secrets(secrets, b, why) : e;
}

bool
chanbody_read(struct api *a, struct http *r, struct arena *arena, struct channel_body **ret)
{
	struct channel_body *b = arena_alloc(arena, sizeof(*b));
	const struct jsonr *body;
	struct diag why = { 0 };

	if (b == NULL || !members_body(r, arena, &body))
		return false;
	b->c.enabled = true;
	b->c.origin = CHANNELS_PAGE;
	if (read_all(a, body, arena, b, &why) != OK) {
		http_problem(r, 400, "%s", why.text);
		return false;
	}
	*ret = b;
	return true;
}

/* The file first: a crash between leaves a file nobody names, not a name without its file. */
static enum err
write_secret(struct api *a, struct channel_body *b, struct diag *why)
{
	enum err e;

	if (b->typed.n == 0) {
		if (b->secret_given)
			b->c.secret = STR("");
		return OK;
	}
	e = secret_path(a, b->c.name, b->c.type, b->ref, why);
	if (e == OK)
		e = fs_mkdirs(a->host.secrets_dir, why);
	if (e == OK)
		e = fs_replace(b->ref + strlen("file:"), b->typed, why);
	crash_point(CRASH_CHANNEL_SECRET);
	b->c.secret = str_c(b->ref);
	return e;
}

static enum err
keep_secret(void *ctx, const struct channels_row *row)
{
	struct channel_body *b = ctx;

	if (str_eq(row->kind, channels_kind(&b->c))) {
		(void)str_to_c(row->secret, b->ref, sizeof(b->ref));
		b->c.secret = str_c(b->ref);
	}
	b->found = true;
	return OK;
}

void
channels_handle_add(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(chanbody_free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct channel_body *b;
	struct diag why = { 0 };
	enum err e;

	if (!chanbody_read(a, r, arena, &b))
		return;
	e = channels_check(&b->c, &why);
	if (e == OK && channels_get(a->host.alerts, b->c.name, keep_secret, b, NULL) == OK)
		e = err_set(&why, FAIL_EXISTS, "name: there is a channel %.*s already",
		    STR_ARG(b->c.name));
	if (e == OK)
		e = write_secret(a, b, &why);
	if (e == OK)
		e = channels_add(a->host.alerts, &b->c, clock_wall(), &why);
	if (e == OK)
		reply_channel(a, r, 201, b->c.name);
	else
		alert_fail(r, e, &why);
}

static enum err
set_channel(struct api *a, struct channel_body *b, struct diag *why)
{
	enum err e = channels_check(&b->c, why);

	if (e == OK)
		e = channels_editable(a->host.alerts, b->c.name, why);
	if (e == OK)
		e = channels_get(a->host.alerts, b->c.name, keep_secret, b, why);
	if (e == OK)
		e = write_secret(a, b, why);
	return e == OK ? channels_set(a->host.alerts, &b->c, clock_wall(), why) : e;
}

void
channels_handle_set(void *ctx, struct http *r)
{
	struct api *a = ctx;
	AUTO(chanbody_free_arena) struct arena *arena = arena_new(ALERT_BODY_BUDGET);
	struct str name = http_param(r, "name");
	struct channel_body *b;
	struct diag why = { 0 };
	enum err e = OK;

	if (!chanbody_read(a, r, arena, &b))
		return;
	if (b->c.name.n != 0 && !str_eq(b->c.name, name))
		e = err_set(&why, FAIL_SYNTAX, "name: a channel keeps its name");
	b->c.name = name;
	if (e == OK)
		e = set_channel(a, b, &why);
	if (e == OK)
		reply_channel(a, r, 200, name);
	else
		alert_fail(r, e, &why);
}

void
channels_handle_remove(void *ctx, struct http *r)
{
	struct api *a = ctx;
	struct str name = http_param(r, "name");
	char path[CHANNELS_REF_MAX];
	struct diag why = { 0 };
	enum err e = channels_remove(a->host.alerts, name, &why);

	if (e != OK) {
		alert_fail(r, e, &why);
		return;
	}
	for (unsigned t = 0; t < CHANNELS_TYPES; t++)
		if (secret_path(a, name, (enum channels_type)t, path, NULL) == OK)
			(void)unlink(path + strlen("file:"));
	http_reply(r, 204, HTTP_JSON, STR(""));
}
