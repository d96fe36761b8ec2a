/*
 * Small tables of lower-case words, found by hash: keywords of SQL, commands,
 * tags.  A table is made once, before main(), and never changes.
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

#endif
