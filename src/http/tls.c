/* A TLS context from two PEM files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <time.h>

#include "base/fs.h"
#include "base/mem.h"

#define FILE_MAX ((size_t)1 << 20)
#define CHAIN_MAX 16

struct tls {
	SSL_CTX *ctx;
	int64_t expires;
};

static const char *
reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text != NULL ? text : "unknown reason";
}

static int
no_password(char *to, int size, int writing, void *asked)
{
	(void)to;
	(void)size;
	(void)writing;
	*(bool *)asked = true;
	return -1;
}

/* http/1.1 when it is offered; else nothing is agreed on, which clients take for HTTP too. */
static int
choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_n, const unsigned char *in,
    unsigned n, void *ctx)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *found;

	(void)ssl;
	(void)ctx;
	if (SSL_select_next_proto(&found, ret_n, ours, sizeof(ours) - 1, in, n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*ret = found;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *
context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
		abort();
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets do */
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return ctx;
}

static int64_t
end_of(const X509 *cert)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

/* The certificates of `bio`: the server's own, then those above it. */
static enum err
use_chain(struct tls *t, const char *path, BIO *bio, struct diag *why)
{
	X509 *cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	int good;

	if (cert == NULL)
		return err_set(why, FAIL_SYNTAX, "%s holds no certificate in PEM", path);
	good = SSL_CTX_use_certificate(t->ctx, cert);
	t->expires = end_of(cert);
	X509_free(cert);
	for (int i = 0; good == 1 && i < CHAIN_MAX; i++) {
		cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		if (cert == NULL)
			break;
		good = SSL_CTX_add1_chain_cert(t->ctx, cert) == 1;
		X509_free(cert);
	}
	if (good != 1)
		return err_set(why, FAIL_SYNTAX, "%s: %s", path, reason());
	return OK;
}

static enum err
use_key(struct tls *t, const char *path, BIO *bio, struct diag *why)
{
	bool asked = false;
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, &asked);
	int good;

	if (key == NULL && asked)
		return err_set(why, FAIL_SYNTAX,
		    "%s: the key is encrypted; it must be without a "
		    "password",
		    path);
	if (key == NULL)
		return err_set(why, FAIL_SYNTAX, "%s holds no private key in PEM", path);
	good = SSL_CTX_use_PrivateKey(t->ctx, key);
	EVP_PKEY_free(key);
	if (good != 1 || SSL_CTX_check_private_key(t->ctx) != 1)
		return err_set(why, FAIL_DENIED, "%s is not the key of the certificate", path);
	return OK;
}

typedef enum err (*use_fn)(struct tls *t, const char *path, BIO *bio, struct diag *why);

/* Reads a file and gives it to `use`; leaves nothing of it in memory. */
static enum err
with_file(struct tls *t, const char *path, use_fn use, struct diag *why)
{
	struct buf text;
	BIO *bio;
	enum err e;

	buf_init(&text, FILE_MAX);
	e = fs_read(path, FILE_MAX, &text, why);
	if (e == OK) {
		bio = BIO_new_mem_buf(text.n != 0 ? text.p : "", (int)text.n);
		if (bio == NULL)
			abort();
		e = use(t, path, bio, why);
		BIO_free(bio);
	}
	if (text.size != 0)
		OPENSSL_cleanse(text.p, text.size);
	buf_fini(&text);
	ERR_clear_error();
	return e;
}

enum err
tls_new(const char *cert, const char *key, struct tls **ret, struct diag *why)
{
	struct tls *t = MEM_NEW(struct tls);
	enum err e;

	t->ctx = context();
	e = with_file(t, cert, use_chain, why);
	if (e == OK)
		e = with_file(t, key, use_key, why);
	if (e == OK)
		*ret = t;
	else
		tls_free(t);
	return e;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

int64_t
tls_expires(const struct tls *t)
{
	return t->expires;
}

struct ssl_st *
tls_accept(const struct tls *t, int fd)
{
	SSL *ssl = SSL_new(t->ctx);

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
		SSL_free(ssl);
		ERR_clear_error();
		return NULL;
	}
	SSL_set_accept_state(ssl);
	return ssl;
}
