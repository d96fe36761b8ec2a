/* The whole configuration: good and bad documents, places, mutations, differences. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include "base/arena.h"
#include "base/fs.h"
#include "test.h"

#define S INT64_C(1000000000)

const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a kilobyte now and then over text that is not YAML. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml\n";
}

struct bad {
	const char *text, *problems;
};

/* What is reported for a document, as check-config prints it. */
static void
check_problems(const char *text, const char *want)
{
	struct conf_problems ps = { 0 };
	struct conf *c = NULL;
	struct diag why = { 0 };
	struct buf b;
	char first[512];

	buf_init(&b, 0);
	CHECK(conf_parse(str_c(text), "t.yml", NULL, &c, &ps, &why) != OK);
	CHECK(c == NULL);
	conf_problems_text(&ps, &b);
	buf_byte(&b, '\0');
	CHECK_STR(b.p, want);
	(void)err_text(&why, first, sizeof(first));
	CHECK(strncmp(b.p, first, strlen(first)) == 0);
	buf_fini(&b);
	conf_problems_fini(&ps);
}

static struct conf *
good(const char *text)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(conf_parse(str_c(text), "/etc/tocsin/t.yml", NULL, &c, NULL, &why), why);
	return c;
}

TEST(defaults)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(conf_load(NULL, NULL, &c, NULL, &why), why);
	CHECK_STR(c->data_dir, "data");
	CHECK_STR(c->http_listen, "127.0.0.1:8321");
	CHECK_INT(c->http_max_body, 32 << 20);
	CHECK_INT(c->http_max_connections, 1024);
	CHECK_STR(c->http_token_file, "");
	CHECK_INT(c->log_segment_size, 64 << 20);
	CHECK_INT(c->log_retain_age, 7 * 86400 * S);
	CHECK_INT(c->log_retain_size, INT64_C(8) << 30);
	CHECK_INT(c->store_seal_rows, 20000);
	CHECK_INT(c->store_seal_after, 5 * S);
	CHECK_INT(c->store_retain_age, 90 * 86400 * S);
	CHECK_INT(c->store_retain_size, 0);
	CHECK_INT(c->store_memory, 256 << 20);
	CHECK_INT(c->query_workers, 2);
	CHECK_INT(c->query_timeout, 30 * S);
	CHECK_INT(c->query_max_rows, 100000);
	CHECK_INT(c->query_memory, 512 << 20);
	CHECK_INT(c->query_threads, 2);
	CHECK_INT(c->detect_rules.n, 1);
	CHECK_STR(c->detect_rules.p[0], "rules");
	CHECK_INT(c->detect_snapshot_every, 30 * S);
	CHECK_INT(c->detect_max_keys, 1000000);
	CHECK_INT(c->detect_lateness, 30 * S);
	CHECK_INT(c->enrich_geoip.n, 0);
	CHECK_INT(c->enrich_high_risk_countries.n, 0);
	CHECK_STR(c->enrich_vpn_networks, "");
	CHECK_STR(c->enrich_malicious_networks, "");
	CHECK_INT(c->enrich_risk_base_scores.n, 0);
	CHECK_INT(c->time_zone_offset, 0);
	CHECK_INT(c->time_future_max, 300 * S);
	CHECK_INT(c->ingest_workers, 1);
	CHECK_INT(c->ingest_queue, 64);
	CHECK_INT(c->n_sources, 0);
	CHECK_STR(c->file, "");
	conf_free(c);
}

