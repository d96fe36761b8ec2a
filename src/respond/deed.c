/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of responses. */
#include "respond/deed.h"

static const struct {
	const char *word;
	enum deed_to to;
	enum deed_by by;
} deeds[DEEDS] = {
	[DEED_BLOCK_IP] = { "BLOCK_IP", DEED_TO_ADDRESS, DEED_BY_GATE },
	[DEED_RATE_LIMIT_IP] = { "RATE_LIMIT_IP", DEED_TO_ADDRESS, DEED_BY_GATE },
	[DEED_RATE_LIMIT_USER] = { "RATE_LIMIT_USER", DEED_TO_USER, DEED_BY_APP },
	[DEED_LOCK_ACCOUNT] = { "LOCK_ACCOUNT", DEED_TO_USER, DEED_BY_APP },
	[DEED_SUSPEND_USER] = { "SUSPEND_USER", DEED_TO_USER, DEED_BY_APP },
	[DEED_REVOKE_SESSIONS] = { "REVOKE_SESSIONS", DEED_TO_USER, DEED_BY_APP },
	[DEED_REVOKE_API_KEY] = { "REVOKE_API_KEY", DEED_TO_USER, DEED_BY_APP },
	[DEED_REQUIRE_CAPTCHA] = { "REQUIRE_CAPTCHA", DEED_TO_ADDRESS, DEED_BY_GATE },
	[DEED_BLOCK_ALL_TRAFFIC] = { "BLOCK_ALL_TRAFFIC", DEED_TO_ALL, DEED_BY_APP },
	[DEED_ENABLE_ENHANCED_MONITORING] = { "ENABLE_ENHANCED_MONITORING", DEED_TO_BOTH,
	    DEED_BY_WATCH },
	[DEED_CAPTURE_EVIDENCE] = { "CAPTURE_EVIDENCE", DEED_TO_ALERT, DEED_BY_EVIDENCE },
	[DEED_NOTIFY] = { "NOTIFY", DEED_TO_ALERT, DEED_BY_CHANNEL },
	[DEED_CREATE_TICKET] = { "CREATE_TICKET", DEED_TO_ALERT, DEED_BY_TRACKER },
	[DEED_CREATE_INCIDENT] = { "CREATE_INCIDENT", DEED_TO_ALERT, DEED_BY_INCIDENT },
};

const char *
deed_word(enum deed d)
{
	return deeds[d].word;
}

bool
deed_find(struct str word, enum deed *ret)
{
	for (unsigned i = 0; i < DEEDS; i++)
		if (str_eq(word, str_c(deeds[i].word))) {
			*ret = (enum deed)i;
			return true;
		}
	return false;
}

enum deed_to
deed_to(enum deed d)
{
	return deeds[d].to;
}

enum deed_by
deed_by(enum deed d)
{
	return deeds[d].by;
}

bool
deed_app_too(enum deed d)
{
	return d == DEED_REQUIRE_CAPTCHA;
}
