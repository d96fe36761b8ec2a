/* What selections mean on records: a table, and a second, plain evaluator on random rules. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/match.h"

#include "base/vec.h"
#include "detect/modifier.h"
#include "detect/wild.h"
#include "feed.h"

#define RULE(selection)                                                                            \
	"title: T\nlogsource: {product: application}\ndetection:\n  s:\n" selection                \
	"  condition: s\n"
#define NOT_RULE(selection)                                                                        \
	"title: T\nlogsource: {product: application}\ndetection:\n  s:\n" selection                \
	"  condition: not s\n"

static const struct selection {
	const char *rule, *json;
	unsigned n;
} selections[] = {
	{ RULE("    user_name: Root\n"), "{\"user_name\":\"rOOT\"}", 1 },
	{ RULE("    user_name: root\n"), "{\"user_name\":\"root2\"}", 0 },
	{ RULE("    user_name|cased: Root\n"), "{\"user_name\":\"root\"}", 0 },
	{ RULE("    user_name|cased: Root\n"), "{\"user_name\":\"Root\"}", 1 },
	{ RULE("    user_name|contains|cased: oO\n"), "{\"user_name\":\"rOot\"}", 0 },
	{ RULE("    user_name|contains: [xx, oot]\n"), "{\"user_name\":\"ROOT\"}", 1 },
	{ RULE("    user_name|contains|all: [roo, oot]\n"), "{\"user_name\":\"root\"}", 1 },
	{ RULE("    user_name|contains|all: [roo, oox]\n"), "{\"user_name\":\"root\"}", 0 },
	{ RULE("    user_name|startswith: ro\n"), "{\"user_name\":\"root\"}", 1 },
	{ RULE("    user_name|startswith: oot\n"), "{\"user_name\":\"root\"}", 0 },
	{ RULE("    user_name|endswith: oot\n"), "{\"user_name\":\"root\"}", 1 },
	{ RULE("    user_name|endswith: roo\n"), "{\"user_name\":\"root\"}", 0 },
	{ RULE("    user_name: r*t\n"), "{\"user_name\":\"root\"}", 1 },
	{ RULE("    user_name: 'r\\*t'\n"), "{\"user_name\":\"root\"}", 0 },
	{ RULE("    user_name: admin*x?z\n"), "{\"user_name\":\"administxyz\"}", 1 },
	{ RULE("    user_name|re: '^r[o0]+t$'\n"), "{\"user_name\":\"ro0t\"}", 1 },
	{ RULE("    user_name|re: '^R[o0]+t$'\n"), "{\"user_name\":\"ro0t\"}", 0 },
	{ RULE("    user_name|re|i: '^R[o0]+t$'\n"), "{\"user_name\":\"ro0t\"}", 1 },
	{ RULE("    message|re: 'a.b'\n"), "{\"message\":\"a\\nb\"}", 0 },
	{ RULE("    message|re|s: 'a.b'\n"), "{\"message\":\"a\\nb\"}", 1 },
	{ RULE("    message|re: '^b'\n"), "{\"message\":\"a\\nb\"}", 0 },
	{ RULE("    message|re|m: '^b'\n"), "{\"message\":\"a\\nb\"}", 1 },
	{ RULE("    user_name|re: 'x*'\n"), "{\"user_name\":\"\"}", 1 },
	{ RULE("    status_code: 404\n"), "{\"status_code\":404}", 1 },
	{ RULE("    status_code: '404'\n"), "{\"status_code\":404}", 1 },
	{ RULE("    status_code: 404\n"), "{\"status_code\":403}", 0 },
	{ RULE("    status_code|startswith: '4'\n"), "{\"status_code\":403}", 1 },
	{ RULE("    status_code|gte: 500\n"), "{\"status_code\":500}", 1 },
	{ RULE("    status_code|gt: 500\n"), "{\"status_code\":500}", 0 },
	{ RULE("    status_code|lt: 500.5\n"), "{\"status_code\":500}", 1 },
	{ RULE("    status_code|lte: 499\n"), "{\"status_code\":500}", 0 },
	{ RULE("    status_code|gte: 500\n"), "{\"user_name\":\"x\"}", 0 },
	{ RULE("    status: 404\n"), "{\"status\":404}", 1 },
	{ RULE("    status: 404\n"), "{\"status\":\"404\"}", 1 },
	{ RULE("    status|gte: 500\n"), "{\"status\":404}", 0 },
	{ RULE("    status: open\n"), "{\"status\":\"open\",\"status_code\":404}", 1 },
	{ RULE("    status: 404\n"), "{\"status\":\"open\",\"status_code\":404}", 0 },
	{ RULE("    event.status: 404\n"), "{\"status\":404}", 0 },
	{ RULE("    status|exists: true\n"), "{\"status\":404}", 1 },
	{ RULE("    my.box|exists: true\n"), "{\"my\":{\"box\":{\"x\":1}}}", 1 },
	{ RULE("    my.bo|exists: true\n"), "{\"my\":{\"box\":{\"x\":1}}}", 0 },
	{ RULE("    my.count|gt: 9007199254740992\n"), "{\"my\":{\"count\":9007199254740993}}", 1 },
	{ RULE("    my.count|gt: 5\n"), "{\"my\":{\"count\":\"7\"}}", 1 },
	{ RULE("    my.count|gt: 5\n"), "{\"my\":{\"count\":\"many\"}}", 0 },
	{ RULE("    my.count: 5\n"), "{\"my\":{\"count\":\"5\"}}", 1 },
	{ RULE("    my.count: 5\n"), "{\"my\":{\"count\":\"05\"}}", 0 },
	{ RULE("    my.count: 5\n"), "{\"my\":{\"count\":5.0}}", 1 },
	{ RULE("    my.count: 1.50\n"), "{\"my\":{\"count\":1.5}}", 1 },
	{ RULE("    my.flag: true\n"), "{\"my\":{\"flag\":true}}", 1 },
	{ RULE("    my.flag: true\n"), "{\"my\":{\"flag\":\"TRUE\"}}", 1 },
	{ RULE("    my.flag: true\n"), "{\"my\":{\"flag\":1}}", 0 },
	{ RULE("    my.items: b\n"), "{\"my\":{\"items\":[\"a\",\"b\"]}}", 1 },
	{ RULE("    my.items|contains: bcd\n"), "{\"my\":{\"items\":[\"a\",\"abcde\"]}}", 1 },
	{ RULE("    my.items: c\n"), "{\"my\":{\"items\":[\"a\",\"b\"]}}", 0 },
	{ RULE("    my.x: null\n"), "{\"user_name\":\"x\"}", 1 },
	{ RULE("    my.x: null\n"), "{\"my\":{\"x\":null}}", 1 },
	{ RULE("    my.x: null\n"), "{\"my\":{\"x\":\"\"}}", 0 },
	{ RULE("    my.x: ''\n"), "{\"my\":{\"x\":\"\"}}", 1 },
	{ RULE("    my.x: ''\n"), "{\"my\":{\"x\":null}}", 0 },
	{ RULE("    my.x: ''\n"), "{\"user_name\":\"x\"}", 0 },
	{ RULE("    user_name: null\n"), "{\"client_ip\":\"10.1.1.1\"}", 1 },
	{ RULE("    user_name: null\n"), "{\"user_name\":null}", 1 },
	{ RULE("    user_name: null\n"), "{\"user_name\":\"x\"}", 0 },
	{ RULE("    user_name|exists: true\n"), "{\"user_name\":\"x\"}", 1 },
	{ RULE("    user_name|exists: true\n"), "{\"user_name\":null}", 1 },
	{ RULE("    user_name|exists: false\n"), "{\"host\":\"x\"}", 1 },
	{ RULE("    my.x|exists: true\n"), "{\"my\":{\"x\":null}}", 1 },
	{ RULE("    my.x|exists: false\n"), "{\"my\":{\"x\":null}}", 0 },
	{ NOT_RULE("    user_name: x\n"), "{\"host\":\"h\"}", 1 },
	{ RULE("    client_ip|cidr: 10.0.0.0/8\n"), "{\"client_ip\":\"10.255.0.1\"}", 1 },
	{ RULE("    client_ip|cidr: 10.0.0.0/8\n"), "{\"client_ip\":\"11.0.0.1\"}", 0 },
	{ RULE("    client_ip|cidr: [192.168.0.0/16, '2001:db8::/32']\n"),
	    "{\"client_ip\":\"2001:db8:1::5\"}", 1 },
	{ RULE("    client_ip|cidr: '2001:db8::/32'\n"), "{\"client_ip\":\"2001:db9::1\"}", 0 },
	{ RULE("    client_ip|cidr: 10.0.0.0/8\n"), "{\"client_ip\":\"nowhere\"}", 0 },
	{ RULE("    - user_name: a\n    - host: b\n"), "{\"host\":\"b\"}", 1 },
	{ RULE("    - user_name: a\n    - host: b\n"), "{\"host\":\"a\"}", 0 },
	{ RULE("    - needle\n    - other\n"), "{\"host\":\"a NEEDLE b\"}", 1 },
	{ RULE("    - ne*le\n"), "{\"host\":\"a neXXle b\"}", 1 },
	{ RULE("    '|all': [needle, hay]\n"), "{\"host\":\"hay needle\"}", 1 },
	{ RULE("    '|all': [needle, straw]\n"), "{\"host\":\"hay needle\"}", 0 },
	{ RULE("    cs-uri-query|contains: '../..'\n"), "{\"url\":\"/a/%2e%2e/../x\"}", 1 },
	{ RULE("    cs-uri-query|contains: '%2e%2e'\n"), "{\"url\":\"/a/%2e%2e/../x\"}", 1 },
	{ RULE("    cs-uri-query|endswith: '?x=<b>'\n"),
	    "{\"endpoint\":\"/p\",\"query\":\"x=%3Cb%3e\"}", 1 },
	{ RULE("    cs-uri-query|contains: '%'\n"), "{\"url\":\"/%zz%4\"}", 1 },
	/* An event's own key of that name goes before the field it would be. */
	{ RULE("    ParentUser: a\n"), "{\"ParentUser\":\"a\",\"user_name\":\"b\"}", 1 },
	{ RULE("    cs-username: b\n"), "{\"user_name\":\"b\"}", 1 },
	{ RULE("    acct: b\n"), "{\"user_name\":\"b\",\"acct\":\"a\"}", 0 },
	{ RULE("    acct: a\n"), "{\"user_name\":\"b\",\"acct\":\"a\"}", 1 },
	{ RULE("    acct: null\n"), "{\"user_name\":\"b\",\"acct\":null}", 1 },
	{ RULE("    User: a\n"), "{\"user_name\":\"b\",\"acct\":\"a\"}", 0 },
	{ RULE("    user_name|contains: \xc3\x84rger\n"), "{\"user_name\":\"x\xc3\xa4RGER\"}", 1 },
};

