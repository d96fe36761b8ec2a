/*
 * How sure a firing is, in percent, where its type says nothing of its own.
 *
 * A rule begins with its `tocsin.confidence`, else with what its status is
 * worth: stable 75, test 65, none 60, experimental 50, others 40.  A
 * correlation gains by how far it is beyond its bound: 5 for half as much
 * again, 10 for twice, 15 for five times, 20 for ten times.  So where values
 * are counted, more users or addresses make it surer.  At most 99.
 */
#ifndef DETECT_CONFIDENCE_H
#define DETECT_CONFIDENCE_H

#include "detect/compiled.h"

/* `value` is what a correlation compared; of no matter to other rules. */
unsigned confidence_of(const struct crule *rule, double value) NONNULL;

#endif
