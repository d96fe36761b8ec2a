/* Settings from the environment: TOCSIN_HTTP_LISTEN for http.listen. */
#ifndef CONF_ENVVAR_H
#define CONF_ENVVAR_H

#include "conf/section.h"

#define ENVVAR_NAME_MAX 64

/* Name of the variable of a key; returns `to`. */
char *envvar_name(const char *path, char to[ENVVAR_NAME_MAX]) NONNULL;

/*
 * Takes what is set.  Variables that begin with the name of a section but
 * name no key are problems; other TOCSIN_ ones are somebody else's.
 */
void envvar_read(struct section *s, char *const *env) NONNULL;

#endif
