/* Referers and security headers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/webcheck.h"

#define LIST_MAX 256U

static struct str
host_of(struct str url)
{
	ptrdiff_t at = str_find(url, STR("://"));
	size_t n = 0;

	if (at >= 0)
		url = str_from(url, (size_t)at + 3);
	while (n < url.n && memchr("/?#:", url.p[n], 4) == NULL)
		n++;
	return (struct str){ url.p, n };
}

/* www.example.com is in example.com */
static bool
is_within(struct str host, struct str domain)
{
	struct str tail;

	if (domain.n == 0 || host.n < domain.n)
		return false;
	tail = str_from(host, host.n - domain.n);
	return str_eq_nocase(tail, domain) &&
	       (host.n == domain.n || host.p[host.n - domain.n - 1] == '.');
}

struct str
webcheck_referer(struct str referer, struct str host)
{
	struct str from;

	if (referer.n == 0 || str_eq(referer, STR("-")))
		return STR("missing");
	host = host_of(host);
	from = host_of(referer);
	if (host.n == 0)
		return STR("unknown");
	return is_within(from, host) || is_within(host, from) ? STR("same") : STR("foreign");
}

static bool
changes_something(const struct rec *r)
{
	static const struct str methods[] = { STR("POST"), STR("PUT"), STR("PATCH"),
		STR("DELETE") };
	struct str method = rec_str(r, F_METHOD);

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_eq_nocase(method, methods[i]))
			return true;
	return false;
}

/* The host of the record, or of an absolute address. */
static struct str
asked_host(const struct rec *r)
{
	struct str url = rec_str(r, F_URL);

	if (rec_has(r, F_HTTP_HOST))
		return rec_str(r, F_HTTP_HOST);
	return str_find(url, STR("://")) > 0 ? url : (struct str){ NULL, 0 };
}

struct list {
	char p[LIST_MAX];
	size_t n;
};

static void
append(struct list *l, const char *prefix, struct str name)
{
	struct str head = str_c(prefix);

	if (l->n + head.n + name.n + 1 > sizeof(l->p))
		return;
	if (l->n != 0)
		l->p[l->n++] = ' ';
	memcpy(l->p + l->n, head.p, head.n);
	memcpy(l->p + l->n + head.n, name.p, name.n);
	l->n += head.n + name.n;
}

static bool
contains(struct str s, struct str word)
{
	return str_find_nocase(s, word) >= 0;
}

/* A policy that lets any script in the page run protects from nothing. */
static bool
is_weak_csp(struct str s)
{
	if (contains(s, STR("unsafe-eval")))
		return true;
	return contains(s, STR("unsafe-inline")) && !contains(s, STR("'nonce-")) &&
	       !contains(s, STR("'sha256-")) && !contains(s, STR("strict-dynamic"));
}

/* Less than half a year is forgotten between two visits. */
static bool
is_weak_hsts(struct str s)
{
	ptrdiff_t at = str_find_nocase(s, STR("max-age="));
	struct str digits;
	size_t n = 0;
	uint64_t age;

	if (at < 0)
		return true;
	digits = str_from(s, (size_t)at + 8);
	while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
		n++;
	return str_u64((struct str){ digits.p, n }, &age) && age < 15552000;
}

static bool
is_weak_frame(struct str s)
{
	return !contains(s, STR("deny")) && !contains(s, STR("sameorigin"));
}

static bool
is_weak_sniff(struct str s)
{
	return !contains(s, STR("nosniff"));
}

static const struct {
	struct str name;
	bool (*is_weak)(struct str value);
} wanted[] = {
	{ STR("content-security-policy"), is_weak_csp },
	{ STR("strict-transport-security"), is_weak_hsts },
	{ STR("x-frame-options"), is_weak_frame },
	{ STR("x-content-type-options"), is_weak_sniff },
};

/* The name of a header of the answer by the path of an extra; n is 0 when it is none. */
static struct str
header_name(struct str path)
{
	static const struct str heads[] = { STR("response.headers."), STR("response_headers."),
		STR("http.response.headers.") };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(path, heads[i]))
			return str_from(path, heads[i].n);
	return (struct str){ NULL, 0 };
}

static void
check_headers(struct rec *r)
{
	bool seen[ARRAY_LEN(wanted)] = { false }, any = false;
	struct list weak = { .n = 0 }, all = { .n = 0 };
	struct str copy;

	for (uint32_t i = 0; i < r->n_extra; i++) {
		struct str name = header_name(r->extra[i].path);

		any = any || name.n != 0;
		for (size_t k = 0; name.n != 0 && k < ARRAY_LEN(wanted); k++) {
			if (seen[k] || !str_eq_nocase(name, wanted[k].name))
				continue;
			seen[k] = true;
			if (r->extra[i].type == FIELD_STR && wanted[k].is_weak(r->extra[i].v.s))
				append(&weak, "weak:", wanted[k].name);
		}
	}
	if (!any)
		return;
	for (size_t k = 0; k < ARRAY_LEN(wanted); k++)
		if (!seen[k])
			append(&all, "", wanted[k].name);
	append(&all, "", (struct str){ weak.p, weak.n });
	all.n -= all.n != 0 && all.p[all.n - 1] == ' ';
	if (all.n != 0 && arena_copy(r->arena, (struct str){ all.p, all.n }, &copy))
		rec_set_str(r, F_HEADERS_WEAK, copy);
}

void
webcheck_apply(struct rec *r)
{
	if (!rec_has(r, F_REFERER_KIND) &&
	    (changes_something(r) ||
		str_eq(rec_str(r, F_EVENT_TYPE), STR("csrf.validation.failed"))))
		rec_set_str(r, F_REFERER_KIND,
		    webcheck_referer(rec_str(r, F_REFERER), asked_host(r)));
	if (r->n_extra != 0 && !rec_has(r, F_HEADERS_WEAK))
		check_headers(r);
}
