/* Who a request is from: caller, origin, and whether nobody could listen in. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: http_ */
#include "http/conn.h"

#include <stdarg.h>
#include <stdio.h>

void
http_caller_set(struct http *r, const struct http_caller *c)
{
	r->caller = *c;
}

const struct http_caller *
http_caller(const struct http *r)
{
	return &r->caller;
}

void
http_refusal(struct http *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->refusal, sizeof(r->refusal), fmt, ap);
	va_end(ap);
}

const char *
http_peer(const struct http *r)
{
	return r->forward.client[0] != '\0' ? r->forward.client : r->peer;
}

bool
http_secure(const struct http *r)
{
	return r->forward.secure;
}

/* A name or address with or without a port, of harmless characters. */
static bool
host_good(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) &&
		    (c == '\0' || strchr(".-_:[]", c) == NULL))
			return false;
	}
	return host.n != 0 && host.n <= 255;
}

bool
http_public_url_good(struct str url)
{
	struct str rest = url;

	if (str_starts(url, STR("https://")))
		rest = str_from(url, 8);
	else if (str_starts(url, STR("http://")))
		rest = str_from(url, 7);
	else
		return false;
	if (rest.n != 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	return host_good(rest);
}

char *
http_origin(const struct http *r, char to[HTTP_ORIGIN_SIZE])
{
	struct str host = r->forward.host;

	if (host.n == 0)
		host = head_get(&r->head, STR("host"));
	to[0] = '\0';
	if (host_good(host))
		(void)snprintf(to, HTTP_ORIGIN_SIZE, "%s://%.*s", http_secure(r) ? "https" : "http",
		    STR_ARG(host));
	return to;
}

bool
http_own_origin(const struct http *r, struct str origin)
{
	char own[HTTP_ORIGIN_SIZE];
	struct str known = str_c(r->server != NULL ? r->server->opts.public_url : NULL);

	while (known.n != 0 && known.p[known.n - 1] == '/')
		known.n--;
	if (origin.n == 0)
		return false;
	return str_eq_nocase(origin, str_c(http_origin(r, own))) || str_eq_nocase(origin, known);
}
