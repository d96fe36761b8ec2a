/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: any bytes are decoded and read within bounds, and what is shown of them is UTF-8. */
#include <stdlib.h>

#include "base/utf8.h"
#include "enrich/agents.h"
#include "enrich/webattack.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const enum field fields[] = { F_URL, F_REQUEST_BODY, F_USER_AGENT, F_REFERER };
	static struct webattack *w;
	static struct agents *agents;
	static struct arena *a;
	static struct rec r;
	struct str text = { (const char *)data, size };
	struct useragent u;

	if (w == NULL) {
		w = webattack_new();
		agents = agents_new();
		a = arena_new((size_t)4 << 20);
	}
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		arena_reset(a);
		rec_init(&r, a);
		rec_set_str(&r, fields[i], text);
		webattack_apply(w, &r);
		agents_parse(agents, text, &u);
		useragent_add(&r, &u);
		if (!utf8_valid(rec_str(&r, F_WEB_ATTACK_VALUE)) ||
		    !utf8_valid(rec_str(&r, F_WEB_ATTACK_WHERE)))
			abort();
		if (rec_has(&r, F_WEB_ATTACK_TYPE) != rec_has(&r, F_WEB_ATTACK_CONFIDENCE))
			abort();
		if (rec_int(&r, F_WEB_ATTACK_CONFIDENCE, 50) < (int64_t)WEBATTACK_NOTED)
			abort();
	}
	return 0;
}
