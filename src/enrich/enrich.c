/* Adds place, network, risk and what is wrong with a request; swaps the data behind it all while
 * records flow. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: enrich_ enricher_ */
#include "enrich/enrich.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "enrich/agents.h"
#include "enrich/cache.h"
#include "enrich/risk.h"
#include "enrich/snap.h"
#include "enrich/watch.h"
#include "enrich/webattack.h"
#include "enrich/webcheck.h"
#include "rec/etype.h"

#define BASES 16U /* types of events remembered */
#define BASE_TYPE_MAX 48

struct enrich {
	pthread_mutex_t lock;   /* snap and its count */
	pthread_mutex_t reload; /* one at a time */
	struct watch *watch;
	struct snap *snap;
	atomic_uint age; /* one more with each swap */
	struct stat
	    *refused; /* under reload: state of files that were no good, as in snap->files */
	size_t n_refused;
};

struct base {
	uint8_t n;
	int8_t risk;
	char type[BASE_TYPE_MAX];
};

struct enricher {
	struct enrich *enrich;
	struct snap *snap;
	unsigned age;
	struct cache *cache;
	struct agents *agents;
	struct webattack *webattack;
	struct watch_view *watch;
	struct base bases[BASES];
};

static void
put_snap(struct enrich *e, struct snap *s)
{
	bool last;

	(void)pthread_mutex_lock(&e->lock);
	last = --s->refs == 0;
	(void)pthread_mutex_unlock(&e->lock);
	if (last)
		snap_free(s);
}

static struct snap *
get_snap(struct enrich *e, unsigned *ret_age)
{
	struct snap *s;

	(void)pthread_mutex_lock(&e->lock);
	s = e->snap;
	s->refs++;
	*ret_age = atomic_load(&e->age);
	(void)pthread_mutex_unlock(&e->lock);
	return s;
}

enum err
enrich_new(const struct enrich_opts *opts, struct enrich **ret, struct diag *why)
{
	struct snap *s;
	struct enrich *e;
	enum err result = snap_new(opts, NULL, &s, why);

	if (result != OK)
		return result;
	e = MEM_NEW(struct enrich);
	e->snap = s;
	e->watch = watch_new();
	(void)pthread_mutex_init(&e->lock, NULL);
	(void)pthread_mutex_init(&e->reload, NULL);
	*ret = e;
	return OK;
}

void
enrich_free(struct enrich *e)
{
	if (e == NULL)
		return;
	put_snap(e, e->snap);
	watch_free(e->watch);
	(void)pthread_mutex_destroy(&e->lock);
	(void)pthread_mutex_destroy(&e->reload);
	free(e->refused);
	free(e);
}

/* Is a file other than when it was read, and other than when it was refused? */
static bool
files_changed(const struct enrich *e, const struct snap *s)
{
	for (size_t i = 0; i < s->n_files; i++) {
		struct stat st;

		if (stat(s->files[i].path, &st) != 0)
			memset(&st, 0, sizeof(st));
		if (!geo_same_file(&st, &s->files[i].st) &&
		    !(e->n_refused == s->n_files && geo_same_file(&st, &e->refused[i])))
			return true;
	}
	return false;
}

/* So that a bad file is complained of once, not each time somebody looks. */
static void
note_refused(struct enrich *e, const struct snap *s)
{
	e->refused = mem_resize(e->refused, s->n_files + 1, sizeof(*e->refused));
	e->n_refused = s->n_files;
	for (size_t i = 0; i < s->n_files; i++)
		if (stat(s->files[i].path, &e->refused[i]) != 0)
			memset(&e->refused[i], 0, sizeof(e->refused[i]));
}

static void
swap(struct enrich *e, struct snap *new_)
{
	struct snap *old;

	(void)pthread_mutex_lock(&e->lock);
	old = e->snap;
	e->snap = new_;
	(void)atomic_fetch_add(&e->age, 1);
	(void)pthread_mutex_unlock(&e->lock);
	put_snap(e, old);
	e->n_refused = 0;
}

static enum err
reload(struct enrich *e, struct snap *s, const struct enrich_opts *opts, bool *ret_changed,
    struct diag *why)
{
	struct snap *new_;
	enum err result;

	*ret_changed = false;
	if (opts == NULL && !files_changed(e, s))
		return OK;
	result = snap_new(opts != NULL ? opts : &s->opts, s, &new_, why);
	if (result != OK) {
		if (result != FAIL_AGAIN && opts == NULL)
			note_refused(e, s);
		return result;
	}
	swap(e, new_);
	*ret_changed = true;
	return OK;
}

