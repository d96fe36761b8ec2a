/* SPDX-License-Identifier: Apache-2.0 */
/* Impossible travel: what happens to people, and all pairs of neighbours in any order. */
#include "detect/travel.h"

#include "base/clock.h"
#include "random.h"
#include "test.h"

#define MIN (60 * CLOCK_S)
#define DAY (1440 * MIN)
#define START (20000 * DAY)

static const struct travel_shape usual = { 800, 100, 2 * MIN, 5 };

/* Where a login is from. */
struct from {
	const char *city, *country;
	double lat, lon;
	int64_t radius;
	const char *ip;
	int64_t asn;
	const char *org;
	bool vpn;
	const char *agent;
};

static const struct from berlin = { "Berlin", "DE", 52.52, 13.40, 20, "91.1.2.3", 3320,
	"Deutsche Telekom", false, "laptop" };
static const struct from munich = { "Munich", "DE", 48.14, 11.58, 20, "95.1.2.3", 6830, "Liberty",
	false, "laptop" };
static const struct from hanover = { "Hanover", "DE", 52.37, 9.73, 20, "84.1.2.3", 8881, "Versatel",
	false, "laptop" };
static const struct from tokyo = { "Tokyo", "JP", 35.68, 139.69, 20, "126.1.2.3", 17676, "SoftBank",
	false, "other" };
static const struct from new_york = { "New York", "US", 40.71, -74.01, 20, "72.1.2.3", 701, "UUNET",
	false, "laptop" };
static const struct from london = { "London", "GB", 51.51, -0.13, 20, "81.1.2.3", 2856, "BT", false,
	"laptop" };
static const struct from vpn_us = { "Dallas", "US", 32.78, -96.80, 20, "89.1.2.3", 60068,
	"Datacamp Limited", true, "laptop" };
static const struct from company = { "Frankfurt", "DE", 50.11, 8.68, 20, "165.1.2.3", 62044,
	"Zscaler", false, "laptop" };
static const struct from phone = { "Hamburg", "DE", 53.55, 9.99, 20, "46.1.2.3", 21928,
	"T-Mobile USA", false, "phone" };
static const struct from phone_far = { "Seattle", "US", 47.61, -122.33, 20, "172.1.2.3", 0,
	"T-Mobile USA", false, "phone" };
static const struct from west = { "Los Angeles", "US", 34.05, -118.24, 1000, "98.1.2.3", 20001,
	"Charter", false, "laptop" };
static const struct from east = { "New York", "US", 40.71, -74.01, 1000, "100.1.2.3", 7922,
	"Comcast", false, "laptop" };
static const struct from jp_only = { "", "JP", 36, 138, 100, "133.1.2.3", 2516, "KDDI", false,
	"laptop" };
static const struct from de_only = { "", "DE", 51, 9, 100, "80.1.2.3", 3209, "Arcor", false,
	"laptop" };
static const struct from fr_only = { "", "FR", 46, 2, 100, "90.1.2.3", 3215, "Orange", false,
	"laptop" };
static const struct from moved = { "Los Angeles", "US", 34.05, -118.24, 20, "91.1.2.3", 99, "Other",
	false, "laptop" };
static const struct from moved_block = { "Los Angeles", "US", 34.05, -118.24, 20, "91.1.2.250", 98,
	"Other", false, "laptop" };
static const struct from moved_asn = { "Los Angeles", "US", 34.05, -118.24, 20, "17.1.2.250", 3320,
	"Deutsche Telekom", false, "laptop" };
static const struct from v6_a = { "Berlin", "DE", 52.52, 13.40, 20, "2001:db8:1:a200::1", 11,
	"Eleven", false, "laptop" };
static const struct from v6_b = { "Sydney", "AU", -33.87, 151.21, 20, "2001:db8:1:a2ff::9", 12,
	"Twelve", false, "laptop" };
static const struct from v6_c = { "Sydney", "AU", -33.87, 151.21, 20, "2001:db8:1:a300::9", 13,
	"Thirteen", false, "laptop" };
static const struct from inside = { "", "", 0, 0, 0, "10.1.2.3", 0, "", false, "laptop" };
static const struct from fiji = { "Suva", "FJ", -18.14, 178.44, 20, "144.1.2.3", 4638, "Telecom",
	false, "laptop" };
static const struct from tonga = { "Nukualofa", "TO", -21.14, -175.2, 20, "103.1.2.3", 38201,
	"Tonga", false, "laptop" };
static const struct from pole_a = { "A", "NO", 89.9, 0, 20, "5.1.2.3", 201, "P", false, "laptop" };
static const struct from pole_b = { "B", "NO", 89.9, 180, 20, "6.1.2.3", 202, "Q", false,
	"laptop" };

struct login {
	const struct from *from;
	int64_t minute;
};

