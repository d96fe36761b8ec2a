/* What the configuration says about the HTTP server: limits, TLS, proxies, pages.  Loop thread. */
#ifndef APP_FRONT_H
#define APP_FRONT_H

#include "conf/conf.h"
#include "http/server.h"

struct front;

/* Fills in `to` what it can, borrowed from the front and the configuration. */
enum err front_new(const struct conf *conf, struct front **ret, struct server_opts *to,
    struct diag *why) __attribute__((nonnull(1, 2, 3)));
void front_free(struct front *f); /* after the server; NULL is fine */

/* Would front_new() and server_new() take it?  Opens nothing but files. */
enum err front_check(const struct conf *conf, struct diag *why) __attribute__((nonnull(1)));

/*
 * Reads certificate and key again; nothing changes when they are no good.  The new ones are for
 * connections from then on.
 */
enum err front_reload(struct front *f, const struct conf *conf, struct server *s, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

const char *front_scheme(const struct front *f) NONNULL; /* "http" or "https" */

#endif
