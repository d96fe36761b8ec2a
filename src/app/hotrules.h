/*
 * The rules in force, and how they are changed while the daemon runs: a new
 * set is read beside the old one, refused as a whole when a rule of it is
 * broken, fed with the log where it has correlations that the old one had not,
 * and then put in its place between two records.  So no alert is lost, and
 * none comes twice.  Loop thread, but what says otherwise.
 */
#ifndef APP_HOTRULES_H
#define APP_HOTRULES_H

#include "api/api.h"
#include "app/detector.h"
#include "conf/conf.h"
#include "ev/loop.h"

struct hotrules;

#define HOTRULES_PROBLEMS_MAX 20

struct hotrules_opts { /* borrowed */
	struct loop *loop;
	struct alerts *alerts;           /* knows which rules are off */
	const char *log_dir, *conf_file; /* "" for none */
	struct engine_opts engine;
};

/* Reads the rules that `conf` names; a broken one is left out, with a word in the log. */
enum err hotrules_new(const struct hotrules_opts *opts, const struct conf *conf,
    struct hotrules **ret, struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* The detector has stopped; the API asks no more.  NULL is fine. */
void hotrules_free(struct hotrules *h);

const struct ruleset *hotrules_rules(const struct hotrules *h) NONNULL;
struct switches *hotrules_switches(const struct hotrules *h) NONNULL;
/* Findings of rules that are off, of all sets so far. */
uint64_t hotrules_dropped(const struct hotrules *h) NONNULL;

/* Who must hear of a new set. */
void hotrules_join(struct hotrules *h, struct detector *d, struct api *api) NONNULL;

/*
 * Begins to read the rules anew, with the configuration file as it is then.  Findings of the old
 * set count until the new one is in its place.  FAIL_AGAIN: it is being done.
 */
enum err hotrules_reload(void *h, struct diag *why) __attribute__((nonnull(1)));

/* For the API: what became of the last one. */
void hotrules_report(void *ctx, struct api_reload *ret) NONNULL;
/* For struct api_host: one rule on or off. */
void hotrules_switch(void *ctx, struct str rule_id, bool enabled) __attribute__((nonnull(1)));

#endif
