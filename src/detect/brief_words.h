/* The vocabulary of short rules as tables, and texts as words. */
#ifndef DETECT_BRIEF_WORDS_H
#define DETECT_BRIEF_WORDS_H

#include "detect/brief_cond.h"

#define BRIEF_WORDS_MAX 64
#define BRIEF_WORD_SIZE 41

struct brief_word {
	char bytes[BRIEF_WORD_SIZE]; /* lower-case, terminated */
	struct str text;             /* the same; "=>" and its like are words too */
	uint32_t at;                 /* its place in the text */
	bool number;
	double value;
};

struct brief_words {
	struct brief_word word[BRIEF_WORDS_MAX];
	size_t n;
};

struct brief_unit {
	const char *words;
	enum brief_measure measure;
	double factor;
};

/* Blanks, '_' and '-' divide words, and so do numbers from what is behind them. */
enum err brief_words_split(struct str text, struct brief_words *ret, struct diag *why)
    __attribute__((nonnull(2)));

/* How many words from `at` on are the phrase, 0 when they are something else. */
size_t brief_words_at(const struct brief_words *w, size_t at, const char *phrase) NONNULL;

/* The longest phrase of a table that begins at `at`: its length in words, 0 when there is none. */
size_t brief_words_noun(const struct brief_words *w, size_t at,
    const struct brief_noun **ret) NONNULL;
size_t brief_words_compare(const struct brief_words *w, size_t at, const char **ret) NONNULL;
size_t brief_words_entity(const struct brief_words *w, size_t at, bool plural,
    const char **ret) NONNULL;
size_t brief_words_unit(const struct brief_words *w, size_t at,
    const struct brief_unit **ret) NONNULL;
const char *brief_words_time(struct str word); /* s, m, h, d; NULL when it is no time */

bool brief_words_known(struct str word); /* is it in the vocabulary? */
/* Appends some phrases with the word: "failed attempts, failed logins". */
void brief_words_phrases(struct str word, struct buf *to) __attribute__((nonnull(2)));

#endif
