/* SPDX-License-Identifier: Apache-2.0 */
/* JSON events through the whole parser: any bytes give a record that can be shown. */
#include "parse_one.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	parse_one("json", data, size);
	return 0;
}
