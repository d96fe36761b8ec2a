/* The daemon's own log, as it comes out of stderr. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/utf8.h"
#include "random.h"
#include "test.h"

static char path[300];
static int real_stderr;

static void
capture(void)
{
	int fd;

	CHECK_INT(fs_join(path, sizeof(path), test_dir(), "log"), OK);
	CHECK_INT(fs_open(path, O_RDWR | O_CREAT | O_APPEND, &fd, NULL), OK);
	real_stderr = dup(STDERR_FILENO);
	CHECK(real_stderr >= 0);
	CHECK_INT(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	fs_closep(&fd);
}

/* What was logged since capture(), which ends. */
static struct buf
captured(void)
{
	struct buf b = { 0 };

	CHECK(dup2(real_stderr, STDERR_FILENO) >= 0);
	CHECK_INT(fs_read(path, 1 << 24, &b, NULL), OK);
	CHECK_INT(unlink(path), 0);
	return b;
}

/* The line without "time=..." */
static void
check_line(struct str line, const char *want)
{
	struct str time = str_until(&line, ' ');

	CHECK(str_starts(time, STR("time=20")));
	CHECK(str_ends(time, STR("Z")));
	CHECK_SLICE(line, want);
}

TEST(form)
{
	auto_buf struct buf b = { 0 };
	struct str all, line;

	capture();
	log_info("ingest", "file was truncated", LOG_C("path", "/var/log/a"), LOG_INT("bytes", -1));
	log_role_set("store");
	log_warn("x", "plain");
	log_error("x", "with", LOG_STR("s", STR("a=b")));
	b = captured();
	all = buf_view(&b);
	CHECK(str_line(&all, &line));
	check_line(line,
	    "level=info part=ingest msg=\"file was truncated\" path=/var/log/a bytes=-1");
	CHECK(str_line(&all, &line));
	check_line(line, "level=warn role=store part=x msg=plain");
	CHECK(str_line(&all, &line));
	check_line(line, "level=error role=store part=x msg=with s=\"a=b\"");
	CHECK_INT(all.n, 0);
}

TEST(values)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "", "v=\"\"" },
		{ "a b", "v=\"a b\"" },
		{ "a\"b", "v=\"a\\\"b\"" },
		{ "a\\b", "v=\"a\\\\b\"" },
		{ "a\nlevel=error msg=forged", "v=\"a\\x0alevel=error msg=forged\"" },
		{ "\x1b[2J", "v=\\x1b[2J" },
		{ "\xe2\x80\xae", "v=\\u{202e}" },
		{ "gr\xc3\xbc\xc3\x9f\xff", "v=gr\xc3\xbc\xc3\x9f\\xff" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_buf struct buf b = { 0 };
		char want[200];

		capture();
		log_info("p", "m", LOG_C("v", rows[i].value));
		b = captured();
		(void)snprintf(want, sizeof(want), "level=info part=p msg=m %s\n", rows[i].want);
		check_line(buf_view(&b), want);
	}
}

TEST(whatever_the_value_it_is_one_safe_line)
{
	uint64_t s = random_start(test_seed());

	for (unsigned round = 0; round < test_rounds(500); round++) {
		auto_buf struct buf b = { 0 };
		char text[3000];
		struct str value = { text, random_below(&s, sizeof(text)) }, left;

		random_bytes(&s, text, value.n);
		capture();
		log_info("p", "m", LOG_STR("v", value), LOG_STR("w", value));
		b = captured();
		CHECK(b.n > 0 && b.p[b.n - 1] == '\n');
		CHECK(b.n < 20000);
		for (left = (struct str){ b.p, b.n - 1 }; left.n != 0;) {
			uint32_t c;

			left = str_from(left, utf8_next(left, &c));
			CHECK(!utf8_unsafe(c));
		}
		CHECK(utf8_valid(buf_view(&b)));
	}
}

static size_t
count(struct str all, struct str needle)
{
	size_t n = 0;

	for (ptrdiff_t at; (at = str_find(all, needle)) >= 0; n++)
		all = str_from(all, (size_t)at + needle.n);
	return n;
}

TEST(levels)
{
	auto_buf struct buf b = { 0 };

	capture();
	log_debug("p", "hidden");
	log_level_set(LOG_DEBUG_);
	log_debug("p", "seen");
	log_level_set(LOG_ERROR_);
	log_warn("p", "hidden");
	log_error("p", "seen");
	b = captured();
	CHECK_INT(count(buf_view(&b), STR("hidden")), 0);
	CHECK_INT(count(buf_view(&b), STR("seen")), 2);
}

static void
complain(unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		log_warn("p", "again");
}

TEST(a_site_speaks_once_a_second_and_counts)
{
	auto_buf struct buf b = { 0 };

	capture();
	complain(50);
	for (unsigned i = 0; i < 5; i++)
		log_info("p", "not limited");
	(void)usleep(1010000);
	complain(2);
	log_warn("p", "another site");
	b = captured();
	CHECK_INT(count(buf_view(&b), STR("msg=again")), 2);
	CHECK_INT(count(buf_view(&b), STR("msg=again held=49\n")), 1);
	CHECK_INT(count(buf_view(&b), STR("not limited")), 5);
	CHECK_INT(count(buf_view(&b), STR("another site")), 1);
}

TEST(diagnosis)
{
	auto_buf struct buf b = { 0 };
	struct diag why;

	CHECK_INT(err_set(&why, FAIL_SYNTAX, "no such key"), FAIL_SYNTAX);
	CHECK_INT(err_at(&why, FAIL_SYNTAX, "a.conf", 3, 1), FAIL_SYNTAX);
	capture();
	log_diag("conf", "not loaded", &why);
	b = captured();
	check_line(buf_view(&b),
	    "level=error part=conf msg=\"not loaded\" why=\"a.conf:3:1: no such key\"\n");
}

static void *
chatter(void *arg)
{
	for (unsigned i = 0; i < 500; i++) {
		log_info("p", "thread", LOG_C("pad", arg));
		complain(1);
	}
	return NULL;
}

TEST(lines_of_threads_do_not_mix)
{
	static char pad[900];
	auto_buf struct buf b = { 0 };
	struct str all, line;
	pthread_t t[3];

	memset(pad, 'x', sizeof(pad) - 1);
	capture();
	for (unsigned i = 0; i < ARRAY_LEN(t); i++)
		CHECK_INT(pthread_create(&t[i], NULL, chatter, pad), 0);
	for (unsigned i = 0; i < ARRAY_LEN(t); i++)
		CHECK_INT(pthread_join(t[i], NULL), 0);
	b = captured();
	all = buf_view(&b);
	CHECK_INT(count(all, STR(" msg=thread pad=x")), 1500);
	while (str_line(&all, &line))
		CHECK(str_starts(line, STR("time=20")));
}
