/* Hosts, mail and web addresses of channels: what passes can do no harm where it is used. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/uri.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Nothing that ends a line, a word or a quoted text. */
static bool
is_tame(struct str s, const char *refused)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f ||
		    (s.p[i] != '\0' && strchr(refused, s.p[i]) != NULL))
			return false;
	return true;
}

static void
check_url(struct str s)
{
	struct str rest = s;

	assert(is_tame(s, "\\"));
	assert(str_eq(str_until(&rest, ':'), STR("http")) || str_starts(s, STR("https://")));
	rest = str_from(s, (size_t)str_find(s, STR("//")) + 2);
	for (size_t i = 0; i < rest.n && strchr("/?#", rest.p[i]) == NULL; i++)
		assert(rest.p[i] != '@');
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct str s = { (const char *)data, size };
	struct str host = s;

	if (uri_host(s))
		assert(s.n <= 253 && is_tame(s, "\"<>()[],;@\\/?#%"));
	if (uri_mail(s)) {
		assert(s.n <= 254 &&
		       is_tame(s, "\"<>()[],;:\\") == (memchr(s.p, ':', s.n) == NULL));
		(void)str_until(&host, '@');
		assert(uri_host(host));
	}
	if (uri_http(s))
		check_url(s);
	return 0;
}
