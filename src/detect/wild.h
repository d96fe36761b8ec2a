/*
 * Text values of rules: literals with the wildcards "*" (any run, also empty
 * or with line ends) and "?" (one character).  "\" makes "*", "?" and "\"
 * literal and stands for itself before anything else.
 */
#ifndef DETECT_WILD_H
#define DETECT_WILD_H

#include "base/arena.h"
#include "base/str.h"

enum {
	WILD_CASED = 1,   /* upper and lower case differ */
	WILD_HEAD = 2,    /* something may stand before it: endswith, contains */
	WILD_TAIL = 4,    /* something may stand behind it: startswith, contains */
	WILD_LITERAL = 8, /* nothing is special in the value */
	/* "-" or "/" before a word and not behind one is any of - / and three longer dashes. */
	WILD_WINDASH = 16,
};

enum { WILD_ONE = 1, WILD_DASH = 2 };

/* What stands between two "*". */
struct wild_part {
	struct str text; /* in lower case unless cased; a byte of no meaning where `one` says so */
	const uint8_t *one; /* WILD_ONE where "?" stands, WILD_DASH for a dash; NULL: all 0 */
};

struct wild {
	struct wild_part *parts;
	size_t n;
	bool head, tail; /* begins, ends with "*" */
	bool cased;
	bool wide; /* caseless with characters beyond ASCII: compared one by one */
};

/* In the arena; never NULL. */
struct wild *wild_parse(struct str value, unsigned flags, struct arena *a) NONNULL;

bool wild_match(const struct wild *w, struct str text) __attribute__((nonnull(1)));

/*
 * Is `text` the same as `part`, or with WILD_HEAD, WILD_TAIL at its end, its start, within it?
 * `flags` also WILD_CASED; nothing is special in either.
 */
bool wild_compare(struct str text, struct str part, unsigned flags);

/* No wildcard at all: the text is w->parts[0].text ("" when there are no parts). */
bool wild_is_exact(const struct wild *w) NONNULL;

/*
 * The longest run of ASCII that every match contains but for case; "" when
 * there is none.  *ret_sure: to contain it is to match.
 */
struct str wild_literal(const struct wild *w, bool *ret_sure) NONNULL;

#endif
