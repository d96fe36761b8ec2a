/* SPDX-License-Identifier: Apache-2.0 */
/* Access lines: any bytes give a record that can be shown. */
#include "parse_one.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	parse_one("access", data, size);
	return 0;
}
