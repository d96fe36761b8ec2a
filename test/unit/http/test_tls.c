/* Reading certificates and keys: what is taken, and what is said about the rest. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls.h"

#include <time.h>

#include "base/str.h"
#include "cert.h"

static void
write_text(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	CHECK(to != NULL);
	fputs(text, to);
	fclose(to);
}

TEST(a_pair_is_taken)
{
	struct diag why = { 0 };
	struct ssl_st *ssl;
	struct tls *t;

	cert_pair("a", 3600);
	CHECK_OK(tls_new(cert_path("a.crt"), cert_path("a.key"), &t, &why), why);
	CHECK(tls_expires(t) > (int64_t)time(NULL) + 3500);
	CHECK(tls_expires(t) <= (int64_t)time(NULL) + 3600);
	ssl = tls_accept(t, 0);
	CHECK(ssl != NULL);
	tls_free(t); /* the connection goes on */
	CHECK(SSL_is_server(ssl));
	SSL_free(ssl);
	tls_free(NULL);
}

TEST(one_file_may_hold_both_and_the_chain)
{
	EVP_PKEY *root = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *above = cert_make(root, "root", NULL, "root", 7200);
	X509 *own = cert_make(key, "leaf", root, "root", 3600);
	struct diag why = { 0 };
	STACK_OF(X509) * chain;
	struct ssl_st *ssl;
	struct tls *t;

	cert_write(cert_path("all.pem"), own, NULL, NULL);
	cert_write(cert_path("all.pem"), above, key, NULL);
	CHECK_OK(tls_new(cert_path("all.pem"), cert_path("all.pem"), &t, &why), why);
	CHECK(tls_expires(t) <= (int64_t)time(NULL) + 3600);
	ssl = tls_accept(t, 0);
	CHECK_INT(SSL_get0_chain_certs(ssl, &chain), 1);
	CHECK_INT(sk_X509_num(chain), 1);
	SSL_free(ssl);
	tls_free(t);
	X509_free(above);
	X509_free(own);
	EVP_PKEY_free(root);
	EVP_PKEY_free(key);
}

/* NAME.weak: an RSA key too short to be used. */
static void
weak_pair(void)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	X509 *cert = cert_make(key, "weak", NULL, "weak", 3600);

	cert_write(cert_path("weak.crt"), cert, NULL, NULL);
	cert_write(cert_path("weak.key"), NULL, key, NULL);
	X509_free(cert);
	EVP_PKEY_free(key);
}

TEST(what_is_wrong_is_said_with_the_file)
{
	static const struct {
		const char *cert, *key;
		enum err e;
		const char *text;
	} cases[] = {
		{ "a.crt", "b.key", FAIL_DENIED, "b.key is not the key of the certificate" },
		{ "a.crt", "none.key", FAIL_NOT_FOUND, "none.key" },
		{ "none.crt", "a.key", FAIL_NOT_FOUND, "none.crt" },
		{ "text", "a.key", FAIL_SYNTAX, "text holds no certificate in PEM" },
		{ "empty", "a.key", FAIL_SYNTAX, "empty holds no certificate in PEM" },
		{ "a.key", "a.key", FAIL_SYNTAX, "a.key holds no certificate in PEM" },
		{ "a.crt", "a.crt", FAIL_SYNTAX, "a.crt holds no private key in PEM" },
		{ "a.crt", "text", FAIL_SYNTAX, "text holds no private key in PEM" },
		{ "a.crt", "locked.key", FAIL_SYNTAX, "locked.key: the key is encrypted" },
		{ "weak.crt", "weak.key", FAIL_SYNTAX, "weak.crt: ee key too small" },
		{ "broken.crt", "a.key", FAIL_SYNTAX, "broken.crt holds no certificate in PEM" },
	};
	EVP_PKEY *key = EVP_EC_gen("P-256");

	cert_pair("a", 3600);
	cert_pair("b", 3600);
	weak_pair();
	write_text(cert_path("text"), "not what you think\n");
	write_text(cert_path("empty"), "");
	write_text(cert_path("broken.crt"),
	    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	cert_write(cert_path("locked.key"), NULL, key, "secret");
	EVP_PKEY_free(key);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct diag why = { 0 };
		struct tls *t = NULL;

		CHECK_INT(tls_new(cert_path(cases[i].cert), cert_path(cases[i].key), &t, &why),
		    cases[i].e);
		fprintf(stderr, "%s\n", why.text);
		CHECK(strstr(why.text, cases[i].text) != NULL);
		CHECK(t == NULL);
	}
}
