/* What the tests of the log share: records that can be told from each other, a log to put them in,
 * and its files. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "log/journal.h"
#include "log/reader.h"
#include "test.h"

#define PAYLOAD_MAX 512u
#define BATCH_MAX 512u
#define HEADER 64u /* of a segment */
#define RECORD 32u /* before a payload */

/* Next of a random sequence. */
static inline uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The payload that stands for `id`: its text, then bytes of a length that follows from it. */
static inline size_t
payload_of(uint64_t id, char to[PAYLOAD_MAX])
{
	int n = snprintf(to, PAYLOAD_MAX, "id %" PRIu64 " ", id);
	size_t pad = (size_t)(id * 37 % 101);

	for (size_t i = 0; i < pad; i++)
		to[(size_t)n + i] = (char)(id * 131 + i * 7);
	return (size_t)n + pad;
}

/* The id of a payload, which must be what payload_of() makes. */
static inline uint64_t
id_of(struct str payload)
{
	char want[PAYLOAD_MAX];
	struct str rest = payload;
	uint64_t id = 0;

	CHECK(str_starts(payload, STR("id ")));
	rest = str_from(rest, 3);
	CHECK(str_u64(str_until(&rest, ' '), &id));
	CHECK_BYTES(payload.p, payload.n, want, payload_of(id, want));
	return id;
}

static inline struct journal *
open_log(const char *dir, size_t segment_size, struct journal_recovery *ret)
{
	const struct journal_opts opts = { .dir = dir, .segment_size = segment_size };
	struct journal_recovery ignored;
	struct journal *j = NULL;
	struct diag why;

	CHECK_OK(journal_open(&opts, &j, ret != NULL ? ret : &ignored, &why), why);
	return j;
}

/* Appends the payloads of ids from..from+n-1 as one batch. */
static inline enum err
append_ids(struct journal *j, uint64_t from, size_t n, uint64_t *ret_first, struct diag *why)
{
	static char bytes[BATCH_MAX][PAYLOAD_MAX];
	struct journal_item items[BATCH_MAX];

	CHECK(n <= BATCH_MAX);
	for (size_t i = 0; i < n; i++) {
		items[i].payload.p = bytes[i];
		items[i].payload.n = payload_of(from + i, bytes[i]);
		items[i].received = (int64_t)(1000 + from + i);
	}
	return journal_append(j, items, n, ret_first, why);
}

/* The same, for ids that are to get these numbers. */
static inline void
append_good(struct journal *j, uint64_t from, size_t n)
{
	uint64_t first = 0;
	struct diag why;

	CHECK_OK(append_ids(j, from, n, &first, &why), why);
	CHECK_INT(first, from);
	CHECK_INT(journal_last(j), from + n - 1);
}

/* What reading a log from `from` to its end finds. */
struct found {
	uint64_t n, lost, first, last;
	uint64_t holes;             /* numbers that did not come */
	unsigned char times[16384]; /* how often each id came */
};

static inline void
read_log(const char *dir, uint64_t from, struct found *f)
{
	struct reader *r = NULL;
	struct reader_entry e;
	struct diag why;
	enum err err;

	memset(f, 0, sizeof(*f));
	CHECK_OK(reader_open(dir, from, &r, &why), why);
	while ((err = reader_next(r, &e, &why)) == OK) {
		uint64_t id = id_of(e.payload);

		CHECK(e.seq > f->last);
		CHECK_INT(e.received, 1000 + id);
		CHECK(id < sizeof(f->times));
		f->times[id]++;
		f->holes += f->n > 0 ? e.seq - f->last - 1 : 0;
		f->first = f->n++ == 0 ? e.seq : f->first;
		f->last = e.seq;
	}
	CHECK_INT(err, FAIL_AGAIN);
	f->lost = reader_lost(r);
	reader_close(r);
}

/* Path of the segment that begins with `first`; lives until the fourth call after. */
static inline const char *
segment_path(const char *dir, uint64_t first)
{
	static char paths[4][512];
	static unsigned next;
	char *p = paths[next++ % 4];

	(void)snprintf(p, sizeof(paths[0]), "%s/%020" PRIu64 ".log", dir, first);
	return p;
}

static inline size_t
size_of(const char *path)
{
	struct stat st;

	CHECK_INT(stat(path, &st), 0);
	return (size_t)st.st_size;
}

/* Bytes of a file, freed by the caller. */
static inline unsigned char *
load(const char *path, size_t *ret_n)
{
	size_t n = size_of(path);
	unsigned char *p = malloc(n + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0 && p != NULL);
	CHECK_INT(read(fd, p, n), n);
	(void)close(fd);
	*ret_n = n;
	return p;
}

static inline void
save(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, p, n), n);
	(void)close(fd);
}

/* Segments in `dir` that begin with small numbers. */
static inline unsigned
count_segments(const char *dir)
{
	unsigned n = 0;

	for (uint64_t first = 1; first < 20000; first++)
		n += access(segment_path(dir, first), F_OK) == 0;
	return n;
}

#endif
