/* What the views of store/views.c are called and which columns they have, for people who ask. */
#ifndef STORE_VIEWLIST_H
#define STORE_VIEWLIST_H

#include "base/str.h"

struct viewlist {
	const char *name, *doc;
	bool records;    /* a row is an event: all its columns, and ... */
	const char *own; /* columns of this view alone, blank-separated */
};

/* NULL past the end. */
const struct viewlist *viewlist_at(size_t i);
/* The i-th column of the view; empty past the end. */
struct str viewlist_column(const struct viewlist *v, size_t i) NONNULL;

#endif
