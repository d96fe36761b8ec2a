/* Encodings of values. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_modifiers.c */
#include "detect/encode.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "detect/modifier.h"

bool
encode_plain(struct str value, struct buf *to)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		bool escapes =
		    c == '\\' && i + 1 < value.n &&
		    (value.p[i + 1] == '*' || value.p[i + 1] == '?' || value.p[i + 1] == '\\');

		if (c == '*' || c == '?')
			return false;
		buf_byte(to, escapes ? value.p[++i] : c);
	}
	return true;
}

static void
put_unit(uint32_t unit, bool big, struct buf *to)
{
	char high = (char)(unit >> 8), low = (char)(unit & 0xff);

	buf_byte(to, big ? high : low);
	buf_byte(to, big ? low : high);
}

void
encode_utf16(struct str text, unsigned mods, struct buf *to)
{
	bool big = (mods & MOD_UTF16BE) != 0;
	uint32_t c;

	if ((mods & MOD_UTF16) != 0)
		buf_str(to, STR("\xff\xfe"));
	while (text.n > 0) {
		text = str_from(text, utf8_next(text, &c));
		if (c >= 0x10000) {
			put_unit(0xd800 + ((c - 0x10000) >> 10), big, to);
			put_unit(0xdc00 + ((c - 0x10000) & 0x3ff), big, to);
		} else {
			put_unit(c, big, to);
		}
	}
}

void
encode_offset(struct str bytes, unsigned offset, struct buf *to)
{
	/* Digits that the bytes before decide in part, and the end without what follows. */
	static const size_t skip[ENCODE_OFFSETS] = { 0, 2, 3 };
	size_t whole = (bytes.n + offset) * 8 / 6;
	struct buf padded, text;

	buf_init(&padded, 0);
	buf_init(&text, 0);
	buf_put(&padded, "\0\0", offset);
	buf_str(&padded, bytes);
	base64_put(buf_view(&padded), &text);
	if (whole > skip[offset])
		buf_put(to, text.p + skip[offset], whole - skip[offset]);
	buf_fini(&padded);
	buf_fini(&text);
}
