/* Records and logs for the tests of the store. */
#ifndef TEST_STORE_RECORDS_H
#define TEST_STORE_RECORDS_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "log/journal.h"
#include "rec/codec.h"
#include "test.h"

#define RECORDS_T0 ((int64_t)1767225600 * CLOCK_S) /* 2026-01-01 */

static const char *const records_types[] = { "auth.login.failed", "auth.login.success",
	"http.request", "rate_limit.exceeded", "csrf.validation.failed",
	"startup.validation.failed" };

/* Text in the arena of `r`. */
static inline void
records_text(struct rec *r, enum field f, const char *fmt, unsigned n)
{
	char *to = arena_bytes(r->arena, 64);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	rec_set_str(r, f, (struct str){ to, (size_t)snprintf(to, 64, fmt, n) });
#pragma GCC diagnostic pop
}

/* The i-th record: one a second, of six types, ten addresses and five users. */
static inline void
records_make(struct rec *r, struct arena *a, unsigned i)
{
	rec_init(r, a);
	rec_set_int(r, F_TIMESTAMP, RECORDS_T0 + (int64_t)i * CLOCK_S);
	rec_set_str(r, F_EVENT_TYPE, str_c(records_types[i % ARRAY_LEN(records_types)]));
	rec_set_str(r, F_SEVERITY, i % 7 == 0 ? STR("CRITICAL") : STR("LOW"));
	records_text(r, F_CLIENT_IP, "192.0.2.%u", i % 10);
	records_text(r, F_USER_EMAIL, "user%u@example.org", i % 5);
	records_text(r, F_USER_ID, "%u", i % 5);
	records_text(r, F_ENDPOINT, "/api/%u", i % 4);
	rec_set_str(r, F_GEO_COUNTRY, str_c(i % 3 == 0 ? "DE" : i % 3 == 1 ? "FR" : "US"));
	rec_set_int(r, F_STATUS_CODE, i % 6 == 3 ? 429 : 200);
	records_text(r, F_RAW, "line %u", i);
}

/* Appends records from..from+n-1 one by one. */
static inline void
records_append(struct journal *j, struct arena *a, unsigned from, unsigned n)
{
	struct journal_item item;
	struct buf payload;
	struct diag why;
	struct rec r;
	uint64_t first;
	unsigned i;

	buf_init(&payload, 0);
	for (i = from; i < from + n; i++) {
		arena_reset(a);
		buf_reset(&payload);
		records_make(&r, a, i);
		CHECK_OK(codec_encode(&r, &payload, &why), why);
		item = (struct journal_item){ buf_view(&payload), RECORDS_T0 + i };
		CHECK_OK(journal_append(j, &item, 1, &first, &why), why);
		CHECK_INT(first, i + 1);
	}
	buf_fini(&payload);
}

static inline struct journal *
records_journal(const char *dir)
{
	struct journal_opts opts = { .dir = dir, .segment_size = 1 << 20 };
	struct journal_recovery recovery;
	struct journal *j;
	struct diag why;

	CHECK_OK(journal_open(&opts, &j, &recovery, &why), why);
	return j;
}

/*
 * Adds n records behind the first `from` to the log at `dir`, in a process of
 * its own: base/crash.c looks at the environment once per process.
 */
static inline void
records_log_more(const char *dir, unsigned from, unsigned n)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		struct arena *a = arena_new(1 << 20);
		struct journal *j = records_journal(dir);

		records_append(j, a, from, n);
		journal_close(j);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

static inline void
records_log(const char *dir, unsigned n)
{
	records_log_more(dir, 0, n);
}

/* Folder `name` of the case's directory; at most eight in a case. */
static inline const char *
records_dir(const char *name)
{
	static char paths[8][512];
	static unsigned n;

	CHECK(n < ARRAY_LEN(paths));
	snprintf(paths[n], sizeof(paths[n]), "%s/%s", test_dir(), name);
	return paths[n++];
}

#endif
