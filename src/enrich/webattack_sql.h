/*
 * Is a value a piece of SQL that was put into somebody else's statement?
 *
 * It is read as it would be there: as an expression, and, when it holds a quote, as what
 * follows an open string.  Only what is grammatical up to that place counts, so that English,
 * whose words stand side by side, says nothing.  Each structure that injections need
 * (a comparison of constants behind `or`, union select, a select in parentheses ...) gives points.
 */
#ifndef ENRICH_WEBATTACK_SQL_H
#define ENRICH_WEBATTACK_SQL_H

#include "base/str.h"

/* Confidence in percent, 0 to 99, for a decoded value. */
unsigned webattack_sql(struct str s);

#endif
