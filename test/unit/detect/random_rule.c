/* Random rules as YAML, of every kind of item; included by test_differential.c alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

static uint64_t state;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

static bool
often(unsigned percent)
{
	return below(100) < percent;
}

static const char *
one(const char *const *list, size_t n)
{
	return list[below(n)];
}
#define ONE_OF(list) one(list, ARRAY_LEN(list))

/* Characters of texts; those of patterns have wildcards besides. */
static const char *const letters[] = { "a", "b", "A", "B", "a", "b", "ab", "-", "/", " ", "\\",
	"\n", "_", "\xc3\xa9", "\xc3\x89", "\xd0\x96", "\xd0\xb6", "\xe2\x80\x93", "%41", "%62",
	"%", "a/b", "a-b", " /a", " -a" };
static const char *const wilds[] = { "*", "?", "\\*", "\\?", "\\\\", " -a", "/b", "a-b" };

static void
word(struct buf *to, size_t max, bool wild)
{
	for (size_t n = below(max + 1); n > 0; n--)
		buf_str(to, str_c(wild && often(25) ? ONE_OF(wilds)
				  : often(70)       ? letters[below(7)]
						    : ONE_OF(letters)));
}

/* In quotes as YAML has them; line ends would fold. */
static void
put_quoted(struct buf *to, struct str s)
{
	buf_byte(to, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' || s.p[i] == '"')
			buf_byte(to, '\\');
		if (s.p[i] == '\n')
			buf_str(to, STR("\\n"));
		else
			buf_byte(to, s.p[i]);
	}
	buf_byte(to, '"');
}

static void
put_word(struct buf *to, size_t min, size_t max, const char *around)
{
	auto_buf struct buf b = { 0 };

	buf_init(&b, 0);
	buf_str(&b, str_c(around));
	do
		word(&b, max, min == 0);
	while (b.n < min);
	put_quoted(to, buf_view(&b));
}

static const char *const text_fields[] = { "user_name", "User", "acct", "host", "my.a", "my.list",
	"message", "cs-uri-query", "cs-uri-stem", "c-uri-query", "my.n", "my.b", "status_code",
	"Unknown" };

struct choice {
	const char *const *p;
	size_t n;
};
#define WORDS(...)                                                                                 \
	{                                                                                          \
		(const char *const[]){ __VA_ARGS__ },                                              \
		    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)                  \
	}
#define TEXTS                                                                                      \
	{                                                                                          \
		text_fields, ARRAY_LEN(text_fields)                                                \
	}
#define WHERES WORDS("", "", "|contains", "|startswith", "|endswith")
#define COMPARES "|lt", "|lte", "|gt", "|gte"

static void
put_text_value(struct buf *to)
{
	put_word(to, 0, 5, "");
}

/* What records have within Base64. */
static const char *const coded[] = { "abab", "babB", "b\xc3\xa9\x61", "ab\\*ab", "abba" };

static void
put_coded_value(struct buf *to)
{
	put_quoted(to, str_c(ONE_OF(coded)));
}

static void
put_regex(struct buf *to)
{
	static const char *const atoms[] = { "a", "b", "A", ".", "[ab]", "[^a]", "_", "-" };

	buf_byte(to, '"');
	if (often(15))
		buf_byte(to, '^');
	for (uint64_t n = below(4) + 1; n > 0; n--)
		buf_printf(to, "%s%s", ONE_OF(atoms),
		    often(30) ? (const char *[]){ "*", "+", "?" }[below(3)] : "");
	if (often(15))
		buf_byte(to, '$');
	buf_byte(to, '"');
}

static void
put_part(struct buf *to)
{
	buf_u64(to, often(30) ? 2026 : below(32));
}

static void
put_holder(struct buf *to)
{
	buf_printf(to, "'%s%%p%u%%%s%s'", often(30) ? "a" : "", 1 + (unsigned)below(2),
	    often(30) ? "*" : "", often(20) ? "%p1%" : "");
}

/* What a "field|mods: value" may be. */
static const struct kind {
	struct choice fields, mods, values;
	void (*value)(struct buf *to); /* where no list gives them */
	bool list, all, neq;
	bool shades; /* also cased and windash */
} kinds[] = {
	{ TEXTS, WHERES, { NULL, 0 }, put_text_value, true, true, true, true },
	{ TEXTS, WORDS("|re", "|re|i", "|re|m", "|re|s", "|re|i|m|s"), { NULL, 0 }, put_regex, true,
	    true, true, false },
	{ WORDS("my.b"),
	    WORDS("|base64", "|base64|contains", "|base64offset|contains", "|wide|base64|contains",
		"|utf16le|base64offset|contains", "|wide|base64offset|contains",
		"|utf16be|base64offset|contains", "|utf16|base64offset|contains"),
	    { NULL, 0 }, put_coded_value, true, true, true, false },
	{ WORDS("client_ip", "my.ip", "c-ip"), WORDS("|cidr"),
	    WORDS("'10.1.2.0/24'", "'10.1.2.3/32'", "'10.0.0.0/8'", "'0.0.0.0/0'",
		"'2001:db8::/32'", "'2001:db8::5/128'", "'::/0'"),
	    NULL, true, false, true, false },
	{ WORDS("my.n", "status_code", "my.list"), WORDS(COMPARES),
	    WORDS("5", "4.5", "-3", "404", "0", "1e1"), NULL, true, false, false, false },
	{ WORDS("my.t", "timestamp", "my.a"),
	    WORDS("|minute", "|hour", "|day", "|week", "|month", "|year", "|hour|gte", "|day|lt",
		"|month|lte", "|minute|gt"),
	    { NULL, 0 }, put_part, true, false, false, false },
	{ TEXTS,
	    WORDS("|fieldref", "|fieldref|contains", "|fieldref|startswith", "|fieldref|endswith",
		"|fieldref|cased", "|contains|fieldref"),
	    TEXTS, NULL, true, true, true, false },
	{ TEXTS, WORDS("|exists"), WORDS("true", "false"), NULL, false, false, false, false },
	{ TEXTS, WORDS(""), WORDS("null"), NULL, false, false, true, false },
	{ TEXTS, WORDS("|expand", "|contains|expand", "|startswith|expand", "|expand|endswith"),
	    { NULL, 0 }, put_holder, true, true, true, false },
	{ WORDS("my.n", "my.flag", "status_code"), WORDS("", "", "|contains", "|cased"),
	    WORDS("5", "'5'", "5.0", "1.5", "'1.50'", "-3", "true", "'TRUE'", "false", "'05'",
		"1e1", "404"),
	    NULL, true, true, true, false },
};

