/* From what a sender calls a field to the field: native names, ECS names, rec/sent.def. */
#ifndef PARSE_NAMES_H
#define PARSE_NAMES_H

#include "rec/field.h"

/* How a value becomes the field. */
enum names_how {
	NAMES_PLAIN,   /* by the type of the field */
	NAMES_WORD,    /* text only */
	NAMES_PATH,    /* endpoint, or url when it has a query or a host */
	NAMES_REQUEST, /* "GET /path HTTP/1.1" */
	NAMES_SECONDS, /* to milliseconds */
	NAMES_NS,      /* to milliseconds */
	NAMES_OURS     /* set by us alone: kept as unknown field "sent.NAME" */
};

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
	enum names_how how;
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
