/*
 * Impossible travel of one user: sightings in order of event time, and what
 * the user's networks and devices are.  A pair of neighbours is travel when the
 * least distance between their discs, over the time between them and the error
 * of clocks, is more than the limit.
 *
 * It is none when
 *  - one of them says nothing of a place (detect/netkind.h); it is counted and told;
 *  - both addresses are of one /24 or /56, or of one autonomous system: then the
 *    database moved, not the user;
 *  - both networks are known of the user: seen `learn` times on 3 days or more;
 *  - the least distance is below minimum_km.
 *
 * A late event is judged against both neighbours in event time, as a sorted
 * feed would have.  Kept are the sightings since the watermark and one before,
 * at most TRAVEL_SIGHTINGS (then the oldest goes); TRAVEL_NETS networks and
 * TRAVEL_DEVICES devices, of which the least used go.  So a user takes about
 * 300 bytes, and at most 3 KiB.
 */
#ifndef DETECT_TRAVEL_H
#define DETECT_TRAVEL_H

#include "base/buf.h"
#include "detect/disc.h"
#include "detect/netkind.h"

#define TRAVEL_SIGHTINGS 32
#define TRAVEL_NETS 8
#define TRAVEL_DEVICES 8
#define TRAVEL_LEARN_DAYS 3
#define TRAVEL_CITY 24
#define TRAVEL_TERMS 8

struct travel_shape {
	double limit;      /* km/h */
	double minimum_km; /* least distance that is judged */
	int64_t skew;      /* ns that clocks may be apart */
	uint32_t learn;    /* sightings in a network until it is known */
};

struct travel_sighting {
	int64_t t;
	uint64_t seq;
	uint64_t block;  /* the /24 or /56; 0: no address */
	uint64_t device; /* hash of the user-agent; 0: none */
	struct disc at;
	uint32_t asn;
	char country[4], city[TRAVEL_CITY]; /* terminated */
};

struct travel_net {
	uint32_t asn, n;
	uint16_t days; /* different days on which it was seen, counted as time goes on */
	int32_t day;   /* the newest of them */
};

struct travel {
	struct travel_sighting *seen; /* by t, then seq */
	struct travel_net *nets;
	uint64_t *devices; /* used last first */
	uint8_t n_seen, size_seen, n_nets, size_nets, n_devices, size_devices;
	uint8_t skipped_kind; /* enum netkind of the newest that was skipped */
	uint32_t skipped;     /* since the newest place */
};

/* Why it is believed, in points of percent. */
struct travel_term {
	const char *what;
	int points;
};

/* The fastest pair that the new sighting makes. */
struct travel_hit {
	struct travel_sighting from, to; /* by time */
	double km, gap, hours, kmh;      /* hours: with the error of clocks */
	uint32_t skipped;                /* logins that said no place, before it came */
	enum netkind skipped_kind;
	unsigned confidence;
	struct travel_term terms[TRAVEL_TERMS];
	size_t n_terms;
};

/* What the record says; false: it is no sighting, *ret_kind says why. */
bool travel_sighting(const struct rec *r, int64_t t, struct travel_sighting *ret,
    enum netkind *ret_kind) NONNULL;
/* A record that was no sighting. */
void travel_skip(struct travel *tr, enum netkind kind) NONNULL;
/* Adds a sighting; true: it makes travel, *ret is set. */
bool travel_add(struct travel *tr, const struct travel_shape *s, const struct travel_sighting *x,
    int64_t watermark, struct travel_hit *ret) NONNULL;

bool travel_net_known(const struct travel *tr, const struct travel_shape *s, uint32_t asn) NONNULL;
void travel_save(const struct travel *tr, struct buf *to) NONNULL;
/* Into an empty one; false: corrupt, and it is empty again. */
bool travel_load(struct travel *tr, struct str *from) NONNULL;
void travel_fini(struct travel *tr) NONNULL;
size_t travel_bytes(const struct travel *tr) NONNULL; /* that its contents need */

/* travel_text.c: "Berlin, DE to Tokyo, JP in 2.1 h: 8920 km less 50 of uncertainty, 4223 km/h". */
void travel_put_text(const struct travel_hit *hit, struct buf *to) NONNULL;
/* "last seen in Berlin, DE at ...; often in AS3320" */
void travel_explain(const struct travel *tr, const struct travel_shape *s, struct buf *to) NONNULL;
/* Members of an object of JSON, a comma in front of each. */
void travel_put_details(const struct travel_hit *hit, const struct travel_shape *s,
    struct buf *to) NONNULL;

#endif
