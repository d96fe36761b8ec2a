/* The key of a text atom: what stands at an end of every match, or the longest run in it. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_find.c */
#include "detect/find.h"

#include "base/utf8.h"
#include "detect/fold.h"
#include "detect/pool.h"

/* Is the character at the front of `s`, n bytes, the same bytes in every match but for ASCII case?
 */
static bool
is_fixed(const struct wild *w, struct str s, size_t *ret_n)
{
	uint32_t c;

	*ret_n = utf8_next(s, &c);
	return c < 0x80 || w->cased || (c != 0xfffd && fold_other(c) == c);
}

/* The longest run of such characters in the part. */
static struct str
run_of(const struct wild *w, const struct wild_part *p)
{
	struct str best = { p->text.p, 0 };
	size_t n, start = 0;

	for (size_t at = 0; at < p->text.n; at += n) {
		if (is_fixed(w, str_from(p->text, at), &n) && (p->one == NULL || p->one[at] == 0)) {
			if (at + n - start > best.n)
				best = (struct str){ p->text.p + start, at + n - start };
		} else {
			start = at + n;
		}
	}
	return best;
}

static struct str
longest_run(const struct wild *w)
{
	struct str best = STR("");

	for (size_t i = 0; i < w->n; i++) {
		struct str run = run_of(w, &w->parts[i]);

		if (run.n > best.n)
			best = run;
	}
	return best;
}

static struct str
encode(uint32_t c, struct arena *arena)
{
	auto_buf struct buf b = { 0 };

	buf_init(&b, 8);
	utf8_put(c, &b);
	return pool_str(arena, buf_view(&b));
}

/* Without a run: a letter beyond ASCII, and what it is in upper case. */
static void
find_letter(struct atom *a, const struct wild_part *p, struct arena *arena)
{
	uint32_t c;
	size_t n;

	for (size_t at = 0; at < p->text.n; at += n) {
		n = utf8_next(str_from(p->text, at), &c);
		if (c < 0x80 || fold_other(c) == c || (p->one != NULL && p->one[at] != 0))
			continue;
		a->find = FIND_LITERAL;
		a->key = encode(c, arena);
		a->other = encode(fold_other(c), arena);
		a->sure = a->wild->n == 1 && a->wild->head && a->wild->tail && n == p->text.n;
		return;
	}
}

static struct str
in_lower_case(struct str s, struct arena *arena)
{
	struct str lower = pool_str(arena, s);

	for (char *p = (char *)(uintptr_t)lower.p; p < lower.p + lower.n; p++)
		*p = (char)fold_ascii((unsigned char)*p);
	return lower;
}

void
find_text(struct atom *a, struct arena *arena)
{
	const struct wild *w = a->wild;
	bool whole;

	a->key = longest_run(w);
	whole = w->n == 0 ? !w->head && !w->tail : w->n == 1 && a->key.n == w->parts[0].text.n;
	a->sure = whole && !w->cased;
	if (!whole)
		a->find = a->key.n > 0 ? FIND_LITERAL : FIND_NONE;
	else if (w->head)
		a->find = w->tail ? FIND_LITERAL : FIND_TAIL;
	else
		a->find = w->tail ? FIND_HEAD : FIND_EXACT;
	if (w->cased)
		a->key = in_lower_case(a->key, arena);
	for (size_t i = 0; i < w->n && (a->find == FIND_NONE || !find_is_rare(a)); i++)
		find_letter(a, &w->parts[i], arena);
}

bool
find_is_rare(const struct atom *a)
{
	if (a->find != FIND_LITERAL)
		return a->find != FIND_REGEX;
	return a->key.n >= ATOM_LITERAL_MIN || !fold_is_ascii(a->key);
}
