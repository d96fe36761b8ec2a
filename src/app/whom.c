/* SPDX-License-Identifier: Apache-2.0 */
/* Users and addresses of records by their numbers. */
#include "app/whom.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/affected.h"
#include "base/ip.h"
#include "base/mem.h"
#include "log/reader.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)
#define COUNTRY_SIZE 2 /* bytes of a code */
#define NEAR 2000      /* so far ahead it is read on, not sought anew */

struct seen {
	uint64_t seq;
	uint8_t user_n, address_n, country_n, session_n, key_n, origin;
	char user[AFFECTED_NAME], address[IP_TEXT_SIZE], country[COUNTRY_SIZE];
	char session[AFFECTED_NAME], key[AFFECTED_NAME];
	uint32_t as; /* 0: nobody knows */
};

#define ORIGINS 256 /* sources that are known by name; others are one */
#define ORIGIN_SIZE 64

struct whom {
	char origins[ORIGINS][ORIGIN_SIZE];
	uint8_t n_origins; /* the first has no name */
	char *log_dir;
	struct seen *ring; /* a record's place is seq % WHOM_RECENT */
	struct reader *old;
	uint64_t old_next; /* number of the next record of it */
	unsigned allowed;
	struct arena *arena;
	struct rec rec; /* here, not on the stack: it is large */
};

struct whom *
whom_new(const char *log_dir)
{
	struct whom *w = MEM_NEW(struct whom);

	w->log_dir = mem_dup(log_dir, strlen(log_dir));
	w->ring = mem_zalloc(WHOM_RECENT * sizeof(*w->ring));
	w->arena = arena_new(RECORD_BUDGET);
	return w;
}

void
whom_free(struct whom *w)
{
	if (w == NULL)
		return;
	reader_close(w->old);
	arena_free(w->arena);
	free(w->ring);
	free(w->log_dir);
	free(w);
}

void
whom_allow(struct whom *w, unsigned n)
{
	w->allowed = n;
}

struct str
whom_user(const struct rec *r)
{
	static const enum field fields[] = { F_USER_NAME, F_USER_EMAIL, F_USER_ID };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (rec_str(r, fields[i]).n != 0)
			return rec_str(r, fields[i]);
	return STR("");
}