static const struct situation {
	const char *name;
	struct login logins[6];
	unsigned fires; /* bit i: login i does */
} situations[] = {
	{ "two continents in an hour", { { &berlin, 0 }, { &tokyo, 60 } }, 2 },
	{ "the flight from New York to London", { { &new_york, 0 }, { &london, 7 * 60 + 30 } }, 0 },
	{ "the same in five hours", { { &new_york, 0 }, { &london, 5 * 60 } }, 2 },
	{ "the train from Berlin to Hanover", { { &berlin, 0 }, { &hanover, 100 } }, 0 },
	{ "the train, and ten minutes", { { &berlin, 0 }, { &hanover, 10 } }, 2 },
	{ "Berlin to Munich by air", { { &berlin, 0 }, { &munich, 55 } }, 0 },
	{ "VPN on and off", { { &berlin, 0 }, { &vpn_us, 1 }, { &berlin, 2 } }, 0 },
	{ "a company's cloud gateway", { { &new_york, 0 }, { &company, 5 }, { &new_york, 9 } }, 0 },
	{ "the phone beside the laptop", { { &berlin, 0 }, { &phone, 1 }, { &berlin, 2 } }, 0 },
	{ "roaming: the carrier is far", { { &berlin, 0 }, { &phone_far, 3 }, { &berlin, 4 } }, 0 },
	{ "two coasts, 1000 km unsure, in 3 h", { { &east, 0 }, { &west, 180 } }, 0 },
	{ "two coasts, 1000 km unsure, in 1 h", { { &east, 0 }, { &west, 60 } }, 2 },
	{ "countries alone, neighbours", { { &de_only, 0 }, { &fr_only, 1 } }, 0 },
	{ "countries alone, far", { { &de_only, 0 }, { &jp_only, 60 } }, 2 },
	{ "the database moved the address", { { &berlin, 0 }, { &moved, 1 } }, 0 },
	{ "the database moved the /24", { { &berlin, 0 }, { &moved_block, 1 } }, 0 },
	{ "the database moved the network", { { &berlin, 0 }, { &moved_asn, 1 } }, 0 },
	{ "the database moved the /56", { { &v6_a, 0 }, { &v6_b, 1 } }, 0 },
	{ "the next /56 is another", { { &v6_a, 0 }, { &v6_c, 1 } }, 2 },
	{ "inside addresses are no place", { { &berlin, 0 }, { &inside, 1 }, { &munich, 90 } }, 0 },
	{ "clocks two minutes apart", { { &berlin, 0 }, { &berlin, 1 }, { &hanover, 95 } }, 0 },
	{ "the same instant, far", { { &berlin, 0 }, { &tokyo, 0 } }, 2 },
	{ "the date line", { { &fiji, 0 }, { &tonga, 90 } }, 0 },
	{ "the date line, in ten minutes", { { &fiji, 0 }, { &tonga, 10 } }, 2 },
	{ "over the pole", { { &pole_a, 0 }, { &pole_b, 1 } }, 0 },
	{ "there and back", { { &berlin, 0 }, { &tokyo, 60 }, { &berlin, 120 } }, 6 },
	{ "late, between two at home", { { &berlin, 0 }, { &berlin, 200 }, { &tokyo, 100 } }, 4 },
	{ "late, and before all", { { &berlin, 100 }, { &tokyo, 40 } }, 2 },
	{ "late, with time enough after", { { &munich, 0 }, { &berlin, 300 }, { &hanover, 150 } },
	    0 },
};

static struct arena *arena;

static void
record(const struct from *f, uint64_t seq, struct rec *r)
{
	if (arena == NULL)
		arena = arena_new(1 << 20);
	rec_init(r, arena);
	r->seq = seq;
	if (f->country[0] != '\0')
		rec_set_str(r, F_GEO_COUNTRY, str_c(f->country));
	if (f->city[0] != '\0')
		rec_set_str(r, F_GEO_CITY, str_c(f->city));
	if (f->country[0] != '\0') {
		rec_set_float(r, F_GEO_LAT, f->lat);
		rec_set_float(r, F_GEO_LON, f->lon);
		rec_set_int(r, F_GEO_RADIUS, f->radius);
	}
	rec_set_str(r, F_NET_CLASS, f == &inside ? STR("private") : STR("public"));
	rec_set_str(r, F_CLIENT_IP, str_c(f->ip));
	if (f->asn != 0)
		rec_set_int(r, F_ASN, f->asn);
	rec_set_str(r, F_AS_ORG, str_c(f->org));
	rec_set_bool(r, F_NET_ANON, f->vpn);
	rec_set_str(r, F_USER_AGENT, str_c(f->agent));
}

