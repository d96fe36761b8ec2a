/* Digests, hexadecimal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include "test.h"

TEST(sha256)
{
	static const struct {
		const char *s, *want;
	} rows[] = {
		/* FIPS 180-4 examples */
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	uint8_t digest[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		digest_sha256(str_c(rows[i].s), digest);
		CHECK_STR(digest_hex(digest, sizeof(digest), hex), rows[i].want);
	}
	digest_sha256((struct str){ NULL, 0 }, digest);
	CHECK_STR(digest_hex(digest, sizeof(digest), hex), rows[0].want);
}

TEST(hmac_sha256)
{
	static const struct {
		const char *key, *s, *want;
	} rows[] = {
		/* RFC 4231, cases 2 and 1 */
		{ "Jefe", "what do ya want for nothing?",
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		  "\x0b",
		    "Hi There",
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
	};
	uint8_t digest[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		digest_hmac_sha256(str_c(rows[i].key), str_c(rows[i].s), digest);
		CHECK_STR(digest_hex(digest, sizeof(digest), hex), rows[i].want);
	}
}

TEST(hexadecimal)
{
	unsigned char all[256], back[256];
	char hex[513];

	for (unsigned i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	(void)digest_hex(all, sizeof(all), hex);
	CHECK_INT(strlen(hex), 512);
	CHECK(digest_unhex(str_c(hex), back, sizeof(back)));
	CHECK_BYTES(back, 256, all, 256);
	CHECK(digest_unhex(STR("Ff0A"), back, 2));
	CHECK_BYTES(back, 2, "\xff\x0a", 2);
	CHECK(digest_unhex(STR(""), back, 0));
}

TEST(bad_hexadecimal_changes_nothing)
{
	static const char *const rows[] = { "0", "000", "0g", "g0", "0x", " 0", "00 0", "/0", ":0",
		"@0", "G0", "`0" };
	unsigned char back[2] = { 1, 2 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(!digest_unhex(str_c(rows[i]), back, strlen(rows[i]) > 2 ? 2 : 1));
		CHECK_BYTES(back, 2, "\1\2", 2);
	}
}

TEST(equality)
{
	CHECK(digest_equal(STR("abc"), STR("abc")));
	CHECK(!digest_equal(STR("abc"), STR("abd")));
	CHECK(!digest_equal(STR("abc"), STR("ab")));
	CHECK(digest_equal((struct str){ NULL, 0 }, STR("")));
}

TEST(random_bytes_differ)
{
	unsigned char a[300] = { 0 }, b[300] = { 0 };
	unsigned zeros = 0;

	digest_random(a, sizeof(a));
	digest_random(b, sizeof(b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0;
	CHECK(zeros < 30);
}
