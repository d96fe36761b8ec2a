/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks of PagerDuty. */
#include "oncall/pagerduty.h"

#include "base/digest.h"
#include "base/jsonr.h"

#define HEX_SIZE (2 * DIGEST_SIZE + 1)

/* By any of the secrets; every one is tried, so that the time says nothing. */
static bool
is_by(struct str hex, struct str body, struct str secrets)
{
	bool good = false;

	while (secrets.n != 0) {
		const struct str secret = str_until(&secrets, ' ');
		uint8_t mac[DIGEST_SIZE];
		char want[HEX_SIZE];

		if (secret.n == 0)
			continue;
		digest_hmac_sha256(secret, body, mac);
		(void)digest_hex(mac, sizeof(mac), want);
		good |= digest_equal(hex, str_c(want));
	}
	return good;
}

bool
pagerduty_signed(struct str header, struct str body, struct str secrets)
{
	for (unsigned i = 0; header.n != 0 && i < PAGERDUTY_SIGNATURES_MAX; i++) {
		struct str one = str_trim(str_until(&header, ','));

		if (str_starts(one, STR("v1=")) && is_by(str_from(one, 3), body, secrets))
			return true;
	}
	return false;
}

enum err
pagerduty_read(struct str body, struct arena *a, struct pagerduty_event *ret, struct diag *why)
{
	const struct jsonr *top, *event, *data;
	struct str type;
	enum err e;

	if (body.n > PAGERDUTY_BODY_MAX)
		return err_set(why, FAIL_LIMIT, "the message is too long");
	e = jsonr_parse(a, body, &top, why);
	if (e != OK)
		return e;
	event = jsonr_get(top, "event");
	data = jsonr_get(event, "data");
	type = jsonr_text(event, "event_type", STR(""));
	if (type.n == 0)
		return err_set(why, FAIL_SYNTAX, "there is no event.event_type");
	*ret = (struct pagerduty_event){ .what = PAGERDUTY_OTHER,
		.key = jsonr_text(data, "incident_key", STR("")),
		.agent = jsonr_text(jsonr_get(event, "agent"), "summary", STR("")) };
	if (str_eq(type, STR("incident.acknowledged")))
		ret->what = PAGERDUTY_ACKNOWLEDGED;
	else if (str_eq(type, STR("incident.resolved")))
		ret->what = PAGERDUTY_RESOLVED;
	return OK;
}
