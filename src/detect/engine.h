/*
 * Detection: feeds records in log order to a rule set and raises findings.
 * State is a function of the records fed, so scan, live, restart and replay
 * give the same findings.  Not thread-safe: one detector thread.
 */
#ifndef DETECT_ENGINE_H
#define DETECT_ENGINE_H

#include "base/buf.h"
#include "detect/ruleset.h"
#include "rec/rec.h"

struct engine;

#define ENGINE_EVIDENCE_MAX 100

/*
 * One firing.  Findings with the same id are one alert: the first makes it
 * with count n_first and `evidence`; each later one adds n_more and its seq.
 */
struct finding {
	const struct rule *rule; /* detect/ruleset.h; lives as long as the rule set */
	/* First bytes of SHA-256(rule id, NUL, group, NUL, floor(event time / suppress) in
	 * decimal). */
	uint8_t id[16];
	struct str group;    /* "client_ip=203.0.113.7", "" when the rule has no key */
	struct str summary;  /* one line for people: what, who, how often */
	int64_t first, last; /* event times, ns */
	uint64_t seq;        /* record that made it fire */
	/*
	 * Events of the window, and events this record stands for: 1, or the
	 * record_count of an auth.* record ("message repeated 5 times").  A window keeps
	 * no more events than its decisions need (detect/window.h), and counts those.
	 */
	uint64_t n_first, n_more;
	const uint64_t
	    *evidence; /* seqs, oldest first, seq the last; at most ENGINE_EVIDENCE_MAX */
	size_t n_evidence;
	const struct rec *rec; /* the record that made it fire */
};

typedef void (*finding_fn)(void *ctx, const struct finding *f);

struct engine_opts {
	size_t keys_max;  /* live group keys over all rules; the oldest idle one goes, counted */
	int64_t lateness; /* ns an event may be behind the newest of its key and still count; less
			     than the timespan */
};

struct engine *engine_new(const struct ruleset *rules,
    const struct engine_opts *opts) RETURNS_NONNULL;
void engine_free(struct engine *e);

/* Everything borrowed in a finding lives until `raise` returns. */
void engine_feed(struct engine *e, const struct rec *r, finding_fn raise, void *ctx)
    __attribute__((nonnull(1, 2, 3)));

/*
 * State as bytes and back, to shorten a replay: feeding the rest of the log to
 * a restored engine gives the findings of an uninterrupted one.  FAIL_EXISTS
 * when the bytes are of another rule set (start empty and replay), FAIL_CORRUPT.
 */
void engine_save(const struct engine *e, struct buf *to) NONNULL;
enum err engine_load(struct engine *e, struct str state, struct diag *why);

struct engine_stats {
	uint64_t records, findings, keys, evicted, late;
};
void engine_stats(const struct engine *e, struct engine_stats *ret) NONNULL;

#endif
