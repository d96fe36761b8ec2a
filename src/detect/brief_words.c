/* Tables of the vocabulary of short rules, from brief.def. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: brief_words_ brief_cond_ */
/* tested by: test/unit/detect/test_brief_cond.c */
#include "detect/brief_words.h"

#define NEAREST 4

#define NOUN(id, measure, source, selection, fields, about) N_##id,
#define WORDS(noun, phrase)
#define ENTITY(word, plural, fields)
#define COMPARE(word, key)
#define TIME(word, unit)
#define UNIT(words, measure, factor)
#define THRESHOLD(name, before, after, level)
enum noun_id {
#include "detect/brief.def"
};
#undef NOUN

static const struct brief_noun nouns[] = {
#define NOUN(id, measure, source, selection, fields, about)                                        \
	{ #id, BRIEF_##measure, source, selection, fields, about },
#include "detect/brief.def"
#undef NOUN
};
#define NOUN(id, measure, source, selection, fields, about)

static const struct phrase {
	enum noun_id noun;
	const char *words;
} phrases[] = {
#undef WORDS
#define WORDS(noun, phrase) { N_##noun, phrase },
#include "detect/brief.def"
#undef WORDS
#define WORDS(noun, phrase)
};

static const struct entity {
	const char *word, *plural, *fields;
} entities[] = {
#undef ENTITY
#define ENTITY(word, plural, fields) { word, plural, fields },
#include "detect/brief.def"
#undef ENTITY
#define ENTITY(word, plural, fields)
};

static const struct compare {
	const char *word, *key;
} compares[] = {
#undef COMPARE
#define COMPARE(word, key) { word, key },
#include "detect/brief.def"
#undef COMPARE
#define COMPARE(word, key)
};

static const struct time_word {
	const char *word, *unit;
} times[] = {
#undef TIME
#define TIME(word, unit) { word, unit },
#include "detect/brief.def"
#undef TIME
#define TIME(word, unit)
};

static const struct brief_unit units[] = {
#undef UNIT
#define UNIT(words, measure, factor) { words, BRIEF_##measure, factor },
#include "detect/brief.def"
#undef UNIT
#define UNIT(words, measure, factor)
};

static const struct brief_threshold thresholds[] = {
#undef THRESHOLD
#define THRESHOLD(name, before, after, level) { name, before, after, level },
#include "detect/brief.def"
};

/* Words that join the others. */
static const char *const joints[] = { "in", "within", "for", "over", "per", "every", "during",
	"from", "by", "of", "on", "to", "the", "same", "one", "single", "each", "last", "any",
	"different", "distinct", "unique" };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
divides(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '_' || c == '-';
}

/* Digits with "," between thousands and one "."; how many bytes. */
static size_t
read_number(struct str s, struct brief_word *w)
{
	char digits[BRIEF_WORD_SIZE];
	size_t i = 0, n = 0;

	for (; i < s.n && n + 1 < sizeof(digits); i++) {
		bool inside = i + 1 < s.n && is_digit(s.p[i + 1]);

		if (is_digit(s.p[i]) || (s.p[i] == '.' && inside))
			digits[n++] = s.p[i];
		else if (s.p[i] != ',' || !inside)
			break;
	}
	w->number = str_f64((struct str){ digits, n }, &w->value);
	return i;
}

/* One word off the front of `s`: bytes it takes, 0 when no word begins so. */
static size_t
read_word(struct str s, struct brief_word *w)
{
	static const char *const signs[] = { ">=", "<=", "==", "\xe2\x89\xa5", "\xe2\x89\xa4", ">",
		"<", "=", "%", "+" };
	static const char *const means[] = { ">=", "<=", "==", ">=", "<=", ">", "<", "=", "%",
		"+" };
	size_t n = 0;

	if (is_digit(s.p[0])) {
		n = read_number(s, w);
		(void)str_to_c((struct str){ s.p, n }, w->bytes, sizeof(w->bytes));
		return w->number ? n : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (!str_starts(s, str_c(signs[i])))
			continue;
		(void)str_to_c(str_c(means[i]), w->bytes, sizeof(w->bytes));
		return strlen(signs[i]);
	}
	if (s.p[0] == '/') {
		(void)str_to_c(STR("per"), w->bytes, sizeof(w->bytes));
		return 1;
	}
	for (; n < s.n && n + 1 < sizeof(w->bytes) && is_letter(s.p[n]); n++)
		w->bytes[n] = lower(s.p[n]);
	return n;
}

enum err
brief_words_split(struct str text, struct brief_words *ret, struct diag *why)
{
	*ret = (struct brief_words){ .n = 0 };
	if (text.n > BRIEF_COND_MAX)
		return err_set(why, FAIL_SYNTAX, "the condition is longer than %d bytes",
		    BRIEF_COND_MAX);
	for (size_t i = 0; i < text.n;) {
		struct brief_word *w = &ret->word[ret->n];
		size_t n;

		if (divides(text.p[i])) {
			i++;
			continue;
		}
		if (ret->n == BRIEF_WORDS_MAX - 1)
			return err_set(why, FAIL_SYNTAX, "the condition has more than %d words",
			    BRIEF_WORDS_MAX - 1);
		w->at = (uint32_t)i;
		n = read_word(str_from(text, i), w);
		if (n == 0) {
			(void)err_set(why, FAIL_SYNTAX,
			    "a condition is made of words, numbers and comparisons like >=");
			return err_at(why, FAIL_SYNTAX, NULL, 1, w->at + 1);
		}
		w->text = str_c(w->bytes);
		ret->n++;
		i += n;
	}
	return ret->n > 0 ? OK : err_set(why, FAIL_SYNTAX, "the condition is empty");
}

size_t
brief_words_at(const struct brief_words *w, size_t at, const char *phrase)
{
	struct str rest = str_c(phrase);
	size_t n = 0;

	while (rest.n > 0) {
		struct str word = str_until(&rest, ' ');

		if (at + n >= w->n || !str_eq(word, w->word[at + n].text))
			return 0;
		n++;
	}
	return n;
}

size_t
brief_words_noun(const struct brief_words *w, size_t at, const struct brief_noun **ret)
{
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		size_t n = brief_words_at(w, at, phrases[i].words);

		if (n <= best)
			continue;
		best = n;
		*ret = &nouns[phrases[i].noun];
	}
	return best;
}