static uint32_t
system_of(const struct rec *r)
{
	int64_t n = rec_int(r, F_ASN, 0);

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static char *
put_network(uint32_t as, struct str address, char to[WHOM_NETWORK])
{
	char text[IP_TEXT_SIZE];
	struct ip ip;
	unsigned bits;

	to[0] = '\0';
	if (as != 0) {
		(void)snprintf(to, WHOM_NETWORK, "AS%u", as);
	} else if (ip_parse(address, &ip)) {
		bits = ip_is_v4(&ip) ? 24 : 56;
		memset(ip.b + (ip_is_v4(&ip) ? 15 : 7), 0, ip_is_v4(&ip) ? 1 : 9);
		(void)snprintf(to, WHOM_NETWORK, "%s/%u", ip_text(&ip, text), bits);
	}
	return to;
}

char *
whom_network(const struct rec *r, char to[WHOM_NETWORK])
{
	return put_network(system_of(r), rec_str(r, F_CLIENT_IP), to);
}

static uint8_t
keep(char *to, size_t size, struct str s)
{
	size_t n = s.n < size ? s.n : size;

	if (n != 0)
		memcpy(to, s.p, n);
	return (uint8_t)n;
}

/* The number of a source's name. */
static uint8_t
origin_of(struct whom *w, struct str name)
{
	char text[ORIGIN_SIZE];

	if (name.n == 0)
		return 0;
	(void)str_to_c(name, text, sizeof(text));
	for (unsigned i = 1; i <= w->n_origins; i++)
		if (strcmp(w->origins[i], text) == 0)
			return (uint8_t)i;
	if (w->n_origins == ORIGINS - 2) { /* the last stands for all others */
		(void)str_to_c(STR("others"), w->origins[ORIGINS - 1], ORIGIN_SIZE);
		return ORIGINS - 1;
	}
	memcpy(w->origins[++w->n_origins], text, sizeof(text));
	return w->n_origins;
}

static void
see(struct whom *w, struct seen *s, const struct rec *r)
{
	s->origin = origin_of(w, rec_str(r, F_SOURCE));
	s->seq = r->seq;
	s->user_n = keep(s->user, sizeof(s->user), whom_user(r));
	s->address_n = keep(s->address, sizeof(s->address), rec_str(r, F_CLIENT_IP));
	s->country_n = keep(s->country, sizeof(s->country), rec_str(r, F_GEO_COUNTRY));
	s->session_n = keep(s->session, sizeof(s->session), rec_str(r, F_SESSION_ID));
	s->key_n = keep(s->key, sizeof(s->key), rec_str(r, F_API_KEY));
	s->as = system_of(r);
}

void
whom_add(struct whom *w, const struct rec *r)
{
	see(w, &w->ring[r->seq % WHOM_RECENT], r);
}

/* The record from the log; false: it is gone, or cannot be read. */
static bool
read_old(struct whom *w, uint64_t seq)
{
	struct reader_entry entry = { 0 };
	struct diag why;

	if (w->allowed == 0)
		return false;
	w->allowed--;
	if (w->old == NULL || seq < w->old_next || seq > w->old_next + NEAR) {
		reader_close(w->old);
		w->old = NULL;
		if (reader_open(w->log_dir, seq, &w->old, &why) != OK)
			return false;
	}
	do {
		if (reader_next(w->old, &entry, &why) != OK)
			return false;
		w->old_next = entry.seq + 1;
	} while (entry.seq < seq);
	arena_reset(w->arena);
	rec_init(&w->rec, w->arena);
	return entry.seq == seq && codec_decode(entry.payload, &w->rec, &why) == OK;
}

static void
put_network_of(struct buf *set, uint32_t as, struct str address)
{
	char network[WHOM_NETWORK];

	(void)affected_add(set, AFFECTED_NETWORK, str_c(put_network(as, address, network)));
}

static void
put_seen(const struct whom *w, struct buf *set, const struct seen *s)
{
	const struct str address = { s->address, s->address_n };

	(void)affected_add(set, AFFECTED_USER, (struct str){ s->user, s->user_n });
	(void)affected_add(set, AFFECTED_ADDRESS, address);
	(void)affected_add(set, AFFECTED_COUNTRY, (struct str){ s->country, s->country_n });
	(void)affected_add(set, AFFECTED_SESSION, (struct str){ s->session, s->session_n });
	(void)affected_add(set, AFFECTED_KEY, (struct str){ s->key, s->key_n });
	put_network_of(set, s->as, address);
	(void)affected_add(set, AFFECTED_ORIGIN, str_c(w->origins[s->origin]));
}

void
whom_put(void *ctx, uint64_t seq, struct buf *set)
{
	struct whom *w = ctx;
	struct seen *s = &w->ring[seq % WHOM_RECENT];
	struct seen old;

	if (s->seq == seq) {
		put_seen(w, set, s);
	} else if (read_old(w, seq)) {
		see(w, &old, &w->rec);
		put_seen(w, set, &old);
	}
}

static struct str
head_of(struct str s)
{
	return (struct str){ s.p, s.n < WHOM_TEXT ? s.n : WHOM_TEXT };
}

bool
whom_copy(const struct rec *r, struct arena *a, struct alerts_finding *to)
{
	char network[WHOM_NETWORK];

	if (r == NULL)
		return true;
	return arena_copy(a, head_of(whom_user(r)), &to->user) &&
	       arena_copy(a, rec_str(r, F_SOURCE), &to->origin) &&
	       arena_copy(a, head_of(rec_str(r, F_CLIENT_IP)), &to->address) &&
	       arena_copy(a, head_of(rec_str(r, F_GEO_COUNTRY)), &to->country) &&
	       arena_copy(a, head_of(rec_str(r, F_SESSION_ID)), &to->session) &&
	       arena_copy(a, head_of(rec_str(r, F_API_KEY)), &to->key) &&
	       arena_copy(a, str_c(whom_network(r, network)), &to->network);
}
