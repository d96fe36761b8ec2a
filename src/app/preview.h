/*
 * Whom a response policy would have hit: stored events, or log files, once more
 * through rules, alerts and policy as the daemon would have, in a dry run and in
 * memory, held against those who log in from the same addresses.
 */
#ifndef APP_PREVIEW_H
#define APP_PREVIEW_H

#include "app/history.h"
#include "conf/conf.h"
#include "detect/engine.h"
#include "respond/arming.h"
#include "respond/policy.h"

#define PREVIEW_ENTITIES_MAX 20000 /* that are told apart */
#define PREVIEW_SHOWN 200          /* of them in JSON, those first that cost most */

struct switches;

struct preview_opts { /* borrowed */
	struct history_opts history;
	struct engine_opts engine;
	const struct conf *conf;
	const struct policy *policy;
	const struct ruleset *rules;
	struct switches *switches; /* rules that are off; NULL: none is */
	struct leases *own;        /* for the allow list; NULL: there is none */
};

struct preview;

enum err preview_run(const struct preview_opts *o, struct preview **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void preview_free(struct preview *p); /* NULL is fine */

/* One sentence or two. */
void preview_verdict(const struct preview *p, struct buf *to) NONNULL;
void preview_text(const struct preview *p, struct buf *to) NONNULL;
/* `id`: what it was kept as, or "".  doc/responses.md says what is in it. */
void preview_json(const struct preview *p, const char *id, struct buf *to) NONNULL;

uint64_t preview_records(const struct preview *p) NONNULL; /* that were looked at */
#endif