static bool
login(struct travel *tr, const struct from *f, int64_t t, uint64_t seq, struct travel_hit *hit)
{
	struct travel_sighting x;
	enum netkind kind;
	struct rec r;

	record(f, seq, &r);
	if (!travel_sighting(&r, t, &x, &kind)) {
		travel_skip(tr, kind);
		return false;
	}
	return travel_add(tr, &usual, &x, START - DAY, hit);
}

TEST(situations)
{
	for (size_t i = 0; i < ARRAY_LEN(situations); i++) {
		const struct situation *s = &situations[i];
		struct travel tr = { 0 };
		struct travel_hit hit;
		unsigned fires = 0;

		fprintf(stderr, "%s\n", s->name);
		for (unsigned k = 0; s->logins[k].from != NULL; k++)
			fires |= (unsigned)login(&tr, s->logins[k].from,
				     START + s->logins[k].minute * MIN, k + 1, &hit)
				 << k;
		CHECK_INT(fires, s->fires);
		travel_fini(&tr);
	}
	arena_free(arena);
}

/* A VPN of the company that the database does not know as one: after some days it is known. */
TEST(learned_networks)
{
	static const struct from exit_us = { "Dallas", "US", 32.78, -96.80, 20, "12.1.2.3", 7018,
		"Company Inc", false, "laptop" };
	struct travel tr = { 0 };
	struct travel_hit hit;
	uint64_t seq = 0;

	for (int64_t day = 0; day < 5; day++)
		for (int64_t k = 0; k < 3; k++) {
			int64_t t = START + day * DAY + k * 120 * MIN;
			bool known = day > 2 || (day == 2 && k > 0);

			(void)login(&tr, &berlin, t, ++seq, &hit);
			fprintf(stderr, "day %d, %d\n", (int)day, (int)k);
			CHECK_INT(login(&tr, &exit_us, t + 10 * MIN, ++seq, &hit), !known);
		}
	CHECK(travel_net_known(&tr, &usual, 7018));
	/* A third place is still travel, and the way back from it. */
	CHECK(login(&tr, &tokyo, START + 4 * DAY + 300 * MIN, ++seq, &hit));
	CHECK(login(&tr, &berlin, START + 4 * DAY + 320 * MIN, ++seq, &hit));
	travel_fini(&tr);
	arena_free(arena);
}

TEST(terms_are_told)
{
	struct travel tr = { 0 };
	struct travel_hit hit;
	auto_buf struct buf text = { 0 };

	CHECK(!login(&tr, &berlin, START, 1, &hit));
	CHECK(!login(&tr, &vpn_us, START + 30 * MIN, 2, &hit));
	CHECK(login(&tr, &tokyo, START + 118 * MIN, 3, &hit));
	travel_put_text(&hit, &text);
	buf_byte(&text, '\0');
	CHECK_STR(text.p, "Berlin, DE to Tokyo, JP in 2.0 h: 8917 km less 50 of uncertainty, "
			  "4434 km/h; 1 login by VPN between say no place");
	CHECK_INT(hit.confidence, 95); /* 50 + 10 + 10 + 15 new device + 10 new network */
	buf_reset(&text);
	travel_put_details(&hit, &usual, &text);
	buf_byte(&text, '\0');
	CHECK(strstr(text.p, ",\"from\":{\"time\":\"2024-10-04T00:00:00Z\",\"record\":1,") ==
	      text.p);
	CHECK(strstr(text.p, "\"km\":8917,\"uncertainty_km\":50,\"hours\":2,") != NULL);
	CHECK(strstr(text.p, "\"skipped\":1,\"skipped_kind\":\"VPN\"") != NULL);
	CHECK(strstr(text.p, "{\"term\":\"a device that is new for the user\",\"points\":15}") !=
	      NULL);
	travel_fini(&tr);
	arena_free(arena);
}

/* The same phone at both places, in a country that is all that is known, counts for less. */
TEST(confidence_weighs)
{
	struct travel tr = { 0 };
	struct travel_hit hit;

	CHECK(!login(&tr, &east, START, 1, &hit));
	CHECK(login(&tr, &west, START + 60 * MIN, 2, &hit));
	CHECK(hit.confidence < 60);
	travel_fini(&tr);
	arena_free(arena);
}

static const struct from *const world[] = { &berlin, &munich, &hanover, &tokyo, &new_york, &london,
	&vpn_us, &phone, &west, &east, &jp_only, &de_only, &fiji, &tonga, &inside };

struct seen {
	const struct from *from;
	int64_t t;
	uint64_t seq;
};

/* Is this pair travel?  Networks are never learned here. */
static bool
pair_fires(const struct seen *a, const struct seen *b)
{
	struct rec ra, rb;
	struct disc da, db;
	double hours = ((double)(b->t - a->t) / (double)MIN + 2) / 60, gap;

	record(a->from, 1, &ra);
	record(b->from, 2, &rb);
	CHECK(disc_of(&ra, &da) && disc_of(&rb, &db));
	gap = disc_km(&da, &db) - da.km - db.km;
	return a->from != b->from && a->from->asn != b->from->asn && gap >= 100 &&
	       gap / hours > 800;
}

