/* Attacks wrapped, split and mangled in any way. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webattack.h"

#include "base/fs.h"
#include "base/utf8.h"
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

/* One character wrapped in a way that a reader undoes, whatever stands beside it. */
static void
wrap_one(uint64_t *s, struct buf *to, unsigned char c)
{
	switch (random_below(s, 6)) {
	case 0:
		put_percent(to, c);
		return;
	case 1:
		buf_printf(to, "%%u%04X", c);
		return;
	case 2:
		buf_printf(to, "&#%u;", c);
		return;
	case 3:
		buf_printf(to, "&#x%x;", c);
		return;
	case 4:
		buf_printf(to, "\\u%04x", c);
		return;
	default:
		if (c > 0x20 && c != '%' && c != '&' && c != '\\' && c != '+')
			buf_byte(to, (char)c);
		else
			put_percent(to, c);
		return;
	}
}

static void
wrap(uint64_t *s, struct str in, struct buf *to)
{
	buf_reset(to);
	for (size_t i = 0; i < in.n; i++)
		wrap_one(s, to, (unsigned char)in.p[i]);
}

/* Any mixture of wrappings up to the cap gives the verdict of the plain text. */
TEST(wrapping_changes_nothing)
{
	static const char *const files[] = { "sql_injection.txt", "xss.txt", "benign.txt",
		"command_injection.txt", "lookup_injection.txt" };
	struct buf once = { 0 }, more = { 0 };
	struct webattack *w = webattack_new();
	uint64_t s = random_start(test_seed());
	static struct set set;

	for (size_t k = 0; k < ARRAY_LEN(files); k++) {
		load(&set, files[k]);
		for (unsigned round = 0; round < test_rounds(300); round++) {
			struct str line = set.lines[random_below(&s, set.n)];
			struct webattack_verdict plain, wrapped;
			char text[WEBATTACK_VALUE_MAX];
			size_t n;

			n = webattack_decode(line, false, text);
			if (line.n > 60 || n == 0)
				continue;
			webattack_judge(w, STR("q"), (struct str){ text, n }, WEBATTACK_BODY,
			    &plain, NULL);
			wrap(&s, (struct str){ text, n }, &once);
			if (random_below(&s, 2) == 0) {
				wrap(&s, buf_view(&once), &more);
				if (more.n <= WEBATTACK_VALUE_MAX)
					wrap(&s, (struct str){ text, n }, &once);
			} else {
				buf_reset(&more);
			}
			webattack_judge(w, STR("q"),
			    more.n != 0 && more.n <= WEBATTACK_VALUE_MAX ? buf_view(&more)
									 : buf_view(&once),
			    WEBATTACK_BODY, &wrapped, NULL);
			if (memcmp(&plain, &wrapped, sizeof(plain)) != 0)
				test_fail(TEST_AT(wrapped), "%.*s as %.*s", STR_ARG(line),
				    STR_ARG(buf_view(&once)));
		}
		buf_fini(&set.text);
	}
	buf_fini(&once);
	buf_fini(&more);
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

/* As a parameter anywhere in a query, in a form or in JSON, a value has the same verdict. */
TEST(splitting_changes_nothing)
{
	static const char *const values[] = { "1' or '1'='1", "<svg onload=alert(1)>",
		"127.0.0.1; cat /etc/passwd", "O'Brien & sons", "${jndi:ldap://x/a}" };

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		int64_t want = -1;

		for (unsigned form = 0; form < 4; form++) {
			struct buf text = { 0 };
			struct request q;

			begin(&q);
			buf_printf(&text, "%s",
			    form == 0   ? "/p?v="
			    : form == 1 ? "/p?a=1&b=%20x&v="
			    : form == 2 ? "a=1&v="
					: "{\"a\":[1,{\"v\":\"");
			if (form < 3)
				put_sent(&text, str_c(values[i]));
			else
				buf_str(&text, str_c(values[i]));
			buf_str(&text, form == 3 ? STR("\"}]}") : STR("&z=1"));
			rec_set_str(&q.r, form < 2 ? F_URL : F_REQUEST_BODY, buf_view(&text));
			webattack_apply(q.w, &q.r);
			if (want < 0)
				want = rec_int(&q.r, F_WEB_ATTACK_CONFIDENCE, 0);
			CHECK_INT(rec_int(&q.r, F_WEB_ATTACK_CONFIDENCE, 0), want);
			end(&q);
			buf_fini(&text);
		}
	}
}

/* What is shown is valid UTF-8 and short, whatever was sent. */
TEST(any_bytes)
{
	uint64_t s = random_start(test_seed());
	static char bytes[6000];

	for (unsigned round = 0; round < test_rounds(2000); round++) {
		size_t n = random_below(&s, round % 50 == 0 ? sizeof(bytes) : 120);
		struct request q;

		random_bytes(&s, bytes, n);
		begin(&q);
		rec_set_str(&q.r, round % 2 == 0 ? F_URL : F_REQUEST_BODY,
		    (struct str){ bytes, n });
		rec_set_str(&q.r, F_USER_AGENT, (struct str){ bytes, n / 2 });
		webattack_apply(q.w, &q.r);
		CHECK(utf8_valid(rec_str(&q.r, F_WEB_ATTACK_VALUE)));
		CHECK(utf8_valid(rec_str(&q.r, F_WEB_ATTACK_WHERE)));
		CHECK(rec_str(&q.r, F_WEB_ATTACK_VALUE).n <= 3 * WEBATTACK_SHOWN_MAX);
		end(&q);
	}
}
