/* SPDX-License-Identifier: Apache-2.0 */
/* Times: no reader steps over the end, and what is read is written and read the same. */
#include <stdlib.h>

#include "base/clock.h"
#include "parse/time.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str s = { (const char *)data, size };
	int64_t received = (int64_t)1795224000 * CLOCK_S, ns, again;
	char text[40];

	if (time_iso(s, 3600, &ns) > size || time_clf(s, &ns) > size ||
	    time_bsd(s, -3600, received, &ns) > size || time_ctime(s, 0, &ns) > size)
		abort();
	if (time_any(s, 0, received, &ns) &&
	    (!time_any(str_c(clock_text(ns, text)), 0, 0, &again) || again != ns))
		abort();
	return 0;
}
