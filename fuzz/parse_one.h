/* One input through a parser, for the fuzz targets of the formats. */
#ifndef FUZZ_PARSE_ONE_H
#define FUZZ_PARSE_ONE_H

#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "parse/format.h"
#include "rec/view.h"

static inline void
parse_one(const char *format, const unsigned char *data, size_t size)
{
	static const struct parser_opts opts = { 0, 300 * CLOCK_S };
	static struct parser *p;
	static struct arena *a;
	static struct buf shown;
	static struct rec r;
	struct parse_in in = { .message = { (const char *)data, size },
		.received = (int64_t)1795224000 * CLOCK_S,
		.format = format_find(str_c(format)),
		.trust_time = true };

	if (p == NULL) {
		p = parser_new(&opts);
		a = arena_new((size_t)16 << 20);
		buf_init(&shown, 0);
	}
	arena_reset(a);
	rec_init(&r, a);
	if ((parser_parse(p, &in, &r, NULL) == OK) == rec_has(&r, F_PARSE_ERROR))
		abort();
	buf_reset(&shown);
	view_rec(&r, true, &shown);
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (f != F_RAW && rec_has(&r, (enum field)f) &&
		    field_is_text(field_info((enum field)f)->type) && !utf8_valid(r.v[f].s))
			abort();
	}
}

#endif
