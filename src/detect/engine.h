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
	/*
	 * First bytes of SHA-256(rule id, NUL, group, NUL, number in decimal).  Detection rules:
	 * floor(event time / suppress).  Correlations: time at which the episode began, which
	 * lasts for `suppress`; so one alert for each episode.
	 */
	uint8_t id[16];
	struct str group;             /* "client_ip=203.0.113.7", "" when the rule has no key */
	struct str summary;           /* one line for people: what, who, how often */
	struct str details;           /* an object of JSON, "" when there is nothing to say */
	const char *level, *severity; /* of this firing, the rule's at least */
	unsigned confidence;          /* percent; 0: nobody says */
	int64_t first, last;          /* event times, ns */
	uint64_t seq;                 /* record that made it fire, or came when time did */
	/*
	 * Events of the window, and events this record stands for: 1, or the
	 * record_count of an auth.* record ("message repeated 5 times").  A window keeps
	 * no more events than its decisions need (detect/window.h), and counts those.
	 */
	uint64_t n_first, n_more;
	/* Seqs, oldest first; the last is seq, but where time made it fire. */
	const uint64_t *evidence;
	size_t n_evidence;     /* at most ENGINE_EVIDENCE_MAX */
	const struct rec *rec; /* the record that made it fire; NULL: time did */
	bool demo;             /* from demonstration records alone */
};

typedef void (*finding_fn)(void *ctx, const struct finding *f);

struct engine_opts {
	size_t keys_max;  /* live group keys over all rules; see detect/keys.h for who goes */
	int64_t lateness; /* ns an event may be behind the newest of its source: detect/mark.h */
	int64_t idle;     /* ns behind the newest of all that makes a source idle; 0: 5 minutes */
	size_t bytes_max; /* of all keys; 0: 1 KiB for each of keys_max, 64 MiB at least */
};

/* Does a rule wait for what may never come, so that it must know when nobody listened? */
bool engine_waits(const struct ruleset *rules) NONNULL;

struct engine *engine_new(const struct ruleset *rules,
    const struct engine_opts *opts) RETURNS_NONNULL;
void engine_free(struct engine *e);

/* Everything borrowed in a finding lives until `raise` returns. */
void engine_feed(struct engine *e, const struct rec *r, finding_fn raise, void *ctx)
    __attribute__((nonnull(1, 2, 3)));

/*
 * Says that the record will be fed after those that were said before and are
 * not yet: what its keys are is fetched from memory meanwhile.  It must stay as
 * it is until then.  Changes no finding; at most ENGINE_AHEAD are remembered.
 */
#define ENGINE_AHEAD 8
void engine_ahead(struct engine *e, const struct rec *r) NONNULL;

/*
 * State as bytes and back, to shorten a replay: feeding the rest of the log to
 * a restored engine gives the findings of an uninterrupted one.  A correlation
 * takes its part when it and all it names are what they were; others begin
 * empty (engine_empty()).  FAIL_EXISTS when it was kept with other limits,
 * FAIL_CORRUPT; the engine is empty then.
 */
void engine_save(const struct engine *e, struct buf *to) NONNULL;
enum err engine_load(struct engine *e, struct str state, struct diag *why);

/* Numbers of the correlations that the last load gave nothing, ascending; until the next one. */
const uint32_t *engine_empty(const struct engine *e, size_t *ret_n) NONNULL;

struct engine_stats {
	uint64_t records, findings, keys, evicted, late, bytes;
	uint64_t waiting; /* keys that wait for time to pass, or will once a record was fed */
};
void engine_stats(const struct engine *e, struct engine_stats *ret) NONNULL;
/* Keys that were forgotten of the rule with this number, for want of room. */
uint64_t engine_evicted(const struct engine *e, size_t rule) NONNULL;

#endif
