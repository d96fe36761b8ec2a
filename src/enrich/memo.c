/* A set-associative table of texts; a set remembers the last text that it did not take. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/memo.h"

#include <stdlib.h>

#include "base/mem.h"
#include "enrich/mix.h"

#define SETS (MEMO_SIZE / MEMO_WAYS)
#define ALIGN 16U

struct text {
	uint32_t tag; /* bits of its hash; 0: empty */
	uint16_t n;
	char p[MEMO_TEXT_MAX];
};

struct memo {
	size_t size;
	uint32_t turn;
	uint32_t once[SETS][MEMO_WAYS]; /* tags of texts that came and were not taken */
	struct text texts[MEMO_SIZE];
	unsigned char *values;
};

struct memo *
memo_new(size_t size)
{
	struct memo *m = MEM_NEW(struct memo);

	m->size = (size + ALIGN - 1) / ALIGN * ALIGN;
	m->values = mem_zalloc(MEMO_SIZE * m->size);
	return m;
}

void
memo_free(struct memo *m)
{
	if (m == NULL)
		return;
	free(m->values);
	free(m);
}

/* Was a text with this tag turned away lately?  If not, this one is, and noted. */
static bool
came_before(struct memo *m, size_t set, uint32_t tag)
{
	for (unsigned i = 0; i < MEMO_WAYS; i++)
		if (m->once[set][i] == tag)
			return true;
	m->once[set][m->turn++ % MEMO_WAYS] = tag;
	return false;
}

void *
memo_get(struct memo *m, struct str text, bool *ret_new)
{
	uint64_t h;
	uint32_t tag;
	size_t set, at;
	struct text *t;

	*ret_new = false;
	if (text.n == 0 || text.n > MEMO_TEXT_MAX)
		return NULL;
	h = mix_str(text);
	tag = (uint32_t)(h >> 32) | 1;
	set = h % SETS;
	for (unsigned i = 0; i < MEMO_WAYS; i++) {
		at = set * MEMO_WAYS + i;
		t = &m->texts[at];
		if (t->tag == tag && t->n == text.n && memcmp(t->p, text.p, text.n) == 0)
			return m->values + at * m->size;
	}
	if (!came_before(m, set, tag))
		return NULL;
	at = set * MEMO_WAYS + m->turn++ % MEMO_WAYS;
	t = &m->texts[at];
	t->tag = tag;
	t->n = (uint16_t)text.n;
	memcpy(t->p, text.p, text.n);
	memset(m->values + at * m->size, 0, m->size);
	*ret_new = true;
	return m->values + at * m->size;
}
