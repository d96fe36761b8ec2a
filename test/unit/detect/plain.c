/* The second evaluator: selections and conditions, read anew for every record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include <arpa/inet.h>
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "plain_text.h"

#define VALUES 64
#define MODS 6

struct value {
	enum field_type type;
	union rec_value v;
	char text[PLAIN_TEXT * 2];
	size_t n;
};

struct values {
	struct value v[VALUES];
	size_t n;
	bool present;
};

/* One "field|mod|mod" on one record. */
struct item {
	const struct plain *p;
	const struct rec *r;
	struct str category, field, mods[MODS];
	size_t n_mods;
};

void
plain_read(struct plain *p, struct str text)
{
	uint32_t line = 1, at;
	struct str doc;

	*p = (struct plain){ .arena = arena_new((size_t)64 << 20) };
	while (ydoc_split(&text, &line, &doc, &at)) {
		struct ydoc *d = NULL;

		if (ydoc_parse(doc, at, p->arena, &d, NULL) != OK)
			abort();
		assert(p->n < PLAIN_DOCS);
		if (d != NULL)
			p->doc[p->n++] = d;
	}
}

void
plain_fini(struct plain *p)
{
	arena_free(p->arena);
}

static bool
has_mod(const struct item *it, const char *name)
{
	for (size_t i = 0; i < it->n_mods; i++)
		if (str_eq(it->mods[i], str_c(name)))
			return true;
	return false;
}

/* A number as a text is compared with it: whole ones without a point. */
static size_t
number_text(double f, char *to, size_t size)
{
	return floor(f) >= f && fabs(f) < 1e15 ? (size_t)snprintf(to, size, "%.0f", f)
					       : (size_t)snprintf(to, size, "%.15g", f);
}

