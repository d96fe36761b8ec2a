/* Which field a value becomes that a sender calls so: names of fields without case, '_' and '-',
 * and those of rec/sent.def. */
#ifndef REC_SENT_H
#define REC_SENT_H

#include "rec/field.h"

/* How a value becomes the field. */
enum sent_how {
	SENT_PLAIN,   /* by the type of the field */
	SENT_WORD,    /* text only */
	SENT_PATH,    /* endpoint, or url when it has a query or a host */
	SENT_REQUEST, /* "GET /path HTTP/1.1" */
	SENT_SECONDS, /* to milliseconds */
	SENT_NS,      /* to milliseconds */
	SENT_OURS     /* set by us alone: kept as unknown field "sent.NAME" */
};

/* What is in rec/sent.def, in its order. */
struct sent_alias {
	const char *path;
	enum field field;
	enum sent_how how;
};
/* NULL behind the last one. */
const struct sent_alias *sent_alias_at(size_t i);

/* Objects that stand around what an event says: "metadata.ip" is "ip". */
#define SENT_WRAPPERS 5
extern const struct str sent_wrappers[SENT_WRAPPERS];

/* Set by us alone; what a sender calls so is kept beside it. */
bool sent_is_ours(enum field f);

/*
 * The first field that a value of this name may become; FIELD_NONE: it is kept under its name.
 * `name` may have dots and a wrapper before it.
 */
enum field sent_field(struct str name);

/*
 * The field that takes a value of this name when the field that is called so does not: "status" of
 * 404 is status_code.  FIELD_NONE: none.
 */
enum field sent_else(struct str name);

#endif
