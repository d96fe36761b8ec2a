/* The segment that is written: buffer, large payloads, cutting, resuming. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "log/active.h"

#include "fixture.h"
#include "log/scan.h"

/* Payload lengths around the buffer's and the large ones' bounds. */
static const size_t lengths[] = { 0, 1, 300, 65535, 65536, 65537, 1048543, 1048544, 1048545,
	1048576, 3000000, 7, 40000, 40000, 40000, 5 };
#define COUNT (sizeof(lengths) / sizeof(lengths[0]))

static struct str
payload(size_t i)
{
	static char bytes[3000000];

	for (size_t k = 0; k < lengths[i]; k += 997)
		bytes[k] = (char)(i + k);
	return (struct str){ bytes, lengths[i] };
}

static void
check_file(const char *path, uint64_t first, size_t from, size_t n)
{
	struct scan s = { .fd = -1 };
	struct segment_record r;
	struct diag why;

	scan_open(&s, open(path, O_RDONLY | O_CLOEXEC), first);
	for (size_t i = from; i < n; i++) {
		struct str want = payload(i);

		CHECK_OK(scan_next(&s, UINT64_MAX, &r, &why), why);
		CHECK_INT(r.seq, first + i);
		CHECK_INT(r.received, (int64_t)i - 5);
		CHECK_BYTES(r.payload.p, r.payload.n, want.p, want.n);
	}
	CHECK_INT(scan_next(&s, UINT64_MAX, &r, &why), FAIL_NOT_FOUND);
	scan_fini(&s);
}

TEST(payloads_of_all_sizes)
{
	struct active t = { .fd = -1 };
	const char *path = segment_path(test_dir(), 40);
	uint64_t cut = 0;
	struct diag why;

	CHECK_OK(active_begin(&t, test_dir(), 40, 123, &why), why);
	for (size_t i = 0; i < COUNT; i++) {
		const struct segment_record r = { 40 + i, (int64_t)i - 5, payload(i) };

		if (i == COUNT - 3)
			cut = t.size;
		CHECK_OK(active_put(&t, &r, &why), why);
	}
	CHECK_OK(active_flush(&t, &why), why);
	CHECK_OK(active_sync(&t, &why), why);
	CHECK_INT(size_of(path), t.size);
	check_file(path, 40, 0, COUNT);
	CHECK_OK(active_cut(&t, cut, &why), why);
	CHECK_INT(size_of(path), cut);
	check_file(path, 40, 0, COUNT - 3);
	active_resume(&t, open(path, O_RDWR | O_CLOEXEC), 40, cut);
	for (size_t i = COUNT - 3; i < COUNT; i++) {
		const struct segment_record r = { 40 + i, (int64_t)i - 5, payload(i) };

		CHECK_OK(active_put(&t, &r, &why), why);
	}
	CHECK_OK(active_flush(&t, &why), why);
	check_file(path, 40, 0, COUNT);
	active_fini(&t);
}

TEST(begins_no_file_twice)
{
	struct active t = { .fd = -1 };
	struct diag why;

	CHECK_OK(active_begin(&t, test_dir(), 40, 123, &why), why);
	active_close(&t);
	CHECK_INT(active_begin(&t, test_dir(), 40, 123, &why), FAIL_EXISTS);
	CHECK_INT(t.fd, -1);
	CHECK_INT(access(segment_path(test_dir(), 40), F_OK), 0);
	active_fini(&t);
}
