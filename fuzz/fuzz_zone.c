/* Files of time zones (RFC 9636): read or refused; local times of what was read are of one day. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "oncall/civil.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = { 0, -5000000000, 1774746000, 1793498400, 4102444800,
		253402300799 };
	struct diag why = { 0 };
	struct zone_time local;
	struct zone z;

	if (zone_read((struct str){ (const char *)data, size }, &z, &why) != OK)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		if (times[i] > INT64_MAX / CLOCK_S)
			continue;
		zone_local(&z, times[i] * CLOCK_S, &local);
		if (local.hour > 23 || local.minute > 59 || local.second > 59 || local.weekday > 6)
			__builtin_trap();
		(void)civil_instant(&z, local.day, 3600);
	}
	return 0;
}
