/*
 * A correlation type: what one key remembers, and when that makes it fire.
 * To add one: src/detect/type_NAME.c with a const struct ctype, one line in
 * detect/ctypes.def, one section in doc/reference/correlations.md.
 *
 * The engine does the rest: it decides which records feed a rule, makes the
 * key from group-by, keeps keys within their cap, drops records that are later
 * than the watermark allows, gives alerts their ids and begins and ends
 * episodes.  A type is a function of what is fed: no clock, no randomness of
 * its own, the same state however the input was cut.
 */
#ifndef DETECT_CTYPE_H
#define DETECT_CTYPE_H

#include "base/buf.h"
#include "detect/bytes.h"
#include "detect/compiled.h"
#include "detect/engine.h"
#include "detect/ydoc.h"

struct ctype_reader;

/* What feeds a key: a record, or the firing of a correlation this one is chained to. */
struct ctype_event {
	int64_t t;       /* event time, ns; of a chained one the end of the window that fired */
	uint64_t seq;    /* ties in t are decided by it; the records of a chain have one seq */
	uint64_t refs;   /* bit i: the i-th rule that the correlation names holds */
	uint64_t weight; /* events the record stands for, at least 1 */
	const struct rec *rec; /* NULL: time made a correlation fire that this one is chained to */
	const struct finding *finding; /* what fired: chained, or `rules: any`; else NULL */
	/* Records before it reach no key any more, but of sources that were idle. */
	int64_t watermark;
	uint64_t seed; /* of ctype_hash(): the same for all events of a rule */
};

/* A firing. The engine zeroes it and owns `text`; feed() fills what it knows. */
struct ctype_hit {
	double value;        /* what was compared: a count, a sum, km/h */
	uint64_t events;     /* events of the window: finding.n_first; 0: n_evidence + 1 */
	int64_t first, last; /* of the window; 0: the time of the event */
	uint64_t
	    evidence[ENGINE_EVIDENCE_MAX - 1]; /* seqs, oldest first, without the one that fires */
	size_t n_evidence;
	unsigned confidence; /* percent; 0: as the rule or the engine says */
	const char *level;   /* raises the rule's level for this firing; NULL: as the rule says */
	struct buf *text;    /* appended to the summary: "12 different user_name in 10m" */
	struct buf *details; /* appended to an object of JSON, comma in front: ,"speed_kmh":1234 */
};

enum ctype_result { CTYPE_KEPT, CTYPE_FIRES, CTYPE_LATE };

/* One rule in one engine, and one key of it. */
struct ctype_at {
	const struct corr *corr;
	void *shared; /* of the rule: type->shared_size bytes; zeroed at first */
	/* Of the key: type->state_size bytes; zeroed at first.  Best begun by the pointer to what
	 * is read first: it is fetched ahead. */
	void *state;
};

enum ctype_need { /* keys of the section, besides type, rules, group-by, generate, aliases */
	CTYPE_TIMESPAN = 1,     /* must be there */
	CTYPE_TIMESPAN_MAY = 2, /* may be there */
	CTYPE_CONDITION = 4,    /* a map with bounds (gt, gte, lt, lte, eq, neq) must be there */
	CTYPE_CONDITION_MAY = 8,
	CTYPE_FIELD =
	    16, /* condition.field must be there (condition then may be the field alone) */
	CTYPE_GROUP = 32, /* group-by must be there */
	CTYPE_FIELD_MAY = 64,
	CTYPE_NAMES = 128,      /* condition may be words: "a and not b", over names of rules */
	CTYPE_PERCENTILE = 256, /* condition.percentile must be there */
};

