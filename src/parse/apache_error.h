/* Lines of Apache's error log, 2.0 to 2.4. */
#ifndef PARSE_APACHE_ERROR_H
#define PARSE_APACHE_ERROR_H

#include "parse/format.h"

extern const struct format_ops apache_error_format;

#endif
