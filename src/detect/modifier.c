/* The table of value modifiers. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_modifiers.c */
#include "detect/modifier.h"

#include "base/buf.h"
#include "conf/row.h"

/* What asks something else than how a text compares. */
#define OTHER (MOD_RE | MOD_CIDR | MOD_EXISTS | MOD_COMPARE | MOD_TIME)

static const struct modifier_row {
	struct modifier_info info;
	unsigned sets;
	unsigned not_with; /* cannot stand before it */
	unsigned needs;    /* one of these stands before it */
	unsigned later;    /* of those that would be right behind it: it comes too late */
} rows[] = {
	{ { "contains", "the text occurs in the value" }, MOD_CONTAINS,
	    MOD_STARTS | MOD_ENDS | MOD_CIDR | MOD_EXISTS | MOD_COMPARE | MOD_TIME, 0, 0 },
	{ { "startswith", "the value begins with the text" }, MOD_STARTS,
	    MOD_CONTAINS | MOD_ENDS | OTHER, 0, 0 },
	{ { "endswith", "the value ends with the text" }, MOD_ENDS,
	    MOD_CONTAINS | MOD_STARTS | OTHER, 0, 0 },
	{ { "all", "every value of the list must match, not one of them; stands last" }, MOD_ALL,
	    MOD_EXISTS | MOD_COMPARE | MOD_TIME | MOD_CIDR, 0, 0 },
	{ { "re", "a regular expression matches somewhere in the value" }, MOD_RE,
	    (OTHER & ~(unsigned)MOD_RE) | MOD_CASED | MOD_WINDASH | MOD_ENCODE | MOD_WIDE |
		MOD_EXPAND | MOD_FIELDREF,
	    0, MOD_WHERE },
	{ { "i", "behind re: upper and lower case are the same" }, MOD_RE_I, 0, MOD_RE, 0 },
	{ { "ignorecase", "the same as i" }, MOD_RE_I, 0, MOD_RE, 0 },
	{ { "m", "behind re: ^ and $ stand at the ends of each line" }, MOD_RE_M, 0, MOD_RE, 0 },
	{ { "multiline", "the same as m" }, MOD_RE_M, 0, MOD_RE, 0 },
	{ { "s", "behind re: . is also a line end" }, MOD_RE_S, 0, MOD_RE, 0 },
	{ { "dotall", "the same as s" }, MOD_RE_S, 0, MOD_RE, 0 },
	{ { "cidr", "the value is an address of the network" }, MOD_CIDR,
	    MOD_WHERE | MOD_CASED | MOD_WINDASH | MOD_ENCODE | MOD_WIDE | MOD_FIELDREF |
		(OTHER & ~(unsigned)MOD_CIDR),
	    0, 0 },
	{ { "cased", "upper and lower case differ" }, MOD_CASED, OTHER, 0, 0 },
	{ { "exists", "true: the event has the field, be it empty or null; false: it has not" },
	    MOD_EXISTS, ~(unsigned)MOD_EXISTS, 0, 0 },
	{ { "expand", "%name% stands for each value of the placeholder" }, MOD_EXPAND,
	    MOD_RE | MOD_EXISTS | MOD_COMPARE | MOD_TIME | MOD_FIELDREF, 0, MOD_ENCODE },
	{ { "windash", "a dash or slash that begins an option stands for - / en dash, em "
		       "dash and bar" },
	    MOD_WINDASH, OTHER | MOD_ENCODE | MOD_WIDE | MOD_FIELDREF, 0, 0 },
	{ { "base64", "the text is looked for as Base64 writes it" }, MOD_BASE64,
	    OTHER | MOD_OFFSET | MOD_WINDASH | MOD_FIELDREF, 0, MOD_WHERE },
	{ { "base64offset", "the same at any of the three places the text may begin at" },
	    MOD_OFFSET, OTHER | MOD_BASE64 | MOD_WINDASH | MOD_FIELDREF, 0, MOD_WHERE },
	{ { "wide", "before base64 or base64offset: the text in UTF-16, little endian" },
	    MOD_UTF16LE, OTHER | MOD_WIDE | MOD_WINDASH | MOD_FIELDREF, 0, MOD_ENCODE | MOD_WHERE },
	{ { "utf16le", "the same as wide" }, MOD_UTF16LE,
	    OTHER | MOD_WIDE | MOD_WINDASH | MOD_FIELDREF, 0, MOD_ENCODE | MOD_WHERE },
	{ { "utf16be", "the same, big endian" }, MOD_UTF16BE,
	    OTHER | MOD_WIDE | MOD_WINDASH | MOD_FIELDREF, 0, MOD_ENCODE | MOD_WHERE },
	{ { "utf16", "the same as wide, behind a byte order mark (FF FE)" }, MOD_UTF16,
	    OTHER | MOD_WIDE | MOD_WINDASH | MOD_FIELDREF, 0, MOD_ENCODE | MOD_WHERE },
	{ { "fieldref", "the text is the name of another field, whose value it is compared with" },
	    MOD_FIELDREF, OTHER | MOD_WINDASH | MOD_ENCODE | MOD_WIDE | MOD_EXPAND, 0, 0 },
	{ { "neq", "not that value, and none of a list; holds where the event lacks the field" },
	    MOD_NEQ, MOD_EXISTS | MOD_COMPARE, 0, 0 },
	{ { "lt", "the number is less" }, MOD_LT, ~(unsigned)MOD_TIME, 0, 0 },
	{ { "lte", "the number is less or the same" }, MOD_LTE, ~(unsigned)MOD_TIME, 0, 0 },
	{ { "gt", "the number is greater" }, MOD_GT, ~(unsigned)MOD_TIME, 0, 0 },
	{ { "gte", "the number is greater or the same" }, MOD_GTE, ~(unsigned)MOD_TIME, 0, 0 },
	{ { "minute", "of a time: 0 to 59" }, MOD_MINUTE, ~0U, 0, MOD_NEQ | MOD_COMPARE },
	{ { "hour", "of a time: 0 to 23" }, MOD_HOUR, ~0U, 0, MOD_NEQ | MOD_COMPARE },
	{ { "day", "of a time: day of the month, 1 to 31" }, MOD_DAY, ~0U, 0,
	    MOD_NEQ | MOD_COMPARE },
	{ { "week", "of a time: week by ISO 8601, 1 to 53" }, MOD_WEEK, ~0U, 0,
	    MOD_NEQ | MOD_COMPARE },
	{ { "month", "of a time: 1 to 12" }, MOD_MONTH, ~0U, 0, MOD_NEQ | MOD_COMPARE },
	{ { "year", "of a time" }, MOD_YEAR, ~0U, 0, MOD_NEQ | MOD_COMPARE },
};

