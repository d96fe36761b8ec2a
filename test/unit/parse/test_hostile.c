/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes give a complete record of bounded, valid text, the same whatever came before. */
#include "base/fs.h"
#include "base/utf8.h"
#include "parsed.h"

static const char *const seeds[] = {
	"{\"timestamp\":\"2026-11-21T01:02:03.123Z\",\"event_type\":\"auth.login.failed\",\"client_"
	"ip\":"
	"\"203.0.113.7\",\"geolocation\":{\"country\":\"US\"},\"a\":[1,{\"b\":null},1e5],\"x\":"
	"\"\\u00e9\"}",
	"shop.example:80 203.0.113.7 - bob [21/Nov/2026:01:02:03 +0000] \"GET /a?b=\\\"c "
	"HTTP/1.1\" 200 "
	"51 \"https://a.example/\" \"Mozilla/5.0 \\x22\" rt=0.5 \"10.0.0.1\"",
	"<38>1 2026-11-21T01:02:03.5Z web1 sshd 12 ID [e@1 k=\"v\\\"\"][f x=\"\"] \xef\xbb\xbf"
	"Failed password for invalid user bob from 203.0.113.7 port 22 ssh2",
	"Nov 21 01:02:03 web1 sshd(pam_unix)[9]: message repeated 3 times: [ authentication "
	"failure; "
	"logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root]",
	"Nov 21 01:02:03 web1 sudo:   bob : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; "
	"USER=root ; COMMAND=/bin/sh -c x",
	"2026-11-21T01:02:03.123456+01:00 web1 sshd[9]: Failed publickey for x from ::1 port 2 "
	"ssh2: "
	"RSA-CERT SHA256:a ID b (serial 1) CA RSA SHA256:c",
	"[Sat Nov 21 01:02:03.1 2026] [core:error] [pid 12:tid 3] [client 203.0.113.7:5] text",
	"Nov 21 01:02:03 h useradd[1]: new user: name=bob, UID=1, GID=2, home=/home/bob, "
	"shell=/bin/sh",
};
static const char *const formats[] = { "auto", "json", "access", "syslog", "apache_error", "text" };

static uint64_t state;

static size_t
below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n == 0 ? 0 : (size_t)(state % n);
}

static size_t
mutate(char *p, size_t n, size_t max)
{
	static const char odd[] = "\0\xff\x80\"\\\n\r\t {}[]()<>:;,=%+-09.'";
	size_t at = below(n), len = 1 + below(12);

	switch (below(5)) {
	case 0:
		if (n > 0)
			p[at] = (char)(p[at] ^ (1 << below(8)));
		return n;
	case 1:
		if (n > 0)
			p[at] = odd[below(sizeof(odd) - 1)];
		return n;
	case 2:
		if (n == max)
			return n;
		memmove(p + at + 1, p + at, n - at);
		p[at] = odd[below(sizeof(odd) - 1)];
		return n + 1;
	case 3:
		len = len < n - at ? len : n - at;
		memmove(p + at, p + at + len, n - at - len);
		return n - len;
	default:
		return below(8) == 0 ? at : n;
	}
}

static bool
lies_in(struct str s, struct str whole)
{
	return s.p >= whole.p && s.p + s.n <= whole.p + whole.n;
}

/* Text must be valid; and, were it neither in the message nor in the arena, it would be static. */
static void
check_record(const struct parsed *t, struct str message)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (!rec_has(t->r, (enum field)f) ||
		    !field_is_text(field_info((enum field)f)->type))
			continue;
		if (f == F_RAW)
			CHECK(lies_in(t->r->v[f].s, message));
		else if (!utf8_valid(t->r->v[f].s))
			test_fail(TEST_AT(utf8_valid), "%s", field_info((enum field)f)->native);
	}
	for (uint32_t i = 0; i < t->r->n_extra; i++) {
		CHECK(utf8_valid(t->r->extra[i].path));
		CHECK(t->r->extra[i].null || t->r->extra[i].type != FIELD_STR ||
		      utf8_valid(t->r->extra[i].v.s));
	}
	CHECK(rec_has(t->r, F_TIMESTAMP) && rec_has(t->r, F_EVENT_TYPE) &&
	      rec_has(t->r, F_SEVERITY) && rec_has(t->r, F_FORMAT) && rec_has(t->r, F_RAW));
	CHECK((t->e != OK) == rec_has(t->r, F_PARSE_ERROR));
}

