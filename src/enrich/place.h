/* From a record of a checked MMDB file to what we want of it, in one pass. */
#ifndef ENRICH_PLACE_H
#define ENRICH_PLACE_H

#include "enrich/mmdbval.h"

struct geo_place;

/* Adds what the record at `at` of the data section says and `to` does not know yet. */
void place_read(const struct mmdbval_section *data, size_t at, struct geo_place *to) NONNULL;

#endif
