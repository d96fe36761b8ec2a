/* Random rules on random records: the engine and the second, plain evaluator say the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/match.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/vec.h"
#include "parse/format.h"
#include "plain.h"
#include "test.h"

#define RULES 40

#include "plain.c"
#include "plain_text.c"
#include "random_rule.c"

#define RECORDS 100
#define AT ((int64_t)1785938531 * CLOCK_S)

static void
put_text(struct jsonw *w, const char *key, unsigned percent)
{
	auto_buf struct buf b = { 0 };

	if (!often(percent))
		return;
	buf_init(&b, 0);
	word(&b, 9, false);
	jsonw_key(w, str_c(key));
	if (often(5))
		jsonw_null(w);
	else
		jsonw_str(w, buf_view(&b));
}

/* What some rule may look for in Base64. */
static void
put_base64(struct jsonw *w)
{
	struct buf plain, wide, text;

	buf_init(&plain, 0);
	buf_init(&wide, 0);
	buf_init(&text, 0);
	word(&plain, 4, false);
	buf_str(&plain, str_c(ONE_OF(coded)));
	word(&plain, 4, false);
	if (often(50))
		for (size_t i = 0; i < plain.n; i++) {
			buf_byte(&wide, plain.p[i]);
			buf_byte(&wide, '\0');
		}
	base64_put(wide.n > 0 ? buf_view(&wide) : buf_view(&plain), &text);
	jsonw_kstr(w, "b", buf_view(&text));
	buf_fini(&plain);
	buf_fini(&wide);
	buf_fini(&text);
}

static void
put_my(struct jsonw *w)
{
	static const char *const ips[] = { "10.1.2.3", "10.1.3.9", "2001:db8::5", "::1", "x" };
	auto_buf struct buf b = { 0 };

	buf_init(&b, 0);
	put_text(w, "a", 80);
	put_base64(w);
	jsonw_kstr(w, "ip", str_c(ONE_OF(ips)));
	jsonw_key(w, STR("list"));
	jsonw_arr(w);
	for (uint64_t n = below(4); n > 0; n--) {
		buf_reset(&b);
		word(&b, 5, false);
		jsonw_str(w, buf_view(&b));
	}
	jsonw_end(w);
	jsonw_key(w, STR("n"));
	if (often(40))
		jsonw_int(w, (int64_t)below(9) - 3);
	else if (often(40))
		jsonw_f64(w, (double)below(20) / 4);
	else
		jsonw_str(w, str_c((const char *[]){ "5", "05", "1.50", "a", "404" }[below(5)]));
	if (often(60)) {
		jsonw_key(w, STR("flag"));
		jsonw_bool(w, often(50));
	}
	buf_reset(&b);
	buf_printf(&b, "2026-%02u-%02uT%02u:%02u:00Z", 1 + (unsigned)below(12),
	    1 + (unsigned)below(28), (unsigned)below(24), (unsigned)below(60));
	jsonw_kstr(w, "t", buf_view(&b));
}

static void
put_record(struct buf *to)
{
	static const char *const ips[] = { "10.1.2.3", "10.200.0.1", "2001:db8::5", "11.0.0.1" };
	auto_buf struct buf b = { 0 };
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	put_text(&w, "user_name", 70);
	put_text(&w, "acct", 30);
	put_text(&w, "host", 60);
	put_text(&w, "message", 60);
	if (often(50)) {
		jsonw_kstr(&w, "client_ip", str_c(ONE_OF(ips)));
		jsonw_kint(&w, "status_code", often(50) ? 404 : 200);
	}
	if (often(60)) {
		buf_init(&b, 0);
		buf_byte(&b, '/');
		word(&b, 6, false);
		if (often(50))
			buf_str(&b, STR("?a="));
		word(&b, 4, false);
		jsonw_kstr(&w, "url", buf_view(&b));
	} else {
		put_text(&w, "endpoint", 60);
		put_text(&w, "query", 60);
	}
	jsonw_key(&w, STR("my"));
	jsonw_obj(&w);
	put_my(&w);
	jsonw_end(&w);
	if (often(40)) {
		jsonw_key(&w, STR("logsource"));
		jsonw_obj(&w);
		jsonw_kstr(&w, "category", often(70) ? STR("webserver") : STR("x"));
		jsonw_end(&w);
	}
	jsonw_end(&w);
}

