/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* Records by number. */
#include "app/records.h"

#include "log/reader.h"
#include "rec/codec.h"
#include "rec/view.h"

#define BUDGET ((size_t)16 << 20)

static enum err
put(struct reader_entry *entry, struct buf *to, struct diag *why)
{
	struct arena *a = arena_new(BUDGET);
	struct rec r;
	enum err e;

	rec_init(&r, a);
	e = codec_decode(entry->payload, &r, why);
	if (e == OK)
		view_rec(&r, true, to);
	arena_free(a);
	return e;
}

enum err
records_json(const char *log_dir, uint64_t seq, struct buf *to, struct diag *why)
{
	struct reader_entry entry = { 0 };
	struct reader *r = NULL;
	enum err e = reader_open(log_dir, seq, &r, why);

	if (e == OK && (seq == 0 || seq > reader_published(r)))
		e = FAIL_AGAIN;
	if (e == OK)
		e = reader_next(r, &entry, why);
	if (e == FAIL_AGAIN || (e == OK && entry.seq != seq))
		e = err_set(why, FAIL_NOT_FOUND, "record %llu is not in the log",
		    (unsigned long long)seq);
	if (e == OK)
		e = put(&entry, to, why);
	reader_close(r);
	return e;
}
