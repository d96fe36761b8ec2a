/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/users.py */
/* The lines of a start. */
#include "app/greet.h"

#include <stdio.h>

#include "app/access.h"
#include "base/str.h"

char *
greet_url(const struct greet *g, bool for_others, char to[GREET_URL_MAX])
{
	struct str url = str_c(g->public_url), host = str_c(g->listen);
	bool any;

	while (url.n != 0 && url.p[url.n - 1] == '/')
		url.n--;
	while (host.n != 0 && host.p[host.n - 1] != ':')
		host.n--;
	host.n -= host.n != 0; /* the port */
	any = str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("[::]"));
	if (any)
		host = STR("localhost");
	to[0] = '\0';
	if (url.n != 0)
		(void)str_to_c(url, to, GREET_URL_MAX);
	else if (!any || !for_others)
		(void)snprintf(to, GREET_URL_MAX, "%s://%.*s:%u", g->scheme, STR_ARG(host),
		    g->port);
	return to;
}

enum err
greet_print(const struct greet *g, struct diag *why)
{
	char url[GREET_URL_MAX], link[GREET_URL_MAX + 80];
	struct str host = str_c(g->listen);
	enum err e;

	greet_url(g, false, url);
	e = access_welcome(g->access, url, link, sizeof(link), why);
	if (e != OK)
		return e;
	if (g->made[0] != '\0')
		printf("Access token (shown this once; kept in %s): %s\n", g->token_path, g->made);
	if (link[0] != '\0')
		printf("Nobody can log in yet.  This link makes the first admin; it works once, for"
		       " 24 hours:\n  %s\n",
		    link);
	while (host.n != 0 && host.p[host.n - 1] != ':')
		host.n--;
	host.n -= host.n != 0;
	printf("Listening on %s://%.*s:%u\n", g->scheme, STR_ARG(host), g->port);
	(void)fflush(stdout);
	return OK;
}
