/* The last resort: asked for by name, any line is a message; found by nobody else, it failed. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_parser.c */
#include "parse/text.h"

#include "parse/put.h"

static bool
text_sniff(struct str s)
{
	(void)s;
	return true;
}

static enum err
text_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	(void)p;
	if (str_trim(in->message).n == 0)
		return err_set(why, FAIL_SYNTAX, "empty message");
	if (in->format == NULL)
		return err_set(why, FAIL_SYNTAX, "no known format");
	rec_set_str(r, F_MESSAGE, in->message);
	rec_set_str(r, F_EVENT_TYPE, STR("log"));
	return OK;
}

const struct format_ops text_format = {
	.name = "text",
	.doc = "any line, as a message; never chosen by itself",
	.sniff = text_sniff,
	.parse = text_parse,
};
