/* SPDX-License-Identifier: Apache-2.0 */
/* Channels: checked, kept, taken over from the configuration file. */
#include "alert/channels.h"

#include "alert/internal.h"
#include "base/jsonw.h"
#include "base/uri.h"

static const char *const types[] = {
	[CHANNELS_EMAIL] = "email",
	[CHANNELS_WEBHOOK] = "webhook",
};

static const char *const securities[] = {
	[CHANNELS_STARTTLS] = "starttls",
	[CHANNELS_TLS] = "tls",
	[CHANNELS_PLAIN] = "none",
};

static const uint16_t ports[] = {
	[CHANNELS_STARTTLS] = 587,
	[CHANNELS_TLS] = 465,
	[CHANNELS_PLAIN] = 25,
};

const char *
channels_type_word(enum channels_type t)
{
	return types[t];
}

bool
channels_type_find(struct str word, enum channels_type *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq(word, str_c(types[i]))) {
			*ret = (enum channels_type)i;
			return true;
		}
	return false;
}

struct str
channels_kind(const struct channel *c)
{
	return c->type == CHANNELS_KIND ? c->kind : str_c(types[c->type]);
}

const char *
channels_security_word(enum channels_security s)
{
	return securities[s];
}

bool
channels_security_find(struct str word, enum channels_security *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(securities); i++)
		if (str_eq(word, str_c(securities[i]))) {
			*ret = (enum channels_security)i;
			return true;
		}
	return false;
}

const char *
channels_secret_word(enum channels_type t)
{
	static const char *const words[] = {
		[CHANNELS_EMAIL] = "password",
		[CHANNELS_WEBHOOK] = "key",
		[CHANNELS_KIND] = "secret",
	};

	return words[t];
}

static bool
is_name(struct str s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

	if (s.n == 0 || s.n > CHANNELS_NAME_MAX || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (memchr(letters, s.p[i], sizeof(letters) - 1) == NULL)
			return false;
	return true;
}

/* Nothing that ends a line or cannot be seen: it goes into a dialogue of lines. */
static bool
is_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.n <= CHANNELS_TEXT_MAX;
}

static enum err
check_email(const struct channel *c, struct diag *why)
{
	if (!uri_host(c->host))
		return err_set(why, FAIL_SYNTAX,
		    "host: write the name or address of a mail server");
	if (!is_line(c->user))
		return err_set(why, FAIL_SYNTAX, "user: at most %d bytes of one line",
		    CHANNELS_TEXT_MAX);
	if (!uri_mail(c->from))
		return err_set(why, FAIL_SYNTAX, "from: write an address like tocsin@example.org");
	if (c->n_to == 0 || c->n_to > CHANNELS_TO_MAX)
		return err_set(why, FAIL_SYNTAX, "to: write a list of 1 to %d addresses",
		    CHANNELS_TO_MAX);
	for (size_t i = 0; i < c->n_to; i++)
		if (!uri_mail(c->to[i]))
			return err_set(why, FAIL_SYNTAX, "to: \"%.*s\" is no mail address",
			    (int)(c->to[i].n < 60 ? c->to[i].n : 60), c->to[i].p);
	if (c->url.n != 0 || c->allow_private)
		return err_set(why, FAIL_SYNTAX, "url and allow_private are of type webhook");
	return OK;
}

static enum err
check_webhook(const struct channel *c, struct diag *why)
{
	if (c->url.n > CHANNELS_TEXT_MAX || !uri_http(c->url))
		return err_set(why, FAIL_SYNTAX,
		    "url: write one like https://example.org/hook, without user and password");
	if (c->host.n != 0 || c->user.n != 0 || c->from.n != 0 || c->n_to != 0 || c->port != 0)
		return err_set(why, FAIL_SYNTAX, "host, port, user, from and to are of type email");
	return OK;
}

