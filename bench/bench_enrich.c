/* Records enriched per second: 10,000 addresses in turn, one address, and never one twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/ip.h"
#include "enrich/enrich.h"

#define DISTINCT 10000U

static void
make_ip(uint32_t i, char *to)
{
	struct ip ip = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 } };
	uint32_t v = i * 2654435761U;

	for (unsigned k = 0; k < 4; k++)
		ip.b[12 + k] = (uint8_t)(v >> (24 - 8 * k));
	(void)ip_text(&ip, to);
}

static void
measure(struct enricher *en, const char *what, char (*texts)[IP_TEXT_SIZE], unsigned distinct,
    unsigned rounds)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct rec *r = aligned_alloc(64, (sizeof(*r) + 63) / 64 * 64);
	int64_t begin, took, sum = 0;

	if (r == NULL)
		exit(EXIT_FAILURE);
	for (unsigned pass = 0; pass < 2; pass++) {
		begin = clock_mono();
		for (unsigned i = 0; i < rounds; i++) {
			rec_init(r, a);
			rec_set_int(r, F_TIMESTAMP, (int64_t)i * 1000000);
			rec_set_str(r, F_EVENT_TYPE, STR("http.request"));
			rec_set_str(r, F_CLIENT_IP, str_c(texts[i % distinct]));
			enricher_apply(en, r);
			sum += r->v[F_RISK_SCORE].i;
			if (i % 500 == 499)
				enricher_release(en);
		}
		took = clock_mono() - begin;
	}
	printf("enrich %-28s %8.0f records/s  %6.1f ns each  (sum %lld)\n", what,
	    (double)rounds * 1e9 / (double)took, (double)took / rounds, (long long)sum);
	free(r);
	arena_free(a);
}

int
main(void)
{
	static char texts[1000000][IP_TEXT_SIZE];
	const char *path = getenv("TOCSIN_GEOIP");
	struct enrich_opts opts = { .mmdb = { &path, path != NULL } };
	struct enricher *en;
	struct enrich *e;
	struct diag why = { 0 };
	char text[512];

	if (enrich_new(&opts, &e, &why) != OK) {
		fprintf(stderr, "%s\n", err_text(&why, text, sizeof(text)));
		return EXIT_FAILURE;
	}
	if (path == NULL)
		printf("enrich: without a database; TOCSIN_GEOIP names one\n");
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		make_ip(i + 1, texts[i]);
	en = enricher_new(e);
	measure(en, "10,000 addresses", texts, DISTINCT, 5000000);
	measure(en, "one address", texts, 1, 5000000);
	measure(en, "1,000,000 addresses", texts, ARRAY_LEN(texts), 1000000);
	enricher_free(en);
	enrich_free(e);
	return EXIT_SUCCESS;
}
