/* SPDX-License-Identifier: Apache-2.0 */
/* Files that incidents go by: what is read answers every question within its bounds. */
#include <stdlib.h>

#include "incident/guide.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
ask(const struct guide *g)
{
	const struct guide_case c = { STR("r"), STR("attack.t1110, attack.impact"), INCIDENT_HIGH };
	struct guide_answer a = { .type = INCIDENT_CUSTOM };

	(void)guide_find(g, &c, &a);
	if (a.type >= INCIDENT_TYPES || guide_window(g) <= 0)
		abort();
	for (unsigned t = 0; t < INCIDENT_TYPES; t++) {
		if ((guide_related(g, (enum incident_type)t) & 1U << t) == 0)
			abort();
		for (unsigned ph = 0; ph < INCIDENT_PHASES; ph++)
			for (size_t i = 0; guide_step(g, (enum incident_type)t,
					       (enum incident_phase)ph, i) != NULL;
			     i++)
				if (i >= 2 * GUIDE_STEPS_MAX)
					abort();
	}
	for (unsigned m = 0; m < GUIDE_MEASURES; m++)
		if (guide_target(g, (enum guide_measure)m, INCIDENT_HIGH) < 0)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct guide *g = guide_new();
	struct diag why;

	(void)!guide_read(g, (struct str){ (const char *)p, n }, "x", &why);
	ask(g); /* what was read before it broke, too */
	guide_free(g);
	return 0;
}
