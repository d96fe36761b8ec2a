/* What the files about incidents share. */
#ifndef API_INROOM_H
#define API_INROOM_H

#include "api/alert.h"
#include "incident/guide.h"

/* The parts, or NULL: answered that there are none. */
const struct api_incidents *inroom_host(const struct api *a, struct http *r) NONNULL;
/* Of the path; 0: answered, there is none of that name. */
int64_t inroom_number(struct http *r) NONNULL;
/* One incident as an object, and without its end, to add members to. */
void inroom_put_open(struct jsonw *w, const struct guide *g, const struct incident *one,
    int64_t now) NONNULL;
/* All there is to know about one but its timeline. */
enum err inroom_put(struct jsonw *w, const struct api_incidents *h, int64_t n, int64_t now,
    struct diag *why) __attribute__((nonnull(1, 2)));
void inroom_reply(const struct api_incidents *h, struct http *r, int status, int64_t n) NONNULL;
void inroom_time(struct jsonw *w, const char *key, int64_t ns) NONNULL; /* null for 0 */

#endif
