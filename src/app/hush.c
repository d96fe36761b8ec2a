/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/silences.py */
/* Silences end, and what they hid is told, once a second. */
#include "app/hush.h"

#include "alert/silence.h"
#include "base/clock.h"
#include "base/log.h"

bool
hush_tick(struct alerts *a, int64_t *at)
{
	const int64_t now = clock_mono();
	struct diag why = { 0 };
	size_t n = 0;

	if (*at != 0 && now - *at < CLOCK_S)
		return false;
	*at = now;
	if (silence_tick(a, clock_wall(), &n, &why) != OK)
		log_diag("detect", "silences stay as they are; trying again", &why);
	return n != 0;
}
