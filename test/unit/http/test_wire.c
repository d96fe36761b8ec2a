/* The same server under TLS: streams, slowness, renewal, and clients that speak something else. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/conn.h"

#include <fcntl.h>
#include <openssl/err.h>

#include "cert.h"
#include "fixture.h"
#include "http/tls.h"

struct secure {
	struct fixture f;
	struct tls *tls;
	SSL_CTX *client;
};

static struct tls *
pair(const char *name)
{
	char cert[64], key[64];
	struct diag why = { 0 };
	struct tls *t;

	cert_pair(name, 3600);
	(void)snprintf(cert, sizeof(cert), "%s.crt", name);
	(void)snprintf(key, sizeof(key), "%s.key", name);
	CHECK_OK(tls_new(cert_path(cert), cert_path(key), &t, &why), why);
	return t;
}

static struct secure
start_tls(struct server_opts o)
{
	struct secure s = { .tls = pair("first"), .client = SSL_CTX_new(TLS_client_method()) };

	o.tls = s.tls;
	s.f = start(o);
	return s;
}

static void
stop_tls(struct secure *s)
{
	stop(&s->f);
	tls_free(s->tls);
	SSL_CTX_free(s->client);
}

/* NULL when no TLS is agreed on. */
static SSL *
meet(struct secure *s, int max_version, const char *ciphers)
{
	SSL *ssl = SSL_new(s->client);

	if (max_version != 0)
		CHECK_INT(SSL_set_max_proto_version(ssl, max_version), 1);
	if (ciphers != NULL)
		CHECK_INT(SSL_set_cipher_list(ssl, ciphers), 1);
	CHECK_INT(SSL_set_fd(ssl, dial(&s->f)), 1);
	if (SSL_connect(ssl) == 1)
		return ssl;
	ERR_clear_error();
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
	return NULL;
}

static void
part(SSL *ssl)
{
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
}

static void
tell(SSL *ssl, const char *text)
{
	CHECK_INT(SSL_write(ssl, text, (int)strlen(text)), (int)strlen(text));
}

/* Everything until the end; whether the server ended it properly. */
static bool
listen_all(SSL *ssl, struct buf *to)
{
	int n;

	for (;;) {
		n = SSL_read(ssl, buf_room(to, 65536), 65536);
		if (n <= 0)
			break;
		buf_added(to, (size_t)n);
	}
	n = SSL_get_error(ssl, n);
	buf_byte(to, '\0');
	part(ssl);
	ERR_clear_error();
	return n == SSL_ERROR_ZERO_RETURN;
}

TEST(requests_are_answered_under_each_version)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct secure s = start_tls((struct server_opts){ 0 });

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		SSL *ssl = meet(&s, versions[i], NULL);
		struct buf got;

		CHECK(ssl != NULL);
		CHECK_INT(SSL_version(ssl), versions[i]);
		tell(ssl, "POST /echo" H "Content-Length: 5\r\n\r\nhello");
		tell(ssl, "GET /later" H "\r\n");
		tell(ssl, "GET /thing/7" H "Connection: close\r\n\r\n");
		buf_init(&got, 0);
		CHECK(listen_all(ssl, &got));
		CHECK(strstr(got.p, "\r\n\r\n5:helloHTTP/1.1 200") != NULL);
		CHECK(strstr(got.p, "\r\n\r\n\"later\"HTTP/1.1 200") != NULL);
		CHECK(strstr(got.p, "\r\n\r\nid=7 q=-") != NULL);
		CHECK(strstr(got.p, "Strict-Transport-Security: max-age=") != NULL);
		buf_fini(&got);
	}
	stop_tls(&s);
}

TEST(old_versions_and_weak_ciphers_are_refused)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	struct server_stats stats;
	SSL *ssl;

	CHECK(meet(&s, TLS1_1_VERSION, "ALL:@SECLEVEL=0") == NULL);
	CHECK(meet(&s, TLS1_2_VERSION, "AES256-SHA:AES128-SHA256") == NULL);
	CHECK(meet(&s, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256") == NULL);
	ssl = meet(&s, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
	CHECK(ssl != NULL);
	part(ssl);
	ssl = meet(&s, TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305");
	CHECK(ssl != NULL);
	part(ssl);
	(void)poll(NULL, 0, 50);
	loop_stop(s.f.loop);
	pthread_join(s.f.thread, NULL);
	server_stats(s.f.server, &stats);
	CHECK_INT(stats.tls_failed, 3);
	CHECK_INT(stats.connections, 0);
	server_free(s.f.server);
	loop_free(s.f.loop);
	auth_free(s.f.auth);
	tls_free(s.tls);
	SSL_CTX_free(s.client);
}

TEST(a_client_renegotiates_in_vain)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	SSL *ssl = meet(&s, TLS1_2_VERSION, NULL);

	CHECK(ssl != NULL);
	CHECK_INT(SSL_renegotiate(ssl), 1);
	CHECK(SSL_do_handshake(ssl) != 1);
	ERR_clear_error();
	part(ssl);
	stop_tls(&s);
}

/* More than fits any buffer, both ways, to a client that reads late. */
TEST(long_streams_and_bodies)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	SSL *ssl = meet(&s, 0, NULL);
	struct buf got, body;
	size_t n = 0;

	buf_init(&got, 0);
	buf_init(&body, 0);
	memset(buf_room(&body, BIG), 'y', BIG);
	buf_added(&body, BIG);
	tell(ssl, "GET /stream" H "\r\n");
	(void)poll(NULL, 0, 100);
	tell(ssl, "POST /echo" H "Connection: close\r\nContent-Length: 4194304\r\n\r\n");
	/* The body is written while the stream is being read: neither side may wait for ever. */
	CHECK_INT(fcntl(SSL_get_fd(ssl), F_SETFL, O_NONBLOCK), 0);
	SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	for (size_t at = 0;;) {
		int r = at < body.n ? SSL_write(ssl, body.p + at, (int)(body.n - at)) : 0;

		at += r > 0 ? (size_t)r : 0;
		r = SSL_read(ssl, buf_room(&got, 65536), 65536);
		if (r > 0)
			buf_added(&got, (size_t)r);
		else if (SSL_get_error(ssl, r) == SSL_ERROR_ZERO_RETURN)
			break;
		else
			(void)poll(NULL, 0, 1);
	}
	buf_byte(&got, '\0');
	for (size_t i = 0; i < got.n; i++)
		n += got.p[i] == 'x';
	CHECK(n >= BIG && n < BIG + 10); /* one in "text/plain", two in headers */
	CHECK(strstr(got.p, "\r\n\r\n4194304:yyyy") != NULL);
	buf_fini(&got);
	buf_fini(&body);
	part(ssl);
	stop_tls(&s);
}

TEST(a_stream_that_is_cut_ends_without_the_word_of_it)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	SSL *ssl = meet(&s, 0, NULL);
	struct buf got;

	buf_init(&got, 0);
	tell(ssl, "GET /cut" H "\r\n");
	CHECK(!listen_all(ssl, &got));
	CHECK(strstr(got.p, "half") != NULL);
	buf_fini(&got);
	stop_tls(&s);
}

