/* What the daemon says on standard output once everything runs. */
#ifndef APP_GREET_H
#define APP_GREET_H

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

/* Whoever waits for these lines may begin.  The address is the last of them. */
enum err greet_print(const struct greet *g, struct diag *why) __attribute__((nonnull(1)));

#endif