struct ctype {
	const char *name;
	unsigned needs;
	const char *const *keys; /* its own keys of the section, NULL at the end; NULL: none */
	size_t params_size, shared_size, state_size;
	/*
	 * Reads its own keys and checks the common ones, which are read already, into
	 * corr->params (zeroed).  Errors with a place: ctype_fail().  NULL: nothing to read.
	 */
	enum err (*read)(const struct ctype_reader *rd, struct corr *corr, void *params,
	    struct diag *why);
	enum ctype_result (*feed)(const struct ctype_at *at, const struct ctype_event *ev,
	    struct ctype_hit *ret);
	/*
	 * Types that wait for time to pass, NULL for others: next() is the time the key waits
	 * for, INT64_MAX none; due() is called once the watermark is there, before anything
	 * newer is fed.  Keys are called in order of that time, then rule, then group.
	 */
	int64_t (*next)(const struct ctype_at *at);
	enum ctype_result (*due)(const struct ctype_at *at, int64_t watermark,
	    struct ctype_hit *ret);
	/*
	 * Groups that are there though no event named them (expect: [host-1]): the i-th, false
	 * when there is none; asked for before the first record and after loading, with a shared
	 * state that knows what was made already.  Each is fed once, an event without record.
	 */
	bool (*expects)(const struct corr *corr, void *shared, size_t i, struct str *ret);
	/* Nobody listened before t: what was silent up to then may not have been. */
	void (*resumed)(void *shared, int64_t t);
	/* How near it is to firing, 0 to 1: which key may be forgotten when there are too many. */
	double (*progress)(const struct ctype_at *at);
	/* For people: "7 of 10 events in the 5m before; the oldest is from 12:00:03Z". */
	void (*explain)(const struct ctype_at *at, int64_t t, struct buf *to);
	/* State as bytes and back; load() takes its part off the front of *from, false: corrupt. */
	void (*save)(const struct ctype_at *at, struct buf *to);
	bool (*load)(const struct ctype_at *at, struct str *from);
	void (*fini)(void *state); /* frees what the state holds; NULL: nothing */
	/* The same for what keys of a rule share; NULL where shared_size is 0. */
	void (*shared_save)(const struct corr *corr, const void *shared, struct buf *to);
	bool (*shared_load)(const struct corr *corr, void *shared, struct str *from);
	void (*shared_fini)(void *shared);
	/* Heap of a key beyond state_size, told from what is kept alone; NULL: none. */
	size_t (*bytes)(const struct ctype_at *at);
};

#define X(name) extern const struct ctype type_##name;
#include "detect/ctypes.def"
#undef X

const struct ctype *ctype_find(struct str name);

/* While a type reads: its own keys (NULL when absent), and errors at them. */
const struct ydoc *ctype_key(const struct ctype_reader *rd, const char *key) NONNULL;
/* "correlation: ..." at the place of `at`, or of the section when that is NULL. */
enum err ctype_fail(const struct ctype_reader *rd, const struct ydoc *at, struct diag *why,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void ctype_warn(const struct ctype_reader *rd, const struct ydoc *at, const char *text)
    __attribute__((nonnull(1, 3)));
enum err ctype_span(const struct ctype_reader *rd, const char *key, int64_t *ret,
    struct diag *why) NONNULL; /* 5m, in ns; *ret stays when the key is absent */
enum err ctype_number(const struct ctype_reader *rd, const char *key, double min, double max,
    double *ret, struct diag *why) NONNULL; /* "5%" is 0.05 */
/* A field, or up to COMPILED_GROUP_MAX of them. */
enum err ctype_fields(const struct ctype_reader *rd, const char *key, struct group_by *ret,
    struct diag *why) NONNULL;
enum err ctype_fields_at(const struct ctype_reader *rd, const struct ydoc *at, struct group_by *ret,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
/* The place among corr's rules of the one with this name or id: a bit of ctype_event.refs. */
enum err ctype_ref(const struct ctype_reader *rd, const char *key, uint32_t *ret,
    struct diag *why) NONNULL;

/* While it is fed: values of the event. */
bool ctype_value(const struct ctype_event *ev, const struct group_field *f, struct buf *scratch,
    struct str *ret) NONNULL; /* as text; false: absent */
bool ctype_double(const struct ctype_event *ev, const struct group_field *f, double *ret) NONNULL;
bool ctype_hash(const struct ctype_event *ev, const struct group_by *g, uint64_t *ret) NONNULL;

/* Does the condition's bound, or both of them, hold for the value? */
bool ctype_holds(const struct corr *corr, double value) NONNULL;
/* Only gt and gte: what holds cannot be undone by a larger value. */
bool ctype_only_above(const struct corr *corr) NONNULL;
/* The smallest whole number above 0 for which it holds; 0: there is none up to `max`. */
uint64_t ctype_least(const struct corr *corr, uint64_t max) NONNULL;
/* "at least 10": the condition in words. */
void ctype_put_condition(const struct corr *corr, struct buf *to) NONNULL;
void ctype_put_number(double v, struct buf *to) NONNULL;
void ctype_put_span(int64_t ns, struct buf *to) NONNULL; /* 5m */

/* States: numbers as bytes, little endian; get clears *ok where there are too few. */
static inline void
ctype_put(struct buf *to, uint64_t v, size_t n)
{
	bytes_put(to, v, n);
}
static inline uint64_t
ctype_get(struct str *from, size_t n, bool *ok)
{
	bool bad = false;
	uint64_t v = bytes_get(from, n, &bad);

	*ok = *ok && !bad;
	return v;
}

#endif
