/* Rows of the tables of keys, and finding them by name. */
#ifndef CONF_ROW_H
#define CONF_ROW_H

#include "conf/conf.h"

enum row_type {
	ROW_STRING,
	ROW_PATH,
	ROW_ADDR,
	ROW_BOOL,
	ROW_INT,
	ROW_SIZE,
	ROW_SPAN,
	ROW_OFFSET,
	ROW_LIST,
	ROW_PATHS,
	ROW_COUNTRIES,
	ROW_SCORES,
	ROW_KIND,
	ROW_FROM
};

struct row {
	const char *path;
	enum row_type type;
	size_t offset; /* of the member in struct conf or conf_source */
	const char *def, *least, *most;
	bool restart;
	unsigned takes, needs; /* of a source: bits 1 << enum conf_source_type */
	const char *doc;
};

/* i-th row of keys.def, of source_keys.def; NULL past the end. */
const struct row *row_at(size_t i);
const struct row *row_source_at(size_t i);

const struct row *row_find(struct str path);
const struct row *row_source_find(struct str name);
/* Does some key begin with "path."? */
bool row_is_section(struct str path);

/*
 * The key or section most like `path`, the key of a source, the one of blank-separated words;
 * {NULL, 0} when none is near.
 */
struct str row_nearest(struct str path);
struct str row_source_nearest(struct str name);
struct str row_nearest_word(struct str word, struct str words);

/* "a size like 64MB": what to write. */
const char *row_example(enum row_type type);
/* "size": for the reference page. */
const char *row_word(enum row_type type);
/* What a word may be, blank-separated, in the order of its enum; "" for other types. */
struct str row_words(enum row_type type);
bool row_is_list(enum row_type type);

#endif
