/* Who is let in: joins the ways by which a request can say who it is from.  Loop thread. */
#ifndef APP_ACCESS_H
#define APP_ACCESS_H

#include "app/datadir.h"
#include "conf/conf.h"
#include "http/route.h"

struct access;
struct door;
struct loop;

/*
 * Opens the token file and users.db.  ret_new: the token that was made at the
 * first start, "" else.
 */
enum err access_new(const struct conf *conf, const struct datadir *dir, struct loop *loop,
    struct access **ret, char ret_new[80], struct diag *why)
    __attribute__((nonnull(1, 2, 3, 4, 5)));
/* Nobody logs in any more; before the loop's last turn, after the server. */
void access_close(struct access *a); /* NULL is fine */
void access_free(struct access *a);  /* after the loop and the api; NULL is fine */
struct door *access_door(const struct access *a) NONNULL RETURNS_NONNULL;

/*
 * For server_opts.authorize; ctx is the access.  An Authorization header
 * decides alone; without one the cookie of a session does, which changes
 * something only with the session's token against forgery and from our own pages.
 */
int access_authorize(void *ctx, struct http *r, const struct route *route) NONNULL;

/*
 * The daemon serves at `url` ("http://127.0.0.1:8321", without a slash): kept
 * for `tocsin user invite`.  When nobody can log in as an admin yet, puts the
 * link by which the first one is made into `to`, "" else.
 */
enum err access_welcome(struct access *a, const char *url, char *to, size_t size, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));

#endif
