/* What user names and passwords may look like. */
#ifndef USER_NAME_H
#define USER_NAME_H

#include "base/err.h"
#include "base/str.h"

#define NAME_SIZE 65 /* of a name, terminated */
#define NAME_PASSWORD_MIN 12
#define NAME_PASSWORD_MAX 256 /* bytes */

/*
 * 1 to 64 of a-z, 0-9 and "._-@", beginning with a letter or digit; capitals
 * are taken as small letters.  ASCII only, so that no two names look alike.
 */
enum err name_read(struct str s, char to[NAME_SIZE], struct diag *why) __attribute__((nonnull(2)));

/*
 * At least NAME_PASSWORD_MIN characters of valid UTF-8 without control
 * characters, of at least five kinds, not the user's name and not one that
 * everybody tries first.  FAIL_SYNTAX, FAIL_LIMIT; the words never hold the password.
 */
enum err name_password(struct str password, const char *name, struct diag *why)
    __attribute__((nonnull(2)));

#endif
