/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/ruletool.py */
/* Lines of a file, or the events of a document over several lines. */
#include "app/messages.h"

#include "api/split.h"
#include "app/lines.h"
#include "base/buf.h"

#define EVENTS_MAX ((size_t)16 << 20)

/* Does a document begin with the line that does not end on it, or an array of events? */
static bool
begins_document(struct str line)
{
	struct str s = str_trim(line);

	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_trim(str_from(s, 3));
	if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	if (s.p[0] == '[')
		return s.n == 1 || str_trim(str_from(s, 1)).p[0] == '{';
	return split_element(s, 0) == 0;
}

static enum err
read_rest(struct lines *l, struct str first, struct buf *to, struct diag *why)
{
	struct str line = first;
	enum err e = OK;

	while (e == OK) {
		buf_str(to, line);
		buf_byte(to, '\n');
		e = lines_next(l, &line, why);
	}
	if (buf_overflow(to))
		return err_set(why, FAIL_LIMIT, "a JSON document of more than %zu MB",
		    MESSAGES_DOCUMENT_MAX >> 20);
	return e == FAIL_NOT_FOUND ? OK : e;
}

static enum err
each_line(struct str text, messages_fn fn, void *ctx, struct diag *why)
{
	struct str line;
	enum err e = OK;

	while (e == OK && str_line(&text, &line))
		if (str_trim(line).n > 0)
			e = fn(ctx, line, why);
	return e;
}

static enum err
each_event(struct lines *l, struct str first, messages_fn fn, void *ctx, struct diag *why)
{
	auto_buf struct buf text = { 0 };
	struct split parts;
	struct str body;
	enum err e;

	buf_init(&text, MESSAGES_DOCUMENT_MAX);
	split_init(&parts, EVENTS_MAX);
	e = read_rest(l, first, &text, why);
	body = buf_view(&text);
	if (str_starts(body, STR("\xef\xbb\xbf")))
		body = str_from(body, 3);
	if (e == OK && split_json(&parts, body, NULL) != OK) {
		e = each_line(body, fn, ctx, why); /* it only looked like one */
		parts.n = 0;
	}
	for (size_t i = 0; i < parts.n && e == OK; i++)
		e = fn(ctx, (struct str){ body.p + parts.p[i].at, parts.p[i].n }, why);
	split_fini(&parts);
	return e;
}

enum err
messages_each(const char *path, messages_fn fn, void *ctx, struct diag *why)
{
	bool first = true;
	struct lines *l;
	struct str line;
	enum err e = lines_open(path, &l, why);

	if (e != OK)
		return e;
	while ((e = lines_next(l, &line, why)) == OK) {
		if (str_trim(line).n == 0)
			continue;
		e = first && begins_document(line) ? each_event(l, line, fn, ctx, why)
						   : fn(ctx, line, why);
		first = false;
		if (e != OK)
			break;
	}
	lines_close(l);
	return e == FAIL_NOT_FOUND ? OK : e;
}
