/* SPDX-License-Identifier: Apache-2.0 */
/* The response policy: read from YAML, asked for an alert. */
#include "respond/policy.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conf/tree.h"

#define BUDGET ((size_t)8 << 20)

struct policy {
	struct arena *arena;
	struct str name, title;
	struct policy_row *rows;
	size_t n;
	struct policy_budget budget;
	char digest[POLICY_DIGEST];
};

static enum err
refuse(struct diag *why, const struct tree *at, const char *what)
{
	enum err e = err_set(why, FAIL_SYNTAX, "%s", what);

	return err_at(why, e, NULL, at->line, at->column);
}

static bool
key_is(const struct tree *t, const char *key)
{
	return str_eq(t->key, str_c(key));
}

static enum err
read_text(const struct tree *t, struct str *ret, struct diag *why)
{
	if (t->kind != TREE_TEXT || t->text.n == 0 || t->text.n > 100)
		return refuse(why, t, "a text of 1 to 100 bytes is wanted here");
	*ret = t->text;
	return OK;
}

static enum err
read_words(const struct tree *t, struct policy_words *ret, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > POLICY_WORDS_MAX)
		return refuse(why, t, "a list of 1 to 50 words is wanted here");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next)
		e = read_text(m, &ret->p[ret->n++], why);
	return e;
}

static bool
find_severity(struct str word, unsigned *ret)
{
	static const char *const words[] = { "critical", "high", "medium", "low", "informational" };

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(word, str_c(words[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

static bool
find_wish(struct str word, unsigned *ret)
{
	enum deed d;

	if (!deed_find(word, &d))
		return false;
	*ret = (unsigned)d;
	return true;
}

/* The set of the words of a list. */
static enum err
read_set(const struct tree *t, bool (*find)(struct str, unsigned *), unsigned *ret,
    struct diag *why)
{
	struct policy_words words = { 0 };
	const struct tree *m = t->first;
	enum err e = read_words(t, &words, why);
	unsigned bit;

	for (size_t i = 0; i < words.n && e == OK; i++, m = m->next) {
		if (!find(words.p[i], &bit))
			return refuse(why, m, "there is no such word here");
		*ret |= 1U << bit;
	}
	return e;
}

static enum err
read_member(const struct tree *t, struct policy_deed *d, struct diag *why)
{
	if (t->kind != TREE_TEXT)
		return refuse(why, t, "a text is wanted here");
	if (key_is(t, "action"))
		return deed_find(t->text, &d->deed) ? OK
						    : refuse(why, t, "there is no such action");
	if (key_is(t, "for")) {
		if (clock_span(t->text, &d->span) && d->span > 0 && d->span <= POLICY_SPAN_MAX)
			return OK;
		return refuse(why, t, "for: is a time like 1h, at most 30d");
	}
	if (!key_is(t, "approve"))
		return refuse(why, t, "an action has the members action, for and approve");
	d->approve = str_eq(t->text, STR("true"));
	if (d->approve || str_eq(t->text, STR("false")))
		return OK;
	return refuse(why, t, "approve: is true or false");
}

static enum err
read_deeds(const struct tree *t, struct policy_row *row, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n == 0 || t->n > POLICY_DEEDS_MAX)
		return refuse(why, t, "do: is a list of 1 to 8 actions");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct policy_deed *d = &row->deeds[row->n++];

		*d = (struct policy_deed){ .deed = DEEDS, .span = POLICY_SPAN };
		if (m->kind != TREE_MAP)
			return refuse(why, m,
			    "an action is a map like {action: BLOCK_IP, for: 1h}");
		for (const struct tree *k = m->first; k != NULL && e == OK; k = k->next)
			e = read_member(k, d, why);
		if (e == OK && d->deed == DEEDS)
			e = refuse(why, m, "it does not say which action");
	}
	return e;
}

static enum err
read_limit(const struct tree *t, uint64_t *ret, struct diag *why)
{
	if (t->kind == TREE_TEXT && str_u64(t->text, ret) && *ret <= POLICY_BUDGET_MAX)
		return OK;
	return refuse(why, t, "a number of at most 1000000 is wanted here");
}

static enum err
read_budget(const struct tree *t, struct policy_budget *b, struct diag *why)
{
	enum err e = OK;

	*b = (struct policy_budget){ POLICY_BUDGET_USERS, POLICY_BUDGET_SHARED, 24 * POLICY_SPAN };
	if (t->kind != TREE_MAP)
		return refuse(why, t, "budget: is a map like {users: 3, shared: 1, window: 1d}");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "users"))
			e = read_limit(m, &b->users, why);
		else if (key_is(m, "shared"))
			e = read_limit(m, &b->shared, why);
		else if (!key_is(m, "window"))
			e = refuse(why, m, "a budget has the members users, shared and window");
		else if (m->kind != TREE_TEXT || !clock_span(m->text, &b->window) ||
			 b->window <= 0 || b->window > POLICY_WINDOW_MAX)
			e = refuse(why, m, "window: is a time like 1d, at most 7d");
	}
	return e;
}

