/* From the tree of a file to the members of struct conf; problems are collected, not returned. */
#ifndef CONF_SECTION_H
#define CONF_SECTION_H

#include "base/arena.h"
#include "conf/row.h"
#include "conf/tree.h"

#define SECTION_LIST_MAX 1000 /* items of a list, names of a map */
#define SECTION_NAME_MAX 64   /* bytes of the name of a source, with its end */

struct section {
	struct arena *a;
	struct conf *c;
	struct conf_problems *ps;
	const char *file; /* in messages */
	struct str dir;   /* base of relative paths */
};

/* Everything the file says. */
void section_read(struct section *s, const struct tree *root) NONNULL;

/* source.c: the list of sources. */
void source_read(struct section *s, const struct tree *list) NONNULL;

/* channel.c: the list of channels. */
void channel_read(struct section *s, const struct tree *list) NONNULL;

/* One value of a row: a scalar, a list or a map. */
void section_put(struct section *s, const struct row *row, const char *name, const struct tree *t,
    void *base) NONNULL;

/* Notes a problem at a place in the file; `why` holds its words. */
void section_wrong(struct section *s, uint32_t line, uint32_t column, struct diag *why) NONNULL;
void section_wrongf(struct section *s, uint32_t line, uint32_t column, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* Notes it and says true when an earlier member of the map has the same key. */
bool section_twice(struct section *s, const struct tree *map, const struct tree *member,
    const char *name) NONNULL;

#endif
