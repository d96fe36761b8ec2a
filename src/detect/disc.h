/*
 * Where an event was, as far as is known: a disc on the Earth.  Distances are
 * between discs, not between points, so that what is not known never travels.
 */
#ifndef DETECT_DISC_H
#define DETECT_DISC_H

#include "rec/rec.h"

struct disc {
	double lat, lon; /* degrees */
	double km;       /* radius: it is somewhere in here */
};

/* Great circle between the centres. */
double disc_km(const struct disc *a, const struct disc *b) NONNULL;
/* The least that lies between any point of one and any of the other; 0 when they touch. */
double disc_gap(const struct disc *a, const struct disc *b) NONNULL;

/*
 * The place of the record's address.  A city is at least 25 km wide, a region
 * 150 km; where only the country is known it is the country.  False when the
 * record says no place, or one that is not on Earth (0, 0 is what databases
 * say when they do not know).
 */
bool disc_of(const struct rec *r, struct disc *ret) NONNULL;

/* The main parts of a country, by ISO 3166-1 alpha-2 code in capitals. */
bool disc_country(struct str code, struct disc *ret) NONNULL;

#endif
