/*
 * Tests that a rule carries: `tocsin: {tests: [...]}`.
 *
 *   tests:
 *     - name: five refused within a minute
 *       fires: true                       # true if absent
 *       events:
 *         - {event_type: auth.login.failed, client_ip: 192.0.2.1, repeat: 5, every: 10s}
 *         - {event_type: auth.login.success, client_ip: 192.0.2.1, at: 5m}
 *
 * `repeat` events `every` so often, 1 and 1s if absent; an event comes `every` of the one before
 * behind it, the first at 2026-01-01T00:00:00Z, or `at` so long after that time.  "@i" is the
 * number of a repeated one.
 */
#ifndef DETECT_RULETESTS_H
#define DETECT_RULETESTS_H

#include "base/err.h"
#include "base/str.h"
#include "detect/ydoc.h"

#define RULETESTS_REPEAT_MAX 1000000
#define RULETESTS_START "2026-01-01T00:00:00Z"

/* `lines`: "@ COUNT STEP TIME {...}" for each event, as in case folders. */
typedef void (*ruletests_fn)(void *ctx, struct str name, bool fires, struct str lines);

/* Hands over each test; `fn` may be NULL: are they well formed?  FAIL_SYNTAX with the place. */
enum err ruletests_read(const struct ydoc *tests, ruletests_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1)));

/* Those of a rule's document; none is fine. */
enum err ruletests_of(const struct ydoc *doc, ruletests_fn fn, void *ctx, struct diag *why);

#endif