struct pair {
	struct ruleset *rules;
	struct match *match;
	struct plain plain;
	struct parser *parser;
	struct arena *arena;
	struct rec rec;
	uint64_t hits, pairs;
};

static void
note(void *ctx, enum ruleset_note kind, const struct diag *why)
{
	char text[500];

	(void)ctx;
	if (kind == RULESET_ERROR)
		test_fail(TEST_AT(ruleset_read), "%s", err_text(why, text, sizeof(text)));
}

/* The rule, and the filters it may have. */
_Noreturn static void
differ(uint32_t rule, bool got, struct str message, const char *rules)
{
	char title[20];
	const char *at, *end, *filters = strstr(rules, "---\ntitle: f");

	(void)snprintf(title, sizeof(title), "title: d%u\n", rule);
	at = strstr(rules, title);
	end = strstr(at, "---\n");
	test_fail(TEST_AT(plain_holds), "%s %.*s\n%.*s%s", got ? "is found in" : "is not found in",
	    STR_ARG(message), (int)(end - at), at, filters);
}

static void
compare(struct pair *p, struct str message, const char *rules)
{
	const struct parse_in in = { .message = message,
		.received = AT,
		.source = STR("test"),
		.format = message.p[0] == '{' ? NULL : format_find(STR("text")),
		.trust_time = true };
	const uint32_t *found;
	size_t n, at = 0;
	uint32_t rule = 0;

	arena_reset(p->arena);
	rec_init(&p->rec, p->arena);
	(void)!parser_parse(p->parser, &in, &p->rec, NULL);
	found = match_rec(p->match, &p->rec, &n);
	for (size_t i = 0; i < p->plain.n; i++) {
		bool got, want;

		if (!plain_is_rule(&p->plain, i))
			continue;
		got = at < n && found[at] == rule;
		at += got;
		rule++;
		want = plain_holds(&p->plain, i, &p->rec);
		p->pairs++;
		p->hits += want;
		if (got != want)
			differ(rule - 1, got, message, rules);
	}
	CHECK_INT(at, n);
	CHECK_INT(rule, ruleset_len(p->rules));
}

static void
one_round(struct pair *p)
{
	struct buf rules, json;
	struct diag why = { 0 };

	buf_init(&rules, 0);
	buf_init(&json, 0);
	buf_str(&rules, STR("placeholders:\n  p1: [a, 'b*']\n  p2: [B, ab, '?']\n"));
	for (unsigned i = 0; i < RULES; i++)
		put_rule(&rules, "detection", i);
	for (unsigned i = 0; i < 3; i++)
		put_rule(&rules, "filter", i);
	if (getenv("DUMP"))
		fwrite(rules.p, 1, rules.n, stderr);
	CHECK_OK(ruleset_read("test.yml", buf_view(&rules), note, NULL, &p->rules, &why), why);
	plain_read(&p->plain, buf_view(&rules));
	p->match = match_new(p->rules);
	buf_byte(&rules, '\0');
	for (unsigned i = 0; i < RECORDS; i++) {
		buf_reset(&json);
		if (often(5))
			word(&json, 12, false);
		else
			put_record(&json);
		if (json.n > 0)
			compare(p, buf_view(&json), rules.p);
	}
	match_free(p->match);
	ruleset_free(p->rules);
	plain_fini(&p->plain);
	buf_fini(&rules);
	buf_fini(&json);
}

TEST(a_second_evaluator_agrees)
{
	struct pair *p = MEM_NEW(struct pair);

	state = test_seed() | 1;
	test_timeout(1200);
	p->parser = parser_new(&(struct parser_opts){ 0, (int64_t)86400 * 36500 * CLOCK_S });
	p->arena = arena_new((size_t)64 << 20);
	for (unsigned round = 0; round < test_rounds(20); round++)
		one_round(p);
	fprintf(stderr, "%" PRIu64 " pairs, %" PRIu64 " of them match\n", p->pairs, p->hits);
	CHECK(p->hits > p->pairs / 20 && p->hits < p->pairs * 19 / 20);
	parser_free(p->parser);
	arena_free(p->arena);
	free(p);
}
