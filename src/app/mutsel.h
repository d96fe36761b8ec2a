/* Mutants of the selections of a detection: items, values and bounds. */
#ifndef APP_MUTSEL_H
#define APP_MUTSEL_H

#include "app/mutant.h"

void mutsel_each(struct mutant *m, const struct ydoc *detection) NONNULL;

#endif
