/* Conditions of the second evaluator, by the grammar; included by plain.c alone. */
#ifndef TEST_PLAIN_COND_H
#define TEST_PLAIN_COND_H

struct words {
	const struct item *it;
	const struct ydoc *section;
	struct str rest, word;
};

static void
next_word(struct words *w)
{
	size_t n = 0;

	w->rest = str_trim(w->rest);
	while (n < w->rest.n && strchr(" ()", w->rest.p[n]) == NULL)
		n++;
	n = n == 0 && w->rest.n > 0 ? 1 : n;
	w->word = (struct str){ w->rest.p, n };
	w->rest = str_from(w->rest, n);
}

static bool
take_word(struct words *w, const char *word)
{
	if (!str_eq(w->word, str_c(word)))
		return false;
	next_word(w);
	return true;
}

static bool or_holds(struct words *w);

static bool
name_fits(struct str name, struct str pattern)
{
	if (str_eq(pattern, STR("them")))
		return name.p[0] != '_';
	if (name.p[0] == '_' && pattern.p[0] != '_')
		return false;
	return plain_like(pattern, PLAIN_CASED, name);
}

static bool
of_holds(struct words *w, bool all)
{
	bool yes = all;

	for (const struct ydoc *m = w->section->first; m != NULL; m = m->next) {
		if (str_eq(m->key->text, STR("condition")) || str_eq(m->key->text, STR("rules")) ||
		    !name_fits(m->key->text, w->word))
			continue;
		yes = all ? yes && selection_holds(*w->it, m) : yes || selection_holds(*w->it, m);
	}
	next_word(w);
	return yes;
}

static bool
term_holds(struct words *w)
{
	bool all = str_eq(w->word, STR("all")), yes = false;

	if (take_word(w, "not"))
		return !term_holds(w);
	if (take_word(w, "(")) {
		yes = or_holds(w);
		next_word(w);
		return yes;
	}
	if (str_starts(str_trim(w->rest), STR("of "))) {
		next_word(w);
		next_word(w);
		return of_holds(w, all);
	}
	for (const struct ydoc *m = w->section->first; m != NULL; m = m->next)
		if (str_eq(m->key->text, w->word))
			yes = selection_holds(*w->it, m);
	next_word(w);
	return yes;
}

static bool
and_holds(struct words *w)
{
	bool yes = term_holds(w);

	while (take_word(w, "and"))
		yes = term_holds(w) && yes;
	return yes;
}

static bool
or_holds(struct words *w)
{
	bool yes = and_holds(w);

	while (take_word(w, "or"))
		yes = and_holds(w) || yes;
	return yes;
}

static bool
condition_holds(const struct item *it, const struct ydoc *section, struct str text)
{
	struct words w = { .it = it, .section = section, .rest = text };

	next_word(&w);
	return or_holds(&w);
}

#endif
