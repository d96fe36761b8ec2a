/* Places in a list of alerts and tokens of acknowledge links: read back as written, or refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "alert/acklink.h"
#include "alert/internal.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const struct alerts keyed = { .ack_key = { 1, 2, 3 } };
	const struct str s = { (const char *)data, size };
	struct alerts_filter f = { 0 };
	struct alerts_row row = { 0 };
	char text[ALERTS_CURSOR_SIZE];
	struct str channel;

	if (alerts_cursor_read(s, &f)) {
		row.last = f.after_last;
		memcpy(row.id, f.after_id, sizeof(row.id));
		f = (struct alerts_filter){ 0 };
		assert(alerts_cursor_read(str_c(alerts_cursor(&row, text)), &f));
		assert(f.after_last == row.last && strcmp(f.after_id, row.id) == 0);
	}
	assert(!acklink_check(&keyed, STR("00112233445566778899aabbccddeeff"), s, 0, &channel));
	return 0;
}
