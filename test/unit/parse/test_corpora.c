/* SPDX-License-Identifier: Apache-2.0 */
/* Real logs: how many failures each address has, against a count made in another way. */
#include <ctype.h>

#include "base/fs.h"
#include "base/map.h"
#include "parsed.h"

struct count {
	int64_t parsed, counted;
};

static struct count *
of(struct map *m, struct str ip)
{
	return map_put(m, ip, NULL);
}

/* The word behind the last `mark` of the line. */
static struct str
word_behind(struct str line, const char *mark)
{
	ptrdiff_t at;

	while ((at = str_find(line, str_c(mark))) >= 0)
		line = str_from(line, (size_t)at + strlen(mark));
	return str_until(&line, ' ');
}

/* By plain search, as one would with grep and awk. */
static void
count_plainly(struct map *m, struct str line)
{
	struct str rest = line;
	int64_t n = 1;
	ptrdiff_t at = str_find(line, STR("message repeated "));

	if (at >= 0) {
		rest = str_from(line, (size_t)at + 17);
		CHECK(str_i64(str_until(&rest, ' '), &n));
	}
	if (str_find(line, STR("]: Failed ")) >= 0 ||
	    (at >= 0 && str_find(line, STR("[ Failed ")) >= 0)) {
		of(m, word_behind(line, " from "))->counted += n;
	} else if (str_find(line, STR("(pam_unix)[")) >= 0 &&
		   str_find(line, STR(" su(pam_unix)")) < 0 &&
		   str_find(line, STR(" login(pam_unix)")) < 0 &&
		   (at = str_find(line, STR("authentication failure"))) >= 0) {
		struct str before = { line.p, (size_t)at };

		if (str_ends(before, STR(" more "))) {
			before.n -= 6;
			CHECK(str_i64(word_behind(before, ": "), &n));
		}
		of(m, word_behind(line, "rhost="))->counted += n;
	}
}

static void
count_parsed(struct map *m, const struct rec *r)
{
	struct str ip = rec_str(r, F_CLIENT_IP);
	const struct rec_extra *host = rec_find_extra(r, STR("client_host"), 0);

	if (!str_eq(rec_str(r, F_EVENT_TYPE), STR("auth.login.failed")))
		return;
	if (ip.n == 0 && host != NULL)
		ip = host->v.s;
	of(m, ip)->parsed += rec_int(r, F_RECORD_COUNT, 1);
}

static int64_t
check_file(const char *path, unsigned addresses)
{
	struct map *m = map_new(sizeof(struct count), 10000);
	auto_buf struct buf text = { 0 };
	struct str rest, line, ip;
	struct parsed t;
	const struct count *c;
	int64_t total = 0;
	size_t it = 0;
	unsigned n = 0;

	parsed_begin(&t);
	buf_init(&text, 0);
	CHECK_OK(fs_read(test_corpus(path), (size_t)1 << 26, &text, &t.why), t.why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		(void)parsed_str(&t, "auto", line);
		CHECK_OK(t.e, t.why);
		count_parsed(m, t.r);
		count_plainly(m, line);
	}
	while ((c = map_next(m, &it, &ip)) != NULL) {
		if (c->parsed != c->counted)
			test_fail(TEST_AT(c->parsed),
			    "%.*s: %" PRId64 " parsed, %" PRId64 " counted", STR_ARG(ip), c->parsed,
			    c->counted);
		total += c->parsed;
		n++;
	}
	(void)fprintf(stderr, "# %s: %" PRId64 " failures of %u\n", path, total, n);
	CHECK(n >= addresses);
	map_free(m);
	parsed_end(&t);
	return total;
}

TEST(auth_log)
{
	CHECK(check_file("logs/auth.log", 60) > 1000);
}

TEST(openssh)
{
	CHECK(check_file("logs/OpenSSH_2k.log", 20) > 500);
}

TEST(linux)
{
	CHECK(check_file("logs/Linux_2k.log", 40) > 480);
}

/* Lines of one kind, but for as many as are broken in the file itself. */
static void
check_format(const char *path, const char *format, unsigned broken)
{
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	struct parsed t;
	unsigned failed = 0;

	parsed_begin(&t);
	buf_init(&text, 0);
	CHECK_OK(fs_read(test_corpus(path), (size_t)1 << 26, &text, &t.why), t.why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		(void)parsed_str(&t, "auto", line);
		CHECK_STR(parsed_get(&t, "format"), format);
		failed += t.e != OK;
	}
	CHECK_INT(failed, broken);
	parsed_end(&t);
}

TEST(access_log)
{
	check_format("logs/apache_access.log", "access", 1);
}

TEST(error_log)
{
	check_format("logs/apache_error_2k.log", "apache_error", 0);
}
