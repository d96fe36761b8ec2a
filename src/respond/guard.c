/* SPDX-License-Identifier: Apache-2.0 */
/* Who is never blocked. */
#include "respond/guard.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "respond/shared.h"

struct row {
	struct ip_net net;
	enum guard_part part;
	char reason[GUARD_REASON];
};

struct guard {
	struct row *rows;
	size_t n, size;
	unsigned per_minute;
	double left; /* blocks that may be made now */
	int64_t at;
};

static const char *const fixed[] = { "127.0.0.0/8", "::1", "::", "0.0.0.0/8", "224.0.0.0/4",
	"255.255.255.255", "ff00::/8", "fe80::/10" };
static const char *const privates[] = { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
	"169.254.0.0/16", "100.64.0.0/10", "fc00::/7" };

static void
add_own(struct guard *g, const char *const *nets, size_t n, const char *reason)
{
	for (size_t i = 0; i < n; i++)
		if (guard_add(g, GUARD_FIXED, str_c(nets[i]), reason, NULL) != OK)
			abort(); /* they are ours */
}

struct guard *
guard_new(unsigned per_minute)
{
	struct guard *g = MEM_NEW(struct guard);

	g->per_minute = per_minute;
	g->left = per_minute;
	add_own(g, fixed, ARRAY_LEN(fixed), "of the machine itself");
	for (unsigned i = 0; shared_net(i) != NULL; i++) {
		const char *net = shared_net(i);

		add_own(g, &net, 1, "a network many sites stand behind");
	}
	return g;
}

void
guard_free(struct guard *g)
{
	if (g == NULL)
		return;
	free(g->rows);
	free(g);
}

void
guard_private(struct guard *g)
{
	add_own(g, privates, ARRAY_LEN(privates), "a private address");
}

void
guard_clear(struct guard *g, enum guard_part part)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->rows[i].part != part)
			g->rows[kept++] = g->rows[i];
	g->n = kept;
}

enum err
guard_add(struct guard *g, enum guard_part part, struct str net, const char *reason,
    struct diag *why)
{
	struct ip_net parsed;

	if (!ip_net_parse(net, &parsed, NULL))
		return err_set(why, FAIL_SYNTAX, "'%.*s' is no address and no network",
		    (int)(net.n < 60 ? net.n : 60), net.p != NULL ? net.p : "");
	if (g->n == GUARD_MAX)
		return err_set(why, FAIL_LIMIT, "no more than %d networks can be protected",
		    GUARD_MAX);
	if (g->n == g->size) {
		g->size = g->size != 0 ? 2 * g->size : 32;
		g->rows = mem_resize(g->rows, g->size, sizeof(*g->rows));
	}
	g->rows[g->n] = (struct row){ .net = parsed, .part = part };
	(void)snprintf(g->rows[g->n].reason, GUARD_REASON, "%s", reason);
	g->n++;
	return OK;
}

const struct ip_net *
guard_at(const struct guard *g, size_t i)
{
	return i < g->n ? &g->rows[i].net : NULL;
}

char *
guard_text(const struct ip_net *net, char to[GUARD_TEXT])
{
	const bool v4 = ip_is_v4(&net->ip) && net->bits >= 96;
	char text[IP_TEXT_SIZE];

	if (net->bits == 128)
		(void)snprintf(to, GUARD_TEXT, "%s", ip_text(&net->ip, text));
	else
		(void)snprintf(to, GUARD_TEXT, "%s/%u", ip_text(&net->ip, text),
		    v4 ? net->bits - 96 : net->bits);
	return to;
}

enum err
guard_check(const struct guard *g, struct str target, char ret[GUARD_TEXT], struct diag *why)
{
	char text[GUARD_TEXT];
	struct ip_net net;
	bool masked, v4;

	if (!ip_net_parse(target, &net, &masked) || masked)
		return err_set(why, FAIL_SYNTAX, "it is no address and no network");
	v4 = ip_is_v4(&net.ip) && net.bits >= 96;
	if (net.bits < (v4 ? 96 + GUARD_BITS_V4 : GUARD_BITS_V6))
		return err_set(why, FAIL_LIMIT, "nothing wider than /%d (IPv6: /%d) is blocked",
		    GUARD_BITS_V4, GUARD_BITS_V6);
	for (size_t i = 0; i < g->n; i++) {
		const struct row *r = &g->rows[i];

		if (ip_net_has(&r->net, &net.ip) || ip_net_has(&net, &r->net.ip))
			return err_set(why, FAIL_DENIED, "never blocked: %s (%s)", r->reason,
			    guard_text(&r->net, text));
	}
	(void)guard_text(&net, ret);
	return OK;
}

bool
guard_take(struct guard *g, int64_t now)
{
	if (g->at != 0 && now > g->at)
		g->left += (double)(now - g->at) * g->per_minute / (double)(60 * CLOCK_S);
	if (g->left > g->per_minute)
		g->left = g->per_minute;
	g->at = now;
	if (g->left < 1)
		return false;
	g->left -= 1;
	return true;
}
