/* Too many alerts of one rule at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/storm.h"

#include "base/clock.h"
#include "detect/bytes.h"

#define SPAN (3600 * CLOCK_S)

bool
storm_alone(struct storm *s, unsigned at_most, const uint8_t id[STORM_ID], int64_t t)
{
	if (s->n == 0 || t >= s->begin + SPAN || t <= s->begin - SPAN) {
		s->begin = t;
		s->n = 0;
	}
	for (uint32_t i = 0; i < s->n; i++)
		if (memcmp(s->id[i], id, STORM_ID) == 0)
			return true;
	if (s->n >= at_most || s->n == STORM_MAX)
		return false;
	memcpy(s->id[s->n++], id, STORM_ID);
	return true;
}

void
storm_save(const struct storm *s, struct buf *to)
{
	bytes_put(to, (uint64_t)s->begin, 8);
	bytes_put(to, s->n, 4);
	buf_put(to, s->id, s->n * sizeof(s->id[0]));
}

bool
storm_load(struct storm *s, struct str *from)
{
	bool bad = false;
	uint64_t n;

	s->begin = (int64_t)bytes_get(from, 8, &bad);
	n = bytes_get(from, 4, &bad);
	if (bad || n > STORM_MAX || n * sizeof(s->id[0]) > from->n)
		return false;
	s->n = (uint32_t)n;
	memcpy(s->id, from->p, n * sizeof(s->id[0]));
	*from = str_from(*from, n * sizeof(s->id[0]));
	return true;
}
