/* What every format has in common: defaults, clamped times, the record of a failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/parser.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parse/internal.h"
#include "parse/json.h"
#include "parse/native.h"
#include "parse/put.h"
#include "rec/etype.h"

struct parser *
parser_new(const struct parser_opts *opts)
{
	struct parser *p = MEM_NEW(struct parser);

	p->opts = *opts;
	p->json = json_new(REC_RAW_MAX);
	p->native = native_new();
	buf_init(&p->scratch, 0);
	return p;
}

void
parser_free(struct parser *p)
{
	if (p == NULL)
		return;
	json_free(p->json);
	native_free(p->native);
	buf_fini(&p->scratch);
	free(p);
}

/* All text is stored and shown as UTF-8; only `raw` keeps the bytes as they came. */
static void
mend(struct rec *r)
{
	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		if (rec_has(r, (enum field)f) && field_is_text(field_info((enum field)f)->type))
			r->v[f].s = put_mended(r, r->v[f].s);
	}
	for (uint32_t i = 0; i < r->n_extra; i++) {
		struct rec_extra *x = &r->extra[i];

		x->path = put_mended(r, x->path);
		if (x->type == FIELD_STR && !x->null)
			x->v.s = put_mended(r, x->v.s);
	}
}

static void
fix_time(const struct parser *p, const struct parse_in *in, struct rec *r)
{
	if (!in->trust_time) {
		rec_unset(r, F_TIME_FLAG);
		rec_set_int(r, F_TIMESTAMP, in->received);
	} else if (!rec_has(r, F_TIMESTAMP)) {
		if (!rec_has(r, F_TIME_FLAG))
			rec_set_str(r, F_TIME_FLAG, STR("missing"));
		rec_set_int(r, F_TIMESTAMP, in->received);
	} else if (r->v[F_TIMESTAMP].i - p->opts.future_max > in->received) {
		rec_set_str(r, F_TIME_FLAG, STR("future"));
		rec_set_int(r, F_TIMESTAMP, in->received);
	}
}

static void
put_origin(const struct parse_in *in, const struct format_ops *ops, struct rec *r)
{
	struct str raw = in->message;

	if (raw.n > REC_RAW_MAX)
		raw.n = REC_RAW_MAX;
	rec_set_int(r, F_RECEIVED, in->received);
	rec_set_str(r, F_SOURCE, in->source);
	rec_set_str(r, F_FORMAT, str_c(ops->name));
	rec_set_str(r, F_RAW, raw);
}

static void
finish(struct parser *p, const struct parse_in *in, const struct format_ops *ops, struct rec *r)
{
	fix_time(p, in, r);
	if (!rec_has(r, F_EVENT_TYPE))
		rec_set_str(r, F_EVENT_TYPE, STR("log"));
	if (!utf8_valid(in->message))
		mend(r);
	put_origin(in, ops, r);
	etype_apply(r);
	if (!rec_has(r, F_SEVERITY))
		rec_set_str(r, F_SEVERITY, STR("INFO"));
}

static void
fail(const struct parse_in *in, const struct format_ops *ops, struct rec *r, const struct diag *why)
{
	struct arena *a = r->arena;
	uint64_t seq = r->seq;
	struct str words;

	rec_init(r, a);
	r->seq = seq;
	r->cut = in->message.n > REC_RAW_MAX;
	if (!arena_copy(a, str_c(why->text), &words))
		words = STR("does not parse");
	rec_set_int(r, F_TIMESTAMP, in->received);
	rec_set_str(r, F_EVENT_TYPE, STR("parse.failed"));
	rec_set_str(r, F_PARSE_ERROR, words);
	put_origin(in, ops, r);
	etype_apply(r);
	if (!rec_has(r, F_SEVERITY))
		rec_set_str(r, F_SEVERITY, STR("LOW"));
}

enum err
parser_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	const struct format_ops *ops = in->format;
	struct parse_in line = *in;
	struct diag own;
	enum err e;

	if (why == NULL)
		why = &own;
	/* What framing may have left: raw keeps it, no format needs to know. */
	while (line.message.n > 0 && memchr("\r\n", line.message.p[line.message.n - 1], 2) != NULL)
		line.message.n--;
	if (ops == NULL)
		ops = format_sniff(line.message);
	if (in->message.n > REC_RAW_MAX)
		e = err_set(why, FAIL_LIMIT, "longer than %zu bytes", REC_RAW_MAX);
	else if (line.message.n == 0)
		e = err_set(why, FAIL_SYNTAX, "empty message");
	else
		e = ops->parse(p, &line, r, why) == OK ? OK : FAIL_SYNTAX;
	if (e == OK)
		finish(p, in, ops, r);
	else
		fail(in, ops, r, why);
	return e;
}
