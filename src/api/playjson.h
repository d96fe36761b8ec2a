/* Playbooks and their runs as JSON. */
#ifndef API_PLAYJSON_H
#define API_PLAYJSON_H

#include "base/jsonw.h"
#include "incident/playlib.h"
#include "incident/runs.h"

/* Name, title, what it is for; left open. */
void playjson_put_open(struct jsonw *w, const struct playlib_book *b) NONNULL;
/* What a step says, does, asks for; left open. */
void playjson_step_open(struct jsonw *w, const struct playbook *p, size_t i) NONNULL;
/* All runs of an incident as a list; run 0: each. */
enum err playjson_runs(struct jsonw *w, struct incidents *all, int64_t incident, int64_t run,
    struct diag *why) __attribute__((nonnull(1, 2)));

#endif
