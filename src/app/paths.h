/* Where the rules and data that ship with the program are. */
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include <stddef.h>

#include "base/attr.h"

#define PATHS_MAX 512

/*
 * `name` ("rules", "geoip/dbip-country.mmdb") looked for beside the source
 * tree or installation this executable is in, then under /usr/share/tocsin and
 * /usr/local/share/tocsin.  Returns `to`, or NULL when it is nowhere.
 */
const char *paths_shipped(const char *name, char to[PATHS_MAX]) NONNULL;

/* This executable, "" when the system does not say.  Returns `to`. */
const char *paths_self(char to[PATHS_MAX]) NONNULL;

#endif
