/*
 * The detector thread: follows the log, feeds the engine, commits alerts
 * together with the number they are true through, saves the engine's state.
 * After a restart it goes on from the saved state, or from the start of the
 * log, feeding quietly up to that number: every alert is raised once.
 */
#ifndef APP_DETECTOR_H
#define APP_DETECTOR_H

#include "alert/alerts.h"
#include "detect/engine.h"
#include "stat/rollup.h"

struct detector;
struct switches;

struct detector_opts { /* borrowed until detector_stop() */
	const char *log_dir, *state_path, *alerts_path;
	const struct ruleset *rules;
	struct engine_opts engine;
	struct switches *switches; /* findings of rules that are off are dropped */
	int64_t snapshot_every;    /* ns */
	uint64_t log_last;         /* newest number in the log at start */
	struct rollup *rollup;     /* counts every record too; saved beside the state */
	const char *rollup_path;
	/* Each record that is fed, and before the engine's state is saved.  Detector thread. */
	void (*seen)(void *ctx, const struct rec *r);
	void (*saving)(void *ctx);
	void *seen_ctx;
	struct routing *routing; /* who is told of alerts; NULL: as min_severity says */
	uint64_t demo_erased;    /* demonstration records up to this number are erased */
	/* A new alert is on disk.  Detector thread. */
	void (*raised)(void *ctx, const struct alerts_finding *f);
	void *ctx;
	/* Alerts were made or changed, and are on disk.  Detector thread. */
	void (*committed)(void *ctx);
	void *committed_ctx;
};

struct detector_stats {
	uint64_t through;  /* every record up to here was evaluated and its alerts are on disk */
	uint64_t snapshot; /* the log is needed from the next number on */
	bool ok;           /* alerts can be stored and the log be read */
	uint64_t records, findings, alerts, keys, evicted, late;
	uint64_t waiting; /* groups that wait for time to pass */
};

/* A rule set to be put in place of the one in use. */
struct detector_rules {
	const struct ruleset *rules; /* borrowed, with switches, until another is in use */
	struct switches *switches;
	/*
	 * An engine of theirs that was fed the log up to warm_at: it remembers for the rules that
	 * the old set did not have.  It becomes the detector's.  NULL: there are none.
	 */
	struct engine *warm;
	uint64_t warm_at;
};

/* Takes the set up between two records, soon.  One at a time: not before detector_uses(). */
void detector_use(struct detector *d, const struct detector_rules *next) NONNULL;
/* Any thread: are these in use, and no others? */
bool detector_uses(const struct detector *d, const struct ruleset *rules) NONNULL;

enum err detector_start(const struct detector_opts *opts, struct detector **ret, struct diag *why);
/* Catches up with what is published, saves, ends.  NULL is fine. */
void detector_stop(struct detector *d);
void detector_stats(const struct detector *d, struct detector_stats *ret) NONNULL; /* any thread */

#endif
