/*
 * The messages of a file: its lines, or the events of a JSON document that
 * stands over several lines (an object, objects one behind the other, an
 * array).  Unpacked on the way as app/lines.h does.
 */
#ifndef APP_MESSAGES_H
#define APP_MESSAGES_H

#include "base/err.h"
#include "base/str.h"

#define MESSAGES_DOCUMENT_MAX ((size_t)256 << 20)

/* One message; anything but OK ends the reading and is handed back. */
typedef enum err (*messages_fn)(void *ctx, struct str message, struct diag *why);

/* Of "-" too.  Empty lines are no messages. */
enum err messages_each(const char *path, messages_fn fn, void *ctx, struct diag *why)
    __attribute__((nonnull(1, 2)));

#endif
