/* SPDX-License-Identifier: Apache-2.0 */
/* Sightings of a user, and whether one can be between two of them. */
#include "detect/travel.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/mem.h"

#define HOUR (3600 * (double)CLOCK_S)
#define DAY (86400 * CLOCK_S)

void
travel_fini(struct travel *tr)
{
	free(tr->seen);
	free(tr->nets);
	free(tr->devices);
	*tr = (struct travel){ 0 };
}

size_t
travel_bytes(const struct travel *tr)
{
	return tr->n_seen * sizeof(*tr->seen) + tr->n_nets * sizeof(*tr->nets) +
	       tr->n_devices * sizeof(*tr->devices);
}

/* The /24 of IPv4, the /56 of IPv6, as a number that is not 0. */
static uint64_t
block_of(struct str text)
{
	struct ip ip;
	uint64_t v = 0;
	bool v4;

	if (text.n == 0 || !ip_parse(text, &ip))
		return 0;
	v4 = ip_is_v4(&ip);
	for (size_t i = v4 ? 12 : 0; i < (v4 ? 15 : 7); i++)
		v = v << 8 | ip.b[i];
	return v | (v4 ? (uint64_t)1 << 62 : (uint64_t)1 << 63);
}

bool
travel_sighting(const struct rec *r, int64_t t, struct travel_sighting *ret, enum netkind *ret_kind)
{
	static const struct hash_key key = { 0x746f6373, 0x696e2074 };
	struct str agent = rec_str(r, F_USER_AGENT);
	int64_t asn = rec_int(r, F_ASN, 0);

	*ret = (struct travel_sighting){ .t = t, .seq = r->seq };
	*ret_kind = netkind_of(r);
	if (*ret_kind != NETKIND_FIXED)
		return false;
	if (!disc_of(r, &ret->at)) {
		*ret_kind = NETKIND_UNKNOWN;
		return false;
	}
	ret->block = block_of(rec_str(r, F_CLIENT_IP));
	ret->device = agent.n != 0 ? hash_str(key, agent) | 1 : 0;
	ret->asn = asn > 0 && asn <= UINT32_MAX ? (uint32_t)asn : 0;
	(void)str_to_c(rec_str(r, F_GEO_COUNTRY), ret->country, sizeof(ret->country));
	(void)str_to_c(rec_str(r, F_GEO_CITY), ret->city, sizeof(ret->city));
	return true;
}

void
travel_skip(struct travel *tr, enum netkind kind)
{
	tr->skipped_kind = (uint8_t)kind;
	tr->skipped += tr->skipped < UINT32_MAX;
}

static struct travel_net *
find_net(const struct travel *tr, uint32_t asn)
{
	for (size_t i = 0; i < tr->n_nets && asn != 0; i++)
		if (tr->nets[i].asn == asn)
			return &tr->nets[i];
	return NULL;
}

bool
travel_net_known(const struct travel *tr, const struct travel_shape *s, uint32_t asn)
{
	const struct travel_net *net = find_net(tr, asn);

	return net != NULL && net->n >= s->learn && net->days >= TRAVEL_LEARN_DAYS;
}

static bool
has_device(const struct travel *tr, uint64_t device)
{
	for (size_t i = 0; i < tr->n_devices; i++)
		if (tr->devices[i] == device)
			return true;
	return false;
}

/* Room for one more of `cap`; sizes go 2, 4, 8 ... */
#define GROW(list, n, size, cap)                                                                   \
	do {                                                                                       \
		if ((n) == (size)) {                                                               \
			(size) = (uint8_t)((size) == 0 ? 2 : 2 * (size));                          \
			(size) = (size) > (cap) ? (cap) : (size);                                  \
			(list) = mem_resize(list, size, sizeof(*(list)));                          \
		}                                                                                  \
	} while (0)

/* The one seen least makes room; of two such the one seen longest ago. */
static struct travel_net *
new_net(struct travel *tr)
{
	struct travel_net *least;

	if (tr->n_nets < TRAVEL_NETS) {
		GROW(tr->nets, tr->n_nets, tr->size_nets, TRAVEL_NETS);
		return &tr->nets[tr->n_nets++];
	}
	least = &tr->nets[0];
	for (size_t i = 1; i < tr->n_nets; i++)
		if (tr->nets[i].n < least->n ||
		    (tr->nets[i].n == least->n && tr->nets[i].day < least->day))
			least = &tr->nets[i];
	return least;
}

static void
learn(struct travel *tr, const struct travel_sighting *x)
{
	struct travel_net *net = find_net(tr, x->asn);
	int32_t day = (int32_t)(x->t / DAY);
	size_t at = 0;

	if (net == NULL && x->asn != 0) {
		net = new_net(tr);
		*net = (struct travel_net){ .asn = x->asn, .days = 1, .day = day };
	}
	if (net != NULL) {
		net->n += net->n < UINT32_MAX;
		if (day > net->day) {
			net->days = (uint16_t)(net->days + (net->days < UINT16_MAX));
			net->day = day;
		}
	}
	if (x->device == 0)
		return;
	while (at < tr->n_devices && tr->devices[at] != x->device)
		at++;
	if (at == tr->n_devices && at < TRAVEL_DEVICES) {
		GROW(tr->devices, tr->n_devices, tr->size_devices, TRAVEL_DEVICES);
		tr->n_devices++;
	} else if (at == tr->n_devices) {
		at--;
	}
	memmove(tr->devices + 1, tr->devices, at * sizeof(*tr->devices));
	tr->devices[0] = x->device;
}

