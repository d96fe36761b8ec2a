/* SPDX-License-Identifier: Apache-2.0 */
/* Impossible travel in words, as members of an object, and as bytes. */
/* exports: travel_ */
/* tested by: test/unit/detect/test_travel.c */
#include <math.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "detect/bytes.h"
#include "detect/travel.h"

static void
put_place(const struct travel_sighting *x, struct buf *to)
{
	if (x->city[0] != '\0') {
		utf8_show(str_c(x->city), to);
		buf_str(to, STR(", "));
	}
	if (x->country[0] != '\0')
		utf8_show(str_c(x->country), to);
	else
		buf_printf(to, "%.1f %.1f", x->at.lat, x->at.lon);
}

static void
put_hours(double hours, struct buf *to)
{
	if (hours < 1)
		buf_printf(to, "%.0f min", hours * 60);
	else
		buf_printf(to, "%.1f h", hours);
}

void
travel_put_text(const struct travel_hit *hit, struct buf *to)
{
	put_place(&hit->from, to);
	buf_str(to, STR(" to "));
	put_place(&hit->to, to);
	buf_str(to, STR(" in "));
	put_hours(hit->hours, to);
	buf_printf(to, ": %.0f km less %.0f of uncertainty, %.0f km/h", hit->km, hit->km - hit->gap,
	    hit->kmh);
	if (hit->skipped != 0)
		buf_printf(to, "; %u login%s by %s between say no place", (unsigned)hit->skipped,
		    hit->skipped == 1 ? "" : "s", netkind_word(hit->skipped_kind));
}

void
travel_explain(const struct travel *tr, const struct travel_shape *s, struct buf *to)
{
	if (tr->n_seen == 0)
		buf_str(to, STR("not seen at a place yet"));
	else
		buf_str(to, STR("last seen in "));
	if (tr->n_seen != 0) {
		put_place(&tr->seen[tr->n_seen - 1], to);
		buf_str(to, STR(" at "));
		clock_put(tr->seen[tr->n_seen - 1].t, to);
	}
	if (tr->skipped != 0)
		buf_printf(to, "; %u later by %s say no place", (unsigned)tr->skipped,
		    netkind_word((enum netkind)tr->skipped_kind));
	for (size_t i = 0; i < tr->n_nets; i++)
		if (travel_net_known(tr, s, tr->nets[i].asn))
			buf_printf(to, "; often in AS%u", (unsigned)tr->nets[i].asn);
}

static double
rounded(double v, double unit)
{
	return round(v / unit) * unit;
}

static void
put_sighting(struct jsonw *w, const char *key, const struct travel_sighting *x)
{
	jsonw_key(w, str_c(key));
	jsonw_obj(w);
	jsonw_ktime(w, "time", x->t);
	jsonw_kint(w, "record", (int64_t)x->seq);
	jsonw_kstr(w, "country", str_c(x->country));
	jsonw_kstr(w, "city", str_c(x->city));
	jsonw_key(w, STR("latitude"));
	jsonw_f64(w, rounded(x->at.lat, 0.01));
	jsonw_key(w, STR("longitude"));
	jsonw_f64(w, rounded(x->at.lon, 0.01));
	jsonw_kint(w, "radius_km", (int64_t)x->at.km);
	if (x->asn != 0)
		jsonw_kint(w, "asn", x->asn);
	jsonw_end(w);
}

