/* How far the keys of a correlation are, in words. */
#ifndef DETECT_WHYNOT_H
#define DETECT_WHYNOT_H

#include "detect/engine.h"

struct whynot_key {
	struct str group;
	int64_t touched; /* newest event time; INT64_MIN: none */
	int64_t begin;   /* of its last firing's episode; INT64_MIN: it never fired */
	double progress; /* 0 to 1 */
	struct str text; /* what it has and what is missing at the time asked for */
};

/* Borrowed until it returns. */
typedef void (*whynot_fn)(void *ctx, const struct whynot_key *key);

/* By id, name or title; NULL when there is none. */
const struct rule *whynot_rule(const struct ruleset *rs, struct str name)
    __attribute__((nonnull(1)));

/* Numbers of the rules that feed it directly: at most max are put into `ret`; returns how many. */
size_t whynot_inputs(const struct ruleset *rs, size_t rule, uint32_t *ret, size_t max) NONNULL;

/* What its correlation asks, in words: "event_count, by client_ip, within 5m, at least 10". */
void whynot_asks(const struct ruleset *rs, size_t rule, struct buf *to) NONNULL;

/* The keys of the rule with this number whose group has `entity` in it. */
void whynot_each(const struct engine *e, size_t rule, struct str entity, int64_t t, whynot_fn fn,
    void *ctx) __attribute__((nonnull(1, 5)));

#endif
