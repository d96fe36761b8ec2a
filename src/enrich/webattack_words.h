/*
 * Small tables of lower-case words, found by hash: keywords of SQL, commands,
 * tags; and texts to look for within others.  A table is made once, before main(), and never
 * changes.
 */
#ifndef ENRICH_WEBATTACK_WORDS_H
#define ENRICH_WEBATTACK_WORDS_H

#include "base/str.h"

#define WEBATTACK_WORDS_SLOTS 1024U

struct webattack_words {
	struct {
		const char *p;
		uint8_t n, kind;
	} slots[WEBATTACK_WORDS_SLOTS];
	uint32_t count;
};

/* Adds each of the blank-separated words; kind is not 0.  Aborts when the table is half full. */
void webattack_words_add(struct webattack_words *t, uint8_t kind, const char *words) NONNULL;

/* Its kind, or 0. */
unsigned webattack_words_find(const struct webattack_words *t, struct str word) NONNULL;

/* Texts that say something wherever they stand; at least two bytes each. */
struct webattack_sign {
	struct str text;
	unsigned score;
};
struct webattack_signs {
	const struct webattack_sign *list;
	size_t n;
	uint64_t pairs[16]; /* which first two bytes there are, roughly */
};

/* `list` must outlive it. */
void webattack_words_signs(struct webattack_signs *to, const struct webattack_sign *list,
    size_t n) NONNULL;

/* The highest score of those that stand in `s`, or 0. */
unsigned webattack_words_best(const struct webattack_signs *signs, struct str s) NONNULL;

#endif
