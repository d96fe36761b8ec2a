/* A request's texts taken apart into named values: a query or form, a JSON body. */
#ifndef ENRICH_WEBATTACK_INPUT_H
#define ENRICH_WEBATTACK_INPUT_H

#include "enrich/webattack_decode.h"

/* plus: '+' is a blank.  The texts live for the call only.  False ends the walk. */
typedef bool (*webattack_input_fn)(void *ctx, struct str name, struct str value, bool plus);

/* name=value pairs between '&'; what has no '=' is a value without a name. */
void webattack_input_form(struct str s, webattack_input_fn fn, void *ctx)
    __attribute__((nonnull(2)));

/*
 * Every string of a JSON text, however broken, under the name of the member it is in, its
 * escapes undone and cut at WEBATTACK_VALUE_MAX; a member's name comes as a name without a value.
 */
void webattack_input_json(struct str s, webattack_input_fn fn, void *ctx)
    __attribute__((nonnull(2)));

/* As one of these by its looks, or else as one value without a name. */
void webattack_input_body(struct str s, webattack_input_fn fn, void *ctx)
    __attribute__((nonnull(2)));

#endif
