/* A short ring of records with what they borrow from. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
#include "app/coming.h"

#include "base/log.h"
#include "rec/codec.h"

#define RECORD_BUDGET ((size_t)16 << 20)

void
coming_init(struct coming *c)
{
	for (size_t i = 0; i < ENGINE_AHEAD; i++) {
		c->at[i].arena = arena_new(RECORD_BUDGET);
		buf_init(&c->at[i].payload, RECORD_BUDGET);
	}
}

void
coming_fini(struct coming *c)
{
	for (size_t i = 0; i < ENGINE_AHEAD; i++) {
		arena_free(c->at[i].arena);
		buf_fini(&c->at[i].payload);
	}
}

enum err
coming_read(struct coming *c, struct reader *reader, const struct coming_rec **ret,
    struct diag *why)
{
	struct coming_rec *x = &c->at[(c->first + c->n) % ENGINE_AHEAD];
	struct reader_entry entry;
	enum err e = reader_next(reader, &entry, why);

	if (e != OK)
		return e;
	buf_reset(&x->payload);
	buf_str(&x->payload, entry.payload);
	arena_reset(x->arena);
	rec_init(&x->rec, x->arena);
	x->good =
	    !buf_overflow(&x->payload) && codec_decode(buf_view(&x->payload), &x->rec, why) == OK;
	if (!x->good)
		log_diag("detect", "a record in the log cannot be decoded", why);
	x->seq = x->rec.seq = entry.seq;
	c->n++;
	*ret = x;
	return OK;
}

const struct coming_rec *
coming_take(struct coming *c)
{
	const struct coming_rec *x = &c->at[c->first];

	if (c->n == 0)
		return NULL;
	c->first = (c->first + 1) % ENGINE_AHEAD;
	c->n--;
	return x;
}
