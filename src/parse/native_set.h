/* A JSON value into a field of the record, if it fits there. */
#ifndef PARSE_NATIVE_SET_H
#define PARSE_NATIVE_SET_H

#include "parse/internal.h"
#include "parse/json.h"
#include "parse/names.h"

struct native_set {
	struct parser *p;
	struct rec *r;
	int64_t received;
	bool bad_time;
	unsigned char strength[FIELD_COUNT]; /* of the name that set it; 0: derived or not set */
	struct str from[FIELD_COUNT];        /* path it came by, for the weaker strengths */
};

void native_set_begin(struct native_set *set, struct parser *p, struct rec *r,
    int64_t received) NONNULL;

/*
 * Tries the field of one row.  False: the value does not fit, or a name as
 * strong has set the field.  A value that gives way is handed back in
 * *ret_was, whose path is NULL when there was none.
 */
bool native_set_value(struct native_set *set, const struct names_row *row,
    enum names_strength strength, const struct json_value *v, struct rec_extra *ret_was) NONNULL;

/* A scalar as text that outlives the document (JSON_TEXT must do so already). */
struct str native_set_text(struct native_set *set, const struct json_value *v) NONNULL;

#endif