static const struct kind *
put_key(struct buf *to, bool *list)
{
	const struct kind *k = &kinds[often(45) ? 0 : below(ARRAY_LEN(kinds))];

	*list = k->list && often(40);
	buf_printf(to, "\"%s%s", one(k->fields.p, k->fields.n), one(k->mods.p, k->mods.n));
	if (k->shades && often(20))
		buf_str(to, STR("|cased"));
	if (k->shades && often(25))
		buf_str(to, STR("|windash"));
	if (k->neq && often(15))
		buf_str(to, STR("|neq"));
	if (*list && k->all && often(30))
		buf_str(to, STR("|all"));
	buf_byte(to, '"');
	return k;
}

static void
put_scalar(struct buf *to, const struct kind *k)
{
	if (k->value != NULL)
		k->value(to);
	else
		buf_str(to, str_c(one(k->values.p, k->values.n)));
}

/* One "key: value" of a map, different from those before it. */
static void
put_item(struct buf *to, const char *indent, unsigned number)
{
	auto_buf struct buf key = { 0 };
	const struct kind *kind;
	bool list;

	buf_init(&key, 0);
	if (often(6)) {
		/* Keywords as a member of a map. */
		buf_printf(to, "%s\"|all\": [%s, %s]\n", indent, number == 0 ? "a" : "ab", "b");
		return;
	}
	kind = put_key(&key, &list);
	buf_printf(to, "%s%.*s: %s", indent, STR_ARG(buf_view(&key)), list ? "[" : "");
	put_scalar(to, kind);
	for (uint64_t n = list ? below(3) : 0; n > 0; n--) {
		buf_str(to, STR(", "));
		put_scalar(to, kind);
	}
	buf_str(to, list ? STR("]\n") : STR("\n"));
}

static void
put_map(struct buf *to, const char *first, const char *indent)
{
	struct buf two;
	const char *a, *b;
	uint64_t n = 1 + below(3);

	buf_init(&two, 0);
	put_item(to, first, 0);
	for (unsigned i = 1; i < n; i++) {
		buf_reset(&two);
		put_item(&two, indent, i);
		/* The same key twice is refused: leave the second out. */
		a = memmem(two.p, two.n, ": ", 2);
		b = memmem(to->p, to->n, two.p + strlen(indent),
		    (size_t)(a - two.p) - strlen(indent));
		if (b == NULL)
			buf_str(to, buf_view(&two));
	}
	buf_fini(&two);
}

static void
put_selection(struct buf *to, const char *name)
{
	auto_buf struct buf body = { 0 };

	buf_init(&body, 0);
	buf_printf(to, "  %s:\n", name);
	if (often(10)) {
		for (uint64_t n = 1 + below(2); n > 0; n--) {
			buf_str(to, STR("    - "));
			put_word(to, 0, 4, "");
			buf_byte(to, '\n');
		}
	} else if (often(20)) {
		for (uint64_t n = 1 + below(2); n > 0; n--) {
			buf_reset(&body);
			put_map(&body, "    - ", "      ");
			buf_str(to, buf_view(&body));
		}
	} else {
		put_map(&body, "    ", "    ");
		buf_str(to, buf_view(&body));
	}
}

static const char *const names[] = { "sel_a", "sel_b", "_hid", "flt" };

static void
put_condition(struct buf *to, unsigned depth)
{
	static const char *const of[] = { "1 of them", "all of them", "any of sel_*",
		"all of sel_*", "1 of *", "all of _*", "1 of *l*" };

	if (depth == 0 || often(25)) {
		buf_str(to, str_c(often(30) ? ONE_OF(of) : ONE_OF(names)));
		return;
	}
	if (often(20)) {
		buf_str(to, STR("not "));
		put_condition(to, 0);
		return;
	}
	if (often(30))
		buf_str(to, STR("not "));
	buf_byte(to, '(');
	put_condition(to, depth - 1);
	buf_str(to, often(50) ? STR(" and ") : STR(" or "));
	put_condition(to, depth - 1);
	buf_byte(to, ')');
	if (often(40)) {
		buf_str(to, often(50) ? STR(" and ") : STR(" or "));
		put_condition(to, depth - 1);
	}
}

static void
put_rule(struct buf *to, const char *section, unsigned number)
{
	static const char *const sources[] = { "product: application", "category: webserver",
		"product: application, category: webserver", "product: other", "service: s" };

	buf_printf(to, "---\ntitle: %c%u\nlogsource: {%s}\n%s:\n", section[0], number,
	    ONE_OF(sources), section);
	if (section[0] == 'f' && often(50))
		buf_printf(to, "  rules: [d%u, d%u]\n", (unsigned)below(RULES),
		    (unsigned)below(RULES));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		put_selection(to, names[i]);
	buf_str(to, STR("  condition: "));
	if (section[0] == 'f')
		buf_str(to, STR("not "));
	put_condition(to, 3);
	buf_byte(to, '\n');
}
