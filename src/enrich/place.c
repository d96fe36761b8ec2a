/* The layouts of GeoIP records, nested (MaxMind) and flat (DB-IP), as one small tree of keys. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_geo.c */
#include "enrich/place.h"

#include "enrich/geo.h"

#define TEXT_MAX 256

enum node {
	NOWHERE,
	ROOT,
	COUNTRY_MAP,
	REGION_LIST,
	REGION_MAP,
	CITY_MAP, /* or the name itself, in the flat layout */
	CITY_NAMES,
	LOCATION,
	TRAITS,
	COUNTRY,
	REGION,
	CITY,
	ORG,
	LAT,
	LON,
	RADIUS,
	NUMBER,
	ANON
};

#define KEY(from, name, to)                                                                        \
	{                                                                                          \
		from, to, sizeof(name) - 1, name                                                   \
	}
static const struct step {
	enum node from, to;
	size_t n;
	const char *key;
} steps[] = {
	KEY(ROOT, "country", COUNTRY_MAP),
	KEY(ROOT, "country_code", COUNTRY),
	KEY(ROOT, "subdivisions", REGION_LIST),
	KEY(ROOT, "state1", REGION),
	KEY(ROOT, "city", CITY_MAP),
	KEY(ROOT, "location", LOCATION),
	KEY(ROOT, "latitude", LAT),
	KEY(ROOT, "longitude", LON),
	KEY(ROOT, "autonomous_system_number", NUMBER),
	KEY(ROOT, "autonomous_system_organization", ORG),
	KEY(ROOT, "is_anonymous", ANON),
	KEY(ROOT, "is_anonymous_vpn", ANON),
	KEY(ROOT, "is_hosting_provider", ANON),
	KEY(ROOT, "is_public_proxy", ANON),
	KEY(ROOT, "is_residential_proxy", ANON),
	KEY(ROOT, "is_tor_exit_node", ANON),
	KEY(ROOT, "traits", TRAITS),
	KEY(COUNTRY_MAP, "iso_code", COUNTRY),
	KEY(REGION_MAP, "iso_code", REGION),
	KEY(CITY_MAP, "names", CITY_NAMES),
	KEY(CITY_NAMES, "en", CITY),
	KEY(LOCATION, "latitude", LAT),
	KEY(LOCATION, "longitude", LON),
	KEY(LOCATION, "accuracy_radius", RADIUS),
	KEY(TRAITS, "autonomous_system_number", NUMBER),
	KEY(TRAITS, "autonomous_system_organization", ORG),
	KEY(TRAITS, "is_anonymous", ANON),
	KEY(TRAITS, "is_anonymous_proxy", ANON),
	KEY(TRAITS, "is_anonymous_vpn", ANON),
	KEY(TRAITS, "is_hosting_provider", ANON),
	KEY(TRAITS, "is_public_proxy", ANON),
	KEY(TRAITS, "is_residential_proxy", ANON),
	KEY(TRAITS, "is_tor_exit_node", ANON),
};

struct walk {
	const struct mmdbval_section *data;
	struct geo_place *to;
	double lat, lon;
	bool has_lat, has_lon;
};

static enum node
step(enum node from, struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i].from == from && steps[i].n == key.n &&
		    memcmp(steps[i].key, key.p, key.n) == 0)
			return steps[i].to;
	return NOWHERE;
}

static void
take_text(const struct walk *w, const struct mmdbval *v, struct str *to)
{
	if (v->type == MMDBVAL_TEXT && v->size <= TEXT_MAX && to->n == 0)
		*to = (struct str){ (const char *)w->data->p + v->at, v->size };
}

/* Between -bound and bound; false also for what is no number. */
static bool
take_float(const struct walk *w, const struct mmdbval *v, double bound, double *to)
{
	const uint8_t *p = w->data->p + v->at;
	double d = 2 * bound;
	uint64_t bits;
	uint32_t half;
	float f;

	if (v->type == MMDBVAL_DOUBLE) {
		bits = mmdbval_uint(p, sizeof(d));
		memcpy(&d, &bits, sizeof(d));
	} else if (v->type == MMDBVAL_FLOAT) {
		half = (uint32_t)mmdbval_uint(p, sizeof(f));
		memcpy(&f, &half, sizeof(f));
		d = (double)f;
	}
	if (!(d >= -bound && d <= bound))
		return false;
	*to = d;
	return true;
}