TEST(values)
{
	struct conf *c = good("data_dir: d\n"
			      "http: {listen: '[::1]:80', max_body: 1MB}\n"
			      "log:\n  retain_age: 12h\n"
			      "detect:\n  rules: [a, /b/c]\n"
			      "enrich:\n"
			      "  high_risk_countries: [kp, IR]\n"
			      "  risk: {base_scores: {auth.login.failed: 4, SSRF_ATTEMPT: 10}}\n"
			      "  vpn_networks: vpn.txt\n"
			      "time: {zone_offset: -05:30}\n"
			      "query:\n" /* a section without keys says nothing */
			      "ingest: {queue: }\n");

	CHECK_STR(c->data_dir, "/etc/tocsin/d");
	CHECK_STR(c->http_listen, "[::1]:80");
	CHECK_INT(c->http_max_body, 1 << 20);
	CHECK_INT(c->log_retain_age, 43200 * S);
	CHECK_INT(c->detect_rules.n, 2);
	CHECK_STR(c->detect_rules.p[0], "/etc/tocsin/a");
	CHECK_STR(c->detect_rules.p[1], "/b/c");
	CHECK_INT(c->enrich_high_risk_countries.n, 2);
	CHECK_STR(c->enrich_high_risk_countries.p[0], "KP");
	CHECK_STR(c->enrich_high_risk_countries.p[1], "IR");
	CHECK_INT(c->enrich_risk_base_scores.n, 2);
	CHECK_STR(c->enrich_risk_base_scores.p[0].name, "auth.login.failed");
	CHECK_INT(c->enrich_risk_base_scores.p[0].score, 4);
	CHECK_INT(c->enrich_risk_base_scores.p[1].score, 10);
	CHECK_STR(c->enrich_vpn_networks, "/etc/tocsin/vpn.txt");
	CHECK_INT(c->time_zone_offset, -(5 * 3600 + 1800));
	CHECK_INT(c->query_workers, 2);
	CHECK_INT(c->ingest_queue, 64);
	CHECK_STR(c->file, "/etc/tocsin/t.yml");
	conf_free(c);
}

static const struct bad bads[] = {
	{ "http:\n  lisen: 127.0.0.1:80\n",
	    "t.yml:2:3: unknown key \"http.lisen\"; did you mean \"http.listen\"?\n" },
	{ "htp:\n  listen: 127.0.0.1:80\n",
	    "t.yml:1:1: unknown key \"htp\"; did you mean \"http\"?\n" },
	{ "listen: 127.0.0.1:80\n",
	    "t.yml:1:1: unknown key \"listen\"; did you mean \"http.listen\"?\n" },
	{ "zzzzzzzz: 1\n", "t.yml:1:1: unknown key \"zzzzzzzz\"\n" },
	{ "http:\n  listen: 8321\n",
	    "t.yml:2:11: http.listen: write ADDRESS:PORT like 127.0.0.1:8321 or [::1]:8321, not "
	    "\"8321\"\n" },
	{ "http: 5\n", "t.yml:1:7: http: write the keys of this section, not text\n" },
	{ "http:\n  - listen\n", "t.yml:2:3: http: write the keys of this section, not a list\n" },
	{ "http:\n  max_body: lots\n",
	    "t.yml:2:13: http.max_body: write a size like 64MB, not \"lots\"\n" },
	{ "http:\n  max_body: 10\n", "t.yml:2:13: http.max_body: must be at least 1KB, not 10\n" },
	{ "http:\n  max_body: 2GB\n", "t.yml:2:13: http.max_body: must be at most 1GB, not 2GB\n" },
	{ "http: {max_body: [1MB]}\n",
	    "t.yml:1:18: http.max_body: write a size like 64MB, not a list\n" },
	{ "http: {max_connections: many}\n",
	    "t.yml:1:25: http.max_connections: write a whole number, not \"many\"\n" },
	{ "http: {max_connections: 1.5}\n",
	    "t.yml:1:25: http.max_connections: write a whole number, not \"1.5\"\n" },
	{ "log: {retain_age: week}\n",
	    "t.yml:1:19: log.retain_age: write a time like 30s, 5m, 24h or 7d, not \"week\"\n" },
	{ "time: {zone_offset: CET}\n",
	    "t.yml:1:21: time.zone_offset: write an offset from UTC like +02:00, not \"CET\"\n" },
	{ "time: {zone_offset: +15:00}\n",
	    "t.yml:1:21: time.zone_offset: must be at most +14:00, not +15:00\n" },
	{ "detect: {rules: mine}\n",
	    "t.yml:1:17: detect.rules: write a list of paths like [one, two], not text\n" },
	{ "detect: {rules: [a, [b]]}\n",
	    "t.yml:1:21: detect.rules: an item must be text, not a list\n" },
	{ "detect: {rules: ['']}\n", "t.yml:1:18: detect.rules: an empty item\n" },
	{ "enrich: {high_risk_countries: [KPX]}\n",
	    "t.yml:1:32: enrich.high_risk_countries: write a list of country codes like [KP, IR], "
	    "not \"KPX\"\n" },
	{ "enrich: {risk: {base_scores: {a: 11}}}\n",
	    "t.yml:1:34: enrich.risk.base_scores.a: must be at most 10, not 11\n" },
	{ "enrich: {risk: {base_scores: {a: 1, a: 2}}}\n",
	    "t.yml:1:37: enrich.risk.base_scores.a: stands here twice, first in line 1\n" },
	{ "data_dir: a\ndata_dir: b\n",
	    "t.yml:2:1: data_dir: stands here twice, first in line 1\n" },
	{ "http: {}\nlog: {}\nhttp: {}\n",
	    "t.yml:3:1: http: stands here twice, first in line 1\n" },
	{ "data_dir: ''\n", "t.yml:1:11: data_dir: must not be empty\n" },
	{ "data_dir: \"a\\u0007b\"\n", "t.yml:1:11: data_dir: control characters, or too long\n" },
	{ "- a\n", "t.yml:1:1: write keys and their values, not a list\n" },
	{ "just text\n", "t.yml:1:1: write keys and their values, not text\n" },
	{ "a: &x 1\nb: *x\n", "t.yml:2:4: aliases (*name) are not taken here\n" },
	{ "? [a]\n: 1\n", "t.yml:1:3: a key must be text\n" },
	/* several at once, in the order of the file */
	{ "http:\n  lisen: x\n  max_body: lots\nstore:\n  seal_rows: 1\nquery: {workers: 2}\n",
	    "t.yml:2:3: unknown key \"http.lisen\"; did you mean \"http.listen\"?\n"
	    "t.yml:3:13: http.max_body: write a size like 64MB, not \"lots\"\n"
	    "t.yml:5:14: store.seal_rows: must be at least 100, not 1\n" },
};

