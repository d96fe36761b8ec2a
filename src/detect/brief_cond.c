/* Conditions of short rules: words, the phrases they make, and what phrases come to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/brief_cond.h"

#include "detect/brief_words.h"

struct parsing {
	struct brief_words w;
	size_t i; /* next word */
	struct brief_cond *ret;
	struct diag *why;
	bool number;
	enum brief_measure unit; /* what the unit behind the number belongs to */
	bool has_unit;
};

static enum err
fail(struct parsing *p, size_t word, const char *what)
{
	const struct brief_word *w = &p->w.word[word < p->w.n ? word : p->w.n - 1];

	(void)err_set(p->why, FAIL_SYNTAX, "%s", what);
	return err_at(p->why, FAIL_SYNTAX, NULL, 1, w->at + 1);
}

/* The first word from here on that no phrase has; else what phrases have this one. */
static enum err
fail_unknown(struct parsing *p)
{
	const struct brief_word *w = &p->w.word[p->i];
	struct buf b;
	size_t i = p->i;

	while (i < p->w.n && (p->w.word[i].number || brief_words_known(p->w.word[i].text)))
		i++;
	buf_init(&b, 0);
	if (i < p->w.n)
		brief_cond_nearest((w = &p->w.word[i])->text, &b);
	else
		brief_words_phrases(w->text, &b);
	buf_byte(&b, '\0');
	(void)err_set(p->why, FAIL_SYNTAX,
	    i < p->w.n ? "unknown word '%.40s'; known ones nearest to it: %s"
		       : "'%.40s' makes no sense here; it occurs in: %s",
	    w->text.p, b.p);
	buf_fini(&b);
	return err_at(p->why, FAIL_SYNTAX, NULL, 1, w->at + 1);
}

static bool
any_of(const struct parsing *p, size_t at, const char *const *words)
{
	for (; *words != NULL; words++)
		if (brief_words_at(&p->w, at, *words) > 0)
			return true;
	return false;
}

/* Skips the words of the list, each at most once, in this order. */
static size_t
skip(const struct parsing *p, size_t at, const char *const *words)
{
	for (; *words != NULL; words++)
		at += brief_words_at(&p->w, at, *words);
	return at;
}

static bool
is_number(const struct parsing *p, size_t at)
{
	return at < p->w.n && p->w.word[at].number;
}

/* "in [the last] [10] minutes", "per minute"; false when it is something else. */
static bool
take_window(struct parsing *p)
{
	static const char *const before[] = { "in", "within", "for", "over", "per", "every",
		"during", NULL };
	static const char *const between[] = { "the", "last", "any", "a", "an", "one", NULL };
	unsigned long n = 1;
	const char *unit;
	size_t at;

	if (!any_of(p, p->i, before))
		return false;
	at = skip(p, p->i + 1, between);
	if (is_number(p, at)) {
		double v = p->w.word[at++].value;

		if (v < 1 || v > 1e6 || v != (double)(unsigned long)v)
			return false;
		n = (unsigned long)v;
	}
	unit = at < p->w.n ? brief_words_time(p->w.word[at].text) : NULL;
	if (unit == NULL)
		return false;
	p->ret->span = n;
	p->ret->unit = unit;
	p->i = at + 1;
	return true;
}

/* "from the same ip", "per user"; false when it is something else. */
static bool
take_scope(struct parsing *p)
{
	static const char *const before[] = { "from", "per", "by", "for", "of", "on", "each", "to",
		NULL };
	static const char *const between[] = { "the", "a", "an", "same", "one", "single", "each",
		NULL };
	const char *fields;
	size_t at, n;

	if (!any_of(p, p->i, before))
		return false;
	at = skip(p, p->i + 1, between);
	n = brief_words_entity(&p->w, at, false, &fields);
	if (n == 0)
		return false;
	p->ret->scope = fields;
	p->i = at + n;
	return true;
}

/* "[50] different users"; false when it is something else. */
static bool
take_values(struct parsing *p)
{
	static const char *const before[] = { "different", "distinct", "unique", NULL };
	const char *fields;
	size_t n;

	if (!any_of(p, p->i, before))
		return false;
	n = brief_words_entity(&p->w, p->i + 1, true, &fields);
	if (n == 0)
		return false;
	p->ret->values = fields;
	p->i += 1 + n;
	return true;
}

