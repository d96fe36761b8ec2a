/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of whatever format, and as syslog: any bytes give a record that can be shown. */
#include "parse_one.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	parse_one("syslog", data, size);
	parse_one("auto", data, size);
	return 0;
}
