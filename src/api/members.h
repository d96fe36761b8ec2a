/*
 * Members of a JSON object that may hold others: by a table, as api/body.h
 * does for flat ones.  What is not in the table, comes twice or is of another
 * type is refused by its name.
 */
#ifndef API_MEMBERS_H
#define API_MEMBERS_H

#include "api/api.h"
#include "base/jsonr.h"

enum members_type {
	MEMBERS_TEXT, /* struct str */
	MEMBERS_BOOL, /* bool */
	MEMBERS_INT,  /* int64_t */
	MEMBERS_LIST, /* const struct jsonr *: of texts */
	MEMBERS_MAP   /* const struct jsonr * */
};

struct members_row {
	const char *name;
	enum members_type type;
	void *to;    /* of that type; left alone when it is absent or null */
	bool *given; /* may be NULL; true also for null */
};

/* `where` goes before the names in messages: "filter.".  NULL for `map`: nothing to read. */
enum err members_read(const struct jsonr *map, const char *where, const struct members_row *rows,
    size_t n, struct diag *why) __attribute__((nonnull(2)));

/*
 * The body of a request, an object or nothing (*ret NULL); all of it lives as long as `a` and the
 * request.  False: it was answered with 400.
 */
bool members_body(struct http *r, struct arena *a, const struct jsonr **ret) NONNULL;

#endif
