/* Any bytes as a GeoIP database: refused, or safe to look up in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "enrich/geo.h"
#include "enrich/mmdb.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
look(const struct geo *g, const char *text)
{
	struct geo_place place = { 0 };
	struct ip ip;
	size_t sum = 0;

	if (!ip_parse(str_c(text), &ip))
		abort();
	geo_lookup(g, &ip, &place);
	for (size_t i = 0; i < place.country.n; i++)
		sum += (unsigned char)place.country.p[i];
	for (size_t i = 0; i < place.city.n; i++)
		sum += (unsigned char)place.city.p[i];
	if (place.country.n > 256 || place.city.n > 256 || sum > 512 * 255)
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const ips[] = { "0.0.0.0", "1.2.3.4", "255.255.255.255", "::", "::1",
		"2::1", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };
	const struct str bytes = { (const char *)data, size };
	struct geo *g;

	if (mmdb_check(bytes, NULL) != OK || geo_open_bytes(bytes, &g, NULL) != OK)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(ips); i++)
		look(g, ips[i]);
	geo_unref(g);
	return 0;
}
