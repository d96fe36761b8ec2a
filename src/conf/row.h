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
	ROW_FROM,
	ROW_CHANNEL,
	ROW_SECURITY,
	ROW_SEVERITY,
	ROW_HOST,
	ROW_MAIL,
	ROW_MAILS,
	ROW_URL,
	ROW_SECRET,
	ROW_SETTINGS
};

struct row {
	const char *path;
	enum row_type type;
	size_t offset; /* of the member in struct conf, conf_source or conf_channel */
	const char *def, *least, *most;
	bool restart;
	unsigned takes, needs; /* of an entry: bits 1 << its type */
	const char *doc;
};

/* i-th row of keys.def, of source_keys.def, of channel_keys.def; NULL past the end. */
const struct row *row_at(size_t i);
const struct row *row_source_at(size_t i);
const struct row *row_channel_at(size_t i);

const struct row *row_find(struct str path);
/* In the table of row_source_at() or row_channel_at(). */
const struct row *row_find_of(const struct row *(*at)(size_t i), struct str name)
    __attribute__((nonnull(1)));
/* Does some key begin with "path."? */
bool row_is_section(struct str path);

/*
 * The key or section most like `path`, the key of an entry, the one of blank-separated words;
 * {NULL, 0} when none is near.
 */
struct str row_nearest(struct str path);
struct str row_nearest_of(const struct row *(*at)(size_t i), struct str name)
    __attribute__((nonnull(1)));
struct str row_nearest_word(struct str word, struct str words);

/* "a size like 64MB": what to write. */
const char *row_example(enum row_type type);
/* "size": for the reference page. */
const char *row_word(enum row_type type);
/* What a word may be, blank-separated, in the order of its enum; "" for other types. */
struct str row_words(enum row_type type);
bool row_is_list(enum row_type type);
/* Is its member a const char *?  And setting it. */
bool row_is_text(enum row_type type);
void row_put_text(const struct row *row, void *base, const char *text) NONNULL;

#endif