static void
put_terms(struct jsonw *w, const struct travel_hit *hit)
{
	jsonw_key(w, STR("terms"));
	jsonw_arr(w);
	for (size_t i = 0; i < hit->n_terms; i++) {
		jsonw_obj(w);
		jsonw_kstr(w, "term", str_c(hit->terms[i].what));
		jsonw_kint(w, "points", hit->terms[i].points);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
travel_put_details(const struct travel_hit *hit, const struct travel_shape *s, struct buf *to)
{
	auto_buf struct buf object = { 0 };
	struct jsonw w;

	buf_init(&object, 0);
	jsonw_init(&w, &object);
	jsonw_obj(&w);
	put_sighting(&w, "from", &hit->from);
	put_sighting(&w, "to", &hit->to);
	jsonw_kint(&w, "km", (int64_t)round(hit->km));
	jsonw_kint(&w, "uncertainty_km", (int64_t)round(hit->km - hit->gap));
	jsonw_key(&w, STR("hours"));
	jsonw_f64(&w, rounded(hit->hours, 0.01));
	jsonw_kint(&w, "clock_error_s", s->skew / CLOCK_S);
	jsonw_kint(&w, "kmh", (int64_t)round(hit->kmh));
	jsonw_kint(&w, "limit_kmh", (int64_t)round(s->limit));
	jsonw_kint(&w, "minimum_km", (int64_t)s->minimum_km);
	if (hit->skipped != 0) {
		jsonw_kint(&w, "skipped", hit->skipped);
		jsonw_kstr(&w, "skipped_kind", str_c(netkind_word(hit->skipped_kind)));
	}
	put_terms(&w, hit);
	jsonw_end(&w);
	buf_byte(to, ',');
	buf_put(to, object.p + 1, object.n - 2); /* without the braces */
}

static void
save_sighting(const struct travel_sighting *x, struct buf *to)
{
	bytes_put(to, (uint64_t)x->t, 8);
	bytes_put(to, x->seq, 8);
	bytes_put(to, x->block, 8);
	bytes_put(to, x->device, 8);
	bytes_put_double(to, x->at.lat);
	bytes_put_double(to, x->at.lon);
	bytes_put_double(to, x->at.km);
	bytes_put(to, x->asn, 4);
	buf_put(to, x->country, sizeof(x->country));
	buf_put(to, x->city, sizeof(x->city));
}

void
travel_save(const struct travel *tr, struct buf *to)
{
	bytes_put(to, tr->n_seen, 1);
	bytes_put(to, tr->n_nets, 1);
	bytes_put(to, tr->n_devices, 1);
	bytes_put(to, tr->skipped_kind, 1);
	bytes_put(to, tr->skipped, 4);
	for (size_t i = 0; i < tr->n_seen; i++)
		save_sighting(&tr->seen[i], to);
	for (size_t i = 0; i < tr->n_nets; i++) {
		bytes_put(to, tr->nets[i].asn, 4);
		bytes_put(to, tr->nets[i].n, 4);
		bytes_put(to, tr->nets[i].days, 2);
		bytes_put(to, (uint32_t)tr->nets[i].day, 4);
	}
	for (size_t i = 0; i < tr->n_devices; i++)
		bytes_put(to, tr->devices[i], 8);
}

static void
load_sighting(struct str *from, struct travel_sighting *x, bool *bad)
{
	*x = (struct travel_sighting){ 0 };
	x->t = (int64_t)bytes_get(from, 8, bad);
	x->seq = bytes_get(from, 8, bad);
	x->block = bytes_get(from, 8, bad);
	x->device = bytes_get(from, 8, bad);
	x->at.lat = bytes_get_double(from, bad);
	x->at.lon = bytes_get_double(from, bad);
	x->at.km = bytes_get_double(from, bad);
	x->asn = (uint32_t)bytes_get(from, 4, bad);
	bytes_get_text(from, x->country, sizeof(x->country), bad);
	bytes_get_text(from, x->city, sizeof(x->city), bad);
}

/* Room for as many as were saved, as if they had come one by one; false: too many. */
static bool
load_sizes(struct travel *tr, struct str *from)
{
	bool bad = false;

	tr->n_seen = (uint8_t)bytes_get(from, 1, &bad);
	tr->n_nets = (uint8_t)bytes_get(from, 1, &bad);
	tr->n_devices = (uint8_t)bytes_get(from, 1, &bad);
	tr->skipped_kind = (uint8_t)bytes_get(from, 1, &bad);
	tr->skipped = (uint32_t)bytes_get(from, 4, &bad);
	if (bad || tr->n_seen > TRAVEL_SIGHTINGS || tr->n_nets > TRAVEL_NETS ||
	    tr->n_devices > TRAVEL_DEVICES || tr->skipped_kind >= NETKIND_COUNT)
		return false;
	tr->size_seen = tr->n_seen;
	tr->size_nets = tr->n_nets;
	tr->size_devices = tr->n_devices;
	tr->seen = mem_zalloc((tr->n_seen + 1U) * sizeof(*tr->seen));
	tr->nets = mem_zalloc((tr->n_nets + 1U) * sizeof(*tr->nets));
	tr->devices = mem_zalloc((tr->n_devices + 1U) * sizeof(*tr->devices));
	return true;
}

bool
travel_load(struct travel *tr, struct str *from)
{
	bool bad = !load_sizes(tr, from);

	for (size_t i = 0; i < tr->n_seen && !bad; i++)
		load_sighting(from, &tr->seen[i], &bad);
	for (size_t i = 0; i < tr->n_nets && !bad; i++) {
		tr->nets[i].asn = (uint32_t)bytes_get(from, 4, &bad);
		tr->nets[i].n = (uint32_t)bytes_get(from, 4, &bad);
		tr->nets[i].days = (uint16_t)bytes_get(from, 2, &bad);
		tr->nets[i].day = (int32_t)bytes_get(from, 4, &bad);
	}
	for (size_t i = 0; i < tr->n_devices && !bad; i++)
		tr->devices[i] = bytes_get(from, 8, &bad);
	if (bad)
		travel_fini(tr);
	return !bad;
}
