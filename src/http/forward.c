/* Who a request is from: the walk over X-Forwarded-For. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/forward.h"

#include <stdio.h>

static bool
is_trusted(const struct ip_net *trusted, size_t n, const struct ip *ip)
{
	for (size_t i = 0; i < n; i++)
		if (ip_net_has(&trusted[i], ip))
			return true;
	return false;
}

/* Splits off what stands behind the last comma; the whole of *s when there is none. */
static struct str
last(struct str *s)
{
	struct str ret = *s;

	for (size_t i = s->n; i-- != 0;) {
		if (s->p[i] != ',')
			continue;
		s->n = i;
		return str_trim(str_from(ret, i + 1));
	}
	s->n = 0;
	return str_trim(ret);
}

/* The value in the i-th place from the right over all headers of that name; false past the left. */
static bool
from_right(const struct head *h, struct str name, size_t i, struct str *ret)
{
	for (size_t f = h->n_fields; f-- != 0;) {
		struct str rest = h->fields[f].value;

		if (!str_eq_nocase(h->fields[f].name, name))
			continue;
		do {
			*ret = last(&rest);
			if (i-- == 0)
				return true;
		} while (rest.n != 0);
	}
	return false;
}

/* Nothing, or ":" and a port. */
static bool
port_good(struct str s)
{
	uint64_t port;

	if (s.n == 0)
		return true;
	return s.p[0] == ':' && str_u64(str_from(s, 1), &port) && port <= 65535;
}

/* "1.2.3.4", "1.2.3.4:5", "::1", "[::1]", "[::1]:5", each also in quotes. */
static bool
address(struct str s, struct ip *ret)
{
	ptrdiff_t end;

	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = (struct str){ s.p + 1, s.n - 2 };
	if (str_starts(s, STR("["))) {
		end = str_find(s, STR("]"));
		if (end < 0 || !port_good(str_from(s, (size_t)end + 1)))
			return false;
		s = (struct str){ s.p + 1, (size_t)end - 1 };
		return str_find(s, STR(":")) >= 0 && ip_parse(s, ret);
	}
	end = str_find(s, STR(":"));
	if (end < 0 || str_find((struct str){ s.p, (size_t)end }, STR(".")) < 0)
		return ip_parse(s, ret);
	return port_good(str_from(s, (size_t)end)) &&
	       ip_parse((struct str){ s.p, (size_t)end }, ret);
}

/* Did the client speak TLS to the `hops`th proxy from here? */
static bool
spoke_tls(const struct head *h, size_t hops)
{
	struct str word;

	while (hops-- != 0)
		if (from_right(h, STR("x-forwarded-proto"), hops, &word))
			return str_eq_nocase(word, STR("https"));
	return false;
}

void
forward_read(const struct ip_net *trusted, size_t n, const char *peer, const struct head *h,
    struct forward *ret)
{
	struct str word;
	struct ip ip;
	size_t hops = 0;

	*ret = (struct forward){ .host = { "", 0 } };
	(void)snprintf(ret->client, sizeof(ret->client), "%s", peer);
	if (n == 0 || !ip_parse(str_c(peer), &ip))
		return;
	while (hops < FORWARD_HOPS_MAX && is_trusted(trusted, n, &ip)) {
		if (!from_right(h, STR("x-forwarded-for"), hops++, &word) || !address(word, &ip))
			break;
		(void)ip_text(&ip, ret->client);
	}
	if (hops == 0)
		return;
	ret->secure = spoke_tls(h, hops);
	if (!from_right(h, STR("x-forwarded-host"), 0, &ret->host))
		ret->host = (struct str){ "", 0 };
}
