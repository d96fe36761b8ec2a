/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules.py */
/* Finds a rule in its file again. */
#include "detect/ruletext.h"

#include "base/fs.h"

#define FILE_MAX ((size_t)4 << 20)

/* The YAML document of `text` that line `line` is in; its first line. */
static struct str
document_at(struct str text, uint32_t line, uint32_t *ret_line)
{
	struct str rest = text, one = { "", 0 };
	const char *start = text.p;
	uint32_t number = 1;

	*ret_line = 1;
	for (const char *at = rest.p; str_line(&rest, &one); at = rest.p, number++) {
		if (!str_starts(one, STR("---")))
			continue;
		if (number > line)
			return (struct str){ start, (size_t)(at - start) };
		start = number == line ? at : rest.p;
		*ret_line = number == line ? number : number + 1;
	}
	return (struct str){ start, (size_t)(text.p + text.n - start) };
}

static enum err
read_at(const struct rule *r, struct buf *file, struct str *ret, uint32_t *ret_line,
    struct diag *why)
{
	enum err e;

	buf_init(file, FILE_MAX);
	e = fs_read(r->file, FILE_MAX, file, why);
	if (e != OK)
		return e;
	if (file->n == 0)
		return err_set(why, FAIL_NOT_FOUND, "%s is empty", r->file);
	*ret = document_at(buf_view(file), r->line, ret_line);
	return OK;
}

enum err
ruletext_read(const struct rule *r, struct buf *to, struct diag *why)
{
	auto_buf struct buf file = { 0 };
	uint32_t line;
	struct str text;
	enum err e = read_at(r, &file, &text, &line, why);

	if (e == OK)
		buf_str(to, str_trim(text));
	return e;
}

enum err
ruletext_doc(const struct rule *r, struct arena *a, struct ydoc **ret, struct diag *why)
{
	auto_buf struct buf file = { 0 };
	uint32_t line;
	struct str text;
	enum err e = read_at(r, &file, &text, &line, why);

	if (e == OK)
		e = ydoc_parse(text, line, a, ret, why);
	if (e == OK && *ret == NULL)
		e = err_set(why, FAIL_NOT_FOUND, "there is no rule at %s:%u any more", r->file,
		    (unsigned)r->line);
	return e;
}
