/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP load: posts NDJSON batches over keep-alive connections, one thread
 * each, and prints events/s and the time from request to durable answer.
 *   bench_load PORT TOKEN SECONDS CONNECTIONS BATCH [EVENTS_PER_SECOND]
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"

#define THREADS_MAX 64
#define BODIES 8 /* different bodies, sent in turn */

struct job {
	uint16_t port;
	const char *token;
	int64_t until, interval; /* ns between the batches of a connection; 0: at once */
	unsigned batch, number;
	struct buf requests[BODIES];
	uint64_t events, busy, failed;
	VEC(int64_t) times;
};

/* An event as an application would send it: about 300 bytes. */
static void
put_event(struct buf *to, unsigned i)
{
	static const char *const paths[] = { "/api/orders", "/api/portfolio", "/api/settings",
		"/api/auth/login" };
	char when[40];

	buf_printf(to,
	    "{\"timestamp\":\"%s\",\"event_id\":\"evt_%08x\",\"event_type\":\"http.request\","
	    "\"severity\":\"INFO\",\"client_ip\":\"198.51.%u.%u\",\"user_email\":\"user%u@example."
	    "com\","
	    "\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\",\"endpoint\":\"%s\","
	    "\"method\":\"GET\",\"status_code\":200,\"request_id\":\"req_%08x\"}\n",
	    clock_text(clock_wall(), when), i * 2654435761u, i / 250 % 250, i % 250, i % 1000,
	    paths[i % 4], i);
}

static void
make_requests(struct job *j)
{
	for (unsigned k = 0; k < BODIES; k++) {
		auto_buf struct buf body = { 0 };

		for (unsigned i = 0; i < j->batch; i++)
			put_event(&body, (j->number * BODIES + k) * j->batch + i);
		buf_printf(&j->requests[k],
		    "POST /v1/events?items=failed HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		    "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    j->token, body.n);
		buf_str(&j->requests[k], buf_view(&body));
	}
}

static int
dial(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		(void)close(fd);
		return -1;
	}
	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Status of the answer, its body read to the end; 0 when the connection broke. */
static int
read_answer(int fd)
{
	char text[8192];
	size_t n = 0, length = 0;

	for (;;) {
		ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);
		char *end, *field;

		if (got <= 0)
			return 0;
		n += (size_t)got;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end == NULL)
			continue;
		field = strcasestr(text, "content-length:");
		if (field != NULL)
			length = strtoul(field + 15, NULL, 10);
		if (n >= (size_t)(end + 4 - text) + length)
			return (int)strtol(text + 9, NULL, 10);
	}
}

static bool
write_all(int fd, struct str s)
{
	while (s.n != 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n <= 0)
			return false;
		s = str_from(s, (size_t)n);
	}
	return true;
}

static void *
run(void *arg)
{
	struct job *j = arg;
	int fd = dial(j->port);
	int64_t next = clock_mono();

	for (unsigned k = 0; fd >= 0 && clock_mono() < j->until; k = (k + 1) % BODIES) {
		int64_t began = clock_mono();
		int status;

		if (began < next) {
			(void)usleep((useconds_t)((next - began) / 1000));
			began = clock_mono();
		}
		next += j->interval;
		if (!write_all(fd, buf_view(&j->requests[k])))
			break;
		status = read_answer(fd);
		if (status == 200) {
			j->events += j->batch;
			VEC_PUSH(&j->times, clock_mono() - began);
		} else if (status == 429) {
			j->busy++;
			(void)usleep(2000);
		} else {
			j->failed++;
			(void)close(fd);
			fd = dial(j->port);
		}
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

static int
by_value(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

int
main(int argc, char **argv)
{
	static struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	unsigned n = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
	double seconds = argc > 3 ? strtod(argv[3], NULL) : 0;
	double rate = argc > 6 ? strtod(argv[6], NULL) : 0;
	uint64_t events = 0, busy = 0, failed = 0;
	VEC(int64_t) times = { 0 };
	int64_t began;

	if (argc < 6 || n == 0 || n > THREADS_MAX) {
		fprintf(stderr, "usage: bench_load PORT TOKEN SECONDS CONNECTIONS BATCH [RATE]\n");
		return 2;
	}
	for (unsigned i = 0; i < n; i++) {
		struct job *j = &jobs[i];

		j->port = (uint16_t)strtoul(argv[1], NULL, 10);
		j->token = argv[2];
		j->batch = (unsigned)strtoul(argv[5], NULL, 10);
		j->number = i;
		j->interval = rate > 0 ? (int64_t)((double)j->batch * n / rate * 1e9) : 0;
		make_requests(j);
	}
	began = clock_mono();
	for (unsigned i = 0; i < n; i++) {
		jobs[i].until = began + (int64_t)(seconds * 1e9);
		if (pthread_create(&threads[i], NULL, run, &jobs[i]) != 0)
			return 2;
	}
	for (unsigned i = 0; i < n; i++) {
		(void)pthread_join(threads[i], NULL);
		events += jobs[i].events;
		busy += jobs[i].busy;
		failed += jobs[i].failed;
		for (size_t k = 0; k < jobs[i].times.n; k++)
			VEC_PUSH(&times, jobs[i].times.p[k]);
	}
	seconds = (double)(clock_mono() - began) / 1e9;
	qsort(times.p, times.n, sizeof(times.p[0]), by_value);
	printf(
	    "{\"events\":%llu,\"seconds\":%.3f,\"events_per_s\":%.0f,\"busy\":%llu,\"failed\":%llu,"
	    "\"ack_p50_ms\":%.2f,\"ack_p99_ms\":%.2f}\n",
	    (unsigned long long)events, seconds, (double)events / seconds, (unsigned long long)busy,
	    (unsigned long long)failed, times.n != 0 ? (double)times.p[times.n / 2] / 1e6 : 0,
	    times.n != 0 ? (double)times.p[times.n * 99 / 100] / 1e6 : 0);
	return failed != 0;
}
