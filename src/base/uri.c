/* SPDX-License-Identifier: Apache-2.0 */
/* Names and addresses of other machines, checked by form alone. */
#include "base/uri.h"

#include "base/ip.h"

#define HOST_MAX 253
#define LABEL_MAX 63
#define LOCAL_MAX 64
#define MAIL_MAX 254

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_label(struct str s)
{
	if (s.n == 0 || s.n > LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return true;
}

bool
uri_host(struct str s)
{
	struct ip ip;

	if (ip_parse(s, &ip))
		return true;
	if (s.n == 0 || s.n > HOST_MAX || s.p[s.n - 1] == '.')
		return false;
	while (s.n != 0)
		if (!is_label(str_until(&s, '.')))
			return false;
	return true;
}

/* RFC 5322 atext and dots. */
static bool
is_local(struct str s)
{
	static const char signs[] = "!#$%&'*+-/=?^_`{|}~.";

	if (s.n == 0 || s.n > LOCAL_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && memchr(signs, s.p[i], sizeof(signs) - 1) == NULL)
			return false;
	return true;
}

bool
uri_mail(struct str s)
{
	struct str host = s, local = str_until(&host, '@');

	return s.n <= MAIL_MAX && is_local(local) && uri_host(host);
}

static bool
is_port(struct str s)
{
	uint64_t n;

	return str_u64(s, &n) && n >= 1 && n <= 65535;
}

/* HOST, HOST:PORT, [IPV6] or [IPV6]:PORT */
static bool
is_authority(struct str s)
{
	struct str host, inside;
	struct ip ip;

	if (s.n != 0 && s.p[0] == '[') {
		inside = str_from(s, 1);
		host = str_until(&inside, ']');
		if (!ip_parse(host, &ip) || host.n + 2 > s.n)
			return false;
		return inside.n == 0 ? s.p[s.n - 1] == ']'
				     : inside.p[0] == ':' && is_port(str_from(inside, 1));
	}
	host = str_until(&s, ':');
	return uri_host(host) && (s.p == host.p + host.n || is_port(s));
}

bool
uri_http(struct str s)
{
	struct str rest;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f ||
		    s.p[i] == '\\')
			return false;
	if (str_starts(s, STR("https://")))
		rest = str_from(s, 8);
	else if (str_starts(s, STR("http://")))
		rest = str_from(s, 7);
	else
		return false;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#')
		n++;
	return is_authority((struct str){ rest.p, n });
}
