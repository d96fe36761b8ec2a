/* JSON events: one value a message, in native names, ECS names or common spellings. */
#ifndef PARSE_NATIVE_H
#define PARSE_NATIVE_H

#include "parse/format.h"

struct native;

/* The table of names, and what is kept between messages. */
struct native *native_new(void) RETURNS_NONNULL;
void native_free(struct native *n); /* NULL is fine */

extern const struct format_ops native_format;

#endif
