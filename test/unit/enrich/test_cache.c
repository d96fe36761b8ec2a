/* The cache of addresses: it remembers, it forgets, it never mixes up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/cache.h"

#include "test.h"

static struct cache_info *
get(struct cache *c, unsigned i, bool *ret_new)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%u.%u.%u.%u", i >> 24, i >> 16 & 255, i >> 8 & 255,
	    i & 255);
	return cache_get(c, str_c(text), ret_new);
}

TEST(remembers_ten_thousand)
{
	struct cache *c = cache_new();
	unsigned misses = 0;
	bool new_;

	for (unsigned i = 0; i < 10000; i++) {
		struct cache_info *info = get(c, i * 7919, &new_);

		CHECK(new_ && info->place.asn == 0);
		info->place.asn = i;
	}
	for (unsigned i = 0; i < 10000; i++) {
		struct cache_info *info = get(c, i * 7919, &new_);

		misses += new_;
		CHECK(new_ || info->place.asn == i);
		info->place.asn = i;
	}
	CHECK(misses < 100);
	cache_free(c);
}

TEST(forgets)
{
	struct cache *c = cache_new();
	bool new_;

	get(c, 1, &new_)->vpn = true;
	CHECK(get(c, 1, &new_)->vpn && !new_);
	cache_clear(c);
	CHECK(!get(c, 1, &new_)->vpn && new_);
	cache_free(c);
}

/* Ten times more addresses than places: what is found is always right. */
TEST(never_mixes_up)
{
	struct cache *c = cache_new();
	bool new_;

	for (unsigned i = 0; i < 10 * CACHE_SIZE; i++)
		get(c, i, &new_)->place.asn = i;
	for (unsigned i = 0; i < 10 * CACHE_SIZE; i++) {
		struct cache_info *info = get(c, i, &new_);

		CHECK(new_ || info->place.asn == i);
		info->place.asn = i;
	}
	cache_free(c);
}

TEST(long_and_empty_text)
{
	struct cache *c = cache_new();
	char text[100];
	bool new_;

	memset(text, 'x', sizeof(text));
	(void)cache_get(c, (struct str){ text, sizeof(text) }, &new_);
	CHECK(new_);
	(void)cache_get(c, (struct str){ text, 0 }, &new_);
	CHECK(new_);
	(void)cache_get(c, (struct str){ text, 0 }, &new_);
	CHECK(!new_);
	cache_free(c);
}
