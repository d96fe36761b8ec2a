/*
 * The catalogue of fields (rec/fields.def): ids, names, types.  Names are
 * resolved when rules, queries and settings are loaded, never per record.
 */
#ifndef REC_FIELD_H
#define REC_FIELD_H

#include "base/str.h"

enum field {
#define FIELD(tag, id, native, type, ecs, sigma, sql, doc) F_##id,
#include "rec/fields.def"
#undef FIELD
	FIELD_COUNT,
	FIELD_NONE = FIELD_COUNT
};

enum field_type {
	FIELD_STR,
	FIELD_IP, /* text, canonical */
	FIELD_INT,
	FIELD_FLOAT,
	FIELD_BOOL,
	FIELD_TIME
};

struct field_info {
	const char *native; /* "geolocation.country" */
	const char *ecs, *sigma;
	const char *column; /* SQL: '.' as '_' */
	const char *sql;    /* SQL type */
	const char *doc;
	enum field_type type;
	unsigned tag; /* in the log, 1..255 */
};

/* Never NULL for f < FIELD_COUNT. */
const struct field_info *field_info(enum field f);

/* By native or ECS name, or SQL column; FIELD_NONE when there is none. */
enum field field_find(struct str name);

/*
 * By Sigma name for rules of this logsource category ("" for none); then as field_find(); then
 * by what readers of JSON take for it.
 */
enum field field_find_sigma(struct str name, struct str category);

/* By the number in the log; FIELD_NONE when unknown. */
enum field field_by_tag(unsigned tag);

static inline bool
field_is_text(enum field_type t)
{
	return t == FIELD_STR || t == FIELD_IP;
}

#endif