size_t
brief_words_compare(const struct brief_words *w, size_t at, const char **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(compares); i++) {
		size_t n = brief_words_at(w, at, compares[i].word);

		if (n == 0)
			continue;
		*ret = compares[i].key;
		return n;
	}
	return 0;
}

size_t
brief_words_entity(const struct brief_words *w, size_t at, bool plural, const char **ret)
{
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
		const struct entity *e = &entities[i];
		size_t n = brief_words_at(w, at, plural ? e->plural : e->word);

		if (n <= best)
			continue;
		best = n;
		*ret = e->fields;
	}
	return best;
}

size_t
brief_words_unit(const struct brief_words *w, size_t at, const struct brief_unit **ret)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t n = brief_words_at(w, at, units[i].words);

		if (n == 0)
			continue;
		*ret = &units[i];
		return n;
	}
	return 0;
}

const char *
brief_words_time(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (str_eq(word, str_c(times[i].word)))
			return times[i].unit;
	return NULL;
}

void
brief_cond_fold(struct str name, struct buf *to)
{
	bool word = false;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool hump =
		    i > 0 && c >= 'A' && c <= 'Z' && name.p[i - 1] >= 'a' && name.p[i - 1] <= 'z';

		if ((divides(c) || hump) && word)
			buf_byte(to, ' ');
		word = !divides(c);
		if (word)
			buf_byte(to, lower(c));
	}
	while (to->n > 0 && to->p[to->n - 1] == ' ')
		to->n--;
}

const struct brief_threshold *
brief_cond_threshold(struct str name)
{
	const struct brief_threshold *t = NULL;
	struct buf folded;

	buf_init(&folded, 0);
	brief_cond_fold(name, &folded);
	for (size_t i = 0; i < ARRAY_LEN(thresholds) && t == NULL; i++)
		if (str_eq(buf_view(&folded), str_c(thresholds[i].name)))
			t = &thresholds[i];
	buf_fini(&folded);
	return t;
}

