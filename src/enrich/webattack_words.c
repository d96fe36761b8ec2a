/* Words to kinds by open addressing; signs by their first two bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_words.h"

#include <stdlib.h>

static inline uint32_t
slot_of(const char *p, size_t n)
{
	uint32_t h = (uint32_t)n * 0x9e3779b1U;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x01000193U;
	return (h ^ h >> 15) % WEBATTACK_WORDS_SLOTS;
}

static void
add_one(struct webattack_words *t, uint8_t kind, struct str word)
{
	uint32_t at = slot_of(word.p, word.n);

	if (t->count >= WEBATTACK_WORDS_SLOTS / 2 || word.n > UINT8_MAX)
		abort();
	while (t->slots[at].n != 0) {
		if (t->slots[at].n == word.n && memcmp(t->slots[at].p, word.p, word.n) == 0)
			return;
		at = (at + 1) % WEBATTACK_WORDS_SLOTS;
	}
	t->slots[at].p = word.p;
	t->slots[at].n = (uint8_t)word.n;
	t->slots[at].kind = kind;
	t->count++;
}

void
webattack_words_add(struct webattack_words *t, uint8_t kind, const char *words)
{
	struct str rest = str_c(words);

	while (rest.n != 0) {
		struct str word = str_until(&rest, ' ');

		if (word.n != 0)
			add_one(t, kind, word);
	}
}

unsigned
webattack_words_find(const struct webattack_words *t, struct str word)
{
	uint32_t at = slot_of(word.p, word.n);

	if (word.n == 0 || word.n > UINT8_MAX)
		return 0;
	for (; t->slots[at].n != 0; at = (at + 1) % WEBATTACK_WORDS_SLOTS)
		if (t->slots[at].n == word.n && memcmp(t->slots[at].p, word.p, word.n) == 0)
			return t->slots[at].kind;
	return 0;
}

static inline unsigned
pair(const char *p)
{
	return ((unsigned char)p[0] * 33U + (unsigned char)p[1]) % 1024;
}

void
webattack_words_signs(struct webattack_signs *to, const struct webattack_sign *list, size_t n)
{
	to->list = list;
	to->n = n;
	for (size_t i = 0; i < n; i++) {
		unsigned bit = pair(list[i].text.p);

		to->pairs[bit / 64] |= (uint64_t)1 << (bit % 64);
	}
}

unsigned
webattack_words_best(const struct webattack_signs *signs, struct str s)
{
	unsigned best = 0;

	for (size_t i = 0; i + 1 < s.n; i++) {
		unsigned bit = pair(s.p + i);

		if (((signs->pairs[bit / 64] >> (bit % 64)) & 1) == 0)
			continue;
		for (size_t k = 0; k < signs->n; k++) {
			const struct webattack_sign *sign = &signs->list[k];

			if (sign->text.p[0] == s.p[i] && sign->text.p[1] == s.p[i + 1] &&
			    sign->score > best && str_starts(str_from(s, i), sign->text))
				best = sign->score;
		}
	}
	return best;
}
