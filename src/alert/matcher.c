/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on alerts: read, asked, shown. */
#include "alert/matcher.h"

#include "alert/affected.h"
#include "alert/daytime.h"
#include "base/ip.h"

struct words {
	struct str *p;
	size_t n;
};

struct hours {
	struct daytime d;
	const struct zone *zone;
	const struct tree *read; /* as it was written */
};

struct matcher {
	unsigned severities; /* bits; 0: any */
	struct words rule, tags, group, entity;
	struct hours *time;
	const struct matcher *other; /* must not hold */
};

static enum err
refuse(struct diag *why, const struct tree *at, const char *what)
{
	return err_at(why, err_set(why, FAIL_SYNTAX, "%s", what), NULL, at->line, at->column);
}

/* The key is wrong, not its value. */
static enum err
refuse_key(struct diag *why, const struct tree *at, const char *what)
{
	return err_at(why,
	    err_set(why, FAIL_SYNTAX, "%.*s: %s", (int)(at->key.n < 40 ? at->key.n : 40), at->key.p,
		what),
	    NULL, at->key_line, at->key_column);
}

static enum err
too_large(struct diag *why)
{
	return err_set(why, FAIL_LIMIT, "too much text");
}

static bool
key_is(const struct tree *t, const char *key)
{
	return str_eq(t->key, str_c(key));
}

/* A word, or a list of words. */
static enum err
read_words(const struct matcher_in *in, const struct tree *t, struct words *ret, struct diag *why)
{
	const struct tree *m = t->kind == TREE_LIST ? t->first : t;
	const size_t n = t->kind == TREE_LIST ? t->n : 1;

	if (n == 0 || n > MATCHER_WORDS_MAX || t->kind == TREE_MAP || t->kind == TREE_NULL)
		return refuse(why, t, "write a word or a list of 1 to 100 words");
	ret->p = arena_alloc(in->a, n * sizeof(*ret->p));
	if (ret->p == NULL)
		return too_large(why);
	for (; m != NULL && ret->n < n; m = m->next) {
		if (m->kind != TREE_TEXT || m->text.n == 0 || m->text.n > MATCHER_WORD_MAX)
			return refuse(why, m, "write a word of 1 to 200 bytes");
		ret->p[ret->n++] = m->text;
	}
	return OK;
}

static bool
severity_find(struct str word, enum alerts_severity *ret)
{
	static const char *const words[] = { "CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(word, str_c(words[i])) ||
		    (i == ALERTS_INFO && str_eq_nocase(word, STR("informational")))) {
			*ret = (enum alerts_severity)i;
			return true;
		}
	return false;
}

static enum err
read_severities(const struct matcher_in *in, const struct tree *t, unsigned *ret, struct diag *why)
{
	struct words words = { 0 };
	enum alerts_severity s;
	enum err e = read_words(in, t, &words, why);
	const struct tree *m = t->kind == TREE_LIST ? t->first : t;

	for (size_t i = 0; i < words.n && e == OK; i++, m = m->next) {
		if (!severity_find(words.p[i], &s))
			return refuse(why, m,
			    "write a severity: critical, high, medium, low or informational");
		*ret |= 1U << s;
	}
	return e;
}

enum err
matcher_zone(struct arena *a, const struct tree *t, const struct zone **ret, struct diag *why)
{
	struct zone *z = arena_alloc(a, sizeof(*z));

	if (z == NULL)
		return too_large(why);
	if (t->kind != TREE_TEXT || t->text.n > 60 || zone_find(t->text, z, NULL) != OK)
		return refuse(why, t, "write a zone like \"+02:00\" or Europe/Berlin");
	*ret = z;
	return OK;
}

static enum err
read_days(const struct matcher_in *in, const struct tree *t, unsigned *ret, struct diag *why)
{
	struct words words = { 0 };
	enum err e = read_words(in, t, &words, why);
	const struct tree *m = t->kind == TREE_LIST ? t->first : t;
	unsigned bits;

	*ret = 0;
	for (size_t i = 0; i < words.n && e == OK; i++, m = m->next) {
		if (!daytime_days(words.p[i], &bits))
			return refuse(why, m,
			    "write days as mon, tue, ... sun, weekdays or weekend");
		*ret |= bits;
	}
	return e;
}

