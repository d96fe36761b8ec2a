/* The insides of a parser, which its formats share. */
#ifndef PARSE_INTERNAL_H
#define PARSE_INTERNAL_H

#include "base/buf.h"
#include "parse/format.h"

struct json;
struct native;

struct parser {
	struct parser_opts opts;
	struct json *json;
	struct native *native;
	struct buf scratch;
};

#endif
