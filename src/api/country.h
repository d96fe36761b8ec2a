/* The country of an address, by the same data as events get it. */
#ifndef API_COUNTRY_H
#define API_COUNTRY_H

#include "api/internal.h"

/* Two letters, or "" for what is no address, is nowhere or when nobody knows.  Returns `to`. */
char *country_of(struct api *a, struct str entity, char to[4]) __attribute__((nonnull(1, 3)));
void country_end(struct api *a) NONNULL;

#endif