static enum err
read_hours_map(const struct matcher_in *in, const struct tree *t, struct hours *h, struct diag *why)
{
	enum err e = OK;

	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		unsigned *minute = key_is(m, "from") ? &h->d.from
				   : key_is(m, "to") ? &h->d.to
						     : NULL;

		if (minute != NULL) {
			if (m->kind != TREE_TEXT || !daytime_clock(m->text, minute))
				e = refuse(why, m, "write a time of day in quotes: \"22:00\"");
		} else if (key_is(m, "days")) {
			e = read_days(in, m, &h->d.days, why);
		} else if (key_is(m, "zone")) {
			e = matcher_zone(in->a, m, &h->zone, why);
		} else {
			e = refuse_key(why, m, "a time has the members from, to, days and zone");
		}
	}
	if (e == OK && h->d.from == h->d.to && h->d.from != 0)
		e = refuse(why, t, "from and to are the same; leave both out for all day");
	return e;
}

static enum err
read_hours(const struct matcher_in *in, const struct tree *t, struct hours **ret, struct diag *why)
{
	struct hours *h = arena_alloc(in->a, sizeof(*h));

	if (h == NULL)
		return too_large(why);
	*h = (struct hours){ { 0, 0, DAYTIME_DAYS }, in->zone, t };
	*ret = h;
	if (t->kind == TREE_TEXT && daytime_named(t->text, &h->d))
		return OK;
	if (t->kind != TREE_MAP)
		return refuse(why, t,
		    "write night, business, weekend, or {from: \"22:00\", to: \"06:00\"}");
	return read_hours_map(in, t, h, why);
}

static enum err
read_member(const struct matcher_in *in, const struct tree *t, struct matcher *m, struct diag *why)
{
	const struct {
		const char *key;
		struct words *to;
	} lists[] = {
		{ "rule", &m->rule },
		{ "tags", &m->tags },
		{ "group", &m->group },
		{ "entity", &m->entity },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (key_is(t, lists[i].key))
			return read_words(in, t, lists[i].to, why);
	if (key_is(t, "severity"))
		return read_severities(in, t, &m->severities, why);
	if (key_is(t, "time"))
		return read_hours(in, t, &m->time, why);
	if (key_is(t, "not"))
		return matcher_read(in, t, &m->other, why);
	return refuse_key(why, t, "write severity, rule, tags, group, entity, time or not");
}

enum err
matcher_read(const struct matcher_in *in, const struct tree *t, const struct matcher **ret,
    struct diag *why)
{
	struct matcher *m = arena_alloc(in->a, sizeof(*m));
	enum err e = OK;

	if (m == NULL)
		return too_large(why);
	if (t->kind != TREE_MAP || t->n == 0)
		return refuse(why, t, "write conditions here: {severity: [critical]}");
	for (const struct tree *k = t->first; k != NULL && e == OK; k = k->next) {
		for (const struct tree *b = t->first; b != k; b = b->next)
			if (str_eq(b->key, k->key))
				return refuse_key(why, k, "stands here twice: write a list");
		e = read_member(in, k, m, why);
	}
	*ret = m;
	return e;
}

static bool
has(const struct words *words, struct str one)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq_nocase(words->p[i], one))
			return true;
	return false;
}

/* '-' and '_' are the same in tags, as in those of Sigma. */
static bool
tag_is(struct str want, struct str tag)
{
	if (tag.n < want.n || (tag.n > want.n && tag.p[want.n] != '.'))
		return false;
	for (size_t i = 0; i < want.n; i++) {
		char a = want.p[i], b = tag.p[i];

		a = a == '_' ? '-' : a;
		b = b == '_' ? '-' : b;
		if (!str_eq_nocase((struct str){ &a, 1 }, (struct str){ &b, 1 }))
			return false;
	}
	return true;
}

static bool
has_tag(const struct words *words, struct str tags)
{
	while (tags.n != 0) {
		struct str some = str_until(&tags, ',');

		while (some.n != 0) {
			struct str tag = str_trim(str_until(&some, ' '));

			for (size_t i = 0; i < words->n && tag.n != 0; i++)
				if (tag_is(words->p[i], tag))
					return true;
		}
	}
	return false;
}

/* The next value of a group key, "name=value, name=value". */
static bool
next_value(struct str *group, struct str *ret)
{
	struct str part;

	if (group->n == 0)
		return false;
	part = str_until(group, ',');
	(void)str_until(&part, '=');
	*ret = str_trim(part);
	return true;
}

