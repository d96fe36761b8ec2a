/* SPDX-License-Identifier: Apache-2.0 */
/* The nftables table as text. */
#include "respond/kernel.h"

#include <stdio.h>

#include "base/jsonr.h"

#define BUDGET ((size_t)256 << 20) /* of a listing of all that can be there, and much more */
#define TEXT_MAX 64

static void
arena_freep(struct arena **a)
{
	arena_free(*a);
}

static bool
is_v4(const struct ip_net *net)
{
	return ip_is_v4(&net->ip) && net->bits >= 96;
}

static void
put_net(struct buf *to, const struct ip_net *net)
{
	char text[IP_TEXT_SIZE];

	buf_str(to, str_c(ip_text(&net->ip, text)));
	if (net->bits != 128)
		buf_printf(to, "/%u", is_v4(net) ? net->bits - 96 : net->bits);
}

/* `add` of what is there changes nothing, of table, set and chain alike; rules are made anew. */
static const char frame[] =
    "add table inet tocsin\n"
    "add set inet tocsin never4 { type ipv4_addr; flags interval; }\n"
    "add set inet tocsin never6 { type ipv6_addr; flags interval; }\n"
    "add set inet tocsin block4 { type ipv4_addr; flags timeout; size 65536; }\n"
    "add set inet tocsin block6 { type ipv6_addr; flags timeout; size 65536; }\n"
    "add set inet tocsin net4 { type ipv4_addr; flags interval, timeout; }\n"
    "add set inet tocsin net6 { type ipv6_addr; flags interval, timeout; }\n"
    "add set inet tocsin slow4 { type ipv4_addr; flags timeout; size 65536; }\n"
    "add set inet tocsin slow6 { type ipv6_addr; flags timeout; size 65536; }\n"
    "add set inet tocsin met4 { type ipv4_addr; flags dynamic, timeout; timeout 1m;"
    " size 65536; }\n"
    "add set inet tocsin met6 { type ipv6_addr; flags dynamic, timeout; timeout 1m;"
    " size 65536; }\n"
    "add chain inet tocsin judge\n"
    "flush chain inet tocsin judge\n"
    "add rule inet tocsin judge ip saddr @never4 accept\n"
    "add rule inet tocsin judge ip6 saddr @never6 accept\n"
    "add rule inet tocsin judge ip saddr @block4 counter drop\n"
    "add rule inet tocsin judge ip6 saddr @block6 counter drop\n"
    "add rule inet tocsin judge ip saddr @net4 counter drop\n"
    "add rule inet tocsin judge ip6 saddr @net6 counter drop\n"
    "add rule inet tocsin judge ct state new ip saddr @slow4"
    " add @met4 { ip saddr limit rate over 1/second burst 5 packets } counter drop\n"
    "add rule inet tocsin judge ct state new ip6 saddr @slow6"
    " add @met6 { ip6 saddr limit rate over 1/second burst 5 packets } counter drop\n"
    "add chain inet tocsin input { type filter hook input priority -10; policy accept; }\n"
    "flush chain inet tocsin input\n"
    "add rule inet tocsin input iif lo accept\n"
    "add rule inet tocsin input jump judge\n"
    "add chain inet tocsin forward { type filter hook forward priority -10; policy accept; }\n"
    "flush chain inet tocsin forward\n"
    "add rule inet tocsin forward jump judge\n"
    "flush set inet tocsin never4\n"
    "flush set inet tocsin never6\n";

/* Networks lie in each other or apart: those in another one say nothing new, and nft minds them. */
static bool
covered(const struct ip_net *nets, size_t n, size_t i)
{
	for (size_t j = 0; j < n; j++)
		if (j != i && ip_net_has(&nets[j], &nets[i].ip) &&
		    (nets[j].bits < nets[i].bits || (nets[j].bits == nets[i].bits && j < i)))
			return true;
	return false;
}

