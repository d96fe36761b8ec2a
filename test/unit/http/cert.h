/* Certificates for tests, made on the spot. */
#ifndef CERT_H
#define CERT_H

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "test.h"

static inline char *
cert_path(const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *to = paths[next++ % 8];

	(void)snprintf(to, 512, "%s/%s", test_dir(), name);
	return to;
}

/* A key of its own for `key`; a certificate signed by `signer` (NULL: itself). */
static inline X509 *
cert_make(EVP_PKEY *key, const char *name, EVP_PKEY *signer, const char *issuer, long valid)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_NAME_new(), *by = X509_NAME_new();

	(void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
	    -1, -1, 0);
	(void)X509_NAME_add_entry_by_txt(by, "CN", MBSTRING_ASC, (const unsigned char *)issuer, -1,
	    -1, 0);
	CHECK_INT(X509_set_version(x, 2), 1);
	CHECK_INT(ASN1_INTEGER_set(X509_get_serialNumber(x), 7), 1);
	CHECK(X509_gmtime_adj(X509_getm_notBefore(x), -3600 * 24) != NULL);
	CHECK(X509_gmtime_adj(X509_getm_notAfter(x), valid) != NULL);
	CHECK_INT(X509_set_subject_name(x, subject), 1);
	CHECK_INT(X509_set_issuer_name(x, by), 1);
	CHECK_INT(X509_set_pubkey(x, key), 1);
	CHECK(X509_sign(x, signer != NULL ? signer : key, EVP_sha256()) > 0);
	X509_NAME_free(subject);
	X509_NAME_free(by);
	return x;
}

static inline void
cert_write(const char *path, X509 *cert, EVP_PKEY *key, const char *password)
{
	FILE *to = fopen(path, "a");

	CHECK(to != NULL);
	if (cert != NULL)
		CHECK_INT(PEM_write_X509(to, cert), 1);
	if (key != NULL)
		CHECK_INT(PEM_write_PrivateKey(to, key, password != NULL ? EVP_aes_128_cbc() : NULL,
			      (const unsigned char *)password,
			      password != NULL ? (int)strlen(password) : 0, NULL, NULL),
		    1);
	fclose(to);
}

/* NAME.crt and NAME.key of a self-signed certificate for that name. */
static inline void
cert_pair(const char *name, long valid)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = cert_make(key, name, NULL, name, valid);
	char file[64];

	(void)snprintf(file, sizeof(file), "%s.crt", name);
	cert_write(cert_path(file), cert, NULL, NULL);
	(void)snprintf(file, sizeof(file), "%s.key", name);
	cert_write(cert_path(file), NULL, key, NULL);
	X509_free(cert);
	EVP_PKEY_free(key);
}

#endif
