/* SPDX-License-Identifier: Apache-2.0 */
/* Base64, both ways. */
#include "base/base64.h"

#define PAD 64

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

void
base64_put(struct str bytes, struct buf *to)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)bytes.p[i] << 16;
		size_t n = bytes.n - i;

		if (n > 1)
			v |= (uint32_t)(unsigned char)bytes.p[i + 1] << 8;
		if (n > 2)
			v |= (unsigned char)bytes.p[i + 2];
		buf_byte(to, letters[v >> 18]);
		buf_byte(to, letters[v >> 12 & 63]);
		buf_byte(to, letters[n > 1 ? v >> 6 & 63 : PAD]);
		buf_byte(to, letters[n > 2 ? v & 63 : PAD]);
	}
}

/* 0..63, or PAD */
static uint32_t
letter_value(char c)
{
	const char *hit = c != '\0' ? strchr(letters, c) : NULL;

	return hit != NULL ? (uint32_t)(hit - letters) : PAD;
}

bool
base64_get(struct str s, struct buf *to)
{
	const size_t before = to->n;
	uint32_t v = 0;
	unsigned bits = 0;

	if (s.n % 4 == 0)
		for (int pad = 0; pad < 2 && s.n != 0 && s.p[s.n - 1] == '='; pad++)
			s.n--;
	for (size_t i = 0; i < s.n; i++) {
		const uint32_t value = letter_value(s.p[i]);

		if (value > 63) {
			to->n = before;
			return false;
		}
		v = v << 6 | value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_byte(to, (char)(v >> bits & 0xff));
		}
	}
	/* A lone letter is no byte, and what is left over must be 0: one text, one meaning. */
	if (s.n % 4 == 1 || (v & ((1U << bits) - 1)) != 0) {
		to->n = before;
		return false;
	}
	return true;
}
