/* The table of names as a hash table, built once per parser. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_native.c */
#include "parse/names.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rec/sent.h"

#define SLOTS 1024
#define OWN_MAX ((size_t)FIELD_COUNT * 2)

#define ALIASES_MAX 200
_Static_assert(OWN_MAX + ALIASES_MAX < SLOTS / 2, "the table of names is too full");

struct names {
	unsigned char fold[256]; /* 0: leave out */
	struct names_row *slots[SLOTS];
	struct names_row rows[OWN_MAX + ALIASES_MAX];
	char text[OWN_MAX + ALIASES_MAX][64];
	size_t n;
};

/* `p` is readable 8 bytes past n, and zero there. */
static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = n * 0x9e3779b97f4a7c15U, word;

	for (size_t i = 0; i < n; i += 8) {
		memcpy(&word, p + i, sizeof(word));
		h = (h ^ word) * 0x9fb21c651e98df25U;
		h ^= h >> 29;
	}
	return h;
}

size_t
names_fold(const struct names *names, char *to, size_t n, struct str name)
{
	if (n + name.n > NAMES_FOLD_MAX)
		return NAMES_FOLD_MAX + 1;
	for (size_t i = 0; i < name.n; i++) {
		to[n] = (char)names->fold[(unsigned char)name.p[i]];
		n += to[n] != 0;
	}
	memset(to + n, 0, 8);
	return n;
}

const struct names_row *
names_find(const struct names *names, const char *folded, size_t n)
{
	uint64_t h = hash(folded, n);
	size_t i = (size_t)(h >> 32) % SLOTS;

	for (; names->slots[i] != NULL; i = (i + 1) % SLOTS) {
		const struct names_row *row = names->slots[i];

		if (row->hash == h && row->path.n == n && memcmp(row->path.p, folded, n) == 0)
			return row;
	}
	return NULL;
}

static enum sent_how
how_of(enum field f, bool is_ecs)
{
	if (sent_is_ours(f))
		return SENT_OURS;
	if (f == F_DURATION_MS && is_ecs)
		return SENT_NS;
	return f == F_ENDPOINT && !is_ecs ? SENT_PATH : SENT_PLAIN;
}

static void
add(struct names *names, const char *path, enum field f, enum sent_how how,
    enum names_strength strength)
{
	struct names_row *row = &names->rows[names->n], *last;
	char folded[NAMES_FOLD_MAX + 8];
	size_t n = names_fold(names, folded, 0, str_c(path)), i;

	if (n == 0 || n > sizeof(names->text[0]))
		return;
	assert(names->n < ARRAY_LEN(names->rows));
	memcpy(names->text[names->n], folded, n);
	*row = (struct names_row){ .hash = hash(folded, n),
		.path = { names->text[names->n], n },
		.field = f,
		.how = how,
		.strength = strength };
	names->n++;
	for (i = (size_t)(row->hash >> 32) % SLOTS; (last = names->slots[i]) != NULL;
	     i = (i + 1) % SLOTS) {
		if (!str_eq(last->path, row->path))
			continue;
		while (last->next != NULL)
			last = (struct names_row *)(uintptr_t)last->next;
		last->next = row;
		return;
	}
	names->slots[i] = row;
}

struct names *
names_new(void)
{
	struct names *names = MEM_NEW(struct names);
	const struct sent_alias *alias;

	for (unsigned c = 0; c < 256; c++)
		names->fold[c] = (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	names->fold['_'] = 0;
	names->fold['-'] = 0;
	/* Aliases first: `status` is a number before it is a word. */
	for (size_t i = 0; (alias = sent_alias_at(i)) != NULL; i++)
		add(names, alias->path, alias->field, alias->how, NAMES_ALIAS);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);

		add(names, info->native, (enum field)f, how_of((enum field)f, false), NAMES_OWN);
		add(names, info->ecs, (enum field)f, how_of((enum field)f, true), NAMES_OWN);
	}
	return names;
}

void
names_free(struct names *names)
{
	free(names);
}
