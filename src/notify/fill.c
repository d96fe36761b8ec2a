/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/notify/test_kind.c */
/* Placeholders and what they stand for. */
#include "notify/fill.h"

#include "base/clock.h"
#include "notify/escape.h"
#include "notify/mail.h"
#include "notify/secret.h"

struct value {
	enum { NONE, TEXT, NUMBER, TAGS, ITEMS } type;
	struct str s;
	const struct jsonr *items; /* of ITEMS; NULL: `s` is the only one */
};

static const struct {
	const char *name;
	size_t at;
} texts[] = {
	{ "id", offsetof(struct job_alert, id) },
	{ "rule_id", offsetof(struct job_alert, rule_id) },
	{ "title", offsetof(struct job_alert, title) },
	{ "group", offsetof(struct job_alert, group) },
	{ "summary", offsetof(struct job_alert, summary) },
	{ "advice", offsetof(struct job_alert, advice) },
	{ "action", offsetof(struct job_alert, action) },
	{ "by", offsetof(struct job_alert, by) },
	{ "user", offsetof(struct job_alert, user) },
	{ "ip", offsetof(struct job_alert, ip) },
	{ "ticket", offsetof(struct job_alert, ticket) },
	{ "first", offsetof(struct job_alert, first) },
	{ "last", offsetof(struct job_alert, last) },
};

static void
put_severity(const struct fill *f, struct buf *to)
{
	buf_str(to, str_c(job_severity_word(f->job->alert.severity)));
}

static void
put_when(const struct fill *f, struct buf *to)
{
	mail_when(&f->job->alert, to);
}

static void
put_subject(const struct fill *f, struct buf *to)
{
	mail_subject(f->job, to);
}

static void
put_mail_text(const struct fill *f, struct buf *to)
{
	mail_text(f->job, to);
}

static void
put_mail_html(const struct fill *f, struct buf *to)
{
	mail_html(f->job, to);
}

static void
put_count(const struct fill *f, struct buf *to)
{
	buf_i64(to, f->job->alert.count);
}

static void
put_confidence(const struct fill *f, struct buf *to)
{
	buf_i64(to, f->job->alert.confidence);
}

static void
put_key(const struct fill *f, struct buf *to)
{
	buf_str(to, f->job->key);
}

static void
put_created(const struct fill *f, struct buf *to)
{
	buf_str(to, f->job->created);
}

static void
put_url(const struct fill *f, struct buf *to)
{
	if (mail_is_link(f->job->url))
		buf_str(to, f->job->url);
}

static void
put_ack_url(const struct fill *f, struct buf *to)
{
	if (mail_is_link(f->job->ack_url))
		buf_str(to, f->job->ack_url);
}

static void
put_version(const struct fill *f, struct buf *to)
{
	(void)f;
	buf_str(to, STR(TOCSIN_VERSION));
}

static void
put_person(const struct fill *f, struct buf *to)
{
	buf_str(to, f->job->person);
}

static void
put_channel(const struct fill *f, struct buf *to)
{
	buf_str(to, f->job->channel.name);
}

static const struct {
	const char *name;
	void (*put)(const struct fill *f, struct buf *to);
	bool number;
} made[] = {
	{ "severity", put_severity, false },
	{ "when", put_when, false },
	{ "subject", put_subject, false },
	{ "mail.text", put_mail_text, false },
	{ "mail.html", put_mail_html, false },
	{ "count", put_count, true },
	{ "confidence", put_confidence, true },
	{ "key", put_key, false },
	{ "created", put_created, false },
	{ "url", put_url, false },
	{ "ack_url", put_ack_url, false },
	{ "channel", put_channel, false },
	{ "person", put_person, false },
	{ "version", put_version, false },
};

static const struct tree *
member(const struct tree *map, struct str key)
{
	for (const struct tree *t = map != NULL ? map->first : NULL; t != NULL; t = t->next)
		if (str_eq(t->key, key))
			return t;
	return NULL;
}

/* The address of the job in place of a setting; what is left out beside it is empty. */
static struct value
of_address(const struct fill *f, size_t i, const struct jsonr *v)
{
	const struct str s = i == 0 ? f->job->address : STR("");

	return (struct value){ .type = v != NULL && v->type == JSONR_LIST ? ITEMS : TEXT, .s = s };
}