/* "1000", "10+", "100 MB"; a time behind it is a window without "in". */
static enum err
take_number(struct parsing *p)
{
	const struct brief_word *w = &p->w.word[p->i];
	const struct brief_unit *unit;
	size_t n;

	if (p->number && p->i + 1 < p->w.n && !brief_words_known(p->w.word[p->i + 1].text))
		return fail_unknown(p);
	if (p->number)
		return fail(p, p->i,
		    "there are two numbers; one is compared, and a time is "
		    "written 'in 10 minutes'");
	p->number = true;
	p->ret->number = w->value;
	p->i++;
	if (brief_words_at(&p->w, p->i, "+") > 0) {
		p->ret->compare = "gte";
		p->i++;
	}
	n = brief_words_unit(&p->w, p->i, &unit);
	if (n == 0)
		return OK;
	p->has_unit = true;
	p->unit = unit->measure;
	p->ret->number *= unit->factor;
	p->i += n;
	return OK;
}

static enum err
take_noun(struct parsing *p, const struct brief_noun *noun, size_t n)
{
	if (p->ret->noun != NULL)
		return fail(p, p->i, "two things are counted; one rule is about one of them");
	p->ret->noun = noun;
	p->i += n;
	return OK;
}

static enum err
take(struct parsing *p)
{
	static const char *const filler[] = { "the", "a", "an", "any", "is", "are", "with", "from",
		"for", "of", "by", "in", "total", "times", NULL };
	const struct brief_noun *noun;
	const char *compare;
	size_t n = brief_words_noun(&p->w, p->i, &noun);

	if (n > 0)
		return take_noun(p, noun, n);
	n = brief_words_compare(&p->w, p->i, &compare);
	if (n > 0 && !take_window(p)) {
		p->ret->compare = compare;
		p->i += n;
		return OK;
	}
	if (n > 0 || take_window(p) || take_scope(p) || take_values(p))
		return OK;
	if (is_number(p, p->i))
		return take_number(p);
	if (!any_of(p, p->i, filler))
		return fail_unknown(p);
	p->i++;
	return OK;
}

static bool
unit_fits(const struct parsing *p)
{
	enum brief_measure m = p->ret->noun->measure;

	if (!p->has_unit || p->unit == m)
		return true;
	return p->unit == BRIEF_SHARE && (m == BRIEF_RATIO || m == BRIEF_SUSTAINED);
}

/* Is a number there where one is needed? */
static enum err
check_number(struct parsing *p)
{
	struct brief_cond *c = p->ret;
	bool event = c->noun->measure == BRIEF_EVENT;

	if (c->compare != NULL && !p->number)
		return fail(p, p->w.n - 1, "a number is missing behind the comparison");
	if (p->number && c->compare == NULL)
		c->compare = "gte";
	if (c->compare == NULL && !event && c->noun->measure != BRIEF_TRAVEL)
		return fail(p, p->w.n - 1, "a number is missing, like '> 3'");
	if (c->compare == NULL && event && (c->span > 0 || c->scope != NULL))
		return fail(p, p->w.n - 1, "a number is missing, like '> 3'");
	return OK;
}

static enum err
check(struct parsing *p)
{
	struct brief_cond *c = p->ret;
	enum err err;

	if (c->noun == NULL)
		return fail(p, 0,
		    "nothing is named that could be watched, like 'failed logins', "
		    "'requests' or 'error rate'");
	err = check_number(p);
	if (err != OK)
		return err;
	if (c->values != NULL && (c->noun->measure != BRIEF_EVENT || c->compare == NULL))
		return fail(p, 0, "different values are counted of events, with a number");
	if (!unit_fits(p))
		return fail(p, 0, "the unit behind the number is not one of what is compared");
	if (c->noun->measure == BRIEF_RATIO && !p->has_unit)
		return fail(p, p->w.n - 1, "a share is written with a percent sign: 20%");
	return OK;
}

enum err
brief_cond_parse(struct str text, struct brief_cond *ret, struct diag *why)
{
	struct parsing p = { .ret = ret, .why = why };
	enum err err = brief_words_split(text, &p.w, why);

	*ret = (struct brief_cond){ 0 };
	while (err == OK && p.i < p.w.n)
		err = take(&p);
	return err == OK ? check(&p) : err;
}
