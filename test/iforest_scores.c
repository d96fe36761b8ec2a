/*
 * Scores of an isolation forest, for comparison with another (e2e/iforest.py).
 * In: u32 vectors, features, seeds; then floats, as the machine has them.
 * Out: for each seed a double a vector.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "detect/iforest.h"

int
main(void)
{
	uint32_t head[3];
	float *v;

	if (fread(head, sizeof(head), 1, stdin) != 1 || head[0] == 0 || head[0] > 1000000 ||
	    head[1] == 0 || head[1] > IFOREST_FEATURES_MAX)
		return 2;
	v = calloc((size_t)head[0] * head[1], sizeof(*v));
	if (v == NULL || fread(v, sizeof(*v) * head[1], head[0], stdin) != head[0])
		return 2;
	for (uint32_t seed = 1; seed <= head[2]; seed++) {
		const struct iforest_opts opts = { .contamination = 0.01, .seed = seed };
		struct iforest *f = iforest_train(v, head[0], head[1], &opts);

		for (size_t i = 0; i < head[0]; i++) {
			double s = iforest_score(f, iforest_path(f, v + i * head[1]));

			fwrite(&s, sizeof(s), 1, stdout);
		}
		iforest_free(f);
	}
	free(v);
	return 0;
}
