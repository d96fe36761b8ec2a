/* Paths with the ids taken out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/shape.h"

#define HEX_LEAST 16 /* shorter words of these letters may be words */

/* Bits: 1 a digit, 2 a hexadecimal digit or a dash. */
static const uint8_t kinds[256] = {
	['0' ... '9'] = 3,
	['a' ... 'f'] = 2,
	['A' ... 'F'] = 2,
	['-'] = 2,
};

static bool
is_id(struct str segment)
{
	unsigned all = 3;

	for (size_t i = 0; i < segment.n && all != 0; i++)
		all &= kinds[(unsigned char)segment.p[i]];
	return segment.n != 0 && ((all & 1) != 0 || (all != 0 && segment.n >= HEX_LEAST));
}

struct str
shape_path(struct str path, char to[SHAPE_MAX + 1])
{
	size_t n = 0;

	while (path.n != 0 && n < SHAPE_MAX) {
		struct str segment = path;
		const char *slash = memchr(path.p, '/', path.n);
		size_t room = SHAPE_MAX - n;

		if (slash == path.p) {
			to[n++] = '/';
			path = str_from(path, 1);
			continue;
		}
		if (slash != NULL)
			segment.n = (size_t)(slash - path.p);
		path = str_from(path, segment.n);
		if (is_id(segment))
			segment = STR("{id}");
		segment.n = segment.n < room ? segment.n : room;
		memcpy(to + n, segment.p, segment.n);
		n += segment.n;
	}
	return (struct str){ to, n };
}
