/*
 * Names that applications make up for types of the registry: "LOGIN_FAILED", or "login" and
 * beside it whether it succeeded.
 */
#ifndef PARSE_SYNONYM_H
#define PARSE_SYNONYM_H

#include "base/str.h"

enum synonym_end { SYNONYM_UNSAID, SYNONYM_GOOD, SYNONYM_BAD };

/* The dotted type, by the words in the name; empty when they tell nothing for sure. */
struct str synonym_of(struct str category, struct str name, enum synonym_end end);

#endif
