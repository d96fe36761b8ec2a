/* Addresses against the C library. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ip.h"

#include <arpa/inet.h>

#include "random.h"
#include "test.h"

static const struct {
	const char *s, *want; /* NULL: refused */
} texts[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::ffff:192.0.2.1", "192.0.2.1" },
	{ "::FFFF:c000:0201", "192.0.2.1" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "1::", "1::" },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "::1.2.3.4", "::102:304" },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304" },
	{ "", NULL },
	{ ":", NULL },
	{ ":::", NULL },
	{ "1", NULL },
	{ "1.2.3", NULL },
	{ "1.2.3.4.5", NULL },
	{ "1.2.3.04", NULL },
	{ "00.0.0.0", NULL },
	{ "256.0.0.1", NULL },
	{ "1.2.3.4 ", NULL },
	{ " 1.2.3.4", NULL },
	{ "1.2.3.", NULL },
	{ ".1.2.3", NULL },
	{ "1.2.3.4:80", NULL },
	{ "[::1]", NULL },
	{ "fe80::1%eth0", NULL },
	{ "1:2:3:4:5:6:7", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "1:2:3:4:5:6:7:8::", NULL },
	{ "::1:2:3:4:5:6:7:8", NULL },
	{ "1::2::3", NULL },
	{ "12345::", NULL },
	{ "1.2.3.4::", NULL },
	{ "::1.2.3.4:5", NULL },
	{ "1:2:3:4:5:6:7:1.2.3.4", NULL },
	{ ":1::2", NULL },
	{ "1::2:", NULL },
	{ "::ffff:1.2.3.256", NULL },
	{ "g::", NULL },
};

TEST(canonical_text)
{
	char text[IP_TEXT_SIZE];
	struct ip ip;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		bool good = ip_parse(str_c(texts[i].s), &ip);

		if (good != (texts[i].want != NULL))
			CHECK_STR(good ? texts[i].s : NULL, texts[i].want);
		if (good)
			CHECK_STR(ip_text(&ip, text), texts[i].want);
	}
	CHECK(!ip_parse((struct str){ "1.2.3.4\0", 8 }, &ip));
}

/* Random addresses, with runs of zeros, through both libraries both ways. */
TEST(round_trips_agree_with_inet_pton)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(50000); round++) {
		char text[IP_TEXT_SIZE], theirs[INET6_ADDRSTRLEN];
		struct ip ip, back;
		unsigned char b[16];

		for (size_t i = 0; i < 16; i += 2) {
			uint64_t r = random_below(&s, 3) == 0 ? 0 : random_next(&s);

			ip.b[i] = (uint8_t)(random_below(&s, 3) == 0 ? 0 : r);
			ip.b[i + 1] = (uint8_t)(r >> 8);
		}
		if (round % 4 == 0)
			memcpy(ip.b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
		CHECK(ip_parse(str_c(ip_text(&ip, text)), &back));
		CHECK_BYTES(&back, 16, &ip, 16);
		if (ip_is_v4(&ip)) {
			CHECK_INT(inet_pton(AF_INET, text, b), 1);
			CHECK_BYTES(b, 4, ip.b + 12, 4);
		} else {
			CHECK_INT(inet_pton(AF_INET6, text, b), 1);
			CHECK_BYTES(b, 16, ip.b, 16);
		}
		CHECK(inet_ntop(AF_INET6, ip.b, theirs, sizeof(theirs)) != NULL);
		CHECK(ip_parse(str_c(theirs), &back));
		CHECK_BYTES(&back, 16, &ip, 16);
	}
}

