/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Finds the caller of a request. */
#include "app/access.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/token.h"
#include "base/mem.h"
#include "http/auth.h"

struct access {
	struct auth *file; /* tokens of http.token_file */
};

enum err
access_new(const struct conf *conf, const struct datadir *dir, struct access **ret,
    char ret_new[80], struct diag *why)
{
	bool own = conf->http_token_file[0] == '\0';
	struct access *a = MEM_NEW(struct access);
	enum err e;

	a->file = auth_new();
	e = token_load(own ? dir->token : conf->http_token_file, own, a->file, ret_new, why);
	if (e == OK)
		*ret = a;
	else
		access_free(a);
	return e;
}

void
access_free(struct access *a)
{
	if (a == NULL)
		return;
	auth_free(a->file);
	free(a);
}

int
access_authorize(void *ctx, struct http *r, const struct route *route)
{
	const struct access *a = ctx;
	struct http_caller c = { .kind = HTTP_CALLER_TOKEN };

	(void)route;
	c.scopes = auth_scopes(a->file, http_header(r, "authorization"));
	if (c.scopes == 0)
		return 0;
	(void)snprintf(c.name, sizeof(c.name), "token-file");
	http_caller_set(r, &c);
	return 0;
}