void
kernel_put_table(struct buf *to, const struct ip_net *never, size_t n)
{
	buf_str(to, str_c(frame));
	for (size_t i = 0; i < n; i++) {
		if (covered(never, n, i))
			continue;
		buf_printf(to, "add element inet tocsin never%c { ", is_v4(&never[i]) ? '4' : '6');
		put_net(to, &never[i]);
		buf_str(to, STR(" }\n"));
	}
}

const char *
kernel_set(const struct kernel_item *item)
{
	static const char *const sets[3][2] = { { "block6", "block4" }, { "net6", "net4" },
		{ "slow6", "slow4" } };

	return sets[item->slow ? 2 : item->net.bits != 128 ? 1 : 0][is_v4(&item->net) ? 1 : 0];
}

static void
put_verb(struct buf *to, const char *verb, const struct kernel_item *item)
{
	buf_printf(to, "%s element inet tocsin %s { ", verb, kernel_set(item));
	put_net(to, &item->net);
}

void
kernel_put_gone(struct buf *to, const struct kernel_item *item)
{
	put_verb(to, "add", item);
	buf_str(to, STR(" timeout 1m }\n"));
	put_verb(to, "delete", item);
	buf_str(to, STR(" }\n"));
}

void
kernel_put_item(struct buf *to, const struct kernel_item *item)
{
	kernel_put_gone(to, item);
	put_verb(to, "add", item);
	buf_printf(to, " timeout %llds }\n", (long long)(item->left > 0 ? item->left : 1));
}

/* An address, or {"prefix":{"addr":A,"len":N}}. */
static bool
read_net(const struct jsonr *v, struct ip_net *ret)
{
	const struct jsonr *prefix = jsonr_get(v, "prefix");
	struct str addr = jsonr_text(prefix, "addr", STR(""));
	char text[TEXT_MAX];
	int len;

	if (v != NULL && v->type == JSONR_TEXT)
		return ip_net_parse(v->s, ret, NULL);
	if (prefix == NULL || addr.n > IP_TEXT_SIZE)
		return false;
	len = snprintf(text, sizeof(text), "%.*s/%lld", STR_ARG(addr),
	    (long long)jsonr_int(prefix, "len", -1));
	return len > 0 && ip_net_parse((struct str){ text, (size_t)len }, ret, NULL);
}

/* {"elem":{"val":V,"timeout":N,"expires":N}}, or V alone. */
static void
read_element(const struct jsonr *e, bool slow, kernel_fn fn, void *ctx)
{
	const struct jsonr *elem = jsonr_get(e, "elem");
	struct kernel_item item = { .slow = slow, .left = jsonr_int(elem, "expires", 0) };

	if (read_net(elem != NULL ? jsonr_get(elem, "val") : e, &item.net))
		fn(ctx, &item);
}

static void
read_set(const struct jsonr *set, kernel_fn fn, void *ctx)
{
	const struct str name = jsonr_text(set, "name", STR(""));
	const struct jsonr *elements = jsonr_get(set, "elem");
	const bool slow = str_starts(name, STR("slow"));

	if (elements == NULL ||
	    !(slow || str_starts(name, STR("block")) || str_starts(name, STR("net"))))
		return;
	for (const struct jsonr *e = elements->first; e != NULL; e = e->next)
		read_element(e, slow, fn, ctx);
}

enum err
kernel_read(struct str json, kernel_fn fn, void *ctx, struct diag *why)
{
	AUTO(arena_freep) struct arena *arena = arena_new(BUDGET);
	const struct jsonr *top = NULL, *list;
	enum err e = jsonr_parse(arena, json, &top, why);

	list = e == OK ? jsonr_get(top, "nftables") : NULL;
	if (e == OK && list == NULL)
		e = err_set(why, FAIL_SYNTAX, "nft lists no tables");
	for (const struct jsonr *o = list != NULL ? list->first : NULL; o != NULL; o = o->next)
		read_set(jsonr_get(o, "set"), fn, ctx);
	return e;
}
