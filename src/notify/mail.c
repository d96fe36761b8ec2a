/* SPDX-License-Identifier: Apache-2.0 */
/* A mail about an alert. */
#include "notify/mail.h"

#include <stdio.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/utf8.h"
#include "notify/mime.h"

#define BOUNDARY "=_tocsin_parts" /* "=_" never comes out of quoted-printable */
#define CRLF "\r\n"

bool
mail_is_link(struct str url)
{
	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= 0x20 || url.p[i] > 0x7e || strchr("<>\"'\\`", url.p[i]) != NULL)
			return false;
	return url.n < 2000;
}

void
mail_shown(struct str text, struct buf *to)
{
	static const struct {
		struct str at, as;
	} links[] = {
		{ { "://", 3 }, { "[:]//", 5 } },
		{ { "www.", 4 }, { "www[.]", 6 } },
	};
	const bool cut = text.n > MAIL_TEXT_MAX;

	if (cut) {
		text.n = MAIL_TEXT_MAX;
		while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	while (text.n != 0) {
		size_t used = 0;

		for (size_t i = 0; i < ARRAY_LEN(links) && used == 0; i++)
			if (text.n >= links[i].at.n &&
			    str_eq_nocase((struct str){ text.p, links[i].at.n }, links[i].at)) {
				buf_str(to, links[i].as);
				used = links[i].at.n;
			}
		if (used == 0) {
			uint32_t c;

			used = utf8_next(text, &c);
			utf8_put(utf8_unsafe(c) && c != '\n' && c != '\t' ? 0xfffd : c, to);
		}
		text = str_from(text, used);
	}
	if (cut)
		buf_str(to, STR("\xe2\x80\xa6"));
}

/* "2026-11-21T05:27:36.5Z" as "2026-11-21 05:27:36" */
static void
put_time(struct str rfc3339, bool with_date, struct buf *to)
{
	if (rfc3339.n < 19)
		return;
	if (with_date) {
		buf_put(to, rfc3339.p, 10);
		buf_byte(to, ' ');
	}
	buf_put(to, rfc3339.p + 11, 8);
}

void
mail_when(const struct job_alert *a, struct buf *to)
{
	const bool same_day =
	    a->first.n >= 19 && a->last.n >= 19 && memcmp(a->first.p, a->last.p, 10) == 0;

	if (a->count > 0)
		buf_printf(to, "%lld %s, ", (long long)a->count,
		    a->count == 1 ? "event" : "events");
	put_time(a->first, true, to);
	if (!(same_day && memcmp(a->first.p, a->last.p, 19) == 0)) {
		buf_str(to, STR(" to "));
		put_time(a->last, !same_day, to);
	}
	buf_str(to, STR(" UTC"));
}

void
mail_subject(const struct job *j, struct buf *to)
{
	if (j->test) {
		buf_str(to, STR("[TEST] Tocsin reaches this address"));
		return;
	}
	buf_printf(to, "[%s] ", job_severity_word(j->alert.severity));
	mime_line(j->alert.title, 120, to);
	if (j->alert.group.n != 0) {
		buf_str(to, STR(" ("));
		mime_line(j->alert.group, 120, to);
		buf_byte(to, ')');
	}
}

/* "Label:      value" when there is a value; further lines of it are indented too. */
static void
put_row(const char *label, struct str value, struct buf *to)
{
	auto_buf struct buf shown = { 0 };
	struct str rest, line;

	if (str_trim(value).n == 0)
		return;
	mail_shown(str_trim(value), &shown);
	rest = buf_view(&shown);
	while (str_line(&rest, &line)) {
		buf_printf(to, "%-12s ", label);
		mime_line(line, MAIL_TEXT_MAX, to);
		buf_byte(to, '\n');
		label = "";
	}
}

static void
put_link(const char *label, struct str url, struct buf *to)
{
	if (mail_is_link(url))
		buf_printf(to, "%-12s %.*s\n", label, STR_ARG(url));
}

void
mail_text(const struct job *j, struct buf *to)
{
	const struct job_alert *a = &j->alert;
	auto_buf struct buf when = { 0 }, tags = { 0 };

	if (j->test) {
		buf_printf(to,
		    "Tocsin reaches this address.\n\nThis is a test message of the channel %.*s; "
		    "alerts will arrive here as this mail did.\n",
		    STR_ARG(j->channel.name));
		return;
	}
	for (size_t i = 0; i < a->n_tags; i++) {
		buf_str(&tags, i != 0 ? STR(", ") : STR(""));
		buf_str(&tags, a->tags[i]);
	}
	mail_when(a, &when);
	put_row(job_severity_word(a->severity), a->title, to);
	buf_byte(to, '\n');
	put_row("Where", a->group, to);
	put_row("When", buf_view(&when), to);
	put_row("What", a->summary, to);
	put_row("To do", a->advice, to);
	put_row("Action", a->action, to);
	put_row("Tags", buf_view(&tags), to);
	buf_byte(to, '\n');
	put_link("Acknowledge", j->ack_url, to);
	put_link("Open", j->url, to);
	put_row("Alert", a->id, to);
	put_row("Rule", a->rule_id, to);
}

/* Part of a multipart/alternative. */
static void
put_part(const char *type, const struct buf *text, struct buf *to)
{
	buf_printf(to,
	    "--" BOUNDARY CRLF "Content-Type: %s; charset=utf-8" CRLF
	    "Content-Transfer-Encoding: quoted-printable" CRLF CRLF,
	    type);
	mime_quoted(buf_view(text), to);
	buf_str(to, STR(CRLF));
}

static enum err
put_addresses(const struct job *j, struct buf *to, struct str *ret_domain, struct diag *why)
{
	struct str name, address;

	if (!mime_mailbox(j->channel.from, &name, &address))
		return err_set(why, FAIL_SYNTAX, "from is no mail address");
	buf_str(to, STR("From: "));
	mime_put_mailbox(name, address, to);
	(void)str_until(&address, '@');
	*ret_domain = address;
	buf_str(to, STR(CRLF "To: "));
	for (size_t i = 0; i < j->channel.n_to; i++) {
		if (!mime_mailbox(j->channel.to[i], &name, &address))
			return err_set(why, FAIL_SYNTAX, "to holds what is no mail address");
		buf_str(to, i != 0 ? STR("," CRLF " ") : STR(""));
		mime_put_mailbox(name, address, to);
	}
	buf_str(to, STR(CRLF));
	return OK;
}

/* One and the same for each attempt, so that whoever sorts out duplicates can. */
static void
put_message_id(const struct job *j, struct str domain, struct buf *to)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];

	digest_sha256(j->key, digest);
	buf_printf(to, "Message-ID: <%.32s.tocsin@%.*s>" CRLF,
	    digest_hex(digest, sizeof(digest), hex), STR_ARG(domain));
}

