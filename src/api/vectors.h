/*
 * Alerts by ATT&CK tactic over time: tags of rules added up to at most
 * VECTORS_SERIES series, the rarest of them together as "Other".
 */
#ifndef API_VECTORS_H
#define API_VECTORS_H

#include "base/str.h"

#define VECTORS_SERIES 6
#define VECTORS_TACTICS 32 /* that are told apart before they are cut down */
#define VECTORS_STEPS 60

struct vectors_series {
	char name[40];
	uint64_t total, n[VECTORS_STEPS];
};

struct vectors { /* zeroed: nothing counted */
	size_t steps, n;
	struct vectors_series series[VECTORS_TACTICS];
};

/* "Credential Access" for "attack.credential-access, attack.t1110"; "Other" without a tactic. */
char *vectors_tactic(struct str tags, char to[40]) __attribute__((nonnull(2)));

/* n alerts of a rule with these tags in step i; nothing when there is no such step. */
void vectors_add(struct vectors *v, struct str tags, size_t i, uint64_t n)
    __attribute__((nonnull(1)));

/* Most alerts first; series past VECTORS_SERIES become part of "Other", the last one. */
void vectors_settle(struct vectors *v) __attribute__((nonnull));

#endif
