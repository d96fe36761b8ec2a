/*
 * What people change about an incident: each leaves its line in the timeline.
 * In a transaction of its own unless one is open.
 */
#ifndef INCIDENT_CHANGE_H
#define INCIDENT_CHANGE_H

#include "incident/incident.h"

struct change_wish {                    /* p NULL and -1: as it was */
	struct str title, owner, cause; /* "" takes them away, but for the title */
	int type, severity, drill;
};
#define CHANGE_NOTHING ((struct change_wish){ .type = -1, .severity = -1, .drill = -1 })
/* What is like that already changes nothing.  FAIL_SYNTAX, FAIL_DENIED: it is not open. */
enum err change_apply(struct incidents *all, int64_t n, const struct change_wish *w, struct str by,
    int64_t now, struct diag *why) __attribute__((nonnull(1, 3)));
enum err change_note(struct incidents *all, int64_t n, struct str text, struct str by, int64_t now,
    struct diag *why) __attribute__((nonnull(1)));
/*
 * FAIL_DENIED: no root cause is known, or steps are open, or phases were not entered, and nobody
 * says why it is closed anyway.
 */
enum err change_close(struct incidents *all, int64_t n, struct str by, struct str reason,
    int64_t now, struct diag *why) __attribute__((nonnull(1)));
/* It goes on where it was.  FAIL_DENIED: it is open, or merged into another. */
enum err change_reopen(struct incidents *all, int64_t n, struct str by, struct str reason,
    int64_t now, struct diag *why) __attribute__((nonnull(1)));

#endif
