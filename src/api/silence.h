/* A silence as JSON, for handlers and the command line. */
#ifndef API_SILENCE_H
#define API_SILENCE_H

#include "alert/silence.h"
#include "api/api.h"
#include "base/jsonr.h"
#include "base/jsonw.h"

/* An object, and the same without its end. */
void silencejson_put(struct jsonw *w, const struct silence *s, int64_t now) NONNULL;
void silencejson_open(struct jsonw *w, const struct silence *s, int64_t now) NONNULL;

/*
 * A new one from a body; what is not said of it is left as it is.  `span`: how long, when the body
 * does not say; "": it must.  Texts live as long as the arena and the body.
 */
enum err silenceread_new(struct api *a, struct arena *arena, const struct jsonr *body,
    struct str span, struct silence *s, struct diag *why) __attribute__((nonnull(1, 2, 5)));
enum err silenceread_change(const struct jsonr *body, struct silence_change *c, struct diag *why)
    __attribute__((nonnull(2)));

#endif
