/*
 * Small JSON bodies: one object whose members stand in a table.  Whatever is
 * not in it, comes twice, or is of another type, is answered with 400 that names it.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "api/api.h"

#define BODY_TEXTS_MAX 50

enum body_type {
	BODY_TEXT, /* struct str */
	BODY_BOOL, /* bool */
	BODY_INT,  /* int64_t */
	BODY_TEXTS /* struct body_texts */
};

struct body_texts {
	size_t n;
	struct str p[BODY_TEXTS_MAX];
};

struct body_field {
	const char *name;
	enum body_type type;
	bool required;
	void *to;    /* of that type; left alone when the member is not there, or null */
	bool *given; /* may be NULL */
};

/*
 * False: it was answered.  Text is borrowed until the next body is read.  No body at
 * all is an object without members.
 */
bool body_read(struct api *a, struct http *r, const struct body_field *fields, size_t n)
    __attribute__((nonnull(1, 2)));

#endif
