/* Lists of maps whose keys depend on a type: sources, channels. */
#ifndef CONF_ENTRY_H
#define CONF_ENTRY_H

#include "conf/section.h"

#define ENTRY_WHERE_MAX 32 /* "channels[99]" */

struct entry_kind {
	const char *list;                  /* "sources" */
	const char *like;                  /* "{type: stdin}": what an entry looks like */
	const struct row *(*at)(size_t i); /* its table */
	enum row_type words;               /* type of its key "type" */
	size_t most;                       /* entries */
};

/* "sources[2]"; returns `to`. */
const char *entry_where(const struct entry_kind *k, size_t i, char to[ENTRY_WHERE_MAX]) NONNULL;
/* Is `list` a list of no more than there may be?  Noted when not. */
bool entry_list(struct section *s, const struct entry_kind *k, const struct tree *list) NONNULL;
/*
 * Defaults, then what the map says, into `to`.  False: nothing else about this entry makes sense;
 * problems are noted in any case.
 */
bool entry_read(struct section *s, const struct entry_kind *k, size_t i, const struct tree *map,
    void *to) NONNULL;
/* The word of a type by its number. */
struct str entry_type_word(const struct entry_kind *k, unsigned type) NONNULL;

#endif
