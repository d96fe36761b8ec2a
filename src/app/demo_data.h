/*
 * A made-up day of a small web shop for demonstrations: people at work, and
 * attacks that the shipped rules find.  Always the same events, but for the
 * moment the day ends.  Addresses are those reserved for documentation, places
 * are given with the events: nobody real is accused.
 */
#ifndef APP_DEMO_DATA_H
#define APP_DEMO_DATA_H

#include "base/str.h"

struct demo_data;

/* The day before `end` (ns UTC), in order of time; JSON, one event each. */
struct demo_data *demo_data_new(int64_t end) __attribute__((returns_nonnull));
void demo_data_free(struct demo_data *d); /* NULL is fine */

size_t demo_data_len(const struct demo_data *d) NONNULL;
struct str demo_data_at(const struct demo_data *d, size_t i) NONNULL; /* borrowed */

#endif
