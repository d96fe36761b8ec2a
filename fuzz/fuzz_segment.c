/*
 * Segments of a log.  The first byte chooses: the rest is the file as it is, or
 * a script that writes good records, garbage and damage, of which then exactly
 * the good records must be found.  Either way the result may not depend on how
 * the bytes are cut into windows.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "log/segment.h"

#define FIRST_RAW 7u
#define FIRST_SCRIPT 1000003u /* another: no record of the corpus is in its place there */
#define FILE_MAX ((size_t)1 << 17)
#define RECORDS_MAX 512u

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct span {
	uint64_t seq;
	size_t at, n;
	bool damaged;
};

static uint64_t first;
static char file[FILE_MAX];
static size_t file_n;
static struct span wanted[RECORDS_MAX]; /* what the script wrote */
static size_t wanted_n;
static struct span found[2][FILE_MAX / SEGMENT_RECORD];

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Walks the file by windows of at most `window` bytes more than are asked for. */
static size_t
walk(size_t window, struct span *to)
{
	struct segment_cursor c = segment_start(first);
	struct segment_record r;
	size_t n = 0, want = 0, have;
	enum err e;

	for (;;) {
		size_t left = c.at < file_n ? file_n - c.at : 0;
		uint64_t last = c.last;
		char *bytes;

		have = want + window < left ? want + window : left;
		bytes = malloc(have + 1); /* so that a step over its end is seen */
		must(bytes != NULL);
		memcpy(bytes, file + (left > 0 ? c.at : 0), have);
		e = segment_next(&c, (struct str){ bytes, have }, have == left, UINT64_MAX, &r,
		    &want);
		if (e == OK) {
			must(r.seq > last && r.seq == c.last && c.at == c.end && c.at <= file_n);
			must(r.payload.p >= bytes && r.payload.n <= have);
			to[n++] = (struct span){ r.seq, c.at - r.payload.n, r.payload.n, false };
			must(memcmp(file + c.at - r.payload.n, r.payload.p, r.payload.n) == 0);
			want = 0;
		}
		free(bytes);
		if (e == FAIL_NOT_FOUND)
			return n;
		must(e == OK || (e == FAIL_AGAIN && have < left));
	}
}

static size_t
take(const unsigned char **p, const unsigned char *end, size_t n)
{
	size_t left = (size_t)(end - *p);

	return n < left ? n : left;
}

/* Records and damage as the script says. */
static void
write_script(const unsigned char *p, const unsigned char *end)
{
	uint64_t seq = first;

	while (end - p >= 3 && wanted_n < RECORDS_MAX && file_n + 66000 < FILE_MAX) {
		unsigned op = p[0] % 8;
		size_t arg = (size_t)p[1] << 8 | p[2], n;
		char *to = file + file_n;

		p += 3;
		n = take(&p, end, arg % 600);
		if (op < 4) { /* a good record, its payload from the script or from the file */
			const char *from = op < 3 || n > file_n ? (const char *)p : file;
			struct segment_record r = { seq, (int64_t)arg, { to + SEGMENT_RECORD, n } };

			memcpy(to + SEGMENT_RECORD, from, n);
			segment_record_put(first, file_n, &r, to);
			wanted[wanted_n++] =
			    (struct span){ seq++, file_n + SEGMENT_RECORD, n, false };
			file_n += SEGMENT_RECORD + n;
		} else if (op < 6) { /* a record whose every byte is lost */
			memset(to, 0xf5, SEGMENT_RECORD);
			memcpy(to + SEGMENT_RECORD, p, n);
			file_n += SEGMENT_RECORD + n;
			seq++;
		} else if (wanted_n > 0) { /* one byte of a good one */
			struct span *s = &wanted[arg % wanted_n];

			if (!s->damaged)
				file[s->at - SEGMENT_RECORD + arg % (SEGMENT_RECORD + s->n)] ^=
				    (char)(1 << op % 8);
			s->damaged = true;
			n = 0;
		}
		p += op < 6 ? n : 0;
	}
}

static void
check_script(const struct span *got, size_t n)
{
	size_t i = 0;

	for (size_t k = 0; k < wanted_n; k++) {
		if (wanted[k].damaged)
			continue;
		must(i < n && got[i].seq == wanted[k].seq && got[i].at == wanted[k].at);
		must(got[i++].n == wanted[k].n);
	}
	must(i == n);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	size_t n, windowed;
	struct diag why;
	bool script;

	if (size == 0)
		return 0;
	script = data[0] % 2 != 0;
	first = script ? FIRST_SCRIPT : FIRST_RAW;
	wanted_n = 0;
	segment_header_put(first, 1, file);
	file_n = SEGMENT_HEADER;
	if (script) {
		write_script(data + 1, data + size);
	} else {
		file_n = size - 1 < FILE_MAX ? size - 1 : FILE_MAX;
		memcpy(file, data + 1, file_n);
		(void)!segment_header_check((struct str){ file, file_n }, first, &why);
	}
	n = walk(FILE_MAX, found[0]);
	windowed = walk((size_t)data[0] / 2, found[1]);
	must(n == windowed);
	for (size_t i = 0; i < n; i++)
		must(found[0][i].seq == found[1][i].seq && found[0][i].at == found[1][i].at);
	if (script)
		check_script(found[0], n);
	return 0;
}
