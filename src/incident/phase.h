/*
 * The six phases of an incident, one after the other, and what has to be done
 * in each.  The steps are copied from the guide when the incident is opened, so
 * that a guide which changes later changes no incident.
 */
#ifndef INCIDENT_PHASE_H
#define INCIDENT_PHASE_H

#include "incident/incident.h"

enum phase_state { PHASE_STEP_OPEN, PHASE_STEP_DONE, PHASE_STEP_SKIPPED, PHASE_STEP_STATES };
const char *phase_state_word(enum phase_state s) RETURNS_NONNULL;
bool phase_state_find(struct str word, enum phase_state *ret) __attribute__((nonnull(2)));

struct phase_step { /* texts are borrowed for the call */
	enum incident_phase phase;
	int64_t item; /* from 1 in each phase */
	struct str text, field;
	bool optional;
	int64_t within; /* ns after the oldest alert; 0: no matter */
	enum phase_state state;
	struct str by, note;
	int64_t at;
};
typedef enum err (*phase_step_fn)(void *ctx, const struct phase_step *s);
/* By phase and item.  A step with a field is done when the field is filled. */
enum err phase_steps(struct incidents *all, int64_t n, phase_step_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));
/* Adds the steps that the guide has for this type and the incident has not; nothing is removed. */
enum err phase_fill(struct incidents *all, int64_t n, enum incident_type type, struct diag *why)
    __attribute__((nonnull(1)));
/*
 * FAIL_NOT_FOUND; FAIL_DENIED: the step waits for its field, or skipping a step that is not
 * optional without saying why (`note`).
 */
enum err phase_check(struct incidents *all, int64_t n, const struct phase_step *to, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 3)));

struct phase_gate {
	unsigned open;   /* steps that keep it from going on */
	char first[200]; /* the first of them */
};
enum err phase_gate(struct incidents *all, int64_t n, enum incident_phase phase,
    struct phase_gate *ret, struct diag *why) __attribute__((nonnull(1, 4)));
/*
 * On to the next phase.  FAIL_DENIED: its gate is closed and nobody says why it goes on anyway
 * (`reason` ""), it is in its last phase, or it is not open.
 */
enum err phase_advance(struct incidents *all, int64_t n, struct str by, struct str reason,
    int64_t now, struct diag *why) __attribute__((nonnull(1)));

struct phase_time {
	enum incident_phase phase;
	int64_t entered, left; /* 0: not yet */
	struct str override;   /* why it was left through a closed gate; "" */
};
typedef enum err (*phase_time_fn)(void *ctx, const struct phase_time *t);
enum err phase_times(struct incidents *all, int64_t n, phase_time_fn fn, void *ctx,
    struct diag *why) __attribute__((nonnull(1, 3)));

#endif
