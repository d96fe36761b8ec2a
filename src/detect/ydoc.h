/*
 * A YAML document as a tree with places.  What a rule has no use for is
 * refused: aliases, tags, keys that are not scalars, keys given twice.
 */
#ifndef DETECT_YDOC_H
#define DETECT_YDOC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define YDOC_DEPTH_MAX 32

enum ydoc_kind { YDOC_SCALAR, YDOC_LIST, YDOC_MAP };

/* What a plain scalar is by the core schema of YAML 1.2; quoted ones are text. */
enum ydoc_type { YDOC_TEXT, YDOC_NULL, YDOC_BOOL, YDOC_INT, YDOC_FLOAT };

struct ydoc {
	enum ydoc_kind kind;
	enum ydoc_type type;    /* of a scalar */
	struct str text;        /* of a scalar, terminated */
	uint32_t line, column;  /* 1-based */
	size_t n;               /* members of a list or map */
	const struct ydoc *key; /* of a member of a map */
	struct ydoc *next;      /* next member */
	struct ydoc *first, *last;
};

/*
 * One document.  `first_line` is the number of its first line in the file.
 * *ret is NULL when it holds nothing.  Lives as long as the arena.
 */
enum err ydoc_parse(struct str text, uint32_t first_line, struct arena *a, struct ydoc **ret,
    struct diag *why) __attribute__((nonnull(3, 4)));

/*
 * Splits off the next document of a stream at "---"; false at its end.  So a
 * broken document does not hide those behind it.  *line counts on.
 */
bool ydoc_split(struct str *stream, uint32_t *line, struct str *ret, uint32_t *ret_line) NONNULL;

/* The whole number a scalar is, or its text is: also 0x1f and 0o17. */
bool ydoc_int(const struct ydoc *v, int64_t *ret) NONNULL;

/* Member of a map, NULL when it is absent or `map` is no map (or NULL). */
const struct ydoc *ydoc_get(const struct ydoc *map, const char *key);

#endif
