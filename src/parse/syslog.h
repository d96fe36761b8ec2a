/* Syslog lines: RFC 5424, RFC 3164 and what daemons write to files. */
#ifndef PARSE_SYSLOG_H
#define PARSE_SYSLOG_H

#include "parse/format.h"

extern const struct format_ops syslog_format;

#endif
