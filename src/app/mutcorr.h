/* Mutants of a correlation: its bounds, windows, fields, rules and the keys of its type. */
#ifndef APP_MUTCORR_H
#define APP_MUTCORR_H

#include "app/mutant.h"

void mutcorr_each(struct mutant *m, const struct ydoc *section) NONNULL;

#endif