/* The file of its kind has looked at the settings. */
static enum err
check_kind(const struct channel *c, struct diag *why)
{
	enum channels_type t;

	if (!is_name(c->kind) || channels_type_find(c->kind, &t))
		return err_set(why, FAIL_SYNTAX, "type: no such type");
	if (c->settings.n < 2 || c->settings.n > CHANNELS_SETTINGS_MAX || c->settings.p[0] != '{')
		return err_set(why, FAIL_SYNTAX, "settings: too much text");
	if (c->host.n != 0 || c->user.n != 0 || c->from.n != 0 || c->n_to != 0 || c->url.n != 0)
		return err_set(why, FAIL_SYNTAX, "settings: those of another type");
	return OK;
}

static enum err
check_secret(const struct channel *c, struct diag *why)
{
	static const struct str kinds[] = { { "file:/", 6 }, { "env:", 4 }, { "credential:", 11 } };

	if (c->secret.n == 0)
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(c->secret, kinds[i]) && c->secret.n > kinds[i].n &&
		    c->secret.n <= CHANNELS_REF_MAX &&
		    memchr(c->secret.p, '\n', c->secret.n) == NULL)
			return OK;
	return err_set(why, FAIL_SYNTAX, "%s: name a file, a variable or a credential",
	    channels_secret_word(c->type));
}

enum err
channels_check(const struct channel *c, struct diag *why)
{
	enum err e;

	if (!is_name(c->name))
		return err_set(why, FAIL_SYNTAX,
		    "name: 1 to %d of the characters a-z, 0-9, - and _, the first not -",
		    CHANNELS_NAME_MAX);
	if (c->type == CHANNELS_KIND)
		e = check_kind(c, why);
	else
		e = c->type == CHANNELS_EMAIL ? check_email(c, why) : check_webhook(c, why);
	return e == OK ? check_secret(c, why) : e;
}

void
channels_settings(const struct channel *c, struct buf *to)
{
	struct jsonw w;

	if (c->type == CHANNELS_KIND) {
		buf_str(to, c->settings);
		return;
	}
	jsonw_init(&w, to);
	jsonw_obj(&w);
	if (c->type == CHANNELS_EMAIL) {
		jsonw_kstr(&w, "host", c->host);
		jsonw_kint(&w, "port", c->port != 0 ? c->port : ports[c->security]);
		jsonw_kstr(&w, "security", str_c(securities[c->security]));
		jsonw_kstr(&w, "user", c->user);
		jsonw_kstr(&w, "from", c->from);
		jsonw_key(&w, STR("to"));
		jsonw_arr(&w);
		for (size_t i = 0; i < c->n_to; i++)
			jsonw_str(&w, c->to[i]);
		jsonw_end(&w);
	} else {
		jsonw_kstr(&w, "url", c->url);
		jsonw_kbool(&w, "allow_private", c->allow_private);
	}
	jsonw_end(&w);
}

#define PLAIN                                                                                      \
	"name, type, enabled, min_rank, origin, settings, secret, last_ok, last_ns, last_ms,"      \
	" last_detail"
#define COLUMNS                                                                                    \
	PLAIN                                                                                      \
	", (SELECT count(*) FROM outbox WHERE state = 'pending' AND channel = name) +"             \
	" (SELECT count(*) FROM outbox WHERE state <> 'sent' AND state = 'sending' AND channel ="  \
	" name), (SELECT count(*) FROM outbox WHERE state <> 'sent' AND state = 'dead' AND"        \
	" channel = name)"

static enum err
each_row(struct db_stmt *st, channels_row_fn fn, void *ctx, size_t *ret_n, struct diag *why)
{
	bool more = false;
	enum err e;

	*ret_n = 0;
	while ((e = db_step(st, &more, why)) == OK && more) {
		int64_t rank = db_int(st, 3);
		struct channels_row row = { .name = db_str(st, 0),
			.type = CHANNELS_KIND,
			.kind = db_str(st, 1),
			.enabled = db_int(st, 2) != 0,
			.min_severity = ALERTS_INFO,
			.origin =
			    str_eq(db_str(st, 4), STR("config")) ? CHANNELS_CONFIG : CHANNELS_PAGE,
			.settings = db_str(st, 5),
			.secret = db_str(st, 6),
			.tried = !db_is_null(st, 7),
			.ok = db_int(st, 7) != 0,
			.time = db_int(st, 8),
			.ms = db_int(st, 9),
			.detail = db_str(st, 10),
			.pending = (uint64_t)db_int(st, 11),
			.dead = (uint64_t)db_int(st, 12) };

		if (rank >= 0 && rank < ALERTS_SEVERITIES)
			row.min_severity = (enum alerts_severity)rank;
		(void)channels_type_find(db_str(st, 1), &row.type);
		++*ret_n;
		e = fn(ctx, &row);
		if (e != OK)
			return e;
	}
	return e;
}

