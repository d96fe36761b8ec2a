/* Webhooks of PagerDuty: signatures that are good and that are not, and what they say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/pagerduty.h"

#include "base/buf.h"
#include "base/digest.h"
#include "test.h"

static const char body[] =
    "{\"event\":{\"id\":\"01\",\"event_type\":\"incident.acknowledged\",\"resource_type\":"
    "\"incident\",\"agent\":{\"id\":\"PLH\",\"summary\":\"Ana A.\",\"type\":\"user_reference\"},"
    "\"data\":{\"id\":\"Q1\",\"type\":\"incident\",\"incident_key\":\"00aa\",\"status\":"
    "\"acknowledged\"}}}";

/* "v1=" and the digest that the commands of openssl make of it. */
static const char *
sign(const char *secret, char to[80])
{
	uint8_t mac[DIGEST_SIZE];

	digest_hmac_sha256(str_c(secret), str_c(body), mac);
	memcpy(to, "v1=", 4);
	(void)digest_hex(mac, sizeof(mac), to + 3);
	return to;
}

TEST(signatures)
{
	/* printf 'hello' | openssl dgst -sha256 -hmac key */
	static const char hello[] =
	    "v1=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b";
	auto_buf struct buf many = { 0 };
	char good[80], bad[80], header[200];

	CHECK(pagerduty_signed(str_c(hello), STR("hello"), STR("key")));
	CHECK(!pagerduty_signed(str_c(hello), STR("hello "), STR("key")));
	(void)sign("secret", good);
	(void)sign("other", bad);
	CHECK(pagerduty_signed(str_c(good), str_c(body), STR("secret")));
	CHECK(pagerduty_signed(str_c(good), str_c(body), STR("old secret")));
	CHECK(!pagerduty_signed(str_c(good), str_c(body), STR("")));
	CHECK(!pagerduty_signed(str_c(bad), str_c(body), STR("secret")));
	CHECK(!pagerduty_signed(STR(""), str_c(body), STR("secret")));
	CHECK(!pagerduty_signed(STR("v1="), str_c(body), STR("secret")));
	CHECK(!pagerduty_signed(str_c(good + 3), str_c(body), STR("secret")));
	(void)snprintf(header, sizeof(header), "%s, %s", bad, good);
	CHECK(pagerduty_signed(str_c(header), str_c(body), STR("secret")));
	header[1] = '0';
	CHECK(pagerduty_signed(str_c(header), str_c(body), STR("secret")));
	for (unsigned i = 0; i < PAGERDUTY_SIGNATURES_MAX; i++)
		buf_printf(&many, "%s,", bad);
	buf_str(&many, str_c(good));
	CHECK(!pagerduty_signed(buf_view(&many), str_c(body), STR("secret")));
	for (size_t i = 0; i < strlen(good); i++) {
		good[i] = (char)(good[i] ^ 1);
		CHECK(!pagerduty_signed(str_c(good), str_c(body), STR("secret")));
		good[i] = (char)(good[i] ^ 1);
	}
}

static enum pagerduty_what
read_one(const char *text, char key[64], char agent[64])
{
	struct arena *a = arena_new(1 << 20);
	struct pagerduty_event e = { .what = PAGERDUTY_OTHER };
	struct diag why = { 0 };

	CHECK_OK(pagerduty_read(str_c(text), a, &e, &why), why);
	(void)str_to_c(e.key, key, 64);
	(void)str_to_c(e.agent, agent, 64);
	arena_free(a);
	return e.what;
}

TEST(what_it_says)
{
	static const char *const broken[] = { "", "[]", "{}", "{\"event\":1}", "{\"event\":{}}",
		"{\"event\":{\"event_type\":7}}", "{" };
	struct pagerduty_event e;
	char key[64], agent[64];

	CHECK_INT(read_one(body, key, agent), PAGERDUTY_ACKNOWLEDGED);
	CHECK_STR(key, "00aa");
	CHECK_STR(agent, "Ana A.");
	CHECK_INT(read_one("{\"event\":{\"event_type\":\"incident.resolved\",\"data\":{}}}", key,
		      agent),
	    PAGERDUTY_RESOLVED);
	CHECK_STR(key, "");
	CHECK_INT(read_one("{\"event\":{\"event_type\":\"pagey.ping\",\"agent\":null}}", key,
		      agent),
	    PAGERDUTY_OTHER);
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct arena *a = arena_new(1 << 16);

		CHECK(pagerduty_read(str_c(broken[i]), a, &e, NULL) != OK);
		arena_free(a);
	}
}
