/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/incident/test_postmortem.c */
/* Markdown and HTML from one description. */
#include "incident/doc.h"

/* One line: what would end it, or drive a terminal, becomes a blank. */
static void
put_char(const struct doc *d, char c)
{
	static const char special[] = "\\`*_{}[]()#+-.!|<>~&=:^$@";

	if ((unsigned char)c < 0x20 || c == 0x7f) {
		buf_byte(d->to, ' ');
		return;
	}
	if (!d->html) {
		if (strchr(special, c) != NULL)
			buf_byte(d->to, '\\');
		buf_byte(d->to, c);
		return;
	}
	switch (c) {
	case '<':
		buf_str(d->to, STR("&lt;"));
		return;
	case '>':
		buf_str(d->to, STR("&gt;"));
		return;
	case '&':
		buf_str(d->to, STR("&amp;"));
		return;
	case '"':
		buf_str(d->to, STR("&quot;"));
		return;
	case '\'':
		buf_str(d->to, STR("&#39;"));
		return;
	default:
		buf_byte(d->to, c);
	}
}

/* In Markdown, '<' and '&' become references: a reader that knows no escapes is safe too. */
static void
put(const struct doc *d, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!d->html && text.p[i] == '<')
			buf_str(d->to, STR("&lt;"));
		else if (!d->html && text.p[i] == '&')
			buf_str(d->to, STR("&amp;"));
		else
			put_char(d, text.p[i]);
	}
}

static void
end_list(struct doc *d)
{
	if (d->list)
		buf_str(d->to, d->html ? STR("</ul>\n") : STR("\n"));
	if (d->table)
		buf_str(d->to, d->html ? STR("</table>\n") : STR("\n"));
	d->list = d->table = false;
}

#define STYLE                                                                                      \
	"body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;" \
	"color:#141a21;background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;"  \
	"border-bottom:1px solid #d3d9e0}table{border-collapse:collapse;width:100%}th,td{"         \
	"text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #d3d9e0;" \
	"overflow-wrap:anywhere}@media print{body{margin:0}}"

void
doc_begin(struct doc *d, bool html, struct str title, struct buf *to)
{
	*d = (struct doc){ .to = to, .html = html };
	if (html) {
		buf_str(to,
		    STR("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
			" style-src 'unsafe-inline'\"><meta name=\"viewport\""
			" content=\"width=device-width\"><title>"));
		put(d, title);
		buf_str(to, STR("</title><style>" STYLE "</style></head><body>\n<h1>"));
		put(d, title);
		buf_str(to, STR("</h1>\n"));
		return;
	}
	buf_str(to, STR("# "));
	put(d, title);
	buf_str(to, STR("\n\n"));
}

void
doc_end(struct doc *d)
{
	end_list(d);
	if (d->html)
		buf_str(d->to, STR("</body></html>\n"));
}

void
doc_heading(struct doc *d, const char *text)
{
	end_list(d);
	buf_str(d->to, d->html ? STR("<h2>") : STR("## "));
	put(d, str_c(text));
	buf_str(d->to, d->html ? STR("</h2>\n") : STR("\n\n"));
}

void
doc_text(struct doc *d, struct str text)
{
	struct str line;

	end_list(d);
	while (str_line(&text, &line)) {
		if (str_trim(line).n == 0)
			continue;
		if (d->html)
			buf_str(d->to, STR("<p>"));
		put(d, str_trim(line));
		buf_str(d->to, d->html ? STR("</p>\n") : STR("\n\n"));
	}
}

void
doc_item(struct doc *d, struct str text)
{
	if (!d->list) {
		end_list(d);
		if (d->html)
			buf_str(d->to, STR("<ul>\n"));
		d->list = true;
	}
	buf_str(d->to, d->html ? STR("<li>") : STR("- "));
	put(d, text);
	buf_str(d->to, d->html ? STR("</li>\n") : STR("\n"));
}

void
doc_row(struct doc *d, const struct str *cells, unsigned n)
{
	const bool head = !d->table;

	if (head) {
		end_list(d);
		if (d->html)
			buf_str(d->to, STR("<table>\n"));
		d->table = true;
		d->columns = n;
	}
	buf_str(d->to, d->html ? STR("<tr>") : STR("|"));
	for (unsigned i = 0; i < d->columns; i++) {
		if (d->html)
			buf_str(d->to, head ? STR("<th>") : STR("<td>"));
		else
			buf_byte(d->to, ' ');
		if (i < n)
			put(d, cells[i]);
		buf_str(d->to, !d->html ? STR(" |") : head ? STR("</th>") : STR("</td>"));
	}
	buf_str(d->to, d->html ? STR("</tr>\n") : STR("\n"));
	if (!head || d->html)
		return;
	buf_byte(d->to, '|');
	for (unsigned i = 0; i < n; i++)
		buf_str(d->to, STR(" --- |"));
	buf_byte(d->to, '\n');
}
