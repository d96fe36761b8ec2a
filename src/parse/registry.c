/* The formats there are, in the order in which they are asked. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_parser.c */
/* exports: format_ */
#include "parse/access.h"
#include "parse/apache_error.h"
#include "parse/native.h"
#include "parse/syslog.h"
#include "parse/text.h"

static const struct format_ops *const formats[] = {
	&native_format,
	&apache_error_format,
	&syslog_format,
	&access_format,
	&text_format,
};

const struct format_ops *
format_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (str_eq(str_c(formats[i]->name), name))
			return formats[i];
	}
	return NULL;
}

const struct format_ops *
format_sniff(struct str message)
{
	size_t i = 0;

	while (!formats[i]->sniff(message))
		i++;
	return formats[i];
}

const struct format_ops *
format_at(size_t i)
{
	return i < ARRAY_LEN(formats) ? formats[i] : NULL;
}
