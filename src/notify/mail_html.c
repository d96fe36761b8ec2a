/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/notify/test_mail.c */
/* The HTML part: tables and inline styles, as mail programs want it, light and dark. */
#include "notify/mail.h"
#include "notify/mime.h"

/* Colour on light and on dark, and a shape, so that neither is needed to tell them apart. */
static const struct look {
	const char *light, *dark, *shape;
} looks[JOB_SEVERITIES] = {
	[JOB_CRITICAL] = { "#78003c", "#f7272f", "\xe2\xac\xa3" }, /* hexagon */
	[JOB_HIGH] = { "#ae411a", "#fda12b", "\xe2\x96\xb2" },     /* triangle */
	[JOB_MEDIUM] = { "#b48000", "#f7f386", "\xe2\x97\x86" },   /* diamond */
	[JOB_LOW] = { "#0449b6", "#85b5fd", "\xe2\x97\x8f" },      /* disc */
	[JOB_INFO] = { "#6a7a82", "#798596", "\xe2\x96\xac" },     /* bar */
};

#define FONT "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
#define MONO "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"

static const char head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<meta name=\"color-scheme\" content=\"light dark\">"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>";

/* Takes the dark colour of the severity twice. */
static const char style[] =
    "</title>\n<style>\n:root{color-scheme:light dark}\n"
    "@media (prefers-color-scheme:dark){\n"
    ".b0{background:#0e1116!important}.b1{background:#161b22!important;"
    "border-color:#2d3642!important}\n"
    ".f1{color:#e6eaf0!important}.f2{color:#a9b4c2!important}.f3{color:#8f9baa!important}\n"
    ".ln{border-color:#2d3642!important}.sv{color:%s!important}.sb{background:%s!important}\n"
    ".go{background:#6cb2ff!important;color:#0a1420!important;border-color:#6cb2ff!important}\n"
    ".op{color:#6cb2ff!important;border-color:#6b7788!important}\n}\n"
    "@media (max-width:480px){.pd{padding-left:16px!important;padding-right:16px!important}"
    ".lb{display:block!important;width:auto!important;padding-bottom:0!important}"
    ".vl{display:block!important;border-top:0!important;padding-top:2px!important}}\n"
    "</style></head>\n";

static const char top[] =
    "<body class=\"b0\" style=\"margin:0;padding:0;background:#f5f6f8;font-family:" FONT "\">\n"
    "<table role=\"presentation\" class=\"b0\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
    "style=\"background:#f5f6f8\"><tr><td align=\"center\" style=\"padding:24px 12px\">\n"
    "<table role=\"presentation\" class=\"b1\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
    "style=\"max-width:600px;background:#ffffff;border:1px solid #d3d9e0;border-radius:6px;"
    "border-collapse:separate;overflow:hidden\">\n";

static const char foot[] =
    "</table>\n<div class=\"f3\" style=\"max-width:600px;padding:12px 4px;text-align:left;"
    "font-size:12px;line-height:18px;color:#5a6675\">";

static void
put_shown(struct str text, struct buf *to)
{
	auto_buf struct buf shown = { 0 };

	mail_shown(text, &shown);
	mime_html(buf_view(&shown), to);
}

static void
put_begin(const struct job *j, const struct look *look, struct buf *to)
{
	auto_buf struct buf subject = { 0 };

	mail_subject(j, &subject);
	buf_str(to, str_c(head));
	put_shown(buf_view(&subject), to);
	buf_printf(to, style, look->dark, look->dark);
	buf_str(to, str_c(top));
	buf_printf(to,
	    "<tr><td class=\"sb\" height=\"4\" style=\"height:4px;line-height:4px;"
	    "font-size:0;background:%s\">&nbsp;</td></tr>\n",
	    look->light);
}

static void
put_title(const struct look *look, const char *word, struct str title, struct buf *to)
{
	buf_printf(to,
	    "<tr><td class=\"pd\" style=\"padding:20px 24px 4px;font-size:12px;line-height:16px;"
	    "font-weight:600;letter-spacing:.06em\"><span class=\"sv\" style=\"color:%s;"
	    "font-size:14px\" aria-hidden=\"true\">%s</span>&nbsp; <span class=\"f1\" "
	    "style=\"color:#141a21\">%s</span></td></tr>\n"
	    "<tr><td class=\"pd f1\" style=\"padding:0 24px 16px;font-size:20px;line-height:28px;"
	    "font-weight:600;color:#141a21;word-break:break-word\">",
	    look->light, look->shape, word);
	put_shown(title, to);
	buf_str(to, STR("</td></tr>\n"));
}

