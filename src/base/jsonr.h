/*
 * JSON reader for short texts of our own making (settings, messages between
 * our processes): a tree in an arena.  Strict RFC 8259, at most
 * JSONR_DEPTH_MAX levels.  What arrives from outside in bulk is parse/json.h's.
 *
 *   jsonr_parse(a, text, &top, why); jsonr_text(top, "name", STR(""));
 */
#ifndef BASE_JSONR_H
#define BASE_JSONR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define JSONR_DEPTH_MAX 32

enum jsonr_type {
	JSONR_NULL,
	JSONR_BOOL,
	JSONR_INT,
	JSONR_REAL,
	JSONR_TEXT,
	JSONR_LIST,
	JSONR_MAP
};

struct jsonr {
	enum jsonr_type type;
	bool b;
	int64_t i;      /* of JSONR_INT; an integer beyond it is a JSONR_REAL */
	double f;       /* of JSONR_REAL and JSONR_INT */
	struct str s;   /* JSONR_TEXT, unescaped: any bytes that are UTF-8, NUL among them */
	struct str key; /* in a map */
	struct str raw; /* the text it was read from, borrowed */
	const struct jsonr *first, *next; /* first inside; next beside */
	size_t n;                         /* how many are inside */
};

/*
 * The whole of `text` is one value.  It lives as long as the arena and the
 * text.  FAIL_SYNTAX with the column, FAIL_LIMIT: too deep, or the arena is full.
 */
enum err jsonr_parse(struct arena *a, struct str text, const struct jsonr **ret, struct diag *why)
    __attribute__((nonnull(1, 3)));

/* The member of a map (the first of that name), or NULL; also when `map` is NULL or no map. */
const struct jsonr *jsonr_get(const struct jsonr *map, const char *key) __attribute__((nonnull(2)));

/* The member's value when it is there and of that type, else `otherwise`. */
struct str jsonr_text(const struct jsonr *map, const char *key, struct str otherwise)
    __attribute__((nonnull(2)));
int64_t jsonr_int(const struct jsonr *map, const char *key, int64_t otherwise)
    __attribute__((nonnull(2)));
bool jsonr_bool(const struct jsonr *map, const char *key, bool otherwise)
    __attribute__((nonnull(2)));

#endif
