/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/backtest.py */
/* Records once more, of files, of stored events and of the log. */
#include "app/history.h"

#include <stdlib.h>

#include "app/messages.h"
#include "app/paths.h"
#include "app/pastrows.h"
#include "base/clock.h"
#include "base/mem.h"
#include "enrich/enrich.h"
#include "log/reader.h"
#include "parse/format.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)

struct history {
	const struct history_opts *o;
	history_fn fn;
	void *ctx;
	struct history_stats *stats;
	struct parser *parser;
	struct enrich *enrich;
	struct enricher *enricher;
	struct arena *arena;
	const char *path; /* of the file that is read */
	struct rec rec;
};

static enum err
hand_on(struct history *h, struct diag *why)
{
	int64_t t = rec_int(&h->rec, F_TIMESTAMP, 0);
	struct history_stats *s = h->stats;

	s->records++;
	s->first = s->first == 0 || t < s->first ? t : s->first;
	s->last = t > s->last ? t : s->last;
	return h->fn(h->ctx, &h->rec, why);
}

/* A line as it came in once. */
static enum err
one_line(struct history *h, const struct parse_in *in, uint64_t seq, struct diag *why)
{
	arena_reset(h->arena);
	rec_init(&h->rec, h->arena);
	if (parser_parse(h->parser, in, &h->rec, NULL) != OK)
		h->stats->parse_failed++;
	h->rec.seq = seq;
	enricher_apply(h->enricher, &h->rec);
	return hand_on(h, why);
}

static enum err
on_message(void *ctx, struct str message, struct diag *why)
{
	struct history *h = ctx;
	const struct parse_in in = { .message = message,
		.received = h->o->now,
		.source = str_c(h->path),
		.trust_time = true };

	return one_line(h, &in, h->stats->records + 1, why);
}

static enum err
on_row(void *ctx, const struct pastrows_row *row, struct diag *why)
{
	struct history *h = ctx;
	const struct parse_in in = { .message = row->raw,
		.received = row->received,
		.source = row->source,
		.format = format_find(row->format),
		.trust_time = true };

	return one_line(h, &in, row->seq, why);
}

/* *ret: number of the first record of the log, and when it was received. */
static enum err
begin_of_log(struct history *h, struct reader *reader, struct reader_entry *ret, struct diag *why)
{
	*ret = (struct reader_entry){ .seq = UINT64_MAX, .received = h->o->now };
	return reader_next(reader, ret, why);
}

static enum err
of_log(struct history *h, struct reader *reader, struct reader_entry *entry, struct diag *why)
{
	enum err e = OK;

	for (; e == OK; e = reader_next(reader, entry, why)) {
		enum err end;

		arena_reset(h->arena);
		rec_init(&h->rec, h->arena);
		if (codec_decode(entry->payload, &h->rec, NULL) != OK)
			continue;
		h->rec.seq = entry->seq;
		end = hand_on(h, why);
		if (end != OK)
			return end;
	}
	return e == FAIL_AGAIN ? OK : e;
}

static enum err
of_folder(struct history *h, struct diag *why)
{
	struct reader_entry first;
	struct reader *reader;
	enum err e = reader_open(h->o->dir->log, 1, &reader, why), log;

	if (e != OK)
		return e;
	log = begin_of_log(h, reader, &first, why);
	if (first.seq > 1 && (h->o->since == 0 || first.received > h->o->since))
		e = pastrows_each(&(struct pastrows_opts){ h->o->dir, h->o->since, first.received,
				      first.seq },
		    on_row, h, why);
	if (e == OK && log == OK)
		e = of_log(h, reader, &first, why);
	else if (e == OK && log != FAIL_AGAIN)
		e = log;
	reader_close(reader);
	return e;
}

enum err
history_each(const struct history_opts *opts, history_fn fn, void *ctx, struct history_stats *ret,
    struct diag *why)
{
	struct history *h = MEM_NEW(struct history);
	char geoip_path[PATHS_MAX];
	const char *geoip = paths_shipped("geoip/dbip-country.mmdb", geoip_path);
	struct enrich_opts eo = { .mmdb = { &geoip, geoip != NULL } };
	enum err e;

	*ret = (struct history_stats){ 0 };
	h->o = opts;
	h->fn = fn;
	h->ctx = ctx;
	h->stats = ret;
	e = enrich_new(&eo, &h->enrich, why);
	if (e == OK)
		h->enricher = enricher_new(h->enrich);
	h->parser = parser_new(&(struct parser_opts){ .future_max = 300 * CLOCK_S });
	h->arena = arena_new(RECORD_BUDGET);
	for (size_t i = 0; i < opts->n && e == OK; i++) {
		h->path = opts->paths[i];
		e = messages_each(h->path, on_message, h, why);
	}
	if (e == OK && opts->n == 0)
		e = of_folder(h, why);
	enricher_free(h->enricher);
	enrich_free(h->enrich);
	parser_free(h->parser);
	arena_free(h->arena);
	free(h);
	return e;
}