static void
put_value(struct values *to, enum field_type type, const union rec_value *v)
{
	struct value *x = &to->v[to->n++];
	struct tm tm;
	time_t t;

	assert(to->n <= VALUES);
	x->type = type;
	x->v = *v;
	if (field_is_text(type)) {
		memcpy(x->text, v->s.p, v->s.n);
		x->n = v->s.n;
		return;
	}
	if (type == FIELD_INT) {
		x->n = (size_t)snprintf(x->text, sizeof(x->text), "%lld", (long long)v->i);
	} else if (type == FIELD_BOOL) {
		x->n = (size_t)snprintf(x->text, sizeof(x->text), "%s", v->b ? "true" : "false");
	} else if (type == FIELD_FLOAT) {
		x->n = number_text(v->f, x->text, sizeof(x->text));
	} else {
		t = (time_t)(v->i / 1000000000);
		gmtime_r(&t, &tm);
		x->n = strftime(x->text, sizeof(x->text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
}

static bool
null_bit(const struct rec *r, enum field f)
{
	return r->null[f / 64] >> (f % 64) & 1;
}

static void
put_url(struct values *to, const struct rec *r, enum field f)
{
	union rec_value v = r->v[f];
	char joined[PLAIN_TEXT * 2];
	struct str query;

	if (f == F_URL && !rec_has(r, F_URL)) {
		query = rec_str(r, F_QUERY);
		v.s.p = joined;
		v.s.n = (size_t)snprintf(joined, sizeof(joined), "%.*s%s%.*s",
		    STR_ARG(r->v[F_ENDPOINT].s), query.n > 0 && query.p[0] != '?' ? "?" : "",
		    STR_ARG(query));
	}
	put_value(to, FIELD_STR, &v);
	if (plain_unquote(v.s, to->v[to->n].text, &to->v[to->n].n))
		to->v[to->n++].type = FIELD_STR;
}

static void
put_field(const struct rec *r, enum field f, struct values *to)
{
	bool url = f == F_URL && (rec_has(r, F_URL) || rec_has(r, F_ENDPOINT));

	to->present = rec_has(r, f) || null_bit(r, f) || url;
	if (url || ((f == F_ENDPOINT || f == F_QUERY) && rec_has(r, f)))
		put_url(to, r, f);
	else if (rec_has(r, f))
		put_value(to, field_info(f)->type, &r->v[f]);
}

/* The event's own key of that name, else the field it is a name of. */
static void
look_up(const struct rec *r, struct str name, struct str category, struct values *to)
{
	enum field f = field_find_sigma(name, category);

	to->n = 0;
	to->present = false;
	for (uint32_t i = 0; i < r->n_extra; i++) {
		if (!str_eq(r->extra[i].path, name))
			continue;
		to->present = true;
		if (!r->extra[i].null)
			put_value(to, r->extra[i].type, &r->extra[i].v);
	}
	if (!to->present && f != FIELD_NONE)
		put_field(r, f, to);
}

/* What the sender wrote: the line, or of a JSON object every value. */
static void
everything(const struct rec *r, struct values *to)
{
	static const char *const ours[] = { "timestamp", "received_at", "category", "source",
		"format", "time_flag", "parse_error", "raw", "logsource.product",
		"logsource.category", "logsource.service", "geolocation.country", "asn", "as_org",
		"network_class", "risk_score", "threat_level" };

	to->n = 0;
	if (rec_has(r, F_RAW) && r->v[F_RAW].s.p[0] != '{') {
		put_value(to, FIELD_STR, &r->v[F_RAW]);
		return;
	}
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		bool skip = !rec_has(r, (enum field)f);

		for (size_t i = 0; i < ARRAY_LEN(ours); i++)
			skip = skip || strcmp(field_info((enum field)f)->native, ours[i]) == 0;
		if (!skip)
			put_value(to, field_info((enum field)f)->type, &r->v[f]);
	}
	for (uint32_t i = 0; i < r->n_extra; i++)
		if (!r->extra[i].null)
			put_value(to, r->extra[i].type, &r->extra[i].v);
}

static unsigned
like_flags(const struct item *it)
{
	return (it->field.n == 0 || has_mod(it, "contains") ? PLAIN_CONTAINS : 0U) |
	       (has_mod(it, "startswith") ? PLAIN_STARTS : 0U) |
	       (has_mod(it, "endswith") ? PLAIN_ENDS : 0U) |
	       (has_mod(it, "cased") ? PLAIN_CASED : 0U) |
	       (has_mod(it, "windash") ? PLAIN_WINDASH : 0U);
}

static bool
in_net(struct str net, const struct value *v)
{
	char text[64], address[80];
	unsigned char a[16], b[16];
	long bits;
	int family;

	(void)str_to_c(net, text, sizeof(text));
	(void)str_to_c((struct str){ v->text, v->n }, address, sizeof(address));
	bits = strtol(strchr(text, '/') + 1, NULL, 10);
	*strchr(text, '/') = '\0';
	family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, a) != 1 || inet_pton(family, address, b) != 1)
		return false;
	for (long i = 0; i < bits; i++)
		if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

static bool
number_of(const struct value *v, double *ret)
{
	char text[80], *end;

	if (v->type == FIELD_BOOL || v->n == 0 || v->n >= sizeof(text))
		return false;
	(void)str_to_c((struct str){ v->text, v->n }, text, sizeof(text));
	if (strspn(text, "+-.0123456789eE") != v->n || text[0] == '+')
		return false;
	*ret = strtod(text, &end);
	return *end == '\0';
}

static bool
part_of(const struct item *it, const struct value *v, double *ret)
{
	char text[80], week[16];
	struct tm tm = { 0 };

	(void)str_to_c((struct str){ v->text, v->n }, text, sizeof(text));
	if (strptime(text, "%Y-%m-%dT%H:%M", &tm) == NULL)
		return false;
	(void)timegm(&tm);
	(void)strftime(week, sizeof(week), "%V", &tm);
	*ret = has_mod(it, "minute")  ? tm.tm_min
	       : has_mod(it, "hour")  ? tm.tm_hour
	       : has_mod(it, "day")   ? tm.tm_mday
	       : has_mod(it, "week")  ? strtod(week, NULL)
	       : has_mod(it, "month") ? tm.tm_mon + 1
				      : tm.tm_year + 1900;
	return true;
}

static bool
compares(const struct item *it, double have, struct str text)
{
	char number[40];
	double want = strtod(str_to_c(text, number, sizeof(number)), NULL);

	if (has_mod(it, "lt"))
		return have < want;
	if (has_mod(it, "lte"))
		return have <= want;
	if (has_mod(it, "gt"))
		return have > want;
	if (has_mod(it, "gte"))
		return have >= want;
	return have >= want && have <= want;
}

static bool
is_compare(const struct item *it)
{
	return has_mod(it, "lt") || has_mod(it, "lte") || has_mod(it, "gt") || has_mod(it, "gte");
}

static bool
is_timed(const struct item *it)
{
	return has_mod(it, "minute") || has_mod(it, "hour") || has_mod(it, "day") ||
	       has_mod(it, "week") || has_mod(it, "month") || has_mod(it, "year");
}

static bool
refers(const struct item *it, struct str other, const struct value *v)
{
	struct values *them = malloc(sizeof(*them));
	bool yes = false;

	look_up(it->r, other, it->category, them);
	for (size_t i = 0; i < them->n; i++)
		yes = yes || plain_like((struct str){ them->v[i].text, them->v[i].n },
				 like_flags(it) | PLAIN_LITERAL, (struct str){ v->text, v->n });
	free(them);
	return yes;
}

static bool
encoded(const struct item *it, struct str want, struct str have)
{
	static const char *const wides[] = { "wide", "utf16le", "utf16be", "utf16" };
	bool offsets = has_mod(it, "base64offset"), yes = false;
	char text[PLAIN_TEXT * 8];
	const char *wide = NULL;

	for (size_t i = 0; i < ARRAY_LEN(wides); i++)
		if (has_mod(it, wides[i]))
			wide = wides[i];
	for (int k = offsets ? 0 : -1; k < (offsets ? 3 : 0); k++)
		yes = yes || plain_like(plain_encode(want, wide, k, text),
				 like_flags(it) | PLAIN_LITERAL, have);
	return yes;
}

static bool
text_fits(const struct item *it, struct str want, const struct value *v)
{
	struct str have = { v->text, v->n };
	double number;

	if (has_mod(it, "re"))
		return plain_regex(want, has_mod(it, "i"), has_mod(it, "m"), has_mod(it, "s"),
		    have);
	if (has_mod(it, "cidr"))
		return in_net(want, v);
	if (is_timed(it))
		return part_of(it, v, &number) && compares(it, number, want);
	if (is_compare(it))
		return number_of(v, &number) && compares(it, number, want);
	if (has_mod(it, "fieldref"))
		return refers(it, want, v);
	if (has_mod(it, "base64") || has_mod(it, "base64offset"))
		return encoded(it, want, have);
	return plain_like(want, like_flags(it), have);
}

static bool
any_value(const struct item *it, struct str want, const struct values *vs)
{
	for (size_t i = 0; i < vs->n; i++)
		if (text_fits(it, want, &vs->v[i]))
			return true;
	return false;
}

/* The first placeholder is replaced by each of its values, then the next. */
static bool
expanded(const struct item *it, struct str want, const struct values *vs)
{
	const char *a = memchr(want.p, '%', want.n),
		   *b = a != NULL ? memchr(a + 1, '%', (size_t)(want.p + want.n - a - 1)) : NULL;
	bool yes = false;

	if (b == NULL)
		return any_value(it, want, vs);
	for (size_t i = 0; i < it->p->n; i++) {
		const struct ydoc *map = ydoc_get(it->p->doc[i], "placeholders"), *list;
		char name[40];

		list = ydoc_get(map,
		    str_to_c((struct str){ a + 1, (size_t)(b - a - 1) }, name, sizeof(name)));
		for (const struct ydoc *v = list != NULL ? list->first : NULL; v != NULL;
		     v = v->next) {
			char text[PLAIN_TEXT];
			int n = snprintf(text, sizeof(text), "%.*s%.*s%.*s", (int)(a - want.p),
			    want.p, STR_ARG(v->text), (int)(want.p + want.n - b - 1), b + 1);

			yes = yes || expanded(it, (struct str){ text, (size_t)n }, vs);
		}
	}
	return yes;
}

static bool
value_fits(const struct item *it, const struct ydoc *v, const struct values *vs)
{
	char number[40];

	if (has_mod(it, "exists"))
		return vs->present == str_eq(v->text, STR("true"));
	if (v->type == YDOC_NULL)
		return vs->n == 0;
	if (v->type == YDOC_FLOAT && !is_compare(it)) {
		size_t n = number_text(strtod(v->text.p, NULL), number, sizeof(number));

		return any_value(it, (struct str){ number, n }, vs);
	}
	return has_mod(it, "expand") ? expanded(it, v->text, vs) : any_value(it, v->text, vs);
}

static bool
item_holds(struct item *it, struct str key, const struct ydoc *value)
{
	struct values *vs = malloc(sizeof(*vs));
	bool all, yes;

	it->field = str_until(&key, '|');
	for (it->n_mods = 0; key.n > 0;)
		it->mods[it->n_mods++] = str_until(&key, '|');
	if (it->field.n == 0)
		everything(it->r, vs);
	else
		look_up(it->r, it->field, it->category, vs);
	all = has_mod(it, "all");
	yes = all;
	if (value->kind == YDOC_SCALAR)
		yes = value_fits(it, value, vs);
	for (const struct ydoc *v = value->first; v != NULL; v = v->next)
		yes = all ? yes && value_fits(it, v, vs) : yes || value_fits(it, v, vs);
	free(vs);
	return yes != has_mod(it, "neq");
}

static bool
selection_holds(struct item it, const struct ydoc *s)
{
	bool yes = s->kind == YDOC_MAP;

	if (s->kind == YDOC_SCALAR)
		return item_holds(&it, STR(""), s);
	for (const struct ydoc *m = s->first; m != NULL; m = m->next)
		yes = s->kind == YDOC_MAP ? yes && item_holds(&it, m->key->text, m)
					  : yes || selection_holds(it, m);
	return yes;
}

#include "plain_cond.h"

static bool
section_holds(const struct item *it, const struct ydoc *section)
{
	const struct ydoc *c = ydoc_get(section, "condition");
	bool yes = false;

	if (c->kind == YDOC_SCALAR)
		return condition_holds(it, section, c->text);
	for (const struct ydoc *m = c->first; m != NULL; m = m->next)
		yes = yes || condition_holds(it, section, m->text);
	return yes;
}

static const char *const dims[] = { "product", "category", "service" };

static struct str
dim_of(const struct ydoc *doc, size_t d)
{
	const struct ydoc *v = ydoc_get(ydoc_get(doc, "logsource"), dims[d]);

	return v != NULL ? v->text : STR("");
}

static bool
filter_means(const struct ydoc *filter, const struct ydoc *rule)
{
	const struct ydoc *rules = ydoc_get(ydoc_get(filter, "filter"), "rules");
	bool named = rules == NULL || rules->kind == YDOC_SCALAR;

	for (const struct ydoc *m = rules != NULL ? rules->first : NULL; m != NULL; m = m->next)
		named = named || str_eq(m->text, ydoc_get(rule, "title")->text);
	for (size_t d = 0; d < ARRAY_LEN(dims); d++)
		if (dim_of(filter, d).n > 0 && !str_eq(dim_of(filter, d), dim_of(rule, d)))
			return false;
	return named;
}

bool
plain_is_rule(const struct plain *p, size_t i)
{
	return ydoc_get(p->doc[i], "detection") != NULL;
}

bool
plain_holds(const struct plain *p, size_t i, const struct rec *r)
{
	static const enum field fields[] = { F_LS_PRODUCT, F_LS_CATEGORY, F_LS_SERVICE };
	const struct ydoc *rule = p->doc[i];
	const struct item it = { .p = p, .r = r, .category = dim_of(rule, 1) };

	for (size_t d = 0; d < ARRAY_LEN(dims); d++)
		if (dim_of(rule, d).n > 0 && rec_has(r, fields[d]) &&
		    !str_eq(dim_of(rule, d), r->v[fields[d]].s))
			return false;
	if (!section_holds(&it, ydoc_get(rule, "detection")))
		return false;
	for (size_t k = 0; k < p->n; k++)
		if (ydoc_get(p->doc[k], "filter") != NULL && filter_means(p->doc[k], rule) &&
		    !section_holds(&it, ydoc_get(p->doc[k], "filter")))
			return false;
	return true;
}
