/*
 * The document that is written after an incident: from its record and what
 * people wrote into the form; what is not written yet says so.
 */
#ifndef INCIDENT_POSTMORTEM_H
#define INCIDENT_POSTMORTEM_H

#include "base/buf.h"
#include "incident/guide.h"

enum err postmortem_put(struct incidents *all, const struct guide *g, int64_t n, bool html,
    int64_t now, struct buf *to, struct diag *why) __attribute__((nonnull(1, 2, 6)));

/* What the form begins with when nobody has written yet: from the record. */
enum err postmortem_summary(struct incidents *all, int64_t n, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));
enum err postmortem_impact(struct incidents *all, int64_t n, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
