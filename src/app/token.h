/* The first access token: made once, kept in a file only its owner can read. */
#ifndef APP_TOKEN_H
#define APP_TOKEN_H

#include "base/err.h"
#include "http/auth.h"

/*
 * Reads the tokens of `path` into `auth`.  When the file does not exist and
 * `create` is set, makes one token with every scope, writes the file (0600)
 * and puts the token into `ret_new`, which is "" otherwise.
 */
enum err token_load(const char *path, bool create, struct auth *auth, char ret_new[80],
    struct diag *why) __attribute__((nonnull(1, 3, 4)));

#endif
