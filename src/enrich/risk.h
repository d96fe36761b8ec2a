/* The risk score of an event, 0 to 10, and the threat level it stands for. */
#ifndef ENRICH_RISK_H
#define ENRICH_RISK_H

#include "base/str.h"

#define RISK_MAX 10

struct risk_in {
	int base; /* by the type of the event (rec/etype.def, or the configured one) */
	bool high_risk_country, anonymous, malicious;
	bool has_reputation;
	double reputation; /* 0 bad to 1 good */
	int64_t time;      /* ns UTC */
	int utc_offset_s;
};

/*
 * base + 3 high-risk country + 2 VPN or proxy + 5 known malicious
 * + 2 reputation below 0.3 + 1 in the hours 02 to 06; at most 10.
 */
int risk_score(const struct risk_in *in) NONNULL;

/* CRITICAL from 9, HIGH from 7, MEDIUM from 4, LOW; static. */
struct str risk_level(int64_t score);

#endif
