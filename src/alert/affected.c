/* SPDX-License-Identifier: Apache-2.0 */
/* A small set of names as text. */
#include "alert/affected.h"

static const char letters[] = { [AFFECTED_USER] = 'u',
	[AFFECTED_ADDRESS] = 'a',
	[AFFECTED_COUNTRY] = 'c',
	[AFFECTED_NETWORK] = 'n',
	[AFFECTED_SESSION] = 's',
	[AFFECTED_KEY] = 'k',
	[AFFECTED_ORIGIN] = 'o' };
static const char mores[] = { [AFFECTED_USER] = 'U',
	[AFFECTED_ADDRESS] = 'A',
	[AFFECTED_COUNTRY] = 'C',
	[AFFECTED_NETWORK] = 'N',
	[AFFECTED_SESSION] = 'S',
	[AFFECTED_KEY] = 'K',
	[AFFECTED_ORIGIN] = 'O' };

char
affected_letter(enum affected_kind kind)
{
	return letters[kind];
}

bool
affected_next(struct str *set, enum affected_kind *ret_kind, struct str *ret_name, bool *ret_more)
{
	struct str line;

	while (set->n != 0) {
		line = str_until(set, '\n');
		for (unsigned i = 0; i < ARRAY_LEN(letters) && line.n != 0; i++) {
			bool more = line.p[0] == mores[i];

			if (line.p[0] != letters[i] && (!more || ret_more == NULL))
				continue;
			*ret_kind = (enum affected_kind)i;
			*ret_name = str_from(line, 1);
			if (ret_more != NULL)
				*ret_more = more;
			return true;
		}
	}
	return false;
}

/* Control characters would end lines. */
static struct str
cleaned(struct str name, char to[AFFECTED_NAME])
{
	size_t n = name.n < AFFECTED_NAME ? name.n : AFFECTED_NAME;

	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)name.p[i] < 0x20 ? '?' : name.p[i];
	return (struct str){ to, n };
}

bool
affected_add(struct buf *set, enum affected_kind kind, struct str name)
{
	char space[AFFECTED_NAME];
	struct str rest = buf_view(set), clean = cleaned(name, space), other;
	enum affected_kind k;
	unsigned n = 0;
	bool more;

	if (clean.n == 0)
		return false;
	while (affected_next(&rest, &k, &other, &more)) {
		if (k != kind)
			continue;
		if (more || str_eq(other, clean))
			return false;
		n++;
	}
	if (n >= AFFECTED_MAX) {
		buf_byte(set, mores[kind]);
	} else {
		buf_byte(set, letters[kind]);
		buf_str(set, clean);
	}
	buf_byte(set, '\n');
	return true;
}

bool
affected_join(struct buf *set, struct str other)
{
	enum affected_kind kind;
	struct str name;
	bool changed = false, more;

	while (affected_next(&other, &kind, &name, &more))
		if (!more)
			changed |= affected_add(set, kind, name);
	return changed;
}
