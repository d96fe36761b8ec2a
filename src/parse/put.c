/* Checked setters for what several formats have in common: addresses, requests, extras. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/put.h"

#include "base/ip.h"
#include "base/utf8.h"

#define METHOD_MAX 32

/* Splits "[v6]:port", "v4:port" and "v6%zone" into address and port. */
static struct str
split_port(struct str s, struct str *ret_port)
{
	const char *end, *colon;
	struct str ip = s;

	*ret_port = (struct str){ NULL, 0 };
	if (s.n > 2 && s.p[0] == '[') {
		end = memchr(s.p, ']', s.n);
		if (end == NULL)
			return s;
		ip = (struct str){ s.p + 1, (size_t)(end - s.p) - 1 };
		s = str_from(s, ip.n + 2);
		if (s.n > 1 && s.p[0] == ':')
			*ret_port = str_from(s, 1);
		else if (s.n != 0)
			return (struct str){ NULL, 0 };
	} else {
		colon = memchr(s.p, ':', s.n);
		if (colon != NULL &&
		    memchr(colon + 1, ':', s.n - (size_t)(colon + 1 - s.p)) == NULL) {
			ip.n = (size_t)(colon - s.p);
			*ret_port = str_from(s, ip.n + 1);
		}
	}
	end = ip.n > 0 ? memchr(ip.p, '%', ip.n) : NULL;
	if (end != NULL && memchr(ip.p, ':', (size_t)(end - ip.p)) != NULL)
		ip.n = (size_t)(end - ip.p);
	return ip;
}

bool
put_ip(struct rec *r, enum field ip_field, enum field port_field, struct str s)
{
	char text[IP_TEXT_SIZE];
	struct str port = { NULL, 0 }, canonical;
	struct ip ip;

	if (s.n == 0)
		return false;
	if (!ip_parse(s, &ip)) {
		s = split_port(s, &port);
		if (!ip_parse(s, &ip))
			return false;
	}
	canonical = str_c(ip_text(&ip, text));
	if (!str_eq(canonical, s) && !arena_copy(r->arena, canonical, &s)) {
		r->cut = true;
		return false;
	}
	rec_set_str(r, ip_field, s);
	if (port.n > 0 && port_field != FIELD_NONE && !rec_has(r, port_field))
		(void)put_port(r, port_field, port);
	return true;
}

void
put_client(struct rec *r, struct str s, struct str otherwise)
{
	if (s.n > 0 && !put_ip(r, F_CLIENT_IP, F_CLIENT_PORT, s) && !str_eq(s, STR("-")))
		put_extra(r, otherwise, s);
}

bool
put_port(struct rec *r, enum field f, struct str s)
{
	uint64_t port;

	if (!str_u64(s, &port) || port == 0 || port > 65535)
		return false;
	rec_set_int(r, f, (int64_t)port);
	return true;
}

void
put_text(struct rec *r, enum field f, struct str s)
{
	if (s.n > 0)
		rec_set_str(r, f, s);
}

void
put_extra(struct rec *r, struct str path, struct str text)
{
	struct rec_extra x = { .path = path, .type = FIELD_STR, .v.s = text };

	/* A full record says so itself, by r->cut. */
	(void)!rec_add_extra(r, &x);
}

void
put_extra_int(struct rec *r, struct str path, int64_t i)
{
	struct rec_extra x = { .path = path, .type = FIELD_INT, .v.i = i };

	(void)!rec_add_extra(r, &x);
}

void
put_logsource(struct rec *r, struct str product, struct str category, struct str service)
{
	put_text(r, F_LS_PRODUCT, product);
	put_text(r, F_LS_CATEGORY, category);
	put_text(r, F_LS_SERVICE, service);
}

/* Takes "scheme://host[:port]" off an absolute URL. */
static struct str
take_origin(struct rec *r, struct str url)
{
	const char *p = memchr(url.p, ':', url.n), *end, *at;
	struct str rest, host;
	size_t n;

	if (p == NULL || p == url.p || !str_starts(str_from(url, (size_t)(p - url.p)), STR("://")))
		return url;
	rest = str_from(url, (size_t)(p - url.p) + 3);
	for (n = 0; n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#';)
		n++;
	host = (struct str){ rest.p, n };
	at = n > 0 ? memrchr(host.p, '@', n) : NULL;
	if (at != NULL)
		host = str_from(host, (size_t)(at - host.p) + 1);
	if (host.n > 0 && host.p[0] == '[')
		end = memchr(host.p, ']', host.n);
	else
		end = host.n > 0 ? memchr(host.p, ':', host.n) : NULL;
	if (end != NULL)
		host.n = (size_t)(end - host.p) + (*end == ']');
	if (!rec_has(r, F_HTTP_HOST))
		put_text(r, F_HTTP_HOST, host);
	return str_from(rest, n);
}

void
put_url(struct rec *r, struct str url)
{
	struct str path;
	const char *p;

	if (url.n == 0)
		return;
	rec_set_str(r, F_URL, url);
	path = url.p[0] == '/' ? url : take_origin(r, url);
	if (path.n == 0 || (path.p[0] != '/' && path.p[0] != '*'))
		return;
	p = memchr(path.p, '?', path.n);
	if (p != NULL) {
		struct str query = str_from(path, (size_t)(p - path.p) + 1);

		if (!rec_has(r, F_QUERY))
			put_text(r, F_QUERY, query);
		path.n = (size_t)(p - path.p);
	}
	if (!rec_has(r, F_ENDPOINT))
		rec_set_str(r, F_ENDPOINT, path);
}

/* Length of a "HTTP/1.1" that ends `s` behind a blank, with that blank; 0 when there is none. */
static size_t
protocol_tail(struct str s)
{
	static const char head[] = " HTTP/";
	size_t n = s.n;

	while (n > 0 && s.n - n < 4 &&
	       ((s.p[n - 1] >= '0' && s.p[n - 1] <= '9') || s.p[n - 1] == '.'))
		n--;
	if (n == s.n || n < sizeof(head) - 1)
		return 0;
	n -= sizeof(head) - 1;
	return memcmp(s.p + n, head, sizeof(head) - 1) == 0 ? s.n - n : 0;
}

bool
put_request(struct rec *r, struct str line)
{
	size_t method = 0, tail;
	struct str url;

	while (method < line.n && method < METHOD_MAX &&
	       (((line.p[method] | 32) >= 'a' && (line.p[method] | 32) <= 'z') ||
		   line.p[method] == '-' || line.p[method] == '_'))
		method++;
	if (method == 0 || method + 1 >= line.n || line.p[method] != ' ')
		return false;
	tail = protocol_tail(line);
	if (line.n <= method + 1 + tail)
		return false;
	url = (struct str){ line.p + method + 1, line.n - method - 1 - tail };
	/* Without a protocol (HTTP/0.9) only a path tells a request from any two words. */
	if (tail == 0 && url.p[0] != '/')
		return false;
	rec_set_str(r, F_METHOD, (struct str){ line.p, method });
	put_url(r, url);
	if (tail > 0)
		rec_set_str(r, F_PROTOCOL, str_from(line, line.n - tail + 1));
	return true;
}

struct str
put_mended(struct rec *r, struct str s)
{
	struct buf mended;
	struct str ret = STR("");

	if (utf8_valid(s))
		return s;
	buf_init(&mended, s.n * 3 + 1);
	utf8_mend(s, &mended);
	if (!arena_copy(r->arena, buf_view(&mended), &ret))
		r->cut = true;
	buf_fini(&mended);
	return ret;
}