static bool
is_place(const struct from *f)
{
	return f != &vpn_us && f != &phone && f != &inside;
}

/* Everything so far, sorted: does the new one make a pair with either neighbour that fires? */
static bool
expect(const struct seen *all, size_t n)
{
	const struct seen *x = &all[n - 1], *before = NULL, *after = NULL;

	if (!is_place(x->from))
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		const struct seen *o = &all[i];

		if (!is_place(o->from))
			continue;
		if (o->t <= x->t && (before == NULL || o->t >= before->t))
			before = o;
		if (o->t > x->t && (after == NULL || o->t < after->t))
			after = o;
	}
	return (before != NULL && pair_fires(before, x)) || (after != NULL && pair_fires(x, after));
}

TEST(any_order_against_brute_force)
{
	static const struct travel_shape shape = { 800, 100, 2 * MIN, UINT32_MAX };
	uint64_t s = random_start(test_seed());
	unsigned fired = 0;

	for (unsigned round = 0; round < test_rounds(200); round++) {
		struct travel tr = { 0 };
		struct seen all[60];
		int64_t now = START;

		for (size_t n = 1; n <= ARRAY_LEN(all); n++) {
			struct travel_sighting x;
			struct travel_hit hit;
			enum netkind kind;
			struct rec r;

			now += (int64_t)random_below(&s, 90) * MIN;
			all[n - 1] = (struct seen){ world[random_below(&s, ARRAY_LEN(world))],
				now - (int64_t)random_below(&s, 180) * MIN, n };
			record(all[n - 1].from, n, &r);
			if (!travel_sighting(&r, all[n - 1].t, &x, &kind))
				continue;
			CHECK_INT(travel_add(&tr, &shape, &x, now - 180 * MIN, &hit),
			    expect(all, n));
			fired += expect(all, n);
			CHECK(tr.n_seen <= TRAVEL_SIGHTINGS && tr.n_nets <= TRAVEL_NETS);
		}
		travel_fini(&tr);
		arena_reset(arena);
	}
	CHECK(fired > test_rounds(200));
	arena_free(arena);
}

TEST(bounded)
{
	struct travel tr = { 0 };
	struct travel_hit hit;

	for (uint64_t i = 0; i < 5000; i++) {
		struct travel_sighting x = { .t = START + (int64_t)(i * 7919 % 5000) * CLOCK_S,
			.seq = i,
			.block = i + 1,
			.device = i | 1,
			.at = { 50, 10, 10 },
			.asn = (uint32_t)i + 1 };

		(void)travel_add(&tr, &usual, &x, START - DAY, &hit);
		CHECK(tr.n_seen <= TRAVEL_SIGHTINGS && tr.n_nets <= TRAVEL_NETS &&
		      tr.n_devices <= TRAVEL_DEVICES);
	}
	CHECK(travel_bytes(&tr) <= 3300);
	travel_fini(&tr);
}

TEST(saved_and_loaded)
{
	uint64_t s = random_start(test_seed());
	auto_buf struct buf one = { 0 }, two = { 0 };
	struct travel tr = { 0 }, other = { 0 };
	struct travel_hit a, b;
	struct str from;

	for (uint64_t i = 0; i < 300; i++) {
		const struct from *f = world[random_below(&s, ARRAY_LEN(world))];
		int64_t t = START + (int64_t)i * 40 * MIN - (int64_t)random_below(&s, 100) * MIN;

		buf_reset(&one);
		buf_reset(&two);
		travel_save(&tr, &one);
		from = buf_view(&one);
		CHECK(travel_load(&other, &from));
		CHECK_INT(from.n, 0);
		travel_save(&other, &two);
		CHECK_BYTES(two.p, two.n, one.p, one.n);
		CHECK_INT(login(&tr, f, t, i, &a), login(&other, f, t, i, &b));
		travel_fini(&other);
		arena_reset(arena);
	}
	/* Cut anywhere it is refused; with a byte changed it is refused or bounded. */
	for (size_t n = 0; n < one.n; n++) {
		from = (struct str){ one.p, n };
		CHECK(!travel_load(&other, &from));
	}
	for (size_t n = 0; n < one.n; n++) {
		one.p[n] = (char)(one.p[n] ^ 0x5a);
		from = buf_view(&one);
		if (travel_load(&other, &from))
			(void)login(&other, &berlin, START, 1, &a);
		travel_fini(&other);
		one.p[n] = (char)(one.p[n] ^ 0x5a);
	}
	travel_fini(&tr);
	arena_free(arena);
}
