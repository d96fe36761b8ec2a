/*
 * What a rule would have raised, beside what it raises as it stands: both
 * sets are fed the same history, and their alerts set against each other.
 */
#ifndef APP_BACKTEST_H
#define APP_BACKTEST_H

#include "app/history.h"
#include "app/report.h"
#include "conf/conf.h"

struct backtest_opts {
	const char *rule;              /* a file, or id, name or title of a rule in force */
	const struct conf_list *rules; /* those in force, and ... */
	const char *profile;           /* ... their profile */
	struct engine_opts engine;
	struct history_opts history;
};

struct backtest;

/* FAIL_SYNTAX with a place when the file's rules are broken; FAIL_NOT_FOUND: no such rule. */
enum err backtest_run(const struct backtest_opts *opts, struct backtest **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void backtest_free(struct backtest *b); /* NULL is fine */

void backtest_text(const struct backtest *b, struct buf *to) NONNULL;
/*
 * {"rules":[{"id","title"}],"records","first","last","seconds","would":N,"now":N|null,
 * "alerts":[{"id","rule_id","title","severity","group","summary","first","last","count","new"}],
 * "gone":[the same],"days":[{"day","would","now"}],"entities":[{"group","would","now"}]}
 */
void backtest_json(const struct backtest *b, struct buf *to) NONNULL;

#endif
