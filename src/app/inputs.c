/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* Opens the configured sources; brings the positions of files up to the log. */
#include "app/inputs.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "ingest/source.h"
#include "log/reader.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)

struct inputs {
	struct source_env env;
	VEC(struct source *) sources;
};

static enum err
learn_tail(struct cursors *c, struct reader *r, struct diag *why)
{
	struct arena *arena = arena_new(RECORD_BUDGET);
	struct reader_entry entry;
	uint64_t marks = 0;
	enum err e;

	while ((e = reader_next(r, &entry, why)) == OK) {
		struct rec rec;

		if (!cursor_marked(entry.payload))
			continue;
		arena_reset(arena);
		rec_init(&rec, arena);
		if (codec_decode(entry.payload, &rec, NULL) != OK)
			continue;
		cursor_learn(c, entry.seq, &rec);
		marks++;
	}
	arena_free(arena);
	if (e == FAIL_AGAIN && marks != 0)
		log_info("ingest", "file positions learnt from the log", LOG_INT("batches", marks));
	return e == FAIL_AGAIN ? OK : e;
}

enum err
inputs_cursors(const char *cursors_path, const char *log_dir, uint64_t log_last, struct loop *loop,
    struct cursors **ret, struct diag *why)
{
	struct cursors *c;
	enum err e = cursor_open(cursors_path, loop, &c, why);

	if (e != OK)
		return e;
	if (cursor_through(c) < log_last) {
		struct reader *r;

		e = reader_open(log_dir, cursor_through(c) + 1, &r, why);
		if (e == OK) {
			e = learn_tail(c, r, why);
			reader_close(r);
		}
	}
	if (e == OK)
		e = cursor_learned(c, log_last, why);
	if (e != OK) {
		cursor_close(c);
		return e;
	}
	*ret = c;
	return OK;
}

static void
on_ended(void *ctx, const struct batch_source *bs)
{
	(void)ctx;
	log_info("ingest", "a source came to its end", LOG_C("source", bs->name));
}

enum err
inputs_start(const struct inputs_opts *opts, struct inputs **ret, struct diag *why)
{
	struct inputs *in = MEM_NEW(struct inputs);

	in->env = (struct source_env){ .loop = opts->loop,
		.sink = opts->sink,
		.ledger = opts->ledger,
		.cursors = opts->cursors,
		.ended = on_ended };
	for (size_t i = 0; i < opts->conf->n_sources; i++) {
		struct source *s;
		enum err e = OK;

		if (str_eq(str_c(opts->conf->sources[i].name), STR(REC_SOURCE_DEMO)) ||
		    str_eq(str_c(opts->conf->sources[i].name), STR(REC_SOURCE_OWN)))
			e = err_set(why, FAIL_DENIED, "a source may not be called %s",
			    opts->conf->sources[i].name);
		if (e == OK)
			e = source_open(&in->env, &opts->conf->sources[i], &s, why);

		if (e != OK) {
			inputs_free(in);
			return e;
		}
		VEC_PUSH(&in->sources, s);
		log_info("ingest", "source opened", LOG_C("source", source_info(s)->name));
	}
	*ret = in;
	return OK;
}

void
inputs_close(struct inputs *in)
{
	for (size_t i = 0; in != NULL && i < in->sources.n; i++)
		source_stop(in->sources.p[i]);
}

bool
inputs_idle(const struct inputs *in)
{
	for (size_t i = 0; in != NULL && i < in->sources.n; i++)
		if (!source_idle(in->sources.p[i]))
			return false;
	return true;
}

void
inputs_free(struct inputs *in)
{
	if (in == NULL)
		return;
	for (size_t i = 0; i < in->sources.n; i++)
		source_close(in->sources.p[i]);
	VEC_FINI(&in->sources);
	free(in);
}
