/* Mails: parts and headers, and that hostile text stays text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/mail.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define NOW (1795219199 * CLOCK_S)

static struct job
a_job(void)
{
	return (struct job){ .id = 1,
		.key = STR("0123456789abcdef.ops"),
		.url = STR("https://t.example/alerts/1"),
		.ack_url = STR("https://t.example/alerts/1?ack=a.b.c&x=1"),
		.channel = { .name = STR("ops"),
		    .host = STR("mx"),
		    .from = STR("Tocsin <tocsin@example.com>"),
		    .to = { STR("ann@example.com"), STR("bob@example.com") },
		    .n_to = 2 },
		.alert = { .id = STR("0123456789abcdef"),
		    .rule_id = STR("ssh-brute-force"),
		    .title = STR("SSH brute force"),
		    .severity = JOB_CRITICAL,
		    .group = STR("client_ip=192.0.2.1"),
		    .summary = STR("15 failed logins\nfrom one address"),
		    .advice = STR("Block it."),
		    .action = STR("BLOCK_IP"),
		    .tags = { STR("attack.t1110"), STR("attack.credential-access") },
		    .n_tags = 2,
		    .first = STR("2026-11-21T05:27:36.250Z"),
		    .last = STR("2026-11-21T05:28:10Z"),
		    .count = 15 } };
}

static bool
has(const struct buf *b, const char *text)
{
	return str_find(buf_view(b), str_c(text)) >= 0;
}

TEST(headers)
{
	static const char *const wanted[] = { "From: Tocsin <tocsin@example.com>\r\n",
		"To: ann@example.com,\r\n bob@example.com\r\n",
		"Subject: [CRITICAL] SSH brute force (client_ip=192.0.2.1)\r\n",
		"Date: Fri, 20 Nov 2026 23:59:59 +0000\r\n", "Auto-Submitted: auto-generated\r\n",
		"X-Tocsin-Key: 0123456789abcdef.ops\r\n", "X-Tocsin-Severity: CRITICAL\r\n",
		"Importance: high\r\n", "MIME-Version: 1.0\r\n",
		"Content-Type: multipart/alternative;\r\n boundary=\"=_tocsin_parts\"\r\n\r\n",
		"Content-Type: text/plain; charset=utf-8\r\n",
		"Content-Type: text/html; charset=utf-8\r\n", "\r\n--=_tocsin_parts--\r\n" };
	auto_buf struct buf b = { 0 }, later = { 0 };
	struct job j = a_job();
	struct diag why = { 0 };
	struct str first, again;

	CHECK_OK(mail_put(&j, NOW, &b, &why), why);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		if (!has(&b, wanted[i]))
			test_fail(TEST_AT(wanted), "%s is not in\n%.*s", wanted[i],
			    STR_ARG(buf_view(&b)));
	/* The same message at each attempt. */
	j.id = 2;
	CHECK_OK(mail_put(&j, NOW + 7 * CLOCK_S, &later, &why), why);
	first = str_from(buf_view(&b), (size_t)str_find(buf_view(&b), STR("Message-ID: <")));
	again =
	    str_from(buf_view(&later), (size_t)str_find(buf_view(&later), STR("Message-ID: <")));
	CHECK(str_find(first, STR("tocsin@example.com>\r\n")) == 13 + 33);
	CHECK(str_starts(again, (struct str){ first.p, 70 }));
	buf_reset(&later);
	j.key = STR("0123456789abcdef.other");
	CHECK_OK(mail_put(&j, NOW, &later, &why), why);
	again =
	    str_from(buf_view(&later), (size_t)str_find(buf_view(&later), STR("Message-ID: <")));
	CHECK(!str_starts(again, (struct str){ first.p, 40 }));
}

