/* From what a sender calls a field to the field: native names, ECS names, rec/sent.def. */
#ifndef PARSE_NAMES_H
#define PARSE_NAMES_H

#include "rec/sent.h"

/* The stronger name of a field wins, in whatever order they come. */
enum names_strength {
	NAMES_INNER = 1, /* inside `metadata` and its like */
	NAMES_ALIAS,
	NAMES_OWN
};

struct names_row {
	uint64_t hash;
	struct str path; /* folded */
	enum field field;
	enum sent_how how;
	enum names_strength strength;
	const struct names_row *next; /* the same path, another field */
};

#define NAMES_FOLD_MAX 192 /* longer paths are nobody's */

struct names;

struct names *names_new(void) RETURNS_NONNULL;
void names_free(struct names *n); /* NULL is fine */

/*
 * Appends `name` to a path of n bytes in `to` (NAMES_FOLD_MAX + 8), without
 * case, '_' and '-'.  Its new length; NAMES_FOLD_MAX + 1 when it is too long.
 */
size_t names_fold(const struct names *names, char *to, size_t n, struct str name) NONNULL;

/* The first row of a folded path, or NULL. */
const struct names_row *names_find(const struct names *names, const char *folded, size_t n) NONNULL;

#endif
