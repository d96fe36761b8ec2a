/*
 * A YAML document as a tree of text with places.  Bounded in depth and size;
 * aliases are refused, so that a tree is never larger than its text.
 */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include "base/arena.h"
#include "base/err.h"

#define TREE_DEPTH_MAX 16
#define TREE_NODES_MAX 100000

enum tree_kind { TREE_NULL, TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree {
	enum tree_kind kind;
	bool quoted;     /* TEXT in quotes or as a block */
	struct str text; /* TEXT; of NULL what stands there: "", "~" or "null" */
	struct str key;  /* in a MAP */
	uint32_t line, column, key_line, key_column; /* from 1; columns count characters */
	struct tree *first, *next;                   /* members and items, in order */
	size_t n;
};

/* Everything lives in `a`.  FAIL_SYNTAX or FAIL_LIMIT with the place, without the file. */
enum err tree_read(struct str text, struct arena *a, struct tree **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));

/* The same, but a key that stands twice in a map is FAIL_SYNTAX: for readers that do not see to it
 * themselves. */
#define TREE_KEYS_MAX 2000 /* of a map */
enum err tree_read_once(struct str text, struct arena *a, struct tree **ret, struct diag *why)
    __attribute__((nonnull(2, 3)));

/* "text", "a list" ...: for messages. */
const char *tree_word(const struct tree *t) NONNULL;

#endif
