/* What the daemon says on standard output once everything runs. */
#ifndef APP_GREET_H
#define APP_GREET_H

#include <stdbool.h>

#include "base/err.h"

struct access;

struct greet {
	struct access *access;
	const char *listen, *scheme; /* "0.0.0.0:8321", "http" */
	unsigned port;               /* the one that was taken */
	const char *public_url;      /* "" for none */
	const char *made;            /* access token of the first start, "" else */
	const char *token_path;
};

#define GREET_URL_MAX 512

/*
 * Where a browser finds the page: as configured, else as we listen.  "Any
 * address" is this machine, and "" for_others, who read a message elsewhere.
 * Returns `to`.
 */
char *greet_url(const struct greet *g, bool for_others, char to[GREET_URL_MAX])
    __attribute__((nonnull(1, 3)));

/* Whoever waits for these lines may begin.  The address is the last of them. */
enum err greet_print(const struct greet *g, struct diag *why) __attribute__((nonnull(1)));

#endif