const struct modifier_info *
modifier_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? &rows[i].info : NULL;
}

static const struct modifier_row *
find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(name, str_c(rows[i].info.name)))
			return &rows[i];
	return NULL;
}

static const char *
name_of(unsigned flags)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].sets & flags) != 0)
			return rows[i].info.name;
	return "";
}

static enum err
unknown(struct str name, struct diag *why)
{
	struct buf words;
	struct str near;
	enum err err;

	buf_init(&words, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		buf_printf(&words, "%s%s", i > 0 ? " " : "", rows[i].info.name);
	if (name.n > 40)
		name.n = 40;
	near = row_nearest_word(name, buf_view(&words));
	if (name.n == 0)
		err = err_set(why, FAIL_SYNTAX, "a modifier stands behind each '|'");
	else if (near.n > 0)
		err = err_set(why, FAIL_SYNTAX, "there is no modifier '%.*s'; did you mean '%.*s'?",
		    STR_ARG(name), STR_ARG(near));
	else
		err = err_set(why, FAIL_SYNTAX,
		    "there is no modifier '%.*s'; most used are contains, startswith, endswith, "
		    "all, re, cidr, gte",
		    STR_ARG(name));
	buf_fini(&words);
	return err;
}

static enum err
add(struct str name, unsigned *flags, struct diag *why)
{
	const struct modifier_row *row = find(name);

	if (row == NULL)
		return unknown(name, why);
	if ((*flags & row->sets) != 0)
		return err_set(why, FAIL_SYNTAX, "the modifier '%s' is given twice",
		    row->info.name);
	if ((*flags & MOD_ALL) != 0)
		return err_set(why, FAIL_SYNTAX, "'all' stands last, behind '%s'", row->info.name);
	if ((*flags & row->later) != 0)
		return err_set(why, FAIL_SYNTAX, "'%s' stands before '%s'", row->info.name,
		    name_of(*flags & row->later));
	if ((*flags & row->not_with) != 0)
		return err_set(why, FAIL_SYNTAX, "'%s' does not go together with '%s'",
		    row->info.name, name_of(*flags & row->not_with));
	if (row->needs != 0 && (*flags & row->needs) == 0)
		return err_set(why, FAIL_SYNTAX, "'%s' belongs behind '%s'", row->info.name,
		    name_of(row->needs));
	*flags |= row->sets;
	return OK;
}

/* What only the whole chain tells. */
static enum err
check(unsigned flags, struct diag *why)
{
	if ((flags & MOD_WIDE) != 0 && (flags & MOD_ENCODE) == 0)
		return err_set(why, FAIL_SYNTAX,
		    "'%s' stands before base64 or base64offset: what is UTF-16 itself is text "
		    "already when it comes here",
		    name_of(flags & MOD_WIDE));
	if ((flags & MOD_RE) != 0 && (flags & (MOD_STARTS | MOD_ENDS)) != 0)
		return err_set(why, FAIL_SYNTAX,
		    "'%s' does not go together with 're': write ^ or $ in the expression",
		    name_of(flags & MOD_WHERE));
	return OK;
}

enum err
modifier_parse(struct str chain, unsigned *ret, struct diag *why)
{
	bool more = chain.n > 0;
	unsigned flags = 0;
	enum err err = OK;

	while (err == OK && more) {
		struct str before = chain, name = str_until(&chain, '|');

		more = name.n < before.n;
		err = add(name, &flags, why);
	}
	if (err == OK)
		err = check(flags, why);
	if (err == OK)
		*ret = flags;
	return err;
}
