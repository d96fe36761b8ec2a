/*
 * A profile: which rules are on, and other numbers for some of them.
 *
 *   profile: paiid
 *   description: ...
 *   off: [failed_logins, brute_force]
 *   tune:
 *     rate_limit_abuse: {level: high, timespan: 1h, condition: {gt: 20}, action: BLOCK_IP}
 *     bulk_data_access: {detection.amount.record_count|gt: 50000}
 *
 * Rules are named by `name` or `id`, and keep their id.  What no profile names
 * stays as it is.  A rule that is off still feeds correlations.  Keys: level, title,
 * description, tags; action, advice, suppress, at-most; of a correlation every key of its section
 * (a new condition keeps the field of the old one); else a path of keys with dots.
 */
#ifndef DETECT_PROFILE_H
#define DETECT_PROFILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "detect/ydoc.h"

/* Lines of what a profile put into a rule count from here: their file is the profile's. */
#define PROFILE_LINES ((uint32_t)1 << 30)

struct profile;

bool profile_is(const struct ydoc *doc);

/* Lives in the arena, as `doc` and `file` must.  Errors have a place in the profile. */
enum err profile_read(const struct ydoc *doc, const char *file, struct arena *a,
    struct profile **ret, struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));

const char *profile_file(const struct profile *p) NONNULL;

/* Changes a rule that was read; what it puts in goes to `digest` too.  Errors as profile_read(). */
enum err profile_apply(struct profile *p, struct ydoc *rule, struct buf *digest, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

/* Is the rule off? */
bool profile_off(struct profile *p, struct str id, struct str name) __attribute__((nonnull(1)));

/* Calls `note` for each name that no rule had so far. */
void profile_unknown(const struct profile *p, void (*note)(void *ctx, struct diag *why), void *ctx)
    __attribute__((nonnull(1, 2)));

#endif