static struct value
of_setting(const struct fill *f, struct str name)
{
	char key[64];
	const struct jsonr *v =
	    name.n < sizeof(key) ? jsonr_get(f->settings, str_to_c(name, key, sizeof(key))) : NULL;

	for (size_t i = 0; i < f->n_address && f->job->address.n != 0; i++)
		if (str_eq(name, f->address[i]))
			return of_address(f, i, v);
	if (v == NULL)
		return (struct value){ .type = TEXT };
	if (v->type == JSONR_LIST)
		return (struct value){ .type = ITEMS, .items = v };
	if (v->type == JSONR_TEXT)
		return (struct value){ .type = TEXT, .s = v->s };
	return (struct value){ .type = v->type == JSONR_INT ? NUMBER : TEXT, .s = v->raw };
}

static struct value
of_table(const struct fill *f, struct str name)
{
	const struct str word = str_c(job_severity_word(f->job->alert.severity));
	const struct tree *t = member(member(f->tables, name), word);
	int64_t n;

	if (t == NULL)
		return (struct value){ .type = TEXT };
	return (struct value){ .type = !t->quoted && str_i64(t->text, &n) ? NUMBER : TEXT,
		.s = t->text };
}

/* `room` holds what is made for it. */
static struct value
look_up(const struct fill *f, struct str name, struct buf *room)
{
	struct value v = { .type = NONE };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(name, str_c(texts[i].name))) {
			memcpy(&v.s, (const char *)&f->job->alert + texts[i].at, sizeof(v.s));
			v.type = TEXT;
			return v;
		}
	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		if (str_eq(name, str_c(made[i].name))) {
			made[i].put(f, room);
			return (struct value){ .type = made[i].number ? NUMBER : TEXT,
				.s = buf_view(room) };
		}
	if (str_eq(name, STR("tags")))
		v.type = TAGS;
	else if (str_eq(name, STR("item")))
		v = (struct value){ .type = TEXT, .s = f->item };
	else if (str_eq(name, STR("secret")))
		v = (struct value){ .type = TEXT, .s = f->secret };
	else if (str_starts(name, STR("settings.")))
		v = of_setting(f, str_from(name, 9));
	else if (str_starts(name, STR("table.")))
		v = of_table(f, str_from(name, 6));
	return v;
}

static bool
each(const struct fill *f, const struct value *v, void (*fn)(void *ctx, struct str item), void *ctx)
{
	if (v->type == TAGS)
		for (size_t i = 0; i < f->job->alert.n_tags; i++)
			fn(ctx, f->job->alert.tags[i]);
	else if (v->type == ITEMS && v->items == NULL && v->s.n != 0)
		fn(ctx, v->s);
	else if (v->type == ITEMS && v->items != NULL)
		for (const struct jsonr *t = v->items->first; t != NULL; t = t->next)
			fn(ctx, t->s);
	return v->type == TAGS || v->type == ITEMS;
}

bool
fill_each(const struct fill *f, struct str name, void (*fn)(void *ctx, struct str item), void *ctx)
{
	auto_buf struct buf room = { 0 };
	const struct value v = look_up(f, name, &room);

	return each(f, &v, fn, ctx);
}

struct listed {
	struct str chain;
	struct buf *to;
	struct jsonw *w;
	bool any, number;
};

static void
put_listed(void *ctx, struct str item)
{
	struct listed *l = ctx;
	auto_buf struct buf one = { 0 };

	if (escape_apply(l->chain, item, &one, &l->number, NULL) != OK)
		return;
	if (l->w != NULL)
		jsonw_str(l->w, buf_view(&one));
	else
		buf_printf(l->to, "%s%.*s", l->any ? "," : "", STR_ARG(buf_view(&one)));
	l->any = true;
}

/* Splits the next placeholder off: what stands before it, its name and its filters. */
static bool
next(struct str *rest, struct str *ret_before, struct str *ret_name, struct str *ret_chain)
{
	const ptrdiff_t open = str_find(*rest, STR("{{"));
	ptrdiff_t close;

	*ret_before = *rest;
	if (open < 0)
		return false;
	*ret_name = str_from(*rest, (size_t)open + 2);
	close = str_find(*ret_name, STR("}}"));
	if (close < 0)
		return false;
	ret_before->n = (size_t)open;
	ret_name->n = (size_t)close;
	*rest = str_from(*rest, (size_t)open + (size_t)close + 4);
	*ret_chain = *ret_name;
	*ret_name = str_trim(str_until(ret_chain, '|'));
	return true;
}

static enum err
put_encoded(struct str s, struct buf *to, struct diag *why)
{
	static const char plain[] = "-._~/";

	if (str_find(s, STR("..")) >= 0)
		return err_set(why, FAIL_DENIED, "an address with .. in it is not called");
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    memchr(plain, c, sizeof(plain) - 1) != NULL)
			buf_byte(to, c);
		else
			buf_printf(to, "%%%02X", (unsigned char)c);
	}
	return OK;
}

