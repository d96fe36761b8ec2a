/* An alert as layer `incident` sees one. */
#ifndef API_INJOIN_H
#define API_INJOIN_H

#include "alert/alerts.h"
#include "incident/join.h"

struct injoin {
	struct join_alert a;
	struct join_name names[JOIN_NAMES_MAX];
	char rule[JOIN_NAME]; /* rule and group, of an alert that is about nobody */
};
/* Its texts are borrowed from `row`. */
void injoin_of(const struct alerts_row *row, struct injoin *ret) NONNULL;

#endif