TEST(slow_handshakes_and_heads_are_ended)
{
	struct secure s = start_tls((struct server_opts){
	    .head_timeout = 300 * CLOCK_MS, .idle_timeout = 300 * CLOCK_MS });
	static const unsigned char hello[] = { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };
	int64_t begin = clock_mono();
	int silent = dial(&s.f), slow = dial(&s.f);
	SSL *late = meet(&s, 0, NULL), *idle = meet(&s, 0, NULL);
	struct buf got;

	for (size_t i = 0; i < sizeof(hello); i++) {
		say(slow, &hello[i], 1);
		(void)poll(NULL, 0, 50);
	}
	buf_init(&got, 0);
	hear(slow, &got);
	hear(silent, &got);
	tell(idle, "GET /echo" H "\r\n");
	CHECK(listen_all(late, &got));
	CHECK(clock_mono() - begin < 5 * CLOCK_S);
	(void)listen_all(idle, &got);
	CHECK(clock_mono() - begin < 5 * CLOCK_S);
	buf_fini(&got);
	stop_tls(&s);
}

TEST(http_in_the_clear_is_told_so)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	char *answer = ask(&s.f, "GET /echo" H "\r\n");

	CHECK_INT(status_of(answer), 400);
	CHECK(strstr(answer, "this port speaks HTTPS") != NULL);
	free(answer);
	/* Also when the client waits without a word. */
	answer = ask_how(&s.f, "GET /echo" H "\r\n", strlen("GET /echo" H "\r\n"), false);
	CHECK_INT(status_of(answer), 400);
	free(answer);
	answer = ask(&s.f, "\x80\x80\x01 not TLS either \r\n\r\n");
	CHECK(strstr(answer, "HTTP/1.1") == NULL);
	free(answer);
	stop_tls(&s);
}

struct renewal {
	struct server *server;
	const struct tls *tls;
};

static void
renew(void *ctx)
{
	const struct renewal *n = ctx;

	server_tls_set(n->server, n->tls);
}

static void
named(SSL *ssl, char to[64])
{
	X509 *cert = SSL_get1_peer_certificate(ssl);

	CHECK(X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, to, 64) > 0);
	X509_free(cert);
}

TEST(a_new_certificate_leaves_connections_alone)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	SSL *before = meet(&s, 0, NULL), *after;
	struct tls *second = pair("second");
	struct renewal n = { s.f.server, second };
	struct buf got;
	char name[64];

	named(before, name);
	CHECK_STR(name, "first");
	loop_post(s.f.loop, renew, &n);
	(void)poll(NULL, 0, 50);
	after = meet(&s, 0, NULL);
	named(after, name);
	CHECK_STR(name, "second");
	part(after);
	tell(before, "GET /echo" H "Connection: close\r\n\r\n");
	buf_init(&got, 0);
	CHECK(listen_all(before, &got));
	CHECK_INT(status_of(got.p), 200);
	buf_fini(&got);
	/* Off again: HTTP in the clear. */
	n.tls = NULL;
	loop_post(s.f.loop, renew, &n);
	(void)poll(NULL, 0, 50);
	ASK(&s.f, "GET /echo" H "\r\n", 200, NULL);
	tls_free(second);
	stop_tls(&s);
}

/* What TLS has in hand already is no event of the descriptor. */
TEST(many_requests_in_one_record)
{
	struct secure s = start_tls((struct server_opts){ 0 });
	SSL *ssl = meet(&s, 0, NULL);
	struct buf request, got;
	size_t n = 0;

	buf_init(&request, 0);
	buf_init(&got, 0);
	for (; n < 60; n++)
		buf_str(&request, STR("GET /later" H "\r\n"));
	CHECK_INT(SSL_write(ssl, request.p, (int)request.n), (int)request.n);
	tell(ssl, "GET /echo" H "Connection: close\r\n\r\n");
	CHECK(listen_all(ssl, &got));
	for (const char *at = got.p; (at = strstr(at, "\"later\"")) != NULL; at++)
		n--;
	CHECK_INT(n, 0);
	buf_fini(&request);
	buf_fini(&got);
	stop_tls(&s);
}
