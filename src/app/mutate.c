/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* One change at a time to what a rule asks. */
#include "app/mutate.h"

#include "app/mutant.h"
#include "app/mutcorr.h"
#include "app/mutsel.h"
#include "base/arena.h"
#include "detect/yflow.h"
#include "detect/ruletext.h"

/* What a word of a condition becomes; NULL: it stays. */
static const char *
flip(struct str word, struct str next)
{
	static const struct {
		const char *from, *to;
		bool of; /* only before "of" */
	} words[] = { { "and", "or", false }, { "or", "and", false }, { "not", "", false },
		{ "all", "1", true }, { "1", "all", true }, { "any", "all", true } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(word, str_c(words[i].from)) && (!words[i].of || str_eq(next, STR("of"))))
			return words[i].to;
	return NULL;
}

static bool
ends_word(char c)
{
	return c == ' ' || c == '(' || c == ')';
}

static struct str
next_word(struct str s, size_t *at)
{
	size_t from;

	while (*at < s.n && ends_word(s.p[*at]))
		++*at;
	from = *at;
	while (*at < s.n && !ends_word(s.p[*at]))
		++*at;
	return (struct str){ s.p + from, *at - from };
}

static void
logic(struct mutant *m, const char *path, const struct ydoc *v)
{
	size_t at = 0;

	if (v == NULL || v->kind != YDOC_SCALAR)
		return;
	while (at < v->text.n) {
		struct str word = next_word(v->text, &at), now;
		size_t ahead = at, from = (size_t)(word.p - v->text.p);
		const char *to = flip(word, next_word(v->text, &ahead));
		auto_buf struct buf changed = { 0 };

		if (to == NULL)
			continue;
		buf_init(&changed, 0);
		buf_put(&changed, v->text.p, from);
		buf_str(&changed, str_c(to));
		buf_str(&changed, str_from(v->text, at));
		now = str_trim(buf_view(&changed));
		mutant_begin(m, str_c(path));
		yflow_quoted(now, &m->text);
		mutant_give(m, "condition: %.*s", STR_ARG(now));
	}
}

enum err
mutate_each(const struct rule *r, mutate_fn fn, void *ctx, struct diag *why)
{
	struct mutant m = { .rule = r, .fn = fn, .ctx = ctx };
	struct arena *a = arena_new((size_t)16 << 20);
	const struct ydoc *corr, *detection;
	struct ydoc *doc = NULL;
	enum err e = ruletext_doc(r, a, &doc, why);

	buf_init(&m.text, 0);
	corr = ydoc_get(doc, "correlation");
	detection = ydoc_get(doc, "detection");
	if (e == OK && corr != NULL) {
		mutcorr_each(&m, corr);
		logic(&m, "condition", ydoc_get(corr, "condition"));
	} else if (e == OK && detection != NULL) {
		logic(&m, "detection.condition", ydoc_get(detection, "condition"));
		mutsel_each(&m, detection);
	}
	buf_fini(&m.text);
	arena_free(a);
	return e;
}
