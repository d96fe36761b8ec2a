/* How far incidents have looked at what others keep: stored with what followed from it. */
#ifndef INCIDENT_POSITION_H
#define INCIDENT_POSITION_H

#include "incident/incident.h"

#define POSITION_NEVER UINT64_MAX

enum position { POSITION_ALERTS, POSITION_LEASES, POSITIONS };
/* POSITION_ALERTS is POSITION_NEVER at first. */
enum err position_get(struct incidents *all, enum position p, uint64_t *ret, struct diag *why)
    __attribute__((nonnull(1, 3)));
enum err position_set(struct incidents *all, enum position p, uint64_t rev, struct diag *why)
    __attribute__((nonnull(1)));

#endif
