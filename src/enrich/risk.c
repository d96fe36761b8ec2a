/* A sum of few parts, so that anybody can follow why an event has its score. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/risk.h"

static bool
is_night(int64_t time, int utc_offset_s)
{
	int64_t second = time / 1000000000 - (time % 1000000000 < 0);

	second = (second + utc_offset_s) % 86400;
	if (second < 0)
		second += 86400;
	return second / 3600 >= 2 && second / 3600 <= 6;
}

int
risk_score(const struct risk_in *in)
{
	int score = in->base;

	if (in->high_risk_country)
		score += 3;
	if (in->anonymous)
		score += 2;
	if (in->malicious)
		score += 5;
	if (in->has_reputation && in->reputation < 0.3)
		score += 2;
	if (is_night(in->time, in->utc_offset_s))
		score += 1;
	return score < RISK_MAX ? score : RISK_MAX;
}

struct str
risk_level(int64_t score)
{
	if (score >= 9)
		return STR("CRITICAL");
	if (score >= 7)
		return STR("HIGH");
	return score >= 4 ? STR("MEDIUM") : STR("LOW");
}
