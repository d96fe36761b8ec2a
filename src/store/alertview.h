/* The table alerts of a query: a copy of the alerts as they stand when it begins. */
#ifndef STORE_ALERTVIEW_H
#define STORE_ALERTVIEW_H

#include "store/duck.h"

/*
 * Creates table alerts from the SQLite file; it stays empty when there is no
 * file or no such table in it.  path may be NULL.
 */
enum err alertview_load(struct duck *d, const char *path, struct diag *why)
    __attribute__((nonnull(1)));

#endif