TEST(text_part)
{
	auto_buf struct buf b = { 0 };
	struct job j = a_job();

	mail_text(&j, &b);
	CHECK_SLICE(buf_view(&b), "CRITICAL     SSH brute force\n\n"
				  "Where        client_ip=192.0.2.1\n"
				  "When         15 events, 2026-11-21 05:27:36 to 05:28:10 UTC\n"
				  "What         15 failed logins\n"
				  "             from one address\n"
				  "To do        Block it.\n"
				  "Action       BLOCK_IP\n"
				  "Tags         attack.t1110, attack.credential-access\n\n"
				  "Acknowledge  https://t.example/alerts/1?ack=a.b.c&x=1\n"
				  "Open         https://t.example/alerts/1\n"
				  "Alert        0123456789abcdef\n"
				  "Rule         ssh-brute-force\n");
}

TEST(html_part)
{
	static const char *const shapes[] = { "\xe2\xac\xa3", "\xe2\x96\xb2", "\xe2\x97\x86",
		"\xe2\x97\x8f", "\xe2\x96\xac" };
	struct job j = a_job();

	for (unsigned i = 0; i < JOB_SEVERITIES; i++) {
		auto_buf struct buf b = { 0 };
		char word[16];

		j.alert.severity = (enum job_severity)i;
		mail_html(&j, &b);
		(void)snprintf(word, sizeof(word), ">%s<", job_severity_word(j.alert.severity));
		CHECK(has(&b, word));
		CHECK(has(&b, shapes[i]));
		CHECK(has(&b, "href=\"https://t.example/alerts/1?ack=a.b.c&amp;x=1\""));
		CHECK(has(&b, "15 failed logins<br>from one address"));
		CHECK(has(&b, "prefers-color-scheme:dark"));
	}
}

TEST(without_a_public_address_there_are_no_links)
{
	auto_buf struct buf text = { 0 }, html = { 0 };
	struct job j = a_job();

	j.url = j.ack_url = STR("");
	mail_text(&j, &text);
	mail_html(&j, &html);
	CHECK(!has(&text, "http"));
	CHECK(!has(&html, "href"));
	j.url = STR("javascript:alert(1)");
	j.ack_url = STR("https://x/\" onclick=\"alert(1)");
	buf_reset(&html);
	mail_html(&j, &html);
	CHECK(!has(&html, "href"));
}

TEST(test_message)
{
	auto_buf struct buf b = { 0 }, text = { 0 };
	struct job j = a_job();
	struct diag why = { 0 };

	j.test = true;
	j.alert = (struct job_alert){ 0 };
	CHECK_OK(mail_put(&j, NOW, &b, &why), why);
	CHECK(has(&b, "Subject: [TEST] Tocsin reaches this address\r\n"));
	mail_text(&j, &text);
	CHECK(has(&text, "channel ops"));
}

TEST(bad_addresses)
{
	auto_buf struct buf b = { 0 };
	struct job j = a_job();
	struct diag why = { 0 };

	j.channel.to[1] = STR("bob@example.com>\r\nRCPT TO:<eve@example.com");
	CHECK_INT(mail_put(&j, NOW, &b, &why), FAIL_SYNTAX);
	j = a_job();
	j.channel.from = STR("x@y\r\nBcc: eve@example.com");
	CHECK_INT(mail_put(&j, NOW, &b, &why), FAIL_SYNTAX);
}

/* Texts as attackers write them into logs. */
static const char *const hostile[] = {
	"x\r\nBcc: eve@example.com\r\n\r\n<h1>spoof</h1>",
	"x\nSubject: other",
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)>",
	"\"><a href=\"https://evil.example\">click</a>",
	"'><svg/onload=alert(1)>",
	"</td></tr></table><form action=https://evil.example>",
	"--=_tocsin_parts\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
	"--=_tocsin_parts--",
	".\r\nMAIL FROM:<eve@example.com>\r\n",
	"=?utf-8?Q?spoof?=",
	"\xe2\x80\xae(evil",
	"\xff\xfe\x80<b>",
	"\033]0;title\007",
	"https://evil.example/login HTTP://evil.example www.evil.example",
	"&lt;script&gt;",
	"<!-- --><![CDATA[",
	"{{7*7}}${7*7}%s%n%x",
};

