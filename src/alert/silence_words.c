/* SPDX-License-Identifier: Apache-2.0 */
/* Days, times of the day and zones of a weekly window as words. */
/* exports: silence_ */
/* tested by: test/unit/alert/test_silence.c */
#include <stdio.h>

#include "alert/silence.h"

static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

const char *
silence_day_word(unsigned day)
{
	return day < ARRAY_LEN(days) ? days[day] : NULL;
}

bool
silence_day_find(struct str word, unsigned *ret)
{
	for (unsigned i = 0; i < ARRAY_LEN(days); i++)
		if (str_eq(word, str_c(days[i]))) {
			*ret = i;
			return true;
		}
	return false;
}

static bool
two_digits(struct str s, size_t at, int *ret)
{
	if (s.p[at] < '0' || s.p[at] > '9' || s.p[at + 1] < '0' || s.p[at + 1] > '9')
		return false;
	*ret = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
	return true;
}

bool
silence_clock_read(struct str s, int *ret)
{
	int hours, minutes;

	if (s.n != 5 || s.p[2] != ':' || !two_digits(s, 0, &hours) || !two_digits(s, 3, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*ret = hours * 60 + minutes;
	return true;
}

bool
silence_offset_read(struct str s, int *ret)
{
	*ret = 0;
	if (str_eq(s, STR("Z")) || str_eq(s, STR("UTC")))
		return true;
	if (s.n == 0 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !silence_clock_read(str_from(s, 1), ret) || *ret > 14 * 60)
		return false;
	*ret = s.p[0] == '-' ? -*ret : *ret;
	return true;
}

char *
silence_clock_text(int minutes, bool sign, char to[SILENCE_CLOCK_SIZE])
{
	const unsigned n = (unsigned)(minutes < 0 ? -minutes : minutes) % 1440;

	(void)snprintf(to, SILENCE_CLOCK_SIZE, "%s%02u:%02u",
	    !sign         ? ""
	    : minutes < 0 ? "-"
			  : "+",
	    n / 60, n % 60);
	return to;
}
