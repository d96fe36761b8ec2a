/* The tactics of MITRE ATT&CK, in the order in which an attack goes through them. */
#ifndef DETECT_TACTIC_H
#define DETECT_TACTIC_H

#include <stdint.h>

#include "base/str.h"

#define TACTIC_COUNT 14

/* Bits of the tactics among the tags: "attack.t1110,attack.credential-access" has one. */
uint32_t tactic_bits(struct str tags);
const char *tactic_name(unsigned i); /* "credential-access" */

/*
 * How much of the order holds: the tactics, each at the time it was first seen,
 * as the longest row of them that only goes forward.  `first` has TACTIC_COUNT
 * times, INT64_MAX for what was not seen; ties go forward.
 */
unsigned tactic_in_order(const int64_t *first) NONNULL;

#endif