static void
put_headers(const struct job *j, int64_t now, struct str domain, struct buf *to)
{
	auto_buf struct buf subject = { 0 };

	mail_subject(j, &subject);
	mime_header("Subject", buf_view(&subject), to);
	buf_str(to, STR("Date: "));
	mime_date(now, to);
	buf_str(to, STR(CRLF));
	put_message_id(j, domain, to);
	buf_str(to,
	    STR("Auto-Submitted: auto-generated" CRLF "X-Auto-Response-Suppress: All" CRLF));
	if (j->alert.severity == JOB_CRITICAL && !j->test)
		buf_str(to, STR("Importance: high" CRLF "X-Priority: 1" CRLF));
	mime_header("X-Tocsin-Key", j->key, to);
	if (!j->test)
		mime_header("X-Tocsin-Severity", str_c(job_severity_word(j->alert.severity)), to);
	buf_str(to, STR("MIME-Version: 1.0" CRLF "Content-Type: multipart/alternative;" CRLF
			" boundary=\"" BOUNDARY "\"" CRLF CRLF));
}

enum err
mail_put(const struct job *j, int64_t now, struct buf *to, struct diag *why)
{
	auto_buf struct buf text = { 0 }, html = { 0 };
	struct str domain = { 0 };
	enum err e = put_addresses(j, to, &domain, why);

	if (e != OK)
		return e;
	put_headers(j, now, domain, to);
	mail_text(j, &text);
	mail_html(j, &html);
	put_part("text/plain", &text, to);
	put_part("text/html", &html, to);
	buf_str(to, STR("--" BOUNDARY "--" CRLF));
	return buf_overflow(to) ? err_set(why, FAIL_LIMIT, "the mail is too long") : OK;
}

/* A host that goes into a URL as it is: a name or an address, nothing that ends it. */
static bool
is_host(struct str s)
{
	static const char ok[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";

	for (size_t i = 0; i < s.n; i++)
		if (memchr(ok, s.p[i], sizeof(ok) - 1) == NULL)
			return false;
	return s.n > 0 && s.n < 256;
}

enum err
mail_url(const struct job_channel *c, struct buf *to, struct diag *why)
{
	static const unsigned ports[] = { [JOB_STARTTLS] = 587, [JOB_TLS] = 465, [JOB_PLAIN] = 25 };
	const bool bare6 = !str_starts(c->host, STR("[")) && str_find(c->host, STR(":")) >= 0;
	char own[256] = "localhost";

	if (!is_host(c->host))
		return err_set(why, FAIL_SYNTAX, "host is no name and no address");
	if (gethostname(own, sizeof(own) - 1) != 0 || !is_host(str_c(own)))
		(void)snprintf(own, sizeof(own), "localhost");
	buf_printf(to, "%s://%s%.*s%s:%u/%s%c", c->security == JOB_TLS ? "smtps" : "smtp",
	    bare6 ? "[" : "", STR_ARG(c->host), bare6 ? "]" : "",
	    c->port != 0 ? c->port : ports[c->security], own, '\0');
	return OK;
}
