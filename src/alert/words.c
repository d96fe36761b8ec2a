/* SPDX-License-Identifier: Apache-2.0 */
/* Statuses and severities as words. */
/* exports: alerts_ */
/* tested by: test/unit/alert/test_alerts.c */
#include "alert/alerts.h"

static const char *const statuses[] = {
	[ALERTS_OPEN] = "open",
	[ALERTS_ACKNOWLEDGED] = "acknowledged",
	[ALERTS_IN_PROGRESS] = "in_progress",
	[ALERTS_RESOLVED] = "resolved",
	[ALERTS_FALSE_POSITIVE] = "false_positive",
};

static const char *const severities[] = {
	[ALERTS_CRITICAL] = "CRITICAL",
	[ALERTS_HIGH] = "HIGH",
	[ALERTS_MEDIUM] = "MEDIUM",
	[ALERTS_LOW] = "LOW",
	[ALERTS_INFO] = "INFO",
};

const char *
alerts_status_word(enum alerts_status s)
{
	return statuses[s];
}

const char *
alerts_severity_word(enum alerts_severity s)
{
	return severities[s];
}

bool
alerts_status_find(struct str word, enum alerts_status *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (str_eq(word, str_c(statuses[i]))) {
			*ret = (enum alerts_status)i;
			return true;
		}
	return false;
}

bool
alerts_severity_find(struct str word, enum alerts_severity *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(severities); i++)
		if (str_eq(word, str_c(severities[i]))) {
			*ret = (enum alerts_severity)i;
			return true;
		}
	return false;
}
