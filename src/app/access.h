/* Who is let in: joins the ways by which a request can say who it is from. */
#ifndef APP_ACCESS_H
#define APP_ACCESS_H

#include "app/datadir.h"
#include "conf/conf.h"
#include "http/route.h"

struct access;

/* ret_new: the token that was made at the first start, "" else. */
enum err access_new(const struct conf *conf, const struct datadir *dir, struct access **ret,
    char ret_new[80], struct diag *why) __attribute__((nonnull(1, 2, 3, 4)));
void access_free(struct access *a); /* NULL is fine */

/* For server_opts.authorize; ctx is the access. */
int access_authorize(void *ctx, struct http *r, const struct route *route) NONNULL;

#endif
