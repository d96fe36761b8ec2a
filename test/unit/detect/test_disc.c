/* SPDX-License-Identifier: Apache-2.0 */
/* Distances against ones that are known, at the poles and the date line; discs of records. */
#include "detect/disc.h"

#include <math.h>

#include "random.h"
#include "test.h"

static const struct pair {
	const char *name;
	struct disc a, b;
	double km;
} pairs[] = {
	{ "Berlin Paris", { 52.52, 13.405, 0 }, { 48.8566, 2.3522, 0 }, 877.5 },
	{ "New York London", { 40.7128, -74.006, 0 }, { 51.5074, -0.1278, 0 }, 5570.2 },
	{ "over the date line", { -17.7134, 178.065, 0 }, { -13.8507, -171.7514, 0 }, 1171 },
	{ "one degree at 180", { 0, 179.5, 0 }, { 0, -179.5, 0 }, 111.2 },
	{ "pole to pole", { 90, 0, 0 }, { -90, 77, 0 }, 20015.1 },
	{ "around the pole", { 89, 0, 0 }, { 89, 180, 0 }, 222.4 },
	{ "the pole is one place", { 90, -120, 0 }, { 90, 60, 0 }, 0 },
	{ "antipodes", { 40.4, -3.7, 0 }, { -40.4, 176.3, 0 }, 20015.1 },
	{ "the same", { 10, 10, 0 }, { 10, 10, 0 }, 0 },
};

TEST(distances)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		fprintf(stderr, "%s\n", pairs[i].name);
		CHECK_DOUBLE(disc_km(&pairs[i].a, &pairs[i].b), pairs[i].km, 0.5);
		CHECK_DOUBLE(disc_km(&pairs[i].b, &pairs[i].a), pairs[i].km, 0.5);
	}
}

/* By vectors from the centre of the Earth, another way to the same. */
static double
by_vectors(const struct disc *a, const struct disc *b)
{
	const double degree = acos(-1) / 180;
	double x[2][3];
	const struct disc *d[] = { a, b };
	double dot = 0, cross = 0;

	for (size_t i = 0; i < 2; i++) {
		x[i][0] = cos(d[i]->lat * degree) * cos(d[i]->lon * degree);
		x[i][1] = cos(d[i]->lat * degree) * sin(d[i]->lon * degree);
		x[i][2] = sin(d[i]->lat * degree);
	}
	for (size_t k = 0; k < 3; k++) {
		double c =
		    x[0][(k + 1) % 3] * x[1][(k + 2) % 3] - x[0][(k + 2) % 3] * x[1][(k + 1) % 3];

		dot += x[0][k] * x[1][k];
		cross += c * c;
	}
	return 6371.0088 * atan2(sqrt(cross), dot);
}

TEST(distances_another_way)
{
	uint64_t s = random_start(test_seed());

	for (unsigned i = 0; i < test_rounds(20000); i++) {
		struct disc a = { (double)random_below(&s, 180001) / 1000 - 90,
			(double)random_below(&s, 360001) / 1000 - 180,
			(double)random_below(&s, 3000) };
		struct disc b = { (double)random_below(&s, 180001) / 1000 - 90,
			(double)random_below(&s, 360001) / 1000 - 180,
			(double)random_below(&s, 3000) };
		double km = by_vectors(&a, &b), gap = km - a.km - b.km;

		CHECK_DOUBLE(disc_km(&a, &b), km, 0.05);
		CHECK_DOUBLE(disc_gap(&a, &b), gap > 0 ? gap : 0, 0.05);
	}
}

TEST(countries)
{
	struct disc d, e;

	CHECK(disc_country(STR("DE"), &d) && disc_country(STR("JP"), &e));
	CHECK(disc_gap(&d, &e) > 7000 && disc_gap(&d, &e) < 9000);
	CHECK(disc_country(STR("FR"), &e));
	CHECK_DOUBLE(disc_gap(&d, &e), 0, 0);
	CHECK(disc_country(STR("AD"), &d) && disc_country(STR("ZW"), &d));
	CHECK(!disc_country(STR("de"), &d) && !disc_country(STR(""), &d));
	CHECK(!disc_country(STR("QQ"), &d) && !disc_country(STR("DEU"), &d));
}

struct place {
	const char *country, *region, *city;
	bool point;
	double lat, lon;
	int64_t radius; /* 0: none */
	bool known;
	double km; /* radius of the disc, within 1 */
};

static const struct place places[] = {
	{ "", "", "", false, 0, 0, 0, false, 0 },
	{ "DE", "", "", false, 0, 0, 0, true, 450 },
	{ "XX", "", "", false, 0, 0, 0, false, 0 },
	{ "DE", "BE", "Berlin", true, 52.52, 13.4, 0, true, 25 },
	{ "DE", "BE", "Berlin", true, 52.52, 13.4, 5, true, 25 },
	{ "US", "CA", "Fresno", true, 36.7, -119.8, 1000, true, 1000 },
	{ "DE", "BY", "", true, 48.8, 11.4, 10, true, 150 },
	{ "", "", "", true, 48.8, 11.4, 0, true, 50 },
	/* of the country alone: a disc around it from where the database put the point */
	{ "DE", "", "", true, 51, 10.4, 20, true, 450 },
	{ "US", "", "", true, 37.751, -97.822, 1000, true, 2910 },
	/* nowhere on Earth */
	{ "", "", "", true, 0, 0, 10, false, 0 },
	{ "", "", "", true, 91, 0, 10, false, 0 },
	{ "", "", "", true, 0, 1e300, 10, false, 0 },
	{ "SG", "", "Singapore", true, 0, 0, 10, true, 50 },
	{ "DE", "BE", "Berlin", true, 52.52, 13.4, INT64_MAX, true, 20016 },
	{ "DE", "BE", "Berlin", true, 52.52, 13.4, -7, true, 25 },
};

TEST(places_of_records)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct place *p = &places[i];
		struct arena *a = arena_new(1 << 16);
		struct disc d;
		struct rec r;

		fprintf(stderr, "%zu\n", i);
		rec_init(&r, a);
		if (p->country[0] != '\0')
			rec_set_str(&r, F_GEO_COUNTRY, str_c(p->country));
		if (p->region[0] != '\0')
			rec_set_str(&r, F_GEO_REGION, str_c(p->region));
		if (p->city[0] != '\0')
			rec_set_str(&r, F_GEO_CITY, str_c(p->city));
		if (p->point) {
			rec_set_float(&r, F_GEO_LAT, p->lat);
			rec_set_float(&r, F_GEO_LON, p->lon);
		}
		if (p->radius != 0)
			rec_set_int(&r, F_GEO_RADIUS, p->radius);
		CHECK_INT(disc_of(&r, &d), p->known);
		if (p->known)
			CHECK_DOUBLE(d.km, p->km, 10);
		arena_free(a);
	}
}
