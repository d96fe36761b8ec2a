/* Which rules people switched off, who and why.  Kept in state.db. */
#ifndef ALERT_RULESTATE_H
#define ALERT_RULESTATE_H

#include "alert/alerts.h"

#define RULESTATE_MAX 20000 /* rules */

struct rulestate_row {
	struct str rule_id;
	bool enabled;
	struct str by, note;
	int64_t time;
};
typedef enum err (*rulestate_fn)(void *ctx, const struct rulestate_row *row);

enum err rulestate_set(struct alerts *a, struct str rule_id, bool enabled, struct str by,
    struct str note, int64_t now, struct diag *why);
/* Each rule that was ever switched, by id. */
enum err rulestate_each(struct alerts *a, rulestate_fn fn, void *ctx, struct diag *why);

#endif
