/* Makes findings: of detection rules, of correlations, and of the engine's own. */
#ifndef DETECT_FIRE_H
#define DETECT_FIRE_H

#include "detect/state.h"

struct level *fire_level(struct engine *e, unsigned depth) RETURNS_NONNULL;

/* Calls the user's function where the rule alerts; of too many alerts the others are one. */
void fire_raise(struct engine *e, const struct crule *rule, const struct finding *f) NONNULL;

/* They fill *ret; what it borrows is the level's. */
void fire_detection(struct engine *e, const struct crule *rule, const struct ctype_event *ev,
    struct finding *ret) NONNULL;
/* level->hit is what the type says; ev is NULL when time made it fire at t. */
void fire_correlation(struct engine *e, struct level *l, struct key *k,
    const struct ctype_event *ev, int64_t t, struct finding *ret)
    __attribute__((nonnull(1, 2, 3, 6)));
/* Keys were forgotten: says so, at most once an hour. */
void fire_forgotten(struct engine *e, int64_t t) NONNULL;

#endif