static enum err
put_in(struct str s, enum fill_place place, bool begins, struct buf *to, struct diag *why)
{
	if (place == FILL_URL && begins) { /* somebody's own address, perhaps with a / behind it */
		while (s.n != 0 && s.p[s.n - 1] == '/')
			s.n--;
		buf_str(to, s);
		return OK;
	}
	if (place == FILL_URL)
		return put_encoded(s, to, why);
	if (place == FILL_LINE)
		for (size_t i = 0; i < s.n; i++)
			if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
				return err_set(why, FAIL_DENIED,
				    "a control character in a header is not sent");
	buf_str(to, s);
	return OK;
}

static enum err
put_one(const struct fill *f, struct str name, struct str chain, struct buf *to, struct diag *why)
{
	auto_secret struct buf room = { 0 };
	const struct value v = look_up(f, name, &room);
	struct listed l = { .chain = chain, .to = to };
	bool number;

	if (v.type == NONE)
		return err_set(why, FAIL_SYNTAX, "no such placeholder: %.*s", STR_ARG(name));
	if (each(f, &v, put_listed, &l))
		return OK;
	return escape_apply(chain, v.s, to, &number, why);
}

enum err
fill_text(const struct fill *f, struct str text, enum fill_place place, struct buf *to,
    struct diag *why)
{
	struct str before, name, chain;
	enum err e = OK;
	bool begins = true;

	while (e == OK && next(&text, &before, &name, &chain)) {
		auto_secret struct buf one = { 0 };

		buf_str(to, before);
		e = put_one(f, name, chain, &one, why);
		if (e == OK)
			e = put_in(buf_view(&one), place, begins && before.n == 0, to, why);
		begins = false;
	}
	buf_str(to, before);
	return e == OK && buf_overflow(to) ? err_set(why, FAIL_LIMIT, "the message is too long")
					   : e;
}

/* One placeholder and nothing else. */
static bool
is_alone(struct str text, struct str *ret_name, struct str *ret_chain)
{
	struct str before;

	return next(&text, &before, ret_name, ret_chain) && before.n == 0 && text.n == 0;
}

enum err
fill_json(const struct fill *f, struct str text, struct jsonw *w, bool *ret_empty, struct diag *why)
{
	auto_secret struct buf room = { 0 }, s = { 0 };
	struct listed l = { .w = w };
	struct value v = { .type = TEXT };
	struct str name, chain = { NULL, 0 };
	bool number = false;
	int64_t n;
	enum err e;

	if (!is_alone(text, &name, &chain)) {
		e = fill_text(f, text, FILL_TEXT, &s, why);
	} else {
		v = look_up(f, name, &room);
		if (v.type == TAGS || v.type == ITEMS) {
			l.chain = chain;
			jsonw_arr(w);
			(void)each(f, &v, put_listed, &l);
			jsonw_end(w);
			*ret_empty = !l.any;
			return OK;
		}
		e = v.type == NONE
			? err_set(why, FAIL_SYNTAX, "no such placeholder: %.*s", STR_ARG(name))
			: escape_apply(chain, v.s, &s, &number, why);
	}
	*ret_empty = s.n == 0;
	if (e == OK && (number || v.type == NUMBER) && str_i64(buf_view(&s), &n))
		jsonw_int(w, n);
	else if (e == OK)
		jsonw_str(w, buf_view(&s));
	return e;
}

static bool
is_known(const struct fill_names *n, struct str name)
{
	static const char *const others[] = { "tags", "item" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(name, str_c(texts[i].name)))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		if (str_eq(name, str_c(made[i].name)))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_eq(name, str_c(others[i])))
			return true;
	if (str_starts(name, STR("settings.")))
		return n->setting(n->ctx, str_from(name, 9));
	if (str_starts(name, STR("table.")))
		return member(n->tables, str_from(name, 6)) != NULL;
	return n->secret && str_eq(name, STR("secret"));
}

enum err
fill_check(const struct fill_names *n, struct str text, struct diag *why)
{
	struct str before, name, chain;
	enum err e = OK;

	while (e == OK && next(&text, &before, &name, &chain)) {
		if (!is_known(n, name))
			e = err_set(why, FAIL_SYNTAX, "there is no {{%.*s}}",
			    (int)(name.n < 60 ? name.n : 60), name.p);
		if (e == OK)
			e = escape_check(chain, why);
	}
	if (e == OK && str_find(before, STR("{{")) >= 0)
		e = err_set(why, FAIL_SYNTAX, "a {{ without its }}");
	return e;
}
