/*
 * A JSON document with placeholders, as a channel file has it.  Every text
 * goes through the JSON writer.  In maps: a key that ends in `?` is left out
 * when its value is empty; `$if: NAME` leaves the map out when that is empty;
 * `$each: NAME` repeats the map for each {{item}} of a list; `$json: X` alone
 * stands for the text of X.
 */
#ifndef NOTIFY_TEMPLATE_H
#define NOTIFY_TEMPLATE_H

#include "notify/fill.h"

enum err template_json(const struct fill *f, const struct tree *t, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));
/* A map of texts as application/x-www-form-urlencoded. */
enum err template_form(const struct fill *f, const struct tree *map, struct buf *to,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));

/* Checks every text in it; *why names the line. */
enum err template_check(const struct fill_names *n, const struct tree *t, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