enum err
enrich_reload(struct enrich *e, const struct enrich_opts *opts, bool *ret_changed, struct diag *why)
{
	struct snap *s;
	bool changed;
	unsigned age;
	enum err result;

	(void)pthread_mutex_lock(&e->reload);
	s = get_snap(e, &age);
	result = reload(e, s, opts, &changed, why);
	put_snap(e, s);
	(void)pthread_mutex_unlock(&e->reload);
	if (ret_changed != NULL)
		*ret_changed = changed;
	return result;
}

bool
enrich_database(struct enrich *e, size_t i, struct enrich_database *ret)
{
	unsigned age;
	struct snap *s = get_snap(e, &age);
	bool found = i < s->opts.mmdb.n;

	if (found) {
		(void)snprintf(ret->path, sizeof(ret->path), "%s", s->opts.mmdb.p[i]);
		(void)snprintf(ret->type, sizeof(ret->type), "%s", geo_type(s->geo[i]));
		ret->built = geo_built(s->geo[i]);
	}
	put_snap(e, s);
	return found;
}

struct enricher *
enricher_new(struct enrich *e)
{
	struct enricher *en = MEM_NEW(struct enricher);

	en->enrich = e;
	en->snap = get_snap(e, &en->age);
	en->cache = cache_new();
	en->agents = agents_new();
	en->webattack = webattack_new();
	en->watch = watch_view_new(e->watch);
	return en;
}

void
enricher_free(struct enricher *en)
{
	if (en == NULL)
		return;
	put_snap(en->enrich, en->snap);
	cache_free(en->cache);
	agents_free(en->agents);
	webattack_free(en->webattack);
	watch_view_free(en->watch);
	free(en);
}

struct watch *
enrich_watch(struct enrich *e)
{
	return e->watch;
}

void
enricher_release(struct enricher *en)
{
	if (LIKELY(atomic_load(&en->enrich->age) == en->age))
		return;
	put_snap(en->enrich, en->snap);
	en->snap = get_snap(en->enrich, &en->age);
	cache_clear(en->cache);
	memset(en->bases, 0, sizeof(en->bases));
}

/* Everything about an address; one that is no public address has no place. */
static const struct cache_info *
look(struct enricher *en, struct str text)
{
	const struct snap *s = en->snap;
	struct cache_info *info;
	struct ip ip;
	bool new_;

	info = cache_get(en->cache, text, &new_);
	if (!new_)
		return info;
	info->class = NET_RESERVED;
	if (!ip_parse(text, &ip))
		return info;
	info->class = net_class(&ip);
	info->vpn = net_list_has(s->vpn, &ip);
	info->malicious = net_list_has(s->malicious, &ip);
	if (info->class == NET_PUBLIC)
		snap_lookup(s, &ip, &info->place);
	info->vpn = info->vpn || (info->place.has & GEO_HAS_ANON) != 0;
	info->high_risk = snap_is_high_risk(s, info->place.country);
	return info;
}

static void
add_text(struct rec *r, enum field f, struct str text)
{
	if (text.n != 0)
		rec_set_str(r, f, text);
}

/* Half a place of the sender and half of ours would be nobody's place: all or nothing. */
static void
add_place(struct rec *r, const struct geo_place *p)
{
	if ((p->has & (GEO_HAS_PLACE | GEO_HAS_POINT)) == 0 || rec_has(r, F_GEO_COUNTRY) ||
	    rec_has(r, F_GEO_REGION) || rec_has(r, F_GEO_CITY) || rec_has(r, F_GEO_LAT) ||
	    rec_has(r, F_GEO_LON))
		return;
	add_text(r, F_GEO_COUNTRY, p->country);
	add_text(r, F_GEO_REGION, p->region);
	add_text(r, F_GEO_CITY, p->city);
	if ((p->has & GEO_HAS_POINT) == 0)
		return;
	rec_set_float(r, F_GEO_LAT, p->lat);
	rec_set_float(r, F_GEO_LON, p->lon);
	if ((p->has & GEO_HAS_RADIUS) != 0 && !rec_has(r, F_GEO_RADIUS))
		rec_set_int(r, F_GEO_RADIUS, p->radius_km);
}

static void
add_network(struct rec *r, const struct cache_info *info)
{
	const struct geo_place *p = &info->place;

	if (!rec_has(r, F_NET_CLASS))
		rec_set_str(r, F_NET_CLASS, net_class_name(info->class));
	if (!rec_has(r, F_ASN) && !rec_has(r, F_AS_ORG)) {
		if ((p->has & GEO_HAS_ASN) != 0)
			rec_set_int(r, F_ASN, p->asn);
		add_text(r, F_AS_ORG, p->org);
	}
	if (info->vpn && !rec_has(r, F_NET_ANON))
		rec_set_bool(r, F_NET_ANON, true);
}

