/* Parsers on one core: ns a record and records/s for each format, found from the line itself;
 * `bench_parse FILE...` takes lines of one's own instead. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/vec.h"
#include "parse/format.h"

#define BATCH 500
#define ROUNDS 5
#define RECORDS 1000000
#define RECEIVED ((int64_t)1795224000 * CLOCK_S)

#define AGENT                                                                                      \
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "        \
	"Chrome/126.0.0.0 Safari/537.36"

static const char *const access_lines[] = {
	"203.0.113.7 - - [21/Nov/2026:01:02:03 +0000] \"GET /assets/app.3f2a.js HTTP/1.1\" 200 "
	"48211 \"https://shop.example/\" \"" AGENT "\"",
	"198.51.100.23 - alice [21/Nov/2026:01:02:03 +0000] \"POST /api/orders?draft=1 HTTP/2.0\" "
	"201 512 \"https://shop.example/cart\" \"" AGENT "\"",
	"2001:db8::17 - - [21/Nov/2026:01:02:04 +0100] \"GET /search?q=red+shoes&page=2 HTTP/1.1\" "
	"200 18233 \"-\" \"" AGENT "\"",
	"192.0.2.200 - - [21/Nov/2026:01:02:05 +0000] \"GET /wp-login.php HTTP/1.1\" 404 153 \"-\" "
	"\"curl/8.5.0\"",
};
static const char *const sshd_lines[] = {
	"Nov 21 01:02:03 web1 sshd[24200]: Failed password for invalid user oracle from "
	"203.0.113.7 port 51022 ssh2",
	"Nov 21 01:02:03 web1 sshd[24200]: Invalid user oracle from 203.0.113.7 port 51022",
	"Nov 21 01:02:05 web1 sshd[24201]: pam_unix(sshd:auth): authentication failure; logname= "
	"uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root",
	"Nov 21 01:02:06 web1 sshd[24202]: Accepted publickey for deploy from 198.51.100.9 port "
	"40022 ssh2: ED25519 SHA256:Kl8kPGZrTiz7g4FO1hyqHdsSBBb5Fge6NWOobN03XJg",
	"Nov 21 01:02:07 web1 sshd[24203]: Connection closed by authenticating user root "
	"203.0.113.7 port 51030 [preauth]",
	"Nov 21 01:02:08 web1 sudo:   deploy : TTY=pts/0 ; PWD=/srv ; USER=root ; "
	"COMMAND=/usr/bin/systemctl restart shop",
};
static const char *const json_lines[] = {
	"{\"timestamp\":\"2026-11-21T01:02:03.123Z\",\"event_id\":\"evt_00a1b2c3\",\"event_type\":"
	"\"auth.login.failed\",\"severity\":\"MEDIUM\",\"client_ip\":\"203.0.113.7\",\"user_"
	"email\":"
	"\"alice@example.com\",\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\",\"endpoint\":"
	"\"/api/auth/login\",\"method\":\"POST\",\"status_code\":401,\"failure_reason\":"
	"\"invalid_password\",\"request_id\":\"req_77f0\"}",
	"{\"timestamp\":\"2026-11-21T01:02:03.456Z\",\"event_id\":\"evt_00a1b2c4\",\"event_type\":"
	"\"http.request\",\"severity\":\"INFO\",\"client_ip\":\"198.51.100.23\",\"user_email\":"
	"\"bob@example.com\",\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\",\"endpoint\":"
	"\"/api/portfolio\",\"method\":\"GET\",\"status_code\":200,\"request_id\":\"req_77f1\","
	"\"geolocation\":{\"country\":\"US\"}}",
};

struct lines {
	struct str *p;
	size_t n, size;
};

static void
measure(const char *name, const struct lines *lines)
{
	struct parser_opts opts = { 0, 300 * CLOCK_S };
	struct parser *p = parser_new(&opts);
	struct arena *arena = arena_new((size_t)16 << 20);
	struct rec *r = MEM_NEW(struct rec);
	int64_t best = INT64_MAX;
	size_t bytes = 0, failed = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t start = clock_mono();

		bytes = failed = 0;
		for (size_t i = 0, k = 0; i < RECORDS; i++, k = k + 1 == lines->n ? 0 : k + 1) {
			struct parse_in in = { .message = lines->p[k],
				.received = RECEIVED,
				.source = STR("bench"),
				.trust_time = true };

			if (i % BATCH == 0)
				arena_reset(arena);
			rec_init(r, arena);
			failed += parser_parse(p, &in, r, NULL) != OK;
			bytes += in.message.n;
		}
		start = clock_mono() - start;
		if (start < best)
			best = start;
	}
	printf("%-12s %7.0f ns/record %10.0f records/s %7.1f MB/s  mean %zu bytes, %zu failed\n",
	    name, (double)best / RECORDS, RECORDS * 1e9 / (double)best,
	    (double)bytes * 1e3 / (double)best, bytes / RECORDS, failed);
	free(r);
	arena_free(arena);
	parser_free(p);
}

static void
measure_all(const char *name, const char *const *text, size_t n)
{
	VEC(struct str) v = { 0 };

	for (size_t i = 0; i < n; i++)
		VEC_PUSH(&v, str_c(text[i]));
	measure(name, &(struct lines){ v.p, v.n, v.size });
	VEC_FINI(&v);
}

static int
measure_file(const char *path)
{
	VEC(struct str) v = { 0 };
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	struct diag why;

	buf_init(&text, 0);
	if (fs_read(path, (size_t)1 << 30, &text, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		return EXIT_FAILURE;
	}
	rest = buf_view(&text);
	while (str_line(&rest, &line))
		VEC_PUSH(&v, line);
	if (v.n > 0)
		measure(path, &(struct lines){ v.p, v.n, v.size });
	VEC_FINI(&v);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (measure_file(argv[i]) != EXIT_SUCCESS)
			return EXIT_FAILURE;
	}
	if (argc > 1)
		return EXIT_SUCCESS;
	measure_all("access", access_lines, ARRAY_LEN(access_lines));
	measure_all("auth", sshd_lines, ARRAY_LEN(sshd_lines));
	measure_all("json", json_lines, ARRAY_LEN(json_lines));
	return EXIT_SUCCESS;
}
