/* The table of value modifiers. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_ruleset.c */
#include "detect/modifier.h"

#define ALONE (MOD_WHERE | MOD_RE | MOD_CIDR | MOD_CASED | MOD_EXISTS | MOD_COMPARE)

/* not_with: those it cannot stand beside; needs: those that must stand before it. */
static const struct row {
	const char *name;
	unsigned sets, not_with, needs;
} rows[] = {
	{ "contains", MOD_CONTAINS, MOD_STARTS | MOD_ENDS | MOD_CIDR | MOD_EXISTS | MOD_COMPARE,
	    0 },
	{ "startswith", MOD_STARTS, ALONE & ~(unsigned)(MOD_CASED | MOD_STARTS), 0 },
	{ "endswith", MOD_ENDS, ALONE & ~(unsigned)(MOD_CASED | MOD_ENDS), 0 },
	{ "all", MOD_ALL, MOD_EXISTS | MOD_COMPARE, 0 },
	{ "re", MOD_RE, ALONE & ~(unsigned)MOD_RE, 0 },
	{ "i", MOD_RE_I, 0, MOD_RE },
	{ "ignorecase", MOD_RE_I, 0, MOD_RE },
	{ "m", MOD_RE_M, 0, MOD_RE },
	{ "multiline", MOD_RE_M, 0, MOD_RE },
	{ "s", MOD_RE_S, 0, MOD_RE },
	{ "dotall", MOD_RE_S, 0, MOD_RE },
	{ "cidr", MOD_CIDR, ALONE & ~(unsigned)MOD_CIDR, 0 },
	{ "cased", MOD_CASED, ALONE & ~(unsigned)(MOD_CASED | MOD_WHERE), 0 },
	{ "exists", MOD_EXISTS, ALONE & ~(unsigned)MOD_EXISTS, 0 },
	{ "lt", MOD_LT, ALONE & ~(unsigned)MOD_LT, 0 },
	{ "lte", MOD_LTE, ALONE & ~(unsigned)MOD_LTE, 0 },
	{ "gt", MOD_GT, ALONE & ~(unsigned)MOD_GT, 0 },
	{ "gte", MOD_GTE, ALONE & ~(unsigned)MOD_GTE, 0 },
	/* Known, and not there yet. */
	{ "base64", 0, 0, 0 },
	{ "base64offset", 0, 0, 0 },
	{ "wide", 0, 0, 0 },
	{ "utf16", 0, 0, 0 },
	{ "utf16le", 0, 0, 0 },
	{ "utf16be", 0, 0, 0 },
	{ "windash", 0, 0, 0 },
	{ "expand", 0, 0, 0 },
	{ "fieldref", 0, 0, 0 },
	{ "neq", 0, 0, 0 },
	{ "minute", 0, 0, 0 },
	{ "hour", 0, 0, 0 },
	{ "day", 0, 0, 0 },
	{ "week", 0, 0, 0 },
	{ "month", 0, 0, 0 },
	{ "year", 0, 0, 0 },
};

const char *
modifier_at(size_t i, bool *ret_supported)
{
	if (i >= ARRAY_LEN(rows))
		return NULL;
	*ret_supported = rows[i].sets != 0;
	return rows[i].name;
}

static const struct row *
find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(name, str_c(rows[i].name)))
			return &rows[i];
	return NULL;
}

static const char *
name_of(unsigned flags)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].sets & flags) != 0)
			return rows[i].name;
	return "";
}

static enum err
add(struct str name, unsigned *flags, struct diag *why)
{
	const struct row *row = find(name);

	if (row == NULL)
		return err_set(why, FAIL_SYNTAX,
		    "there is no modifier '%.*s'; there are contains, startswith, endswith, all, "
		    "re, "
		    "cidr, cased, exists, lt, lte, gt, gte",
		    name.n > 40 ? 40 : (int)name.n, name.n > 0 ? name.p : "");
	if (row->sets == 0)
		return err_set(why, FAIL_SYNTAX, "the modifier '%s' is not supported yet",
		    row->name);
	if ((*flags & row->sets) != 0)
		return err_set(why, FAIL_SYNTAX, "the modifier '%s' is given twice", row->name);
	if ((*flags & row->not_with) != 0)
		return err_set(why, FAIL_SYNTAX, "'%s' does not go together with '%s'", row->name,
		    name_of(*flags & row->not_with));
	if ((*flags & row->needs) != row->needs)
		return err_set(why, FAIL_SYNTAX, "'%s' belongs behind '%s'", row->name,
		    name_of(row->needs));
	*flags |= row->sets;
	return OK;
}

enum err
modifier_parse(struct str chain, unsigned *ret, struct diag *why)
{
	unsigned flags = 0;
	enum err err = OK;

	while (err == OK && chain.n > 0) {
		err = add(str_until(&chain, '|'), &flags, why);
	}
	if (err == OK)
		*ret = flags;
	return err;
}
