/* SPDX-License-Identifier: Apache-2.0 */
/* Distances between discs on the Earth, and the disc of a record. */
#include "detect/disc.h"

#include <math.h>

#define EARTH_KM 6371.0088
#define DEGREE (3.14159265358979323846 / 180)
#define CITY_KM 25
#define REGION_KM 150
#define POINT_KM 50 /* coordinates that come without words and without a radius */
#define RADIUS_MAX 20016

static const struct {
	char code[3];
	float lat, lon, km;
} countries[] = {
#define COUNTRY(code, lat, lon, km) { code, lat##F, lon##F, km },
#include "detect/country.def"
#undef COUNTRY
};

double
disc_km(const struct disc *a, const struct disc *b)
{
	double lat = sin((b->lat - a->lat) * DEGREE / 2);
	double lon = sin((b->lon - a->lon) * DEGREE / 2);
	double h = lat * lat + cos(a->lat * DEGREE) * cos(b->lat * DEGREE) * lon * lon;

	return 2 * EARTH_KM * asin(sqrt(h < 1 ? h : 1));
}

double
disc_gap(const struct disc *a, const struct disc *b)
{
	double gap = disc_km(a, b) - a->km - b->km;

	return gap > 0 ? gap : 0;
}

bool
disc_country(struct str code, struct disc *ret)
{
	size_t low = 0, high = ARRAY_LEN(countries);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(str_c(countries[mid].code), code);

		if (order == 0) {
			*ret = (struct disc){ (double)countries[mid].lat,
				(double)countries[mid].lon, (double)countries[mid].km };
			return true;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* The coordinates of the record, when they are some. */
static bool
point_of(const struct rec *r, struct disc *ret)
{
	double lat, lon;

	if (!rec_has(r, F_GEO_LAT) || !rec_has(r, F_GEO_LON))
		return false;
	lat = r->v[F_GEO_LAT].f;
	lon = r->v[F_GEO_LON].f;
	if (!(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) || (lat == 0 && lon == 0))
		return false;
	ret->lat = lat;
	ret->lon = lon;
	return true;
}

/* A disc with this centre in which all of the country lies. */
static double
radius_around(const struct disc *centre, const struct disc *country)
{
	return country->km + disc_km(centre, country);
}

bool
disc_of(const struct rec *r, struct disc *ret)
{
	bool city = rec_str(r, F_GEO_CITY).n != 0, region = rec_str(r, F_GEO_REGION).n != 0;
	int64_t given = rec_int(r, F_GEO_RADIUS, 0);
	struct disc country;
	bool known = disc_country(rec_str(r, F_GEO_COUNTRY), &country);
	double least = city ? CITY_KM : region ? REGION_KM : POINT_KM;

	if (!point_of(r, ret)) {
		if (known)
			*ret = country;
		return known;
	}
	if (given > RADIUS_MAX)
		given = RADIUS_MAX;
	if (!city && !region && known)
		least = radius_around(ret, &country);
	ret->km = (double)given > least ? (double)given : least;
	return true;
}