TEST(bad_documents)
{
	for (size_t i = 0; i < ARRAY_LEN(bads); i++)
		check_problems(bads[i].text, bads[i].problems);
}

TEST(syntax_errors_have_a_place)
{
	static const char *const broken[] = { "a: [1, 2\n", "a: 'b\n", "a:\n\t- b\n", "{",
		"a: b: c\n" };

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct conf *c = NULL;
		struct diag why = { 0 };

		CHECK_INT(conf_parse(str_c(broken[i]), "t.yml", NULL, &c, NULL, &why), FAIL_SYNTAX);
		CHECK(strncmp(why.text, "not YAML: ", 10) == 0);
		CHECK(why.line >= 1 && why.column >= 1);
		CHECK_STR(why.file, "t.yml");
	}
}

TEST(problems_are_capped)
{
	struct conf_problems ps = { 0 };
	struct conf *c = NULL;
	struct buf b;

	buf_init(&b, 0);
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "nosuchkey%d: 1\n", i);
	CHECK(conf_parse(buf_view(&b), "t.yml", NULL, &c, &ps, NULL) != OK);
	CHECK_INT(ps.n, CONF_PROBLEMS_MAX);
	CHECK(ps.cut);
	conf_problems_fini(&ps);
	buf_fini(&b);
}

TEST(files)
{
	struct conf *c = NULL;
	struct diag why = { 0 };
	struct conf_problems ps = { 0 };
	char path[4096], want[4200], text[512];

	CHECK_INT(conf_load("/nonexistent/t.yml", NULL, &c, &ps, &why), FAIL_NOT_FOUND);
	CHECK(c == NULL);
	CHECK_INT(ps.n, 1);
	CHECK(strstr(err_text(&why, text, sizeof(text)), "/nonexistent/t.yml") != NULL);
	conf_problems_fini(&ps);

	(void)snprintf(path, sizeof(path), "%s/t.yml", test_dir());
	CHECK_OK(fs_replace(path, STR("data_dir: here\n"), &why), why);
	CHECK_OK(conf_load(path, NULL, &c, NULL, &why), why);
	(void)snprintf(want, sizeof(want), "%s/here", test_dir());
	CHECK_STR(c->data_dir, want);
	conf_free(c);
}

TEST(a_file_too_large_is_refused)
{
	struct conf *c = NULL;
	struct diag why = { 0 };
	char path[4096];
	struct buf b;

	buf_init(&b, 0);
	while (b.n <= CONF_FILE_MAX)
		buf_str(&b, STR("# nothing but words\n"));
	(void)snprintf(path, sizeof(path), "%s/t.yml", test_dir());
	CHECK_OK(fs_replace(path, buf_view(&b), &why), why);
	CHECK_INT(conf_load(path, NULL, &c, NULL, &why), FAIL_LIMIT);
	buf_fini(&b);
}

/* Every section of the example is there, and it says what the defaults say. */
static void
note_difference(void *ctx, const char *key, bool restart)
{
	(void)restart;
	buf_printf(ctx, "%s ", key);
}

