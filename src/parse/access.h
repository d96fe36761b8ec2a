/* Access lines of nginx and Apache: common, combined and vhost_combined. */
#ifndef PARSE_ACCESS_H
#define PARSE_ACCESS_H

#include "parse/format.h"

extern const struct format_ops access_format;

#endif
