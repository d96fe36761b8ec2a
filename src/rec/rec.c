/* SPDX-License-Identifier: Apache-2.0 */
/* A record's unknown fields and conversions; the rest is inline. */
#include "rec/rec.h"

#include "base/ip.h"

#define EXTRA_FIRST 8U

void
rec_init(struct rec *r, struct arena *a)
{
	r->have[0] = r->have[1] = 0;
	r->null[0] = r->null[1] = 0;
	r->extra = NULL;
	r->n_extra = r->extra_size = 0;
	r->cut = false;
	r->seq = 0;
	r->arena = a;
}

enum err
rec_add_extra(struct rec *r, const struct rec_extra *x)
{
	if (r->n_extra == r->extra_size) {
		uint32_t size = r->extra_size != 0 ? r->extra_size * 2 : EXTRA_FIRST;
		struct rec_extra *p = NULL;

		if (r->n_extra < REC_EXTRA_MAX)
			p = arena_alloc(r->arena, size * sizeof(*p));
		if (p == NULL) {
			r->cut = true;
			return FAIL_LIMIT;
		}
		if (r->n_extra != 0)
			memcpy(p, r->extra, r->n_extra * sizeof(*p));
		r->extra = p;
		r->extra_size = size;
	}
	r->extra[r->n_extra++] = *x;
	return OK;
}

const struct rec_extra *
rec_find_extra(const struct rec *r, struct str path, uint32_t from)
{
	for (uint32_t i = from; i < r->n_extra; i++)
		if (str_eq(r->extra[i].path, path))
			return &r->extra[i];
	return NULL;
}

static bool
parse_bool(struct str s, bool *ret)
{
	static const struct {
		struct str word;
		bool value;
	} words[] = {
		{ { "true", 4 }, true },
		{ { "false", 5 }, false },
		{ { "1", 1 }, true },
		{ { "0", 1 }, false },
		{ { "yes", 3 }, true },
		{ { "no", 2 }, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq_nocase(s, words[i].word))
			continue;
		*ret = words[i].value;
		return true;
	}
	return false;
}

/* Canonical text: as it is when it is so already, else a copy in the arena. */
static enum err
set_ip(struct rec *r, enum field f, struct str text)
{
	char canonical[IP_TEXT_SIZE];
	struct ip ip;
	struct str s;

	if (!ip_parse(text, &ip))
		return FAIL_SYNTAX;
	s = str_c(ip_text(&ip, canonical));
	if (str_eq(s, text))
		s = text;
	else if (!arena_copy(r->arena, s, &s))
		return FAIL_LIMIT;
	rec_set_str(r, f, s);
	return OK;
}

enum err
rec_set_text(struct rec *r, enum field f, struct str text)
{
	union rec_value v = { .i = 0 };
	bool good = false;

	switch (field_info(f)->type) {
	case FIELD_STR:
		v.s = text;
		good = true;
		break;
	case FIELD_IP:
		return set_ip(r, f, text);
	case FIELD_INT:
		good = str_i64(text, &v.i);
		break;
	case FIELD_FLOAT:
		good = str_f64(text, &v.f);
		break;
	case FIELD_BOOL:
		good = parse_bool(text, &v.b);
		break;
	case FIELD_TIME:
	default:
		break;
	}
	if (!good)
		return FAIL_SYNTAX;
	r->v[f] = v;
	rec_mark(r, f);
	return OK;
}