TEST(example)
{
	struct conf *c = NULL, *defaults = NULL;
	struct diag why = { 0 };
	struct buf b;

	CHECK_OK(conf_load(test_source("tocsin.example.yml"), NULL, &c, NULL, &why), why);
	CHECK_OK(conf_load(NULL, NULL, &defaults, NULL, &why), why);
	buf_init(&b, 0);
	conf_diff(defaults, c, note_difference, &b);
	/* Paths begin at its folder. */
	CHECK_SLICE(buf_view(&b), "data_dir detect.rules sources ");
	CHECK_INT(c->n_sources, 2);
	buf_fini(&b);
	conf_free(c);
	conf_free(defaults);
}

static const struct {
	const char *old, *new_, *keys;
} diffs[] = {
	{ "", "", "" },
	{ "http: {listen: '127.0.0.1:1'}", "http: {listen: '127.0.0.1:2'}", "http.listen! " },
	{ "query: {timeout: 60s}", "query: {timeout: 1m}", "" },
	{ "query: {timeout: 61s}", "query: {timeout: 1m}", "query.timeout " },
	{ "detect: {rules: [a]}", "detect: {rules: [a, b]}", "detect.rules " },
	{ "detect: {rules: [a]}", "detect: {rules: [b]}", "detect.rules " },
	{ "enrich: {risk: {base_scores: {a: 1}}}", "enrich: {risk: {base_scores: {a: 2}}}",
	    "enrich.risk.base_scores " },
	{ "sources: [{type: stdin}]", "", "sources! " },
	{ "sources: [{type: stdin}]", "sources: [{type: stdin}]", "" },
	{ "sources: [{type: stdin, trust_time: true}]",
	    "sources: [{type: stdin, trust_time: false}]", "sources! " },
	{ "sources: [{type: file, path: a}]", "sources: [{type: file, path: a, from: end}]",
	    "sources! " },
};

static void
note_key(void *ctx, const char *key, bool restart)
{
	buf_printf(ctx, "%s%s ", key, restart ? "!" : "");
}

TEST(differences)
{
	for (size_t i = 0; i < ARRAY_LEN(diffs); i++) {
		struct conf *a = good(diffs[i].old), *b = good(diffs[i].new_);
		struct buf got;

		buf_init(&got, 0);
		conf_diff(a, b, note_key, &got);
		CHECK_SLICE(buf_view(&got), diffs[i].keys);
		buf_fini(&got);
		conf_free(a);
		conf_free(b);
	}
}

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Whatever comes out is whole or not there. */
static void
check_whole(struct str text)
{
	struct conf_problems ps = { 0 };
	struct conf *c = NULL;
	enum err e = conf_parse(text, "t.yml", NULL, &c, &ps, NULL);

	CHECK((e == OK) == (c != NULL));
	CHECK((e == OK) == (ps.n == 0));
	for (size_t i = 0; i < ps.n; i++)
		CHECK(ps.p[i].line >= 1 && ps.p[i].column >= 1 && ps.p[i].text[0] != '\0');
	if (c != NULL) {
		CHECK(c->data_dir[0] != '\0' && c->http_listen[0] != '\0');
		CHECK(c->query_workers >= 1 && c->query_workers <= 64);
		CHECK(c->http_max_body >= 1024);
		for (size_t i = 0; i < c->n_sources; i++)
			CHECK(c->sources[i].name[0] != '\0');
	}
	conf_free(c);
	conf_problems_fini(&ps);
}

TEST(mutations)
{
	static const char odd[] = ":-[]{}'\"\n\t #&*!|>%@`,?\\x0\xff\x80"
				  "7MBsd";
	uint64_t state = test_seed() | 1;
	struct diag why = { 0 };
	struct buf b, m;

	buf_init(&b, 0);
	buf_init(&m, 0);
	CHECK_OK(fs_read(test_source("tocsin.example.yml"), CONF_FILE_MAX, &b, &why), why);
	check_whole(buf_view(&b));
	for (unsigned i = 0; i < test_rounds(1000); i++) {
		buf_reset(&m);
		buf_str(&m, buf_view(&b));
		for (uint64_t k = next_random(&state) % 4; k < 4; k++) {
			size_t at = next_random(&state) % m.n, n = next_random(&state) % 20;

			if (next_random(&state) % 3 == 0 && at + n < m.n) {
				memmove(m.p + at, m.p + at + n, m.n - at - n);
				m.n -= n;
			} else {
				m.p[at] = odd[next_random(&state) % (sizeof(odd) - 1)];
			}
		}
		check_whole(buf_view(&m));
	}
	buf_fini(&b);
	buf_fini(&m);
}
