/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of one-click acknowledge: EXPIRY.CHANNEL[.PERSON].MAC, the MAC over those and the alert.
 */
#include "alert/acklink.h"

#include <stdio.h>

#include "alert/channels.h"
#include "alert/internal.h"
#include "base/digest.h"

#define MAC_DIGITS 32
#define PERSON_MAX 64
#define SECOND ((int64_t)1000000000)

static void
put_mac(const struct alerts *a, struct str alert_id, struct str channel, struct str person,
    int64_t seconds, char to[MAC_DIGITS + 1])
{
	const struct str key = { (const char *)a->ack_key, sizeof(a->ack_key) };
	uint8_t mac[DIGEST_SIZE];
	char text[ALERTS_ID_SIZE + CHANNELS_NAME_MAX + PERSON_MAX + 64];
	int n = snprintf(text, sizeof(text), "ack %.*s %.*s %lld%s%.*s", STR_ARG(alert_id),
	    STR_ARG(channel), (long long)seconds, person.n != 0 ? " " : "", STR_ARG(person));

	digest_hmac_sha256(key, (struct str){ text, (size_t)n }, mac);
	(void)digest_hex(mac, MAC_DIGITS / 2, to);
}

char *
acklink_personal(const struct alerts *a, struct str alert_id, struct str channel, struct str person,
    int64_t expires, char to[ACKLINK_SIZE])
{
	char mac[MAC_DIGITS + 1];

	if (person.n > PERSON_MAX)
		person.n = 0; /* no person of ours */
	put_mac(a, alert_id, channel, person, expires / SECOND, mac);
	(void)snprintf(to, ACKLINK_SIZE, "%lld.%.*s%s%.*s.%s", (long long)(expires / SECOND),
	    STR_ARG(channel), person.n != 0 ? "." : "", STR_ARG(person), mac);
	return to;
}

char *
acklink_make(const struct alerts *a, struct str alert_id, struct str channel, int64_t expires,
    char to[ACKLINK_SIZE])
{
	return acklink_personal(a, alert_id, channel, STR(""), expires, to);
}

bool
acklink_check(const struct alerts *a, struct str alert_id, struct str token, int64_t now,
    struct str *ret_channel)
{
	const struct str person = acklink_person(token);
	struct str rest = token, expires, channel;
	char mac[MAC_DIGITS + 1];
	int64_t seconds;

	if (token.n >= ACKLINK_SIZE || alert_id.n != ALERTS_ID_SIZE - 1)
		return false;
	expires = str_until(&rest, '.');
	channel = str_until(&rest, '.');
	if (person.n != 0)
		(void)str_until(&rest, '.');
	if (!str_i64(expires, &seconds) || channel.n > CHANNELS_NAME_MAX || person.n > PERSON_MAX ||
	    seconds <= now / SECOND)
		return false;
	put_mac(a, alert_id, channel, person, seconds, mac);
	if (!digest_equal(rest, str_c(mac)))
		return false;
	*ret_channel = channel;
	return true;
}

struct str
acklink_person(struct str token)
{
	struct str rest = token, person;

	(void)str_until(&rest, '.');
	(void)str_until(&rest, '.');
	person = str_until(&rest, '.');
	return rest.n != 0 ? person : STR("");
}
