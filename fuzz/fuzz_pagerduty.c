/* Webhooks of PagerDuty: the first line is the signature's header, the rest the body. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "oncall/pagerduty.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = { (const char *)data, size };
	const struct str header = str_until(&body, '\n');
	struct arena *a = arena_new(1 << 20);
	struct pagerduty_event e;

	if (pagerduty_signed(header, body, STR("one other")) && header.n < 67)
		__builtin_trap(); /* shorter than any signature */
	if (pagerduty_read(body, a, &e, NULL) == OK && e.key.n + e.agent.n > 2 * size)
		__builtin_trap();
	arena_free(a);
	return 0;
}
