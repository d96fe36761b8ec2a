/* Access tokens, kept and compared as digests. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/auth.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/mem.h"
#include "http/route.h"

struct token {
	uint8_t sum[DIGEST_SIZE];
	unsigned scopes;
};

struct auth {
	size_t n;
	struct token tokens[AUTH_TOKENS_MAX];
};

struct auth *
auth_new(void)
{
	return MEM_NEW(struct auth);
}

void
auth_free(struct auth *a)
{
	free(a);
}

static enum err
add_sum(struct auth *a, const uint8_t sum[DIGEST_SIZE], unsigned scopes, struct diag *why)
{
	if (a->n == AUTH_TOKENS_MAX)
		return err_set(why, FAIL_LIMIT, "more than %d tokens", AUTH_TOKENS_MAX);
	memcpy(a->tokens[a->n].sum, sum, DIGEST_SIZE);
	a->tokens[a->n++].scopes = scopes & (unsigned)ROUTE_ALL;
	return OK;
}

enum err
auth_add(struct auth *a, struct str token, unsigned scopes, struct diag *why)
{
	uint8_t sum[DIGEST_SIZE];

	if (token.n < AUTH_TOKEN_MIN || token.n > AUTH_TOKEN_MAX)
		return err_set(why, FAIL_LIMIT, "a token has %d to %d characters", AUTH_TOKEN_MIN,
		    AUTH_TOKEN_MAX);
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] >= 0x7f)
			return err_set(why, FAIL_SYNTAX, "a token is printable ASCII");
	digest_sha256(token, sum);
	return add_sum(a, sum, scopes, why);
}

static bool
scopes_parse(struct str words, unsigned *ret)
{
	static const struct {
		const char *word;
		unsigned scope;
	} table[] = { { "read", ROUTE_READ }, { "ingest", ROUTE_INGEST }, { "write", ROUTE_WRITE },
		{ "admin", ROUTE_ADMIN } };
	unsigned scopes = 0;

	while (words.n != 0) {
		struct str word = str_trim(str_until(&words, ','));
		size_t i = 0;

		while (i < ARRAY_LEN(table) && !str_eq(word, str_c(table[i].word)))
			i++;
		if (i == ARRAY_LEN(table))
			return false;
		scopes |= table[i].scope;
	}
	*ret = scopes != 0 ? scopes : (unsigned)ROUTE_ALL;
	return true;
}

static enum err
parse_line(struct auth *a, struct str line, struct diag *why)
{
	struct str token = str_until(&line, ' ');
	uint8_t sum[DIGEST_SIZE];
	unsigned scopes;

	if (!scopes_parse(str_trim(line), &scopes))
		return err_set(why, FAIL_SYNTAX, "scopes are read, ingest, write and admin");
	if (!str_starts(token, STR("sha256:")))
		return auth_add(a, token, scopes, why);
	if (!digest_unhex(str_from(token, 7), sum, sizeof(sum)))
		return err_set(why, FAIL_SYNTAX, "sha256: needs 64 hexadecimal digits");
	return add_sum(a, sum, scopes, why);
}

enum err
auth_parse(struct auth *a, struct str text, struct diag *why)
{
	struct str line = { "", 0 };

	for (uint32_t number = 1; str_line(&text, &line); number++) {
		enum err e;

		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		e = parse_line(a, line, why);
		if (e != OK)
			return err_at(why, e, NULL, number, 0);
	}
	return OK;
}

/* Value of a base64 digit, -1 for none. */
static int
base64_digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? memchr(digits, c, sizeof(digits) - 1) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* `to` has room for in.n bytes; false when it is not base64. */
static bool
base64_decode(struct str in, char *to, size_t *ret_n)
{
	unsigned bits = 0, held = 0;
	size_t n = 0;

	while (in.n != 0 && in.p[in.n - 1] == '=')
		in.n--;
	for (size_t i = 0; i < in.n; i++) {
		int digit = base64_digit(in.p[i]);

		if (digit < 0)
			return false;
		held = (held << 6 | (unsigned)digit) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[n++] = (char)(held >> bits & 0xff);
		}
	}
	*ret_n = n;
	return true;
}

static unsigned
token_scopes(const struct auth *a, struct str token)
{
	uint8_t sum[DIGEST_SIZE];
	unsigned scopes = 0;

	digest_sha256(token, sum);
	for (size_t i = 0; i < a->n; i++)
		if (digest_equal((struct str){ (const char *)a->tokens[i].sum, DIGEST_SIZE },
			(struct str){ (const char *)sum, DIGEST_SIZE }))
			scopes |= a->tokens[i].scopes;
	return scopes;
}

bool
auth_token(struct str authorization, char plain[AUTH_HEADER_MAX], struct str *ret)
{
	struct str rest = authorization;
	struct str scheme = str_until(&rest, ' ');
	size_t n;

	if (authorization.n > AUTH_HEADER_MAX)
		return false;
	rest = str_trim(rest);
	if (str_eq_nocase(scheme, STR("basic"))) {
		if (!base64_decode(rest, plain, &n))
			return false;
		rest = (struct str){ plain, n };
		(void)str_until(&rest, ':');
	} else if (!str_eq_nocase(scheme, STR("bearer"))) {
		return false;
	}
	*ret = rest;
	return rest.n != 0 && rest.n <= AUTH_TOKEN_MAX;
}

unsigned
auth_scopes(const struct auth *a, struct str authorization)
{
	char plain[AUTH_HEADER_MAX];
	struct str token;

	return auth_token(authorization, plain, &token) ? token_scopes(a, token) : 0;
}