enum err
channels_list(struct alerts *a, channels_row_fn fn, void *ctx, struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db, "SELECT " COLUMNS " FROM channels ORDER BY name", &st, why);

	if (e != OK)
		return e;
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	return e;
}

static enum err
get(struct alerts *a, const char *sql, struct str name, channels_row_fn fn, void *ctx,
    struct diag *why)
{
	struct db_stmt *st;
	size_t n;
	enum err e = db_prepare(a->db, sql, &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, name);
	e = each_row(st, fn, ctx, &n, why);
	db_finalize(st);
	if (e == OK && n == 0)
		e = err_set(why, FAIL_NOT_FOUND, "there is no channel %.*s",
		    (int)(name.n < 60 ? name.n : 60), name.p);
	return e;
}

enum err
channels_get(struct alerts *a, struct str name, channels_row_fn fn, void *ctx, struct diag *why)
{
	return get(a, "SELECT " COLUMNS " FROM channels WHERE name = ?1", name, fn, ctx, why);
}

enum err
channels_plain(struct alerts *a, struct str name, channels_row_fn fn, void *ctx, struct diag *why)
{
	return get(a, "SELECT " PLAIN ", 0, 0 FROM channels WHERE name = ?1", name, fn, ctx, why);
}

static enum err
write_one(struct alerts *a, const struct channel *c, int64_t now, struct diag *why)
{
	auto_buf struct buf settings = { 0 };
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "INSERT INTO channels(name, type, enabled, min_rank, origin, settings, secret,"
	    " created_ns, updated_ns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)"
	    " ON CONFLICT DO UPDATE SET type = ?2, enabled = ?3, min_rank = ?4, origin = ?5,"
	    " settings = ?6, secret = ?7, updated_ns = ?8, fails = 0, pause_ns = 0",
	    &st, why);

	if (e != OK)
		return e;
	buf_init(&settings, 0);
	channels_settings(c, &settings);
	db_bind_str(st, 1, c->name);
	db_bind_str(st, 2, channels_kind(c));
	db_bind_int(st, 3, c->enabled);
	db_bind_int(st, 4, (int64_t)c->min_severity);
	db_bind_str(st, 5, c->origin == CHANNELS_CONFIG ? STR("config") : STR("page"));
	db_bind_str(st, 6, buf_view(&settings));
	db_bind_str(st, 7, c->secret);
	db_bind_int(st, 8, now);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}

static enum err
read_origin(void *ctx, const struct channels_row *row)
{
	*(enum channels_origin *)ctx = row->origin;
	return OK;
}

enum err
channels_editable(struct alerts *a, struct str name, struct diag *why)
{
	enum channels_origin origin = CHANNELS_PAGE;
	enum err e = channels_get(a, name, read_origin, &origin, why);

	if (e == OK && origin == CHANNELS_CONFIG)
		e = err_set(why, FAIL_DENIED,
		    "channel %.*s is in the configuration file: change it there", STR_ARG(name));
	return e;
}

static enum err
add_inside(struct alerts *a, const struct channel *c, int64_t now, struct diag *why)
{
	int64_t n = 0, same = 0;
	enum err e =
	    txn_number(a, "SELECT count(*) FROM channels", (struct str){ NULL, 0 }, &n, why);

	if (e == OK)
		e = txn_number(a, "SELECT count(*) FROM channels WHERE name = ?1", c->name, &same,
		    why);
	if (e == OK && same != 0)
		e = err_set(why, FAIL_EXISTS, "name: there is a channel %.*s already",
		    STR_ARG(c->name));
	if (e == OK && n >= CHANNELS_MAX)
		e = err_set(why, FAIL_LIMIT, "there are %d channels, and no more can be made",
		    CHANNELS_MAX);
	return e == OK ? write_one(a, c, now, why) : e;
}

