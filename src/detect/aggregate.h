/* The pipes of conditions of old: what to write instead. */
#ifndef DETECT_AGGREGATE_H
#define DETECT_AGGREGATE_H

#include "base/buf.h"

/*
 * `pipe` is "| count(user) by src_ip > 5"; `timeframe` may be "".  Appends the
 * refusal with the correlation that says the same, as far as there is one.
 */
void aggregate_advice(struct str pipe, struct str timeframe, struct buf *to) NONNULL;

#endif
