/*
 * The compiled rules.  Immutable once loaded; shared by engines.
 */
#ifndef DETECT_RULESET_H
#define DETECT_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct ruleset;

struct rule {
	const char *id; /* UUID of the file, else its name */
	const char *title, *description;
	const char *level;    /* informational, low, medium, high, critical */
	const char *severity; /* INFO, LOW, MEDIUM, HIGH, CRITICAL */
	const char *status;   /* stable, test, experimental ...; "" when it says none */
	const char *tags;     /* "attack.t1110,attack.credential-access" */
	const char *advice;   /* what to do, from the rule's `tocsin.advice`, may be "" */
	const char *action;   /* what should be done, from `tocsin.action`: BLOCK_IP ...; "" none */
	const char *file;
	uint32_t line;
	unsigned confidence; /* percent, from `tocsin.confidence`; 0: it says none */
	bool alerts;         /* false: only feeds correlations */
	bool off;            /* by the profile; then `alerts` is false */
	bool correlation;
	int64_t suppress; /* ns; the bucket of the alert id */
};

enum ruleset_note { RULESET_ERROR, RULESET_WARNING };
typedef void (*ruleset_note_fn)(void *ctx, enum ruleset_note kind, const struct diag *why);

/*
 * Loads every *.yml and *.yaml below the paths (files or folders), in sorted
 * order.  A broken rule is reported and left out; the others load.
 * FAIL_NOT_FOUND when a path does not exist.
 */
enum err ruleset_load(const char *const *paths, size_t n, ruleset_note_fn note, void *ctx,
    struct ruleset **ret, struct diag *why);
/* The same for rules in memory; `name` stands for the file in places, and lives as long as the set.
 */
enum err ruleset_read(const char *name, struct str text, ruleset_note_fn note, void *ctx,
    struct ruleset **ret, struct diag *why);
void ruleset_free(struct ruleset *rs); /* NULL is fine */

size_t ruleset_files(const struct ruleset *rs); /* files that were read */
size_t ruleset_len(const struct ruleset *rs);   /* rules that are loaded */
const struct rule *ruleset_at(const struct ruleset *rs, size_t i);
/* Its number; ruleset_len() for the engine's own rule, which is in no set. */
size_t ruleset_index(const struct ruleset *rs, const struct rule *r);
const struct rule *ruleset_find(const struct ruleset *rs, struct str id);
/* SHA-256 of everything that decides what fires; 32 bytes. */
const uint8_t *ruleset_digest(const struct ruleset *rs);

#endif
