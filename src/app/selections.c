/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/explain.py */
/* Each selection as a rule of its own: the same text with another condition. */
#include "app/selections.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "detect/match.h"
#include "detect/ruletext.h"
#include "detect/yflow.h"

struct part {
	struct str name;
	struct ruleset *rules;
	struct match *match;
};

struct seen {
	uint64_t seq, holds; /* bit per part */
	int64_t time;
};

struct selections {
	struct arena *arena;
	struct part part[SELECTIONS_MAX];
	size_t n;
	struct seen seen[SELECTIONS_RECORDS];
	size_t n_seen; /* all */
};

/* The rule with one selection, which is its condition. */
static enum err
add_part(struct selections *s, const struct ydoc *doc, const struct ydoc *selection,
    struct diag *why)
{
	struct part *p = &s->part[s->n];
	const struct ydoc *source = ydoc_get(doc, "logsource");
	auto_buf struct buf text = { 0 };
	enum err e;

	buf_init(&text, 0);
	buf_str(&text, STR("title: part\nlogsource: "));
	if (source != NULL)
		yflow_put(source, NULL, NULL, &text);
	buf_str(&text, STR("\ndetection: {part: "));
	yflow_put(selection, NULL, NULL, &text);
	buf_str(&text, STR(", condition: part}\n"));
	e = ruleset_read("part", buf_view(&text), NULL, NULL, &p->rules, why);
	if (e != OK)
		return e;
	p->name = selection->key->text;
	p->match = match_new(p->rules);
	s->n++;
	return OK;
}

enum err
selections_new(const struct rule *r, struct selections **ret, struct diag *why)
{
	struct selections *s = MEM_NEW(struct selections);
	const struct ydoc *detection;
	struct ydoc *doc = NULL;
	enum err e;

	s->arena = arena_new((size_t)16 << 20);
	e = ruletext_doc(r, s->arena, &doc, why);
	detection = ydoc_get(doc, "detection");
	for (const struct ydoc *m = detection != NULL ? detection->first : NULL;
	     m != NULL && e == OK && s->n < SELECTIONS_MAX; m = m->next)
		if (!str_eq(m->key->text, STR("condition")))
			e = add_part(s, doc, m, why);
	if (e != OK) {
		selections_free(s);
		return e;
	}
	*ret = s;
	return OK;
}

void
selections_free(struct selections *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++) {
		match_free(s->part[i].match);
		ruleset_free(s->part[i].rules);
	}
	arena_free(s->arena);
	free(s);
}

void
selections_add(struct selections *s, const struct rec *r)
{
	struct seen *to = &s->seen[s->n_seen++ % SELECTIONS_RECORDS];
	size_t n;

	*to = (struct seen){ .seq = r->seq, .time = rec_int(r, F_TIMESTAMP, 0) };
	for (size_t i = 0; i < s->n; i++) {
		(void)match_rec(s->part[i].match, r, &n);
		to->holds |= (uint64_t)(n > 0) << i;
	}
}

static const struct seen *
seen_at(const struct selections *s, size_t i)
{
	size_t first = s->n_seen > SELECTIONS_RECORDS ? s->n_seen - SELECTIONS_RECORDS : 0;

	return first + i < s->n_seen ? &s->seen[(first + i) % SELECTIONS_RECORDS] : NULL;
}

void
selections_json(const struct selections *s, struct jsonw *w)
{
	const struct seen *one;

	jsonw_arr(w);
	for (size_t i = 0; (one = seen_at(s, i)) != NULL; i++) {
		jsonw_obj(w);
		jsonw_kint(w, "seq", (int64_t)one->seq);
		jsonw_ktime(w, "time", one->time);
		jsonw_key(w, STR("selections"));
		jsonw_arr(w);
		for (size_t k = 0; k < s->n; k++) {
			jsonw_obj(w);
			jsonw_kstr(w, "name", s->part[k].name);
			jsonw_kbool(w, "holds", one->holds >> k & 1);
			jsonw_end(w);
		}
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
selections_text(const struct selections *s, struct buf *to)
{
	const struct seen *one;
	char when[40];

	for (size_t i = 0; (one = seen_at(s, i)) != NULL; i++) {
		buf_printf(to, "  record %llu at %s:", (unsigned long long)one->seq,
		    clock_text(one->time, when));
		for (size_t k = 0; k < s->n; k++) {
			buf_str(to, STR("  "));
			utf8_show(s->part[k].name, to);
			buf_str(to, one->holds >> k & 1 ? STR(" holds") : STR(" does not hold"));
		}
		buf_byte(to, '\n');
	}
}
