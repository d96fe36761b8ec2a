/* Known names of fields. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/taxonomy.h"

#include "conf/row.h"
#include "rec/field.h"

static const char *const names[] = {
#define NAME(name) name,
#include "detect/taxonomy.def"
#undef NAME
};

bool
taxonomy_known(struct str name)
{
	size_t low = 0, high = ARRAY_LEN(names);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int c = str_cmp(name, str_c(names[middle]));

		if (c == 0)
			return true;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

#define LENGTHS_APART 2

static void
add(struct buf *words, struct str word, struct str name)
{
	if (word.n == 0 || word.n > name.n + LENGTHS_APART || name.n > word.n + LENGTHS_APART)
		return;
	buf_byte(words, ' ');
	buf_str(words, word);
}

bool
taxonomy_near(struct str name, struct buf *to)
{
	auto_buf struct buf words = { 0 };
	struct str near;

	buf_init(&words, 0);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);
		struct str sigma = str_c(info->sigma);

		add(&words, str_c(info->native), name);
		add(&words, str_c(info->ecs), name);
		while (sigma.n > 0) {
			struct str word = str_until(&sigma, ' '), rest = word;
			struct str head = str_until(&rest, ':');

			add(&words, head.n < word.n ? rest : word, name);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		add(&words, str_c(names[i]), name);
	near = row_nearest_word(name, buf_view(&words));
	buf_str(to, near);
	return near.n > 0;
}