/*
 * The message is an exact heap copy that is freed, then the record shown
 * again: a borrowed slice of anything else but the arena or static memory
 * would show, under ASan, as a use after free of the parser's buffers.
 */
static void
one(struct parsed *t, struct parsed *fresh, const char *format, const char *p, size_t n)
{
	char *exact = malloc(n + 1);
	struct str message = { exact, n };

	memcpy(exact, p, n);
	(void)parsed_str(t, format, message);
	check_record(t, message);
	buf_reset(&t->view);
	view_rec(t->r, true, &t->view);
	(void)parsed_str(fresh, format, message);
	buf_reset(&fresh->view);
	view_rec(fresh->r, true, &fresh->view);
	CHECK_BYTES(t->view.p, t->view.n, fresh->view.p, fresh->view.n);
	free(exact);
}

TEST(mutations)
{
	struct parsed t, other;
	unsigned rounds = test_rounds(20000);

	test_timeout(600);
	state = test_seed();
	parsed_begin(&t);
	parsed_begin(&other);
	for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++) {
		for (unsigned i = 0; i < rounds; i++) {
			char text[1000];
			const char *seed = seeds[below(sizeof(seeds) / sizeof(seeds[0]))];
			size_t n = strlen(seed);

			memcpy(text, seed, n);
			for (size_t m = 1 + below(5); m > 0; m--)
				n = mutate(text, n, sizeof(text));
			/* Another message in between: what came before must not matter. */
			if (i % 2 == 0)
				(void)parsed_c(&other, "auto", seeds[i % 8]);
			one(&t, &other, formats[k], text, n);
		}
	}
	parsed_end(&t);
	parsed_end(&other);
}

TEST(any_cut)
{
	struct parsed t, other;

	state = test_seed();
	parsed_begin(&t);
	parsed_begin(&other);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		for (size_t n = 0; n <= strlen(seeds[i]); n++) {
			one(&t, &other, "auto", seeds[i], n);
			one(&t, &other, formats[i % 6], seeds[i] + n, strlen(seeds[i]) - n);
		}
	}
	parsed_end(&t);
	parsed_end(&other);
}

/* Text of a record does not live in the parser: it survives any later message. */
TEST(text_outlives_the_next_message)
{
	struct parsed t;
	struct parser_opts opts = { 0, 300 * CLOCK_S };
	auto_buf struct buf before = { 0 }, after = { 0 };

	parsed_begin(&t);
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct parser *p = parser_new(&opts);
		struct parse_in in = {
			.message = str_c(seeds[i]), .received = PARSED_AT, .trust_time = true
		};

		arena_reset(t.a);
		rec_init(t.r, t.a);
		CHECK_INT(parser_parse(p, &in, t.r, NULL), OK);
		buf_reset(&before);
		view_rec(t.r, true, &before);
		parser_free(p);
		buf_reset(&after);
		view_rec(t.r, true, &after);
		CHECK_BYTES(after.p, after.n, before.p, before.n);
	}
	parsed_end(&t);
}

/* Long and repetitive input stays linear: a megabyte of each is done well within the deadline. */
TEST(no_slow_input)
{
	static const char *const units[] = { "[", "{\"a\":", "\"", "\\", " from 1.2.3.4 port 5",
		" ssh2: ", ": ", " ; ", "<", "[21/Nov/2026:01:02:03 +0000] ", "1e999,", "\xff",
		"\"a\":1,", " rhost=", "(", "1" };
	static const char *const heads[] = { "", "{", "[", "{\"a\":\"", "<13>",
		"<13>1 - - - - - [a ", "Nov 21 01:02:03 h sshd[1]: Failed publickey for ",
		"Nov 21 01:02:03 h sshd[1]: Disconnecting ",
		"Nov 21 01:02:03 h sudo: x : ", "1.2.3.4 - - [21/Nov/2026:01:02:03 +0000] \"" };
	auto_buf struct buf b = { 0 };
	struct parsed t;

	test_timeout(120);
	parsed_begin(&t);
	for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++) {
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
			int64_t start = clock_mono();

			buf_reset(&b);
			buf_str(&b, str_c(heads[h]));
			while (b.n + strlen(units[u]) <= REC_RAW_MAX)
				buf_str(&b, str_c(units[u]));
			(void)parsed_str(&t, "auto", buf_view(&b));
			if (clock_mono() - start > 4 * CLOCK_S)
				test_fail(TEST_AT(clock_mono), "%s%s... is slow", heads[h],
				    units[u]);
		}
	}
	parsed_end(&t);
}
