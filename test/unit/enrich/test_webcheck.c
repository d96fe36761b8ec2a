/* Referers and the headers of answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webcheck.h"

#include "test.h"

TEST(referers)
{
	static const struct {
		const char *referer, *host, *want;
	} cases[] = {
		{ "", "shop.example", "missing" },
		{ "-", "shop.example", "missing" },
		{ "https://shop.example/cart", "shop.example", "same" },
		{ "https://SHOP.example:8443/cart", "shop.example:443", "same" },
		{ "https://www.shop.example/", "shop.example", "same" },
		{ "https://shop.example/", "www.shop.example", "same" },
		{ "https://evil.example/", "shop.example", "foreign" },
		{ "https://notshop.example/", "shop.example", "foreign" },
		{ "https://shop.example.evil.test/", "shop.example", "foreign" },
		{ "https://evil.test/?x=https://shop.example/", "shop.example", "foreign" },
		{ "https://evil.example/", "https://shop.example/cart", "foreign" },
		{ "https://evil.example/", "", "unknown" },
		{ "nonsense", "shop.example", "foreign" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_SLICE(webcheck_referer(str_c(cases[i].referer), str_c(cases[i].host)),
		    cases[i].want);
}

TEST(only_where_it_matters)
{
	struct arena *a = arena_new(1 << 16);
	struct rec r;

	rec_init(&r, a);
	rec_set_str(&r, F_METHOD, STR("GET"));
	webcheck_apply(&r);
	CHECK(!rec_has(&r, F_REFERER_KIND));
	rec_set_str(&r, F_METHOD, STR("post"));
	webcheck_apply(&r);
	CHECK_SLICE(rec_str(&r, F_REFERER_KIND), "missing");
	rec_init(&r, a);
	rec_set_str(&r, F_EVENT_TYPE, STR("csrf.validation.failed"));
	rec_set_str(&r, F_REFERER, STR("https://evil.example/"));
	rec_set_str(&r, F_URL, STR("https://shop.example/pay"));
	webcheck_apply(&r);
	CHECK_SLICE(rec_str(&r, F_REFERER_KIND), "foreign");
	rec_set_str(&r, F_REFERER_KIND, STR("same"));
	webcheck_apply(&r);
	CHECK_SLICE(rec_str(&r, F_REFERER_KIND), "same");
	arena_free(a);
}

#define GOOD_CSP "default-src 'self'"
#define GOOD_HSTS "max-age=31536000; includeSubDomains"

TEST(headers)
{
	static const struct {
		const char *csp, *hsts, *frame, *sniff, *want;
	} cases[] = {
		{ GOOD_CSP, GOOD_HSTS, "DENY", "nosniff", NULL },
		{ NULL, GOOD_HSTS, "DENY", "nosniff", "content-security-policy" },
		{ GOOD_CSP, NULL, NULL, "nosniff", "strict-transport-security x-frame-options" },
		{ "script-src 'unsafe-inline'", GOOD_HSTS, "sameorigin", "nosniff",
		    "weak:content-security-policy" },
		{ "script-src 'unsafe-inline' 'nonce-abc'", GOOD_HSTS, "sameorigin", "nosniff",
		    NULL },
		{ "script-src 'self' 'unsafe-eval' 'nonce-abc'", GOOD_HSTS, "deny", "nosniff",
		    "weak:content-security-policy" },
		{ GOOD_CSP, "max-age=300", "ALLOW-FROM https://x.example", "on",
		    "weak:strict-transport-security weak:x-frame-options "
		    "weak:x-content-type-options" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const values[] = { cases[i].csp, cases[i].hsts, cases[i].frame,
			cases[i].sniff, "text/html" };
		static const char *const paths[] = { "response.headers.Content-Security-Policy",
			"response.headers.strict-transport-security",
			"response.headers.X-Frame-Options",
			"response.headers.X-Content-Type-Options",
			"response.headers.Content-Type" };
		struct arena *a = arena_new(1 << 16);
		struct rec r;

		rec_init(&r, a);
		for (size_t k = 0; k < ARRAY_LEN(values); k++) {
			struct rec_extra x = { .path = str_c(paths[k]), .type = FIELD_STR };

			x.v.s = str_c(values[k]);
			if (values[k] != NULL)
				CHECK_INT(rec_add_extra(&r, &x), OK);
		}
		webcheck_apply(&r);
		CHECK_INT(rec_has(&r, F_HEADERS_WEAK), cases[i].want != NULL);
		if (cases[i].want != NULL)
			CHECK_SLICE(rec_str(&r, F_HEADERS_WEAK), cases[i].want);
		arena_free(a);
	}
}

TEST(no_headers_no_word)
{
	struct arena *a = arena_new(1 << 16);
	struct rec_extra x = { .path = STR("response.time"), .type = FIELD_STR, .v.s = STR("1") };
	struct rec r;

	rec_init(&r, a);
	CHECK_INT(rec_add_extra(&r, &x), OK);
	webcheck_apply(&r);
	CHECK(!rec_has(&r, F_HEADERS_WEAK));
	arena_free(a);
}
