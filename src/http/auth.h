/*
 * Access tokens.  A token is kept as its SHA-256 only and compared in
 * constant time with every one there is.
 *
 * A token file has a line for each: the token, or "sha256:" and 64 hexadecimal
 * digits, then optionally its scopes, "read,ingest,write,admin" (all when none).
 * Lines beginning with '#' and empty ones do not count.
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "base/err.h"
#include "base/str.h"

#define AUTH_TOKENS_MAX 100
#define AUTH_TOKEN_MIN 16 /* characters; shorter ones are refused */
#define AUTH_TOKEN_MAX 256
#define AUTH_HEADER_MAX 1024 /* a longer Authorization header counts as none */

struct auth;

struct auth *auth_new(void) RETURNS_NONNULL; /* knows no token: lets nobody in */
void auth_free(struct auth *a);              /* NULL is fine */
/* scopes: of enum route_scope.  FAIL_LIMIT, FAIL_SYNTAX. */
enum err auth_add(struct auth *a, struct str token, unsigned scopes, struct diag *why)
    __attribute__((nonnull(1)));
/* Adds every line of a token file. */
enum err auth_parse(struct auth *a, struct str text, struct diag *why) __attribute__((nonnull(1)));

/*
 * The token in a value of the Authorization header: "Bearer TOKEN", or "Basic"
 * with any user name and the token as password.  Borrowed from it, or from `plain`.
 */
bool auth_token(struct str authorization, char plain[AUTH_HEADER_MAX], struct str *ret)
    __attribute__((nonnull(2, 3)));
/* Scopes that it gives; 0 for none. */
unsigned auth_scopes(const struct auth *a, struct str authorization) __attribute__((nonnull(1)));

#endif