static bool
in_group(struct str group, struct str word)
{
	struct str value;

	if (str_eq(group, word))
		return true;
	while (next_value(&group, &value))
		if (value.n != 0 && str_eq(value, word))
			return true;
	return false;
}

static bool
lies_in(const struct ip_net *net, struct str text)
{
	struct ip ip;

	return ip_parse(text, &ip) && ip_net_has(net, &ip);
}

bool
matcher_concerns(const struct matcher_case *c, struct str word)
{
	struct str set = c->affected, group = c->group, name;
	enum affected_kind kind;
	struct ip_net net;
	const bool is_net = ip_net_parse(word, &net, NULL);

	while (affected_next(&set, &kind, &name, NULL))
		if (str_eq(name, word) ||
		    (is_net && kind == AFFECTED_ADDRESS && lies_in(&net, name)))
			return true;
	while (is_net && next_value(&group, &name))
		if (lies_in(&net, name))
			return true;
	return in_group(c->group, word);
}

static bool
any_group(const struct words *words, struct str group)
{
	for (size_t i = 0; i < words->n; i++)
		if (in_group(group, words->p[i]))
			return true;
	return false;
}

static bool
any_entity(const struct words *words, const struct matcher_case *c)
{
	for (size_t i = 0; i < words->n; i++)
		if (matcher_concerns(c, words->p[i]))
			return true;
	return false;
}

/* What an alert is, whomever it is about. */
static bool
kind_holds(const struct matcher *m, const struct matcher_case *c)
{
	if (m->severities != 0 && (m->severities & 1U << c->severity) == 0)
		return false;
	if (m->rule.n != 0 && !has(&m->rule, c->rule_id) && !has(&m->rule, c->title))
		return false;
	return m->tags.n == 0 || has_tag(&m->tags, c->tags);
}

bool
matcher_holds(const struct matcher *m, const struct matcher_case *c)
{
	if (m == NULL)
		return true;
	if (!kind_holds(m, c))
		return false;
	if (m->group.n != 0 && !any_group(&m->group, c->group))
		return false;
	if (m->entity.n != 0 && !any_entity(&m->entity, c))
		return false;
	if (m->time != NULL && !daytime_holds(&m->time->d, m->time->zone, c->now))
		return false;
	return m->other == NULL || !matcher_holds(m->other, c);
}

static void
put_words(struct jsonw *w, const char *key, const struct words *words)
{
	if (words->n == 0)
		return;
	jsonw_key(w, str_c(key));
	jsonw_arr(w);
	for (size_t i = 0; i < words->n; i++)
		jsonw_str(w, words->p[i]);
	jsonw_end(w);
}

/* What was written for `time`, as text. */
static void
put_hours(struct jsonw *w, const struct tree *t)
{
	auto_buf struct buf text = { 0 };

	if (t->kind == TREE_TEXT)
		buf_str(&text, t->text);
	for (const struct tree *m = t->kind == TREE_MAP ? t->first : NULL; m != NULL; m = m->next) {
		const struct tree *one = m->kind == TREE_LIST ? m->first : m;

		buf_printf(&text, "%s%.*s", text.n != 0 ? "; " : "", STR_ARG(m->key));
		for (size_t i = m->kind == TREE_LIST ? m->n : 1; i-- > 0; one = one->next)
			buf_printf(&text, " %.*s", STR_ARG(one->text));
	}
	jsonw_kstr(w, "time", buf_view(&text));
}

void
matcher_put(const struct matcher *m, struct jsonw *w)
{
	jsonw_obj(w);
	if (m != NULL && m->severities != 0) {
		jsonw_key(w, STR("severity"));
		jsonw_arr(w);
		for (unsigned i = 0; i < ALERTS_SEVERITIES; i++)
			if ((m->severities & 1U << i) != 0)
				jsonw_str(w, str_c(alerts_severity_word((enum alerts_severity)i)));
		jsonw_end(w);
	}
	if (m != NULL) {
		put_words(w, "rule", &m->rule);
		put_words(w, "tags", &m->tags);
		put_words(w, "group", &m->group);
		put_words(w, "entity", &m->entity);
	}
	if (m != NULL && m->time != NULL)
		put_hours(w, m->time->read);
	if (m != NULL && m->other != NULL) {
		jsonw_key(w, STR("not"));
		matcher_put(m->other, w);
	}
	jsonw_end(w);
}