enum err
channels_add(struct alerts *a, const struct channel *c, int64_t now, struct diag *why)
{
	enum err e = channels_check(c, why);

	if (e == OK)
		e = txn_begin(a, why);
	return e == OK ? txn_end(a, add_inside(a, c, now, why), why) : e;
}

static enum err
set_inside(struct alerts *a, const struct channel *c, int64_t now, struct diag *why)
{
	enum err e = channels_editable(a, c->name, why);

	return e == OK ? write_one(a, c, now, why) : e;
}

enum err
channels_set(struct alerts *a, const struct channel *c, int64_t now, struct diag *why)
{
	enum err e = channels_check(c, why);

	if (e == OK)
		e = txn_begin(a, why);
	return e == OK ? txn_end(a, set_inside(a, c, now, why), why) : e;
}

static enum err
drop(struct alerts *a, struct str name, struct diag *why)
{
	const struct str none = { NULL, 0 };
	enum err e = txn_run(a,
	    "UPDATE outbox SET state = 'dead', last_error = 'the channel was removed'"
	    " WHERE channel = ?1 AND state <> 'sent' AND state <> 'dead'",
	    name, none, why);

	return e == OK ? txn_run(a, "DELETE FROM channels WHERE name = ?1", name, none, why) : e;
}

static enum err
remove_inside(struct alerts *a, struct str name, struct diag *why)
{
	enum err e = channels_editable(a, name, why);

	return e == OK ? drop(a, name, why) : e;
}

enum err
channels_remove(struct alerts *a, struct str name, struct diag *why)
{
	enum err e = txn_begin(a, why);

	return e == OK ? txn_end(a, remove_inside(a, name, why), why) : e;
}

struct gone {
	const struct channel *c;
	size_t n;
	char names[CHANNELS_MAX * 2][CHANNELS_NAME_MAX + 1];
	size_t n_names;
};

static enum err
note_gone(void *ctx, const struct channels_row *row)
{
	struct gone *g = ctx;

	if (row->origin != CHANNELS_CONFIG || g->n_names == ARRAY_LEN(g->names))
		return OK;
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->c[i].name, row->name))
			return OK;
	(void)str_to_c(row->name, g->names[g->n_names++], sizeof(g->names[0]));
	return OK;
}

static enum err
sync_inside(struct alerts *a, const struct channel *c, size_t n, int64_t now, struct diag *why)
{
	struct gone g = { .c = c, .n = n };
	enum err e = channels_list(a, note_gone, &g, why);

	for (size_t i = 0; i < g.n_names && e == OK; i++)
		e = drop(a, str_c(g.names[i]), why);
	for (size_t i = 0; i < n && e == OK; i++)
		e = write_one(a, &c[i], now, why);
	return e;
}

enum err
channels_sync(struct alerts *a, const struct channel *c, size_t n, int64_t now, struct diag *why)
{
	enum err e = OK;

	if (n > CHANNELS_MAX)
		return err_set(why, FAIL_LIMIT, "channels: at most %d", CHANNELS_MAX);
	for (size_t i = 0; i < n && e == OK; i++)
		e = channels_check(&c[i], why);
	if (e == OK)
		e = txn_begin(a, why);
	return e == OK ? txn_end(a, sync_inside(a, c, n, now, why), why) : e;
}

enum err
channels_tested(struct alerts *a, struct str name, bool ok, int64_t ms, struct str detail,
    int64_t now, struct diag *why)
{
	struct db_stmt *st;
	enum err e = db_prepare(a->db,
	    "UPDATE channels SET last_ok = ?2, last_ns = ?3, last_ms = ?4, last_detail = ?5,"
	    " fails = iif(?2, 0, fails), pause_ns = iif(?2, 0, pause_ns) WHERE name = ?1",
	    &st, why);

	if (e != OK)
		return e;
	db_bind_str(st, 1, name);
	db_bind_int(st, 2, ok);
	db_bind_int(st, 3, now);
	db_bind_int(st, 4, ms);
	db_bind_str(st, 5, detail);
	e = db_run(st, why);
	db_finalize(st);
	return e;
}
