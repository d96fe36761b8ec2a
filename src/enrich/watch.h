/*
 * Who is watched: addresses and users whose events are marked.  One list for
 * the process, changed by one thread; each thread that asks has a copy and looks
 * whether it is old.  An empty list costs next to nothing.
 */
#ifndef ENRICH_WATCH_H
#define ENRICH_WATCH_H

#include "rec/rec.h"

#define WATCH_MAX 1000
#define WATCH_FIELD "watched" /* true in events of those on the list */

struct watch;
struct watch_view;

struct watch *watch_new(void) RETURNS_NONNULL;
void watch_free(struct watch *w); /* NULL is fine */
/* From begin to finish the new list is made, which then takes the place of the old one. */
void watch_begin(struct watch *w) NONNULL;
bool watch_add(struct watch *w, struct str name) NONNULL; /* false: past WATCH_MAX */
void watch_finish(struct watch *w) NONNULL;

struct watch_view *watch_view_new(struct watch *w) RETURNS_NONNULL NONNULL;
void watch_view_free(struct watch_view *v); /* NULL is fine */
/* Takes up a list that changed; costs next to nothing when none did. */
void watch_view_renew(struct watch_view *v) NONNULL;
/* Marks the record when its address or user is on the list. */
void watch_mark(const struct watch_view *v, struct rec *r) NONNULL;

#endif
