/* Lines of no known format. */
#ifndef PARSE_TEXT_H
#define PARSE_TEXT_H

#include "parse/format.h"

extern const struct format_ops text_format;

#endif
