/* Nanoseconds per request for looking for attacks, and per user agent; the best of several rounds.
 * Paths and queries are new ones each time, agents and referers the same: as in real logs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "enrich/agents.h"
#include "enrich/webattack.h"

#define ROUNDS 100U
#define TIMES 1000U

#define AGENT                                                                                      \
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "        \
	"Chrome/126.0.0.0 Safari/537.36"

static char many[20000], long_[9000], deep[9000];

static const struct {
	const char *name, *url, *body;
} requests[] = {
	{ "page", "/blog/2026/11/how-we-build-things.html", NULL },
	{ "page with ids",
	    "/api/v1/orders/550e8400-e29b-41d4-a716-446655440000/items?expand=lines&page=2", NULL },
	{ "search", "/search?q=red+running+shoes&page=2&sort=price_asc&utm_source=newsletter",
	    NULL },
	{ "search with quotes", "/search?q=o%27brien+%26+sons+%22dublin%22&lang=en", NULL },
	{ "redirect", "/login?next=https%3A%2F%2Fapp.example%2Fhome%3Fa%3D1%26b%3D2", NULL },
	{ "form", "/contact",
	    "name=Anna+M%C3%BCller&mail=anna%40example.com&text=Hello%2C+I%27d+like"
	    "+to+know+the+price+of+2+chairs%3B+thanks%21" },
	{ "JSON", "/api/orders",
	    "{\"user\":{\"id\":42,\"name\":\"Anna\"},\"items\":[{\"sku\":\"A-100\",\"n\":2}],"
	    "\"note\":\"leave it at the door\"}" },
	{ "SQL injection", "/p?id=1%27%20union%20select%20user,password%20from%20users--", NULL },
	{ "script injection", "/p?q=%22%3E%3Csvg%20onload%3Dalert(document.cookie)%3E", NULL },
	{ "wrapped five times", "/p?q=%252525253Cscript%252525253Ealert(1)", NULL },
	{ "256 parameters", many, NULL },
	{ "4 KiB of quotes", long_, NULL },
	{ "4 KiB of encodings", deep, NULL },
};

/* An address in which two numbers stand: the path and the query are others each time. */
struct address {
	char text[24000];
	char *in_path, *in_query;
};

static void
compose(struct address *a, const char *url)
{
	(void)snprintf(a->text, sizeof(a->text), "/00000000%s%sn=00000000", url,
	    strchr(url, '?') != NULL ? "&" : "?");
	a->in_path = a->text + 1;
	a->in_query = a->text + strlen(a->text) - 8;
}

static void
change(struct address *a, unsigned n)
{
	for (unsigned i = 8; i-- > 0; n /= 10)
		a->in_path[i] = a->in_query[i] = (char)('0' + n % 10);
}

static double
measure(struct webattack *w, size_t i, bool same)
{
	static struct address address;

	struct arena *a = arena_new((size_t)1 << 20);
	unsigned times = i >= ARRAY_LEN(requests) - 3 ? TIMES / 100 : TIMES;
	struct rec *r = malloc(sizeof(*r));
	int64_t best = INT64_MAX;

	if (r == NULL)
		exit(EXIT_FAILURE);
	compose(&address, requests[i].url);
	for (unsigned round = 0; round < ROUNDS; round++) {
		int64_t begin = clock_mono(), took;

		for (unsigned k = 0; k < times; k++) {
			arena_reset(a);
			if (!same)
				change(&address, round * times + k);
			rec_init(r, a);
			rec_set_str(r, F_URL, str_c(address.text));
			rec_set_str(r, F_USER_AGENT, STR(AGENT));
			rec_set_str(r, F_REFERER, STR("https://shop.example/list?page=1"));
			if (requests[i].body != NULL)
				rec_set_str(r, F_REQUEST_BODY, str_c(requests[i].body));
			webattack_apply(w, r);
		}
		took = clock_mono() - begin;
		best = took < best ? took : best;
	}
	free(r);
	arena_free(a);
	return (double)best / times;
}

static double
measure_agent(struct agents *a)
{
	int64_t best = INT64_MAX;

	for (unsigned round = 0; round < ROUNDS; round++) {
		int64_t begin = clock_mono(), took;
		struct useragent u;
		size_t n = 0;

		for (unsigned k = 0; k < TIMES; k++) {
			if (a != NULL)
				agents_parse(a, STR(AGENT), &u);
			else
				useragent_parse(STR(AGENT), &u);
			n += u.name.n;
		}
		took = clock_mono() - begin;
		if (n == 0)
			exit(EXIT_FAILURE);
		best = took < best ? took : best;
	}
	return (double)best / TIMES;
}

int
main(void)
{
	struct webattack *w = webattack_new();
	struct agents *agents = agents_new();

	(void)snprintf(many, sizeof(many), "/p?");
	for (size_t n = 3; n < 256 * 30; n += 30)
		(void)snprintf(many + n, sizeof(many) - n, "%-29.29s&",
		    "a=1'+or+sleep(5)+and+'x'='");
	(void)snprintf(long_, sizeof(long_), "/p?q=");
	(void)snprintf(deep, sizeof(deep), "/p?q=");
	for (size_t n = 5; n < 4101; n++)
		long_[n] = "'\"( <a"[n % 6];
	for (size_t n = 5; n < 4101; n++)
		deep[n] = "%25"[(n - 5) % 3];
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		printf("webattack %-22s %5zu bytes %10.0f ns\n", requests[i].name,
		    strlen(requests[i].url) +
			(requests[i].body != NULL ? strlen(requests[i].body) : 0),
		    measure(w, i, false));
	printf("webattack %-22s %5zu bytes %10.0f ns\n", "page seen before",
	    strlen(requests[0].url), measure(w, 0, true));
	printf("webattack %-22s %5zu bytes %10.0f ns\n", "user agent parsed", strlen(AGENT),
	    measure_agent(NULL));
	printf("webattack %-22s %5zu bytes %10.0f ns\n", "user agent remembered", strlen(AGENT),
	    measure_agent(agents));
	agents_free(agents);
	webattack_free(w);
	return EXIT_SUCCESS;
}