/* The country of the record decides, whoever said it. */
static void
add_country_risk(const struct enricher *en, struct rec *r, const struct cache_info *info)
{
	struct str country = rec_str(r, F_GEO_COUNTRY);
	bool ours = info != NULL && country.p == info->place.country.p;

	if (rec_has(r, F_HIGH_RISK_COUNTRY) || country.n == 0)
		return;
	if (ours ? info->high_risk : snap_is_high_risk(en->snap, country))
		rec_set_bool(r, F_HIGH_RISK_COUNTRY, true);
}

static int
find_base(const struct snap *s, struct str type)
{
	const struct etype *t = etype_find(type);
	int risk = snap_base(s, type, t != NULL ? t->upper : (struct str){ NULL, 0 });

	if (risk < 0 && t != NULL)
		risk = t->risk;
	return risk < 0 ? 1 : risk;
}

static int
base_risk(struct enricher *en, struct str type)
{
	struct base *b;

	if (type.n == 0)
		return 1;
	if (type.n > BASE_TYPE_MAX)
		return find_base(en->snap, type);
	b = &en->bases[(type.n + (unsigned char)type.p[type.n - 1]) % BASES];
	if (b->n == type.n && memcmp(b->type, type.p, type.n) == 0)
		return b->risk;
	b->n = (uint8_t)type.n;
	memcpy(b->type, type.p, type.n);
	b->risk = (int8_t)find_base(en->snap, type);
	return b->risk;
}

static bool
is_true(const struct rec *r, enum field f)
{
	return rec_has(r, f) && r->v[f].b;
}

/* What the sender knows about the reputation of the address. */
static void
take_reputation(const struct rec *r, struct risk_in *in)
{
	const struct rec_extra *x = rec_find_extra(r, STR("reputation_score"), 0);

	in->has_reputation =
	    x != NULL && !x->null && (x->type == FIELD_FLOAT || x->type == FIELD_INT);
	if (in->has_reputation)
		in->reputation = x->type == FIELD_FLOAT ? x->v.f : (double)x->v.i;
	x = rec_find_extra(r, STR("is_known_malicious"), 0);
	if (x != NULL && !x->null && x->type == FIELD_BOOL)
		in->malicious = x->v.b;
}

static void
add_malicious(struct rec *r)
{
	const struct rec_extra x = {
		.path = STR("is_known_malicious"), .type = FIELD_BOOL, .v.b = true
	};

	if (rec_find_extra(r, x.path, 0) == NULL)
		(void)rec_add_extra(r, &x);
}

static void
add_risk(struct enricher *en, struct rec *r, const struct cache_info *info)
{
	struct risk_in in = { 0 };

	if (!rec_has(r, F_RISK_SCORE)) {
		in.base = base_risk(en, rec_str(r, F_EVENT_TYPE));
		in.high_risk_country = is_true(r, F_HIGH_RISK_COUNTRY);
		in.anonymous = is_true(r, F_NET_ANON);
		in.malicious = info != NULL && info->malicious;
		in.time = rec_int(r, F_TIMESTAMP, 0);
		in.utc_offset_s = en->snap->opts.utc_offset_s;
		if (r->n_extra != 0)
			take_reputation(r, &in);
		rec_set_int(r, F_RISK_SCORE, risk_score(&in));
	}
	if (!rec_has(r, F_THREAT_LEVEL))
		rec_set_str(r, F_THREAT_LEVEL, risk_level(rec_int(r, F_RISK_SCORE, 0)));
}

static void
add_agent(struct enricher *en, struct rec *r)
{
	struct useragent u;

	if (!rec_has(r, F_USER_AGENT))
		return;
	agents_parse(en->agents, rec_str(r, F_USER_AGENT), &u);
	useragent_add(r, &u);
}

void
enricher_apply(struct enricher *en, struct rec *r)
{
	struct str text = rec_str(r, F_CLIENT_IP);
	const struct cache_info *info = NULL;

	if (text.n != 0) {
		info = look(en, text);
		add_place(r, &info->place);
		add_network(r, info);
		if (info->malicious)
			add_malicious(r);
	}
	add_country_risk(en, r, info);
	add_risk(en, r, info);
	webattack_apply(en->webattack, r);
	add_agent(en, r);
	webcheck_apply(r);
	watch_view_renew(en->watch);
	watch_mark(en->watch, r);
}
