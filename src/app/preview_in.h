/* The inside of a preview, for running it (preview.c) and showing it (preview_view.c). */
#ifndef APP_PREVIEW_IN_H
#define APP_PREVIEW_IN_H

#include "app/collateral.h"
#include "app/preview.h"
#include "base/map.h"
#include "base/vec.h"
#include "respond/respond.h"

#define PREVIEW_NAMED 5

struct preview_entity { /* somebody something would have been done to */
	struct str name;
	enum deed_to to;
	unsigned deeds; /* bits 1 << enum */
	unsigned times, refused;
	int64_t begin, end; /* of the first and the last one */
	char country[4], crawler[32], rule[64], reason[LEASES_TEXT + 1], why[LEASES_TEXT + 1];
	unsigned known;     /* people known there when a block began */
	unsigned people;    /* of them, or others known there: who logged in while it lasted */
	unsigned strangers; /* who logged in while it lasted and never had before */
	unsigned agents;
	bool shared;
	char names[PREVIEW_NAMED][PEOPLE_NAME + 1];
};

struct preview_day {
	int64_t day;
	unsigned would, refused;
};

struct preview_about { /* what the events say of an address */
	char country[4], crawler[32];
};

struct preview {
	const struct preview_opts *o;
	struct respond r;
	struct alerts *alerts;
	struct engine *engine;
	struct collateral *collateral;
	struct whom *whom;
	struct arena *batch, *names; /* of findings that wait, of entities */
	VEC(struct alerts_finding) findings;
	int64_t clock; /* newest event time */
	int64_t due;   /* of it: what was found is answered */
	int64_t looked;
	unsigned unseen;   /* records since then */
	uint64_t seq, rev; /* last record; alerts answered up to */
	size_t n_alerts;
	enum err failed;
	struct diag why;
	struct history_stats stats;
	double seconds;
	struct map *about;    /* address -> struct preview_about */
	struct map *entities; /* name -> uint32_t, place in `all` */
	VEC(struct preview_entity) all;
	VEC(struct preview_day) days;
	struct map *people;    /* everybody known who was hit */
	struct map *strangers; /* everybody else who logged in from a block */
	struct map *ids;       /* alerts that were raised */
	struct map *pairs;     /* address and user that were counted */
	unsigned would[DEEDS], refused[DEEDS];
};

/* NULL past the cap. */
struct preview_entity *preview_entity(struct preview *p, struct str name) NONNULL;

#endif