/* A row of the table of facts; lines of the text stay lines. */
static void
put_fact(const char *label, struct str value, bool mono, struct buf *to)
{
	struct str line;
	bool more = false;

	value = str_trim(value);
	if (value.n == 0)
		return;
	buf_printf(to,
	    "<tr><td class=\"lb f2 ln\" valign=\"top\" width=\"88\" style=\"width:88px;padding:8px "
	    "12px 8px 0;border-top:1px solid #d3d9e0;font-size:13px;line-height:20px;"
	    "color:#465160\">%s</td><td class=\"vl f1 ln\" valign=\"top\" style=\"padding:8px 0;"
	    "border-top:1px solid #d3d9e0;font-size:%s;line-height:20px;color:#141a21;"
	    "word-break:break-word;font-family:%s\">",
	    label, mono ? "13px" : "14px", mono ? MONO : FONT);
	while (str_line(&value, &line)) {
		if (more)
			buf_str(to, STR("<br>"));
		put_shown(line, to);
		more = true;
	}
	buf_str(to, STR("</td></tr>\n"));
}

static void
put_button(const char *class, const char *look, const char *label, struct str url, struct buf *to)
{
	buf_printf(to, "<a class=\"%s\" href=\"", class);
	mime_html(url, to);
	buf_printf(to,
	    "\" style=\"display:inline-block;margin:0 8px 8px 0;padding:9px 18px;border-radius:6px;"
	    "font-size:14px;line-height:20px;font-weight:600;text-decoration:none;%s\">%s</a>",
	    look, label);
}

static void
put_buttons(const struct job *j, struct buf *to)
{
	const bool ack = mail_is_link(j->ack_url), open = mail_is_link(j->url);

	if (!ack && !open)
		return;
	buf_str(to, STR("<tr><td class=\"pd\" style=\"padding:16px 24px 12px\">"));
	if (ack)
		put_button("go", "background:#0a5fc2;color:#ffffff;border:1px solid #0a5fc2",
		    "Acknowledge", j->ack_url, to);
	if (open)
		put_button("op", "color:#0a5fc2;border:1px solid #75818f", "Open alert", j->url,
		    to);
	buf_str(to, STR("</td></tr>\n"));
}

static void
put_facts(const struct job_alert *a, struct buf *to)
{
	auto_buf struct buf when = { 0 }, tags = { 0 };

	mail_when(a, &when);
	for (size_t i = 0; i < a->n_tags; i++) {
		buf_str(&tags, i != 0 ? STR(", ") : STR(""));
		buf_str(&tags, a->tags[i]);
	}
	buf_str(to,
	    STR("<tr><td class=\"pd\" style=\"padding:0 24px 8px\"><table "
		"role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\">\n"));
	put_fact("Where", a->group, true, to);
	put_fact("When", buf_view(&when), false, to);
	put_fact("What", a->summary, false, to);
	put_fact("To do", a->advice, false, to);
	put_fact("Action", a->action, false, to);
	put_fact("Tags", buf_view(&tags), false, to);
	buf_str(to, STR("</table></td></tr>\n"));
}

static void
put_end(const struct job *j, struct buf *to)
{
	buf_str(to, str_c(foot));
	if (!j->test) {
		buf_str(to, STR("Alert "));
		put_shown(j->alert.id, to);
		buf_str(to, STR(" &middot; rule "));
		put_shown(j->alert.rule_id, to);
		buf_str(to, STR("<br>"));
	}
	buf_str(to, STR("Sent by Tocsin to the channel "));
	put_shown(j->channel.name, to);
	buf_str(to, STR(".</div>\n</td></tr></table>\n</body></html>\n"));
}

void
mail_html(const struct job *j, struct buf *to)
{
	const struct look *look = &looks[j->test ? JOB_INFO : j->alert.severity];

	put_begin(j, look, to);
	if (j->test) {
		put_title(look, "TEST", STR("Tocsin reaches this address"), to);
		buf_str(to,
		    STR("<tr><td class=\"pd f1\" style=\"padding:0 24px 24px;font-size:14px;"
			"line-height:20px;color:#141a21\">Alerts will arrive here as this "
			"mail did.</td></tr>\n"));
	} else {
		put_title(look, job_severity_word(j->alert.severity), j->alert.title, to);
		put_facts(&j->alert, to);
		put_buttons(j, to);
	}
	put_end(j, to);
}