static void
take_uint(const struct walk *w, const struct mmdbval *v, unsigned bit, uint32_t *to)
{
	if ((v->type != MMDBVAL_UINT16 && v->type != MMDBVAL_UINT32) || (w->to->has & bit) != 0)
		return;
	*to = (uint32_t)mmdbval_uint(w->data->p + v->at, v->size);
	w->to->has |= bit;
}

static void
take(struct walk *w, enum node node, const struct mmdbval *v)
{
	struct geo_place *to = w->to;

	if (node == COUNTRY)
		take_text(w, v, &to->country);
	else if (node == REGION)
		take_text(w, v, &to->region);
	else if (node == CITY || node == CITY_MAP)
		take_text(w, v, &to->city);
	else if (node == ORG)
		take_text(w, v, &to->org);
	else if (node == LAT)
		w->has_lat = w->has_lat || take_float(w, v, 90, &w->lat);
	else if (node == LON)
		w->has_lon = w->has_lon || take_float(w, v, 180, &w->lon);
	else if (node == RADIUS)
		take_uint(w, v, GEO_HAS_RADIUS, &to->radius_km);
	else if (node == NUMBER)
		take_uint(w, v, GEO_HAS_ASN, &to->asn);
	else if (node == ANON && v->type == MMDBVAL_BOOL && v->size != 0)
		to->has |= GEO_HAS_ANON;
}

/* Where the value behind this one begins; false when the data is not sound. */
static bool
skip(const struct mmdbval_section *s, size_t *at)
{
	struct mmdbval v;

	for (size_t left = 1; left != 0; left--) {
		if (mmdbval_head(s, *at, &v) != OK)
			return false;
		if (v.type == MMDBVAL_MAP)
			left += 2 * v.size;
		else if (v.type == MMDBVAL_ARRAY)
			left += v.size;
		*at = mmdbval_next(&v);
	}
	return true;
}

static bool
head_behind_pointer(const struct mmdbval_section *s, size_t at, struct mmdbval *v)
{
	return mmdbval_head(s, at, v) == OK &&
	       (v->type != MMDBVAL_POINTER || mmdbval_head(s, v->target, v) == OK);
}

/* As deep as the tree of keys, no deeper. */
static void
walk(struct walk *w, size_t at, enum node node)
{
	struct mmdbval v, key;

	if (!head_behind_pointer(w->data, at, &v))
		return;
	if (v.type == MMDBVAL_ARRAY) {
		if (node == REGION_LIST && v.size != 0)
			walk(w, v.at, REGION_MAP);
		return;
	}
	if (v.type != MMDBVAL_MAP) {
		take(w, node, &v);
		return;
	}
	at = v.at;
	for (size_t i = 0; i < v.size; i++) {
		enum node next = NOWHERE;

		if (!head_behind_pointer(w->data, at, &key) || !skip(w->data, &at))
			return;
		if (key.type == MMDBVAL_TEXT)
			next =
			    step(node, (struct str){ (const char *)w->data->p + key.at, key.size });
		if (next != NOWHERE)
			walk(w, at, next);
		if (!skip(w->data, &at))
			return;
	}
}

void
place_read(const struct mmdbval_section *data, size_t at, struct geo_place *to)
{
	struct walk w = { .data = data, .to = to };

	walk(&w, at, ROOT);
	if (to->country.n != 0 || to->region.n != 0 || to->city.n != 0)
		to->has |= GEO_HAS_PLACE;
	if (!w.has_lat || !w.has_lon || (to->has & GEO_HAS_POINT) != 0)
		return;
	to->lat = w.lat;
	to->lon = w.lon;
	to->has |= GEO_HAS_POINT;
}
