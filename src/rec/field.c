/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of fields as tables. */
#include "rec/field.h"

#include "rec/sent.h"

#define COLUMN_SIZE 32
#define SLOTS 1024U /* for three names of each field: a power of two, mostly empty */

/* The native names first; what runs before main() turns the dots. */
static char columns[FIELD_COUNT][COLUMN_SIZE] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) native,
#include "rec/fields.def"
#undef FIELD
};

static const struct field_info infos[FIELD_COUNT] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc)                                         \
	{ native, ecs, sigma, columns[F_##id], sql, doc, FIELD_##type, tag },
#include "rec/fields.def"
#undef FIELD
};

/* field + 1 */
static const uint8_t by_tag[256] = {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) [tag] = F_##id + 1,
#include "rec/fields.def"
#undef FIELD
};

static struct {
	struct str name;
	enum field field;
} slots[SLOTS];

static inline unsigned
slot_of(struct str name)
{
	uint32_t h = (uint32_t)name.n * 0x9e3779b1U;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x01000193U;
	return (h ^ h >> 15) % SLOTS;
}

static void
add_name(struct str name, enum field f)
{
	unsigned at = slot_of(name);

	while (slots[at].name.n != 0) {
		if (str_eq(slots[at].name, name))
			return;
		at = (at + 1) % SLOTS;
	}
	slots[at].name = name;
	slots[at].field = f;
}

/* Before main(), so that lookups need no lock. */
__attribute__((constructor)) static void
build(void)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		for (char *p = columns[f]; *p != '\0'; p++)
			if (*p == '.')
				*p = '_';
	/* Native names win over ECS names, those over columns. */
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		add_name(str_c(infos[f].native), (enum field)f);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		add_name(str_c(infos[f].ecs), (enum field)f);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		add_name(str_c(infos[f].column), (enum field)f);
}

const struct field_info *
field_info(enum field f)
{
	return &infos[f];
}

enum field
field_find(struct str name)
{
	if (name.n == 0 || name.n > 64)
		return FIELD_NONE;
	for (unsigned at = slot_of(name); slots[at].name.n != 0; at = (at + 1) % SLOTS)
		if (str_eq(slots[at].name, name))
			return slots[at].field;
	return FIELD_NONE;
}

/* The field one of whose Sigma words is "category:name", or "name" when there is no category. */
static enum field
find_word(struct str category, struct str name)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct str words = str_c(infos[f].sigma);

		while (words.n != 0) {
			struct str word = str_until(&words, ' ');
			struct str head = str_until(&(struct str){ word.p, word.n }, ':');
			bool scoped = head.n != word.n;
			struct str bare = scoped ? str_from(word, head.n + 1) : word;

			if (str_eq(bare, name) &&
			    (scoped ? str_eq(head, category) : category.n == 0))
				return (enum field)f;
		}
	}
	return FIELD_NONE;
}

enum field
field_find_sigma(struct str name, struct str category)
{
	enum field f = FIELD_NONE;

	if (category.n != 0)
		f = find_word(category, name);
	if (f == FIELD_NONE)
		f = find_word((struct str){ NULL, 0 }, name);
	if (f == FIELD_NONE)
		f = field_find(name);
	return f != FIELD_NONE ? f : sent_field(name);
}

enum field
field_by_tag(unsigned tag)
{
	return tag < ARRAY_LEN(by_tag) && by_tag[tag] != 0 ? (enum field)(by_tag[tag] - 1)
							   : FIELD_NONE;
}
