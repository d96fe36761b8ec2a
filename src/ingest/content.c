/* Lines and fingerprints of what a file holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/content.h"

#include <assert.h>

#include "base/digest.h"
#include "rec/rec.h"

/* A line grows to this before its middle is dropped. */
#define LINE_KEEP (REC_RAW_MAX + 65536)

void
content_prefix_add(struct content_prefix *p, struct str bytes)
{
	size_t head = content_head_n(p->n), last = content_last_n(p->n), room = CONTENT_HEAD - head;

	if (bytes.n == 0)
		return;
	memcpy(p->head + head, bytes.p, bytes.n < room ? bytes.n : room);
	p->n += bytes.n;
	if (bytes.n >= CONTENT_LAST) {
		memcpy(p->last, bytes.p + bytes.n - CONTENT_LAST, CONTENT_LAST);
		return;
	}
	if (last + bytes.n > CONTENT_LAST) {
		size_t gone = last + bytes.n - CONTENT_LAST;

		memmove(p->last, p->last + gone, last - gone);
		last -= gone;
	}
	memcpy(p->last + last, bytes.p, bytes.n);
}

void
content_prefix_print(const struct content_prefix *p, struct content_print *ret)
{
	uint8_t sum[DIGEST_SIZE];

	ret->n = p->n;
	digest_sha256((struct str){ p->head, content_head_n(p->n) }, sum);
	memcpy(ret->head, sum, sizeof(ret->head));
	digest_sha256((struct str){ p->last, content_last_n(p->n) }, sum);
	memcpy(ret->last, sum, sizeof(ret->last));
}

bool
content_same(const struct content_print *a, const struct content_print *b)
{
	return a->n == b->n && memcmp(a->head, b->head, sizeof(a->head)) == 0 &&
	       memcmp(a->last, b->last, sizeof(a->last)) == 0;
}

void
content_init(struct content *c)
{
	*c = (struct content){ 0 };
	buf_init(&c->pending, 0);
}

void
content_fini(struct content *c)
{
	buf_fini(&c->pending);
}

void
content_begin(struct content *c, const struct content_prefix *prefix)
{
	c->prefix = *prefix;
	buf_reset(&c->pending);
	c->folded = c->at = c->scanned = 0;
	c->dropped = 0;
}

/* Takes what came out into the prefix. */
static void
fold(struct content *c)
{
	if (c->at > c->folded) /* before the first byte there is no buffer to point into */
		content_prefix_add(&c->prefix,
		    (struct str){ c->pending.p + c->folded, c->at - c->folded });
	c->folded = c->at;
}

char *
content_room(struct content *c, size_t n)
{
	char *room;

	fold(c);
	if (c->at > 0)
		buf_shift(&c->pending, c->at);
	c->scanned -= c->at;
	c->folded = c->at = 0;
	if (c->pending.n == 0 && c->pending.size > LINE_KEEP) { /* a long line has passed */
		buf_fini(&c->pending);
		buf_init(&c->pending, 0);
	}
	room = buf_room(&c->pending, n);
	assert(room != NULL);
	return room;
}

void
content_added(struct content *c, size_t n)
{
	buf_added(&c->pending, n);
}

/* The line in work grew too long: keep what is wanted of it, and what its fingerprint needs. */
static void
drop_middle(struct content *c)
{
	char *keep = c->pending.p + c->at + REC_RAW_MAX;
	size_t middle = c->pending.n - c->at - REC_RAW_MAX - CONTENT_LAST;

	fold(c);
	memmove(keep, keep + middle, CONTENT_LAST);
	c->pending.n -= middle;
	c->scanned -= middle;
	c->dropped += middle;
}

/* `raw` bytes from `at` on come out. */
static void
come_out(struct content *c, size_t raw)
{
	if (c->dropped == 0) {
		c->at += raw;
		return;
	}
	fold(c);
	c->at += REC_RAW_MAX;
	fold(c);
	c->prefix.n +=
	    c->dropped; /* CONTENT_LAST bytes follow at least: `last` comes right again */
	c->at += raw - REC_RAW_MAX;
	fold(c);
	c->dropped = 0;
}

/* Length of the next raw line with its LF; 0: there is none yet. */
static size_t
raw_line(struct content *c, bool end)
{
	const char *lf = NULL;

	if (c->scanned < c->pending.n)
		lf = memchr(c->pending.p + c->scanned, '\n', c->pending.n - c->scanned);
	if (lf != NULL)
		return (size_t)(lf - (c->pending.p + c->at)) + 1;
	c->scanned = c->pending.n;
	if (c->pending.n - c->at > LINE_KEEP)
		drop_middle(c);
	return end ? c->pending.n - c->at : 0;
}

static struct str
strip(struct str s)
{
	while (s.n > 0 && s.p[0] == '\0') /* a hole that truncation left */
		s = str_from(s, 1);
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

bool
content_line(struct content *c, bool end, struct str *ret, bool *ret_cut)
{
	size_t raw;

	while ((raw = raw_line(c, end)) > 0) {
		struct str line = strip((struct str){ c->pending.p + c->at, raw });
		size_t nuls = (size_t)(line.p - (c->pending.p + c->at));
		size_t most = nuls < REC_RAW_MAX ? REC_RAW_MAX - nuls : 0;
		bool cut = c->dropped > 0 || line.n > REC_RAW_MAX;

		if (line.n > most) /* what stands past it may not belong to it */
			line.n = most;
		come_out(c, raw);
		c->scanned = c->at;
		if (line.n == 0)
			continue;
		*ret = line;
		*ret_cut = cut;
		return true;
	}
	return false;
}

void
content_pass(struct content *c, size_t n)
{
	assert(c->dropped == 0 && n <= c->pending.n - c->at);
	c->at += n;
	if (c->scanned < c->at)
		c->scanned = c->at;
}

void
content_print_out(struct content *c, struct content_print *ret)
{
	fold(c);
	content_prefix_print(&c->prefix, ret);
}