/* Nothing but the mail's own tags: every < stands before a name that the page uses. */
static void
check_markup(struct str html)
{
	static const char *const known[] = { "!doctype", "html", "head", "meta", "title", "style",
		"body", "table", "tr", "td", "div", "span", "br", "a " };

	for (size_t i = 0; i + 1 < html.n; i++) {
		struct str tag = str_from(html, i + (html.p[i + 1] == '/' ? 2 : 1));
		bool good = false;

		if (html.p[i] != '<')
			continue;
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			good |= str_starts(tag, str_c(known[k]));
		if (str_starts(tag, STR("a>")))
			good = true;
		if (!good)
			test_fail(TEST_AT(html), "%.*s", 40, tag.p);
	}
}

static size_t
count(struct str all, const char *what)
{
	size_t n = 0;
	ptrdiff_t at;

	while ((at = str_find(all, str_c(what))) >= 0) {
		n++;
		all = str_from(all, (size_t)at + 1);
	}
	return n;
}

static void
check_hostile(struct str text)
{
	auto_buf struct buf b = { 0 }, html = { 0 }, plain = { 0 };
	struct job good = a_job(), j = a_job();
	struct diag why = { 0 };
	ptrdiff_t end;

	j.alert.title = j.alert.group = j.alert.summary = j.alert.advice = j.alert.rule_id =
	    j.alert.tags[0] = text;
	CHECK_OK(mail_put(&j, NOW, &b, &why), why);
	end = str_find(buf_view(&b), STR("\r\n\r\n"));
	CHECK(end > 0);
	for (ptrdiff_t i = 0; i < end; i++) {
		const char c = b.p[i];

		CHECK((c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n');
		if (c == '\n') /* one of our headers, or a continuation */
			CHECK(b.p[i + 1] == ' ' ||
			      str_starts(str_from(buf_view(&b), (size_t)i + 1), STR("X-")) ||
			      memchr("TSDMAICF", b.p[i + 1], 8) != NULL);
	}
	CHECK_INT(count((struct str){ b.p, (size_t)end }, "\nBcc:"), 0);
	CHECK_INT(count((struct str){ b.p, (size_t)end }, "\nSubject:"), 1);
	CHECK_INT(count(buf_view(&b), "\r\n--=_tocsin_parts"), 3);
	CHECK_INT(count(buf_view(&b), "\n.\r\n"), 0);
	mail_html(&j, &html);
	check_markup(buf_view(&html));
	mail_html(&good, &plain);
	CHECK_INT(count(buf_view(&html), "<a "), count(buf_view(&plain), "<a "));
	CHECK_INT(count(buf_view(&html), "://"), count(buf_view(&plain), "://"));
}

TEST(hostile_texts_stay_texts)
{
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		check_hostile(str_c(hostile[i]));
}

TEST(any_bytes_stay_text)
{
	uint64_t r = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(500); i++) {
		char bytes[2000];
		size_t n = 0;

		while (n + 64 < sizeof(bytes) && random_below(&r, 12) != 0) {
			const char *piece = hostile[random_below(&r, ARRAY_LEN(hostile))];

			memcpy(bytes + n, piece, strlen(piece) < 64 ? strlen(piece) : 64);
			n += strlen(piece) < 64 ? strlen(piece) : 64;
			random_bytes(&r, bytes + n, random_below(&r, 8));
		}
		check_hostile((struct str){ bytes, n });
	}
}

TEST(long_texts_are_cut)
{
	static char text[300000];
	auto_buf struct buf b = { 0 };
	struct job j = a_job();
	struct diag why = { 0 };

	memset(text, 'x', sizeof(text));
	j.alert.title = j.alert.group = j.alert.summary = j.alert.advice =
	    (struct str){ text, sizeof(text) };
	buf_init(&b, MAIL_MAX);
	CHECK_OK(mail_put(&j, NOW, &b, &why), why);
	CHECK(b.n < 100000);
}
