/* GET /v1/ledger: what became of every event, per source, and whether it adds up. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: ledger_handle ledger_sum */
/* tested by: test/unit/api/test_api.c */
#include "api/internal.h"
#include "api/person.h"

#include "base/mem.h"

struct line {
	uint64_t counts[LEDGER_COUNTS];
	int64_t in_flight;
};

static bool
is_refusal(enum ledger_count c)
{
	return c == LEDGER_REFUSED_OVERLOAD || c == LEDGER_REFUSED_TOO_LARGE ||
	       c == LEDGER_REFUSED_MALFORMED || c == LEDGER_REFUSED_IO;
}

/*
 * Other threads go on counting meanwhile.  What has come out is read first,
 * what has come in last, so that an event on its way is seen as on its way.
 */
static void
read_all(const struct api *a, struct line *lines, unsigned n, struct api_facts *f)
{
	const struct ledger *l = a->host.ledger;

	for (unsigned i = 0; i < n; i++)
		for (int c = LEDGER_COUNTS - 1; c > LEDGER_RECEIVED; c--)
			lines[i].counts[c] = ledger_get(l, i, (enum ledger_count)c);
	a->host.facts(a->host.ctx, f);
	for (unsigned i = 0; i < n; i++) {
		struct line *line = &lines[i];
		uint64_t gone = line->counts[LEDGER_LOGGED];

		line->counts[LEDGER_RECEIVED] = ledger_get(l, i, LEDGER_RECEIVED);
		for (int c = 0; c < LEDGER_COUNTS; c++)
			if (is_refusal((enum ledger_count)c))
				gone += line->counts[c];
		line->in_flight = (int64_t)(line->counts[LEDGER_RECEIVED] - gone);
	}
}

/* Nothing came out that had not come in, and the log holds what was logged. */
static bool
adds_up(const struct line *lines, unsigned n, const struct api_facts *f)
{
	uint64_t logged = 0, in_flight = 0, written = f->log_last - f->log_start;

	for (unsigned i = 0; i < n; i++) {
		if (lines[i].in_flight < 0)
			return false;
		logged += lines[i].counts[LEDGER_LOGGED];
		in_flight += (uint64_t)lines[i].in_flight;
	}
	logged += f->log_notes;
	return logged <= written && written <= logged + in_flight + f->in_flight;
}

static void
put_line(struct jsonw *w, const char *name, const struct line *line)
{
	jsonw_obj(w);
	jsonw_kstr(w, "source", str_c(name));
	for (int c = 0; c < LEDGER_COUNTS; c++)
		jsonw_kint(w, ledger_word((enum ledger_count)c), (int64_t)line->counts[c]);
	jsonw_kint(w, "in_flight", line->in_flight);
	jsonw_end(w);
}

void
ledger_sum(const struct api *a, struct ledger_sum *ret)
{
	unsigned n = ledger_len(a->host.ledger);
	auto_free struct line *lines = mem_zalloc(n * sizeof(*lines));
	struct api_facts f = { 0 };

	read_all(a, lines, n, &f);
	*ret = (struct ledger_sum){ .balanced = adds_up(lines, n, &f) };
	for (unsigned i = 0; i < n; i++) {
		ret->received += lines[i].counts[LEDGER_RECEIVED];
		ret->logged += lines[i].counts[LEDGER_LOGGED];
		for (int c = 0; c < LEDGER_COUNTS; c++)
			if (is_refusal((enum ledger_count)c))
				ret->refused += lines[i].counts[c];
	}
}

void
ledger_handle(void *ctx, struct http *r)
{
	const struct api *a = ctx;
	unsigned n = ledger_len(a->host.ledger);
	auto_free struct line *lines = mem_zalloc(n * sizeof(*lines));
	struct api_facts f = { 0 };
	struct jsonw w;
	struct buf body;

	if (!person_no_query(r))
		return;
	read_all(a, lines, n, &f);
	buf_init(&body, 0);
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("sources"));
	jsonw_arr(&w);
	for (unsigned i = 0; i < n; i++)
		put_line(&w, ledger_name(a->host.ledger, i), &lines[i]);
	jsonw_end(&w);
	jsonw_kint(&w, "in_flight", (int64_t)f.in_flight);
	jsonw_key(&w, STR("log"));
	jsonw_obj(&w);
	jsonw_kint(&w, "first_seq", (int64_t)f.log_first);
	jsonw_kint(&w, "last_seq", (int64_t)f.log_last);
	jsonw_kint(&w, "bytes", (int64_t)f.log_bytes);
	jsonw_end(&w);
	jsonw_kint(&w, "detected_through", (int64_t)f.detected_through);
	jsonw_kint(&w, "stored_through", (int64_t)f.stored_through);
	jsonw_kbool(&w, "balanced", adds_up(lines, n, &f));
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
	buf_fini(&body);
}
