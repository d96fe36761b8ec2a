/*
 * The shape of a request path: segments that name one thing of many (a number,
 * a UUID, a long hexadecimal word) become {id}, so that /orders/17 and
 * /orders/18 count as one endpoint.
 */
#ifndef STAT_SHAPE_H
#define STAT_SHAPE_H

#include "base/str.h"

#define SHAPE_MAX 63

/* At most SHAPE_MAX bytes into `to`, the rest is cut off; the result points there. */
struct str shape_path(struct str path, char to[SHAPE_MAX + 1]) __attribute__((nonnull(2)));

#endif