static enum err
read_part(const struct tree *t, struct policy_row *row, struct diag *why)
{
	if (key_is(t, "threat"))
		return read_text(t, &row->threat, why);
	if (key_is(t, "rules"))
		return read_words(t, &row->rules, why);
	if (key_is(t, "tags"))
		return read_words(t, &row->tags, why);
	if (key_is(t, "wish"))
		return read_set(t, find_wish, &row->wishes, why);
	if (key_is(t, "severity"))
		return read_set(t, find_severity, &row->severities, why);
	if (key_is(t, "do"))
		return read_deeds(t, row, why);
	if (key_is(t, "budget"))
		return read_budget(t, &row->budget, why);
	return refuse(why, t,
	    "a row has the members threat, rules, tags, wish, severity, do and budget");
}

static enum err
read_rows(struct policy *p, const struct tree *t, struct diag *why)
{
	enum err e = OK;

	if (t->kind != TREE_LIST || t->n > POLICY_ROWS_MAX)
		return refuse(why, t, "rows: is a list of at most 200");
	p->rows = arena_alloc(p->arena, (t->n + 1) * sizeof(*p->rows));
	if (p->rows == NULL)
		return err_set(why, FAIL_LIMIT, "the policy is too large");
	for (const struct tree *m = t->first; m != NULL && e == OK; m = m->next) {
		struct policy_row *row = &p->rows[p->n++];

		if (m->kind != TREE_MAP)
			return refuse(why, m, "a row is a map");
		for (const struct tree *k = m->first; k != NULL && e == OK; k = k->next)
			e = read_part(k, row, why);
		if (e == OK && (row->n == 0 || row->threat.n == 0))
			e = refuse(why, m, "a row has at least threat and do");
	}
	return e;
}

static enum err
read_top(struct policy *p, const struct tree *top, struct diag *why)
{
	enum err e = OK;

	if (top->kind != TREE_MAP)
		return refuse(why, top, "a policy is a map with policy, title and rows");
	for (const struct tree *m = top->first; m != NULL && e == OK; m = m->next) {
		if (key_is(m, "policy"))
			e = read_text(m, &p->name, why);
		else if (key_is(m, "title"))
			e = read_text(m, &p->title, why);
		else if (key_is(m, "rows"))
			e = read_rows(p, m, why);
		else if (key_is(m, "budget"))
			e = read_budget(m, &p->budget, why);
		else
			e = refuse(why, m,
			    "a policy has the members policy, title, rows and budget");
	}
	for (size_t i = 0; i < p->n && e == OK; i++)
		if (p->rows[i].budget.window == 0)
			p->rows[i].budget = p->budget;
	if (e == OK && (p->name.n == 0 || p->rows == NULL))
		e = refuse(why, top, "a policy has at least policy and rows");
	return e;
}

enum err
policy_read(struct str text, const char *file, struct policy **ret, struct diag *why)
{
	struct policy *p = MEM_NEW(struct policy);
	struct tree *top = NULL;
	uint8_t sum[DIGEST_SIZE];
	struct str kept;
	enum err e = OK;

	p->arena = arena_new(BUDGET);
	p->budget =
	    (struct policy_budget){ POLICY_BUDGET_USERS, POLICY_BUDGET_SHARED, 24 * POLICY_SPAN };
	digest_sha256(text, sum);
	(void)digest_hex(sum, sizeof(sum) / 2, p->digest);
	if (!arena_copy(p->arena, text, &kept))
		e = err_set(why, FAIL_LIMIT, "the policy is too large");
	if (e == OK)
		e = tree_read_once(kept, p->arena, &top, why);
	if (e == OK)
		e = read_top(p, top, why);
	if (e != OK) {
		policy_free(p);
		return why != NULL ? err_at(why, e, file, why->line, why->column) : e;
	}
	*ret = p;
	return OK;
}

void
policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

static bool
has(const struct policy_words *words, struct str one)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq(words->p[i], one))
			return true;
	return false;
}

static bool
has_tag(const struct policy_words *words, struct str tags)
{
	while (tags.n != 0) {
		struct str some = str_until(&tags, ',');

		while (some.n != 0)
			if (has(words, str_trim(str_until(&some, ' '))))
				return true;
	}
	return false;
}

static bool
fits(const struct policy_row *row, const struct policy_case *c)
{
	enum deed wish = DEEDS;

	if (row->rules.n != 0 && !has(&row->rules, c->rule_id))
		return false;
	if (row->tags.n != 0 && !has_tag(&row->tags, c->tags))
		return false;
	if (row->wishes != 0 &&
	    (!deed_find(c->wish, &wish) || (row->wishes & 1U << (unsigned)wish) == 0))
		return false;
	return row->severities == 0 || (row->severities & 1U << c->severity) != 0;
}

const struct policy_row *
policy_find(const struct policy *p, const struct policy_case *c)
{
	for (size_t i = 0; i < p->n; i++)
		if (fits(&p->rows[i], c))
			return &p->rows[i];
	return NULL;
}

struct str
policy_name(const struct policy *p)
{
	return p->name;
}

size_t
policy_len(const struct policy *p)
{
	return p->n;
}

struct str
policy_title(const struct policy *p)
{
	return p->title;
}

const struct policy_row *
policy_at(const struct policy *p, size_t i)
{
	return i < p->n ? &p->rows[i] : NULL;
}

const struct policy_budget *
policy_budget(const struct policy *p, struct str threat)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->rows[i].threat, threat))
			return &p->rows[i].budget;
	return &p->budget;
}

const char *
policy_digest(const struct policy *p)
{
	return p->digest;
}
