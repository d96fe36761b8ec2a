/*
 * Texts that come again and again (user agents, referers, paths), each with what was found out
 * about it.  Bounded: a fixed table of MEMO_SIZE texts.  A text is kept from its second coming
 * on, so that a flood of texts that never come again neither costs much nor drives out the rest.
 */
#ifndef ENRICH_MEMO_H
#define ENRICH_MEMO_H

#include "base/str.h"

#define MEMO_SIZE 2048U
#define MEMO_WAYS 4U
#define MEMO_TEXT_MAX 250U /* bytes of a text; longer ones are not kept */

struct memo;

/* `size`: bytes kept with each text. */
struct memo *memo_new(size_t size) RETURNS_NONNULL;
void memo_free(struct memo *m); /* NULL is fine */

/*
 * What is kept for this text, aligned for any type; else a zeroed place for it, *ret_new set; or
 * NULL: it is not to be kept (yet).  Until the next call.
 */
void *memo_get(struct memo *m, struct str text, bool *ret_new) NONNULL;

#endif