/* Steps of one letter (added, left out, changed) from one word to the other. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned row[BRIEF_WORD_SIZE + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned change = diagonal + (a.p[i - 1] != b.p[j - 1]);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			row[j] = change < row[j] ? change : row[j];
		}
	}
	return row[b.n];
}

struct near {
	struct str word;
	unsigned distance;
};

static void
consider(struct near best[NEAREST], struct str to, const char *words)
{
	struct str rest = str_c(words);

	while (rest.n > 0) {
		struct near n = { str_until(&rest, ' '), 0 };

		if (n.word.n < 2 || n.word.n >= BRIEF_WORD_SIZE)
			continue;
		n.distance = distance(to, n.word);
		for (size_t i = 0; i < NEAREST; i++) {
			struct near was = best[i];

			if (str_eq(was.word, n.word))
				break;
			if (was.word.n > 0 && was.distance <= n.distance)
				continue;
			best[i] = n;
			n = was;
		}
	}
}

static void
find_nearest(struct str word, struct near best[NEAREST])
{
	if (word.n >= BRIEF_WORD_SIZE)
		word.n = BRIEF_WORD_SIZE - 1;
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		consider(best, word, phrases[i].words);
	for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
		consider(best, word, entities[i].word);
		consider(best, word, entities[i].plural);
	}
	for (size_t i = 0; i < ARRAY_LEN(compares); i++)
		consider(best, word, compares[i].word);
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		consider(best, word, times[i].word);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		consider(best, word, units[i].words);
	for (size_t i = 0; i < ARRAY_LEN(joints); i++)
		consider(best, word, joints[i]);
}

bool
brief_words_known(struct str word)
{
	struct near best[NEAREST] = { { { NULL, 0 }, 0 } };

	find_nearest(word, best);
	return best[0].distance == 0 || word.n < 2;
}

void
brief_cond_nearest(struct str word, struct buf *to)
{
	struct near best[NEAREST] = { { { NULL, 0 }, 0 } };

	find_nearest(word, best);
	for (size_t i = 0; i < NEAREST && best[i].word.n > 0; i++)
		buf_printf(to, "%s%.*s", i > 0 ? ", " : "", STR_ARG(best[i].word));
}

static bool
has_word(const char *words, struct str word)
{
	struct str rest = str_c(words);

	while (rest.n > 0)
		if (str_eq(str_until(&rest, ' '), word))
			return true;
	return false;
}

void
brief_words_phrases(struct str word, struct buf *to)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(phrases) && n < NEAREST; i++)
		if (has_word(phrases[i].words, word))
			buf_printf(to, "%s%s", n++ > 0 ? ", " : "", phrases[i].words);
	if (n == 0)
		buf_str(to, STR("times like 'in 10 minutes' and scopes like 'per user'"));
}

static void
put_phrases(enum noun_id noun, struct buf *to)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		if (phrases[i].noun != noun)
			continue;
		buf_printf(to, "%s`%s`", any ? ", " : "", phrases[i].words);
		any = true;
	}
}

void
brief_cond_tables(struct buf *to)
{
	static const char *const kinds[] = { "events", "share", "sum", "one event", "sustained",
		"deviation", "travel", "at one time", "score" };

	buf_str(to, STR("| words | kind | what it is |\n|---|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(nouns); i++) {
		buf_str(to, STR("| "));
		put_phrases((enum noun_id)i, to);
		buf_printf(to, " | %s | %s |\n", kinds[nouns[i].measure], nouns[i].about);
	}
	buf_str(to, STR("\n| scope | several of them | fields |\n|---|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(entities); i++)
		buf_printf(to, "| `per %s` | `different %s` | %s |\n", entities[i].word,
		    entities[i].plural, entities[i].fields);
	buf_str(to, STR("\n| comparison | means |\n|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(compares); i++)
		buf_printf(to, "| `%s` | %s |\n", compares[i].word, compares[i].key);
	buf_str(to, STR("\n| time | unit |\n|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		buf_printf(to, "| `%s` | %s |\n", times[i].word, times[i].unit);
	buf_str(to, STR("\n| unit of the number | times |\n|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		buf_printf(to, "| `%s` | %.0f |\n", units[i].words, units[i].factor);
	buf_str(to, STR("\n| threshold | condition | severity |\n|---|---|---|\n"));
	for (size_t i = 0; i < ARRAY_LEN(thresholds); i++)
		buf_printf(to, "| `%s: N` | `%s N%s%s` | %s |\n", thresholds[i].name,
		    thresholds[i].before, thresholds[i].after[0] != '\0' ? " " : "",
		    thresholds[i].after, thresholds[i].level);
}
