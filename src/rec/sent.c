/* Names that senders give to fields, compared letter by letter: for rules as they are loaded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "rec/sent.h"

const struct str sent_wrappers[SENT_WRAPPERS] = { { "metadata.", 9 }, { "meta.", 5 },
	{ "data.", 5 }, { "details.", 8 }, { "context.", 8 } };

static const struct sent_alias aliases[] = {
#define NAME(path, field, how) { path, F_##field, SENT_##how },
#include "rec/sent.def"
#undef NAME
};

const struct sent_alias *
sent_alias_at(size_t i)
{
	return i < ARRAY_LEN(aliases) ? &aliases[i] : NULL;
}

bool
sent_is_ours(enum field f)
{
	return f == F_RECEIVED || f == F_SOURCE || f == F_FORMAT || f == F_TIME_FLAG ||
	       f == F_PARSE_ERROR || f == F_RAW;
}

/* The next letter that counts, or '\0'. */
static char
next(struct str *s)
{
	char c = '\0';

	while (s->n > 0 && (c == '\0' || c == '_' || c == '-')) {
		c = *s->p;
		*s = str_from(*s, 1);
	}
	if (c == '_' || c == '-')
		return '\0';
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Of `name` as far as `what` goes; *ret_rest is what is behind. */
static bool
begins(struct str name, struct str what, struct str *ret_rest)
{
	char c;

	while ((c = next(&what)) != '\0')
		if (next(&name) != c)
			return false;
	*ret_rest = name;
	return true;
}

static bool
same(struct str name, const char *what)
{
	struct str rest;

	return begins(name, str_c(what), &rest) && next(&rest) == '\0';
}

static enum field
alias_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (same(name, aliases[i].path))
			return aliases[i].field;
	return FIELD_NONE;
}

static enum field
bare(struct str name)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = field_info((enum field)f);

		if (same(name, info->native) || same(name, info->ecs))
			return sent_is_ours((enum field)f) ? FIELD_NONE : (enum field)f;
	}
	return alias_of(name);
}

enum field
sent_else(struct str name)
{
	const enum field f = alias_of(name);

	return f != bare(name) ? f : FIELD_NONE;
}

enum field
sent_field(struct str name)
{
	enum field f = bare(name);
	struct str rest;

	for (size_t i = 0; i < SENT_WRAPPERS && f == FIELD_NONE; i++)
		if (begins(name, sent_wrappers[i], &rest))
			f = bare(rest);
	return f;
}