/* What is refused and taken, on near misses. */
TEST(mutated_text_agrees_with_inet_pton)
{
	static const char *const seeds[] = { "192.168.10.254", "2001:db8::1:0:0:1",
		"::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "::", "fe80::" };
	static const char letters[] = "0123456789abcdefABCF:::...g %/";
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(200000); round++) {
		char text[64];
		unsigned char b[16] = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
		struct ip ip;
		size_t n;
		bool want;

		(void)str_to_c(str_c(seeds[random_below(&s, ARRAY_LEN(seeds))]), text,
		    sizeof(text));
		n = strlen(text);
		for (size_t k = 1 + random_below(&s, 3); k > 0; k--) {
			size_t at = random_below(&s, n);

			if (random_below(&s, 2) == 0) {
				text[at] = letters[random_below(&s, sizeof(letters) - 1)];
			} else if (random_below(&s, 2) == 0 && n + 1 < sizeof(text)) {
				memmove(text + at + 1, text + at, n - at + 1);
				text[at] = letters[random_below(&s, sizeof(letters) - 1)];
				n++;
			} else if (n > 1) {
				memmove(text + at, text + at + 1, n - at);
				n--;
			}
		}
		want = inet_pton(AF_INET, text, b + 12) == 1 || inet_pton(AF_INET6, text, b) == 1;
		if (ip_parse(str_c(text), &ip) != want)
			CHECK_STR(text, want ? "to be taken" : "to be refused");
		if (want)
			CHECK_BYTES(ip.b, 16, b, 16);
	}
}

TEST(networks)
{
	static const struct {
		const char *net, *inside, *outside; /* net refused when both are NULL */
		unsigned bits;
		bool masked;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.1.2", "11.0.0.0", 104, false },
		{ "10.1.2.3/8", "10.255.1.2", "11.0.0.0", 104, true },
		{ "192.0.2.128/25", "192.0.2.200", "192.0.2.127", 121, false },
		{ "192.0.2.1", "192.0.2.1", "192.0.2.2", 128, false },
		{ "0.0.0.0/0", "1.2.3.4", "::1", 96, false },
		{ "::/0", "2001:db8::1", "1.2.3.4", 0, false },
		{ "2001:db8::/32", "2001:db8:ffff::1", "2001:db9::", 32, false },
		{ "2001:db8::1/33", "2001:db8:7fff::", "2001:db8:8000::", 33, true },
		{ "::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1", 104, false },
		{ "::1/128", "::1", "::2", 128, false },
		{ "10.0.0.0/33", NULL, NULL, 0, false },
		{ "10.0.0.0/", NULL, NULL, 0, false },
		{ "10.0.0.0/08", NULL, NULL, 0, false },
		{ "10.0.0.0/-1", NULL, NULL, 0, false },
		{ "10.0.0.0/8/8", NULL, NULL, 0, false },
		{ "::/129", NULL, NULL, 0, false },
		{ "10.0.0/8", NULL, NULL, 0, false },
		{ "/8", NULL, NULL, 0, false },
		{ "", NULL, NULL, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ip_net net;
		struct ip ip;
		bool masked, good = ip_net_parse(str_c(rows[i].net), &net, &masked);

		if (good != (rows[i].inside != NULL))
			CHECK_STR(rows[i].net, good ? "to be refused" : "to be taken");
		if (!good)
			continue;
		CHECK_INT(net.bits, rows[i].bits);
		CHECK_INT(masked, rows[i].masked);
		CHECK(ip_parse(str_c(rows[i].inside), &ip));
		CHECK(ip_net_has(&net, &ip));
		CHECK(ip_parse(str_c(rows[i].outside), &ip));
		CHECK(!ip_net_has(&net, &ip));
	}
}

TEST(membership_is_about_the_leading_bits)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(20000); round++) {
		struct ip_net net;
		char text[IP_TEXT_SIZE], full[IP_TEXT_SIZE + 8];
		struct ip a, b;
		unsigned bits = (unsigned)random_below(&s, 129), flip;

		for (size_t i = 0; i < 16; i++)
			a.b[i] = (uint8_t)random_next(&s);
		a.b[0] |= 1; /* no IPv4 */
		(void)snprintf(full, sizeof(full), "%s/%u", ip_text(&a, text), bits);
		CHECK(ip_net_parse(str_c(full), &net, NULL));
		CHECK(ip_net_has(&net, &a));
		flip = (unsigned)random_below(&s, 128);
		b = a;
		b.b[flip / 8] ^= (uint8_t)(0x80U >> (flip % 8));
		CHECK_INT(ip_net_has(&net, &b), flip >= bits);
	}
}