static void
drop_first(struct travel *tr)
{
	tr->n_seen--;
	memmove(tr->seen, tr->seen + 1, tr->n_seen * sizeof(*tr->seen));
}

/* Its place among the others; one that is older than all when they are full is not kept. */
static size_t
insert(struct travel *tr, const struct travel_sighting *x)
{
	size_t at = tr->n_seen;

	while (at > 0 && (tr->seen[at - 1].t > x->t ||
			     (tr->seen[at - 1].t == x->t && tr->seen[at - 1].seq > x->seq)))
		at--;
	GROW(tr->seen, tr->n_seen, tr->size_seen, TRAVEL_SIGHTINGS + 1);
	memmove(tr->seen + at + 1, tr->seen + at, (tr->n_seen - at) * sizeof(*tr->seen));
	tr->seen[at] = *x;
	tr->n_seen++;
	return at;
}

/* Sightings before the watermark have nobody to come between them any more. */
static void
settle(struct travel *tr, int64_t watermark)
{
	while (tr->n_seen > TRAVEL_SIGHTINGS || (tr->n_seen > 1 && tr->seen[1].t < watermark))
		drop_first(tr);
}

/* Could the user have gone from a to b, as far as is known? */
static bool
is_travel(const struct travel *tr, const struct travel_shape *s, const struct travel_sighting *a,
    const struct travel_sighting *b, struct travel_hit *ret)
{
	double gap;

	if ((a->block != 0 && a->block == b->block) || (a->asn != 0 && a->asn == b->asn))
		return false;
	gap = disc_gap(&a->at, &b->at);
	if (gap <= 0 || gap < s->minimum_km)
		return false;
	*ret = (struct travel_hit){ .from = *a, .to = *b, .gap = gap };
	ret->km = disc_km(&a->at, &b->at);
	ret->hours = ((double)b->t - (double)a->t + (double)s->skew) / HOUR;
	ret->kmh = ret->hours > 0 ? gap / ret->hours : 1e9;
	return ret->kmh > s->limit &&
	       !(travel_net_known(tr, s, a->asn) && travel_net_known(tr, s, b->asn));
}

static void
term(struct travel_hit *hit, bool holds, const char *what, int points)
{
	if (holds && hit->n_terms < TRAVEL_TERMS)
		hit->terms[hit->n_terms++] = (struct travel_term){ what, points };
}

/* What the user is known by: devices and networks. */
static void
weigh_user(const struct travel *tr, const struct travel_shape *s, const struct travel_sighting *x,
    uint64_t other_device, struct travel_hit *hit)
{
	if (x->device != 0 && x->device == other_device)
		term(hit, true, "the same device at both places", -10);
	else if (x->device != 0 && has_device(tr, x->device))
		term(hit, true, "a device the user has used before", 0);
	else if (x->device != 0)
		term(hit, true, "a device that is new for the user", 15);
	if (travel_net_known(tr, s, x->asn))
		term(hit, true, "a network the user often uses", -15);
	else if (find_net(tr, x->asn) != NULL)
		term(hit, true, "a network the user has used before", 0);
	else if (x->asn != 0)
		term(hit, true, "a network that is new for the user", 10);
}

/* How sure: the terms are told in the alert. */
static void
weigh(const struct travel *tr, const struct travel_shape *s, const struct travel_sighting *x,
    struct travel_hit *hit)
{
	const struct travel_sighting *other = x->seq == hit->to.seq ? &hit->from : &hit->to;
	double times = s->limit > 0 ? hit->kmh / s->limit : 10;
	int sum = 0;

	term(hit, true, "faster than the limit", 50);
	term(hit, times >= 1.5, "by more than half", 10);
	term(hit, times >= 4, "four times as fast and more", 10);
	term(hit, times < 1.1, "by less than a tenth", -10);
	term(hit, hit->gap < hit->km / 2, "more than half of the distance is uncertain", -15);
	weigh_user(tr, s, x, other->device, hit);
	term(hit, strcmp(hit->from.country, hit->to.country) == 0, "within one country", -5);
	for (size_t i = 0; i < hit->n_terms; i++)
		sum += hit->terms[i].points;
	hit->confidence = (unsigned)(sum < 5 ? 5 : sum > 99 ? 99 : sum);
}

bool
travel_add(struct travel *tr, const struct travel_shape *s, const struct travel_sighting *x,
    int64_t watermark, struct travel_hit *ret)
{
	size_t at = insert(tr, x);
	struct travel_hit before, after;
	bool left = at > 0 && is_travel(tr, s, &tr->seen[at - 1], x, &before);
	bool right = at + 1 < tr->n_seen && is_travel(tr, s, x, &tr->seen[at + 1], &after);

	if (left || right) {
		*ret = right && (!left || after.kmh > before.kmh) ? after : before;
		ret->skipped = tr->skipped;
		ret->skipped_kind = (enum netkind)tr->skipped_kind;
		weigh(tr, s, x, ret);
	}
	if (at + 1 == tr->n_seen)
		tr->skipped = 0;
	learn(tr, x);
	settle(tr, watermark);
	return left || right;
}
