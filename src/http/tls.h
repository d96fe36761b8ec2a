/* Certificate and key of the server, and how TLS is spoken: 1.2 and 1.3, ECDHE with AEAD only. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/err.h"

struct ssl_st;
struct tls;

/*
 * Reads a chain and its key, both in PEM.  `why` names the file and what is wrong with it:
 * FAIL_NOT_FOUND, FAIL_IO, FAIL_SYNTAX (none, encrypted, too weak), FAIL_DENIED (key and
 * certificate do not belong together).
 */
enum err tls_new(const char *cert, const char *key, struct tls **ret, struct diag *why)
    __attribute__((nonnull(1, 2, 3)));
void tls_free(struct tls *t); /* NULL is fine; connections made with it go on */

/* When the first certificate ends to hold, in seconds since 1970. */
int64_t tls_expires(const struct tls *t) NONNULL;

/* The server's end of a connection; SSL_free() it.  NULL when there is no memory. */
struct ssl_st *tls_accept(const struct tls *t, int fd) NONNULL;

#endif
