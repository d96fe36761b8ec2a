/* Checks of what surrounds a detection. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/lint.h"

#include <stdio.h>

#include "conf/row.h"

#define KEYS                                                                                       \
	"title id name related taxonomy status description license references author date "        \
	"modified fields falsepositives level tags scope logsource detection correlation filter "  \
	"tocsin regression_tests_path simulation"
#define STATUS "stable test experimental deprecated unsupported"
#define RELATED "derived obsolete merged renamed similar correlation"

struct lint {
	lint_fn warn;
	void *ctx;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_uuid(struct str s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);

		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (s.p[i] != '-')
				return false;
		} else if (!is_digit(c) && (c < 'a' || c > 'f')) {
			return false;
		}
	}
	return true;
}

static bool
is_date(struct str s)
{
	static const char form[] = "0000-00-00";
	unsigned month, day;

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == '0' ? !is_digit(s.p[i]) : s.p[i] != form[i])
			return false;
	month = (unsigned)((s.p[5] - '0') * 10 + s.p[6] - '0');
	day = (unsigned)((s.p[8] - '0') * 10 + s.p[9] - '0');
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool
is_one_of(struct str s, const char *words)
{
	struct str rest = str_c(words);

	while (rest.n > 0)
		if (str_eq(str_until(&rest, ' '), s))
			return true;
	return false;
}

static bool
is_tag(struct str s)
{
	struct str rest = s, head = str_until(&rest, '.');

	return head.n > 0 && rest.n > 0 && memchr(s.p, ' ', s.n) == NULL;
}

/* Scalars with a value only; what is absent says nothing wrong. */
static bool
has_text(const struct ydoc *v)
{
	return v != NULL && v->kind == YDOC_SCALAR && v->type != YDOC_NULL;
}

static void
lint_words(const struct lint *l, const struct ydoc *doc)
{
	static const char *const dates[] = { "date", "modified" };
	const struct ydoc *id = ydoc_get(doc, "id"), *status = ydoc_get(doc, "status");

	if (has_text(id) && !is_uuid(id->text))
		l->warn(l->ctx, id,
		    "an id is a UUID in Sigma; what is short and for people is `name`");
	if (has_text(status) && !is_one_of(status->text, STATUS))
		l->warn(l->ctx, status,
		    "status is stable, test, experimental, deprecated or unsupported");
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		const struct ydoc *date = ydoc_get(doc, dates[i]);

		if (has_text(date) && !is_date(date->text))
			l->warn(l->ctx, date, "a date is written like 2026-08-05");
	}
}

static void
lint_lists(const struct lint *l, const struct ydoc *doc)
{
	static const char *const lists[] = { "references", "fields", "falsepositives", "tags",
		"scope" };
	const struct ydoc *tags = ydoc_get(doc, "tags"), *related = ydoc_get(doc, "related");
	char text[80];

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct ydoc *v = ydoc_get(doc, lists[i]);

		if (v == NULL || v->kind == YDOC_LIST || !has_text(v))
			continue;
		(void)snprintf(text, sizeof(text), "'%s' is a list", lists[i]);
		l->warn(l->ctx, v, text);
	}
	for (const struct ydoc *t = tags != NULL ? tags->first : NULL; t != NULL; t = t->next)
		if (t->kind == YDOC_SCALAR && !is_tag(t->text))
			l->warn(l->ctx, t, "a tag is a namespace and a word, like attack.t1110");
	for (const struct ydoc *r = related != NULL ? related->first : NULL; r != NULL;
	     r = r->next) {
		const struct ydoc *id = ydoc_get(r, "id"), *type = ydoc_get(r, "type");

		if (has_text(id) && !is_uuid(id->text))
			l->warn(l->ctx, id, "what is related is named by its id, a UUID");
		if (has_text(type) && !is_one_of(type->text, RELATED))
			l->warn(l->ctx, type,
			    "related is derived, obsolete, merged, renamed or similar");
	}
}

static void
lint_source(const struct lint *l, const struct ydoc *source)
{
	static const char keys[] = "product category service definition";

	if (source == NULL || source->kind != YDOC_MAP)
		return;
	for (const struct ydoc *m = source->first; m != NULL; m = m->next) {
		struct str near;
		char text[120];

		if (!is_one_of(m->key->text, keys)) {
			near = row_nearest_word(m->key->text, str_c(keys));
			if (near.n == 0)
				continue;
			(void)snprintf(text, sizeof(text),
			    "this key of the logsource is not looked at; did you mean '%.*s'?",
			    STR_ARG(near));
			l->warn(l->ctx, m->key, text);
			continue;
		}
		if (!has_text(m) || str_eq(m->key->text, STR("definition")))
			continue;
		for (size_t i = 0; i < m->text.n; i++) {
			if (m->text.p[i] < 'A' || m->text.p[i] > 'Z')
				continue;
			l->warn(l->ctx, m, "log sources are written in lower case");
			break;
		}
	}
}

/* Custom keys are allowed; one that is nearly one of Sigma's was meant to be it. */
static void
lint_keys(const struct lint *l, const struct ydoc *doc)
{
	for (const struct ydoc *m = doc->first; m != NULL; m = m->next) {
		struct str near;
		char text[120];

		if (is_one_of(m->key->text, KEYS))
			continue;
		near = row_nearest_word(m->key->text, STR(KEYS));
		if (near.n == 0)
			continue;
		(void)snprintf(text, sizeof(text),
		    "this key is not one of Sigma's; did you mean '%.*s'?", STR_ARG(near));
		l->warn(l->ctx, m->key, text);
	}
}

void
lint_rule(const struct ydoc *doc, lint_fn warn, void *ctx)
{
	const struct lint l = { warn, ctx };

	if (doc->kind != YDOC_MAP)
		return;
	lint_words(&l, doc);
	lint_lists(&l, doc);
	lint_source(&l, ydoc_get(doc, "logsource"));
	lint_keys(&l, doc);
}
