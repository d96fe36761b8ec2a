/*
 * Cases of rules: folders with events and the alerts they shall raise.  Either of one rule, by
 * whose `name` the folder is called,
 *   hit*.jsonl   events that make it fire, a line each; or hit*.log, lines of a log
 *   miss*.jsonl  events that do not
 * or of the whole set,
 *   input.jsonl or input.log   what comes in, a line each
 *   expect.jsonl               {"title": "...", "group": "..."} for each alert, as they are raised
 *   rules.yml                  optional: its own rules instead of the set that is tested
 * A line "@ 20 3s 2026-03-01T10:00:00Z {...}" is twenty events three seconds apart; "@i" in it is
 * the number of the event.  Such lines are fed in the order of their times, behind all others.
 * And tests that rules carry (detect/ruletests.h).
 * Events are parsed and enriched once, and fed to as many rule sets as one likes.
 */
#ifndef APP_CASEDIR_H
#define APP_CASEDIR_H

#include "base/vec.h"
#include "detect/engine.h"

struct casedir_one {
	struct str name, expect;
	struct str rule;   /* of one rule: its name or id; "" else */
	bool fires;        /* of one rule: a hit */
	const char *rules; /* path of its own rules; NULL: none */
	const struct str *rec;
	size_t n_rec;
};

struct casedir;

/*
 * Every folder in `path` that has input, or `path` itself; NULL: none.  And what the rules of `rs`
 * carry.  FAIL_NOT_FOUND: there is no case.
 */
enum err casedir_load(const char *path, const struct ruleset *rs, struct casedir **ret,
    struct diag *why) __attribute__((nonnull(2, 3)));
void casedir_free(struct casedir *c); /* NULL is fine */

size_t casedir_len(const struct casedir *c) NONNULL;
const struct casedir_one *casedir_at(const struct casedir *c, size_t i) NONNULL;

/*
 * Feeds the case to an engine of its own.  `to` gets a line for each alert, in the order they are
 * raised: title, TAB, group; of the rule `only`, unless that is NULL, with TAB and level, and again
 * for each other level it reaches.
 */
void casedir_run(struct casedir *c, size_t i, const struct ruleset *rs, const struct rule *only,
    struct buf *to) __attribute__((nonnull(1, 3, 5)));

/* expect.jsonl in that form.  FAIL_SYNTAX with its line. */
enum err casedir_expect(struct casedir *c, size_t i, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
