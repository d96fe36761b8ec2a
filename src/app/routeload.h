/* Where routes come from: ones that ship, or a file. */
#ifndef APP_ROUTELOAD_H
#define APP_ROUTELOAD_H

#include "alert/routing.h"
#include "conf/conf.h"
#include "oncall/book.h"

/* As route.policy says; *ret is NULL for `none`. */
enum err routeload_read(const struct conf *conf, struct route_tree **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* Channels of the configuration file and policies of the book (may be NULL): free() both arrays. */
void routeload_world(const struct conf *conf, const struct book *book, struct plan_world *ret)
    __attribute__((nonnull(1, 3)));
/* Names of policies, borrowed from the book: free() the array. */
struct str *routeload_policies(const struct book *book, size_t *ret_n) __attribute__((nonnull(2)));

#endif
