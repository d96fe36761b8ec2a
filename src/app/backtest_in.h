/* The inside of a backtest, for running it (backtest.c) and showing it (backtest_view.c). */
#ifndef APP_BACKTEST_IN_H
#define APP_BACKTEST_IN_H

#include "app/backtest.h"
#include "base/vec.h"

struct backtest_side {
	struct backtest *b;
	struct ruleset *rules;
	struct engine *engine;
	struct report *report;
};

struct backtest {
	struct backtest_side would, now;
	VEC(const struct rule *) asked; /* of would.rules */
	bool compares;                  /* some of them are in force now, in another form perhaps */
	int64_t since;
	struct history_stats stats;
	double seconds;
};

#endif