TEST(selections)
{
	for (size_t i = 0; i < ARRAY_LEN(selections); i++) {
		struct feed f;
		uint64_t n;

		feed_text(&f, selections[i].rule);
		CHECK_INT(f.errors, 0);
		n = feed_count(&f, selections[i].json);
		if (n != selections[i].n)
			test_fail(TEST_AT(feed_count), "row %zu: %" PRIu64 " from %s\n%s", i, n,
			    selections[i].json, selections[i].rule);
		feed_fini(&f);
	}
}

TEST(log_sources)
{
	static const struct row {
		const char *source, *json;
		unsigned n;
	} rows[] = {
		{ "product: linux", "{\"user_name\":\"x\",\"logsource\":{\"product\":\"linux\"}}",
		    1 },
		{ "product: windows", "{\"user_name\":\"x\",\"logsource\":{\"product\":\"linux\"}}",
		    0 },
		{ "product: linux\n  service: sshd",
		    "{\"user_name\":\"x\",\"logsource\":{\"product\":\"linux\"}}", 1 },
		{ "product: linux\n  service: sshd",
		    "{\"user_name\":\"x\",\"logsource\":{\"product\":\"linux\",\"service\":\"su\"}"
		    "}",
		    0 },
		{ "category: x", "{\"user_name\":\"x\",\"logsource\":{\"category\":\"y\"}}", 0 },
		{ "category: x", "{\"user_name\":\"x\",\"logsource\":{\"category\":\"x\"}}", 1 },
		/* A category that is part of another. */
		{ "category: registry_event",
		    "{\"user_name\":\"x\",\"logsource\":{\"category\":\"registry_set\"}}", 1 },
		{ "category: registry_set",
		    "{\"user_name\":\"x\",\"logsource\":{\"category\":\"registry_event\"}}", 0 },
		{ "category: registry_event",
		    "{\"user_name\":\"x\",\"logsource\":{\"category\":\"process_creation\"}}", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char rule[300];
		struct feed f;

		(void)snprintf(rule, sizeof(rule),
		    "title: T\nlogsource:\n  %s\ndetection: {s: {user_name: x}, condition: s}\n",
		    rows[i].source);
		feed_text(&f, rule);
		CHECK_INT(feed_count(&f, rows[i].json), rows[i].n);
		feed_fini(&f);
	}
}

/* Random rules over few letters; the plain evaluator knows nothing of indexes or wakes. */

struct term { /* one "field|modifier: value" */
	unsigned field, how;
	bool negate;
	char value[8];
};
static const char *const fields[] = { "user_name", "host", "my.a", "url" };
static const char *const hows[] = { "", "|contains", "|startswith", "|endswith", "|cased",
	"|contains|cased", "|re" };
#define TERMS 4
#define FIELDS 4

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static void
word(char *to, size_t max, const char *letters)
{
	size_t n = below(max);

	for (size_t i = 0; i < n; i++)
		to[i] = letters[below(strlen(letters))];
	to[n] = '\0';
}

static bool
plain_like(struct str v, struct str t, bool cased)
{
	char a, b;

	if (v.n == 0)
		return t.n == 0;
	if (v.p[0] == '*')
		return plain_like(str_from(v, 1), t, cased) ||
		       (t.n > 0 && plain_like(v, str_from(t, 1), cased));
	if (t.n == 0)
		return false;
	a = v.p[0], b = t.p[0];
	if (!cased && a >= 'A' && a <= 'Z')
		a = (char)(a + 32);
	if (!cased && b >= 'A' && b <= 'Z')
		b = (char)(b + 32);
	return (v.p[0] == '?' || a == b) && plain_like(str_from(v, 1), str_from(t, 1), cased);
}

static bool
plain_term(const struct term *t, const char *value)
{
	char pattern[16];
	bool head = t->how == 1 || t->how == 3 || t->how == 5,
	     tail = t->how == 1 || t->how == 2 || t->how == 5;

	if (value == NULL)
		return false;
	if (t->how == 6)
		return strstr(value, t->value) != NULL;
	(void)snprintf(pattern, sizeof(pattern), "%s%s%s", head ? "*" : "", t->value,
	    tail ? "*" : "");
	return plain_like(str_c(pattern), str_c(value), t->how == 4 || t->how == 5);
}

struct random_rule {
	struct term term[TERMS];
	unsigned shape;
};

static const char *const shapes[] = { "a and b and c and d", "a or b or c or d",
	"(a or b) and (c or d)", "a and b or c and d", "a and (b or c and d)", "1 of them",
	"all of them" };

static bool
plain_shape(unsigned shape, unsigned v)
{
	if (shape == 1 || shape == 5)
		return v != 0;
	if (shape == 2)
		return (v & 3) != 0 && (v & 12) != 0;
	if (shape == 3)
		return (v & 3) == 3 || (v & 12) == 12;
	if (shape == 4)
		return (v & 1) != 0 && ((v & 2) != 0 || (v & 12) == 12);
	return v == 15;
}

static bool
plain_rule(const struct random_rule *r, const char *const *values)
{
	unsigned v = 0;

	for (size_t i = 0; i < TERMS; i++) {
		bool is = plain_term(&r->term[i], values[r->term[i].field]);

		/* "of" speaks of the terms themselves. */
		v |= (unsigned)(r->shape < 5 ? is != r->term[i].negate : is) << i;
	}
	return plain_shape(r->shape, v);
}

static void
put_rule(const struct random_rule *r, unsigned number, struct buf *to)
{
	const char *shape = shapes[r->shape];

	buf_printf(to, "title: r%u\nlogsource: {product: application}\ndetection:\n", number);
	for (unsigned i = 0; i < TERMS; i++)
		buf_printf(to, "  %c:\n    %s%s: '%s'\n", 'a' + (int)i, fields[r->term[i].field],
		    hows[r->term[i].how], r->term[i].value);
	buf_str(to, STR("  condition: "));
	for (const char *p = shape; *p != '\0'; p++) {
		if (r->shape < 5 && *p >= 'a' && *p <= 'd' &&
		    (p == shape || strchr(" (", p[-1]) != NULL) && strchr(" )", p[1]) != NULL &&
		    r->term[*p - 'a'].negate)
			buf_str(to, STR("not "));
		buf_byte(to, *p);
	}
	buf_str(to, STR("\n---\n"));
}

static void
random_rule(struct random_rule *r)
{
	for (size_t i = 0; i < TERMS; i++) {
		struct term *t = &r->term[i];

		t->field = (unsigned)below(FIELDS);
		t->how = (unsigned)below(ARRAY_LEN(hows));
		t->negate = below(4) == 0;
		word(t->value, 6, t->how == 6 ? "ab" : below(3) == 0 ? "abB*?" : "abB");
	}
	r->shape = (unsigned)below(ARRAY_LEN(shapes));
}

static void
put_json(const char *const *values, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	for (size_t i = 0; i < FIELDS; i++)
		if (values[i] != NULL && i != 2)
			jsonw_kstr(&w, fields[i], str_c(values[i]));
	jsonw_key(&w, STR("my"));
	jsonw_obj(&w);
	if (values[2] != NULL)
		jsonw_kstr(&w, "a", str_c(values[2]));
	jsonw_end(&w);
	jsonw_end(&w);
}

struct fired {
	VEC(unsigned) rule;
};

static void
on_finding(void *ctx, const struct finding *f)
{
	struct fired *fired = ctx;

	VEC_PUSH(&fired->rule, (unsigned)strtoul(f->rule->title + 1, NULL, 10));
}

#define RULES 60

static void
compare(struct feed *f, const struct random_rule *rules, const char *const *values)
{
	const struct parse_in in = { .received = FEED_RECEIVED };
	struct parse_in with = in;
	struct fired fired = { { 0 } };
	struct buf json;
	struct diag why;
	struct rec r;
	size_t at = 0;

	buf_init(&json, 0);
	put_json(values, &json);
	with.message = buf_view(&json);
	arena_reset(f->arena);
	rec_init(&r, f->arena);
	CHECK_OK(parser_parse(f->parser, &with, &r, &why), why);
	engine_feed(f->engine, &r, on_finding, &fired);
	for (unsigned i = 0; i < RULES; i++) {
		bool got = at < fired.rule.n && fired.rule.p[at] == i;

		if (got != plain_rule(&rules[i], values)) {
			struct buf text;

			buf_init(&text, 0);
			put_rule(&rules[i], i, &text);
			test_fail(TEST_AT(plain_rule), "%s on %.*s\n%.*s",
			    got ? "fired" : "did not fire", STR_ARG(with.message),
			    STR_ARG(buf_view(&text)));
		}
		at += got;
	}
	CHECK_INT(at, fired.rule.n);
	VEC_FINI(&fired.rule);
	buf_fini(&json);
}

TEST(random_rules_against_a_plain_evaluator)
{
	state = test_seed() | 1;
	test_timeout(300);
	for (unsigned round = 0; round < test_rounds(25); round++) {
		struct random_rule rules[RULES];
		struct buf text;
		struct feed f;

		buf_init(&text, 0);
		for (unsigned i = 0; i < RULES; i++) {
			random_rule(&rules[i]);
			put_rule(&rules[i], i, &text);
		}
		feed_text(&f, feed_cstr(&text));
		if (f.errors != 0)
			test_fail(TEST_AT(errors), "%s", feed_cstr(&f.notes));
		for (unsigned k = 0; k < 200; k++) {
			char value[FIELDS][16];
			const char *values[FIELDS];

			for (size_t i = 0; i < FIELDS; i++) {
				word(value[i], 10, "abAB");
				values[i] = below(8) == 0 ? NULL : value[i];
			}
			compare(&f, rules, values);
		}
		feed_fini(&f);
		buf_fini(&text);
	}
}
