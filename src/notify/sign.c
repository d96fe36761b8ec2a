/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of webhooks. */
#include "notify/sign.h"

#include "base/base64.h"
#include "base/digest.h"
#include "notify/secret.h"

#define KEY_LEAST 24
#define KEY_MOST 64

/* The next word of *s, or false. */
static bool
next_word(struct str *s, struct str *ret)
{
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n && (s->p[n] == '\0' || strchr(" \t\r\n", s->p[n]) == NULL))
		n++;
	*ret = (struct str){ s->p, n };
	*s = str_from(*s, n);
	return n != 0;
}

static enum err
put_one(struct str word, struct str content, struct buf *to, struct diag *why)
{
	auto_secret struct buf key = { 0 };
	uint8_t mac[DIGEST_SIZE];

	buf_init(&key, 4096);
	(void)buf_room(&key, 4096); /* it never moves, so all of it is wiped */
	if (str_starts(word, STR("whsec_")))
		word = str_from(word, 6);
	if (!base64_get(word, &key) || key.n < KEY_LEAST || key.n > KEY_MOST)
		return err_set(why, FAIL_SYNTAX,
		    "the signing key is no whsec_ and Base64 of %d to %d bytes", KEY_LEAST,
		    KEY_MOST);
	digest_hmac_sha256(buf_view(&key), content, mac);
	buf_str(to, STR("v1,"));
	base64_put((struct str){ (const char *)mac, sizeof(mac) }, to);
	return OK;
}

enum err
sign_put(struct str secret, struct str id, int64_t unix_s, struct str body, struct buf *to,
    struct diag *why)
{
	auto_buf struct buf content = { 0 };
	struct str word;
	size_t n = 0;
	enum err e = OK;

	buf_str(&content, id);
	buf_printf(&content, ".%lld.", (long long)unix_s);
	buf_str(&content, body);
	while (e == OK && next_word(&secret, &word)) {
		if (n++ == SIGN_KEYS_MAX)
			return err_set(why, FAIL_SYNTAX, "more than %d signing keys",
			    SIGN_KEYS_MAX);
		if (n > 1)
			buf_byte(to, ' ');
		e = put_one(word, buf_view(&content), to, why);
	}
	return e == OK && n == 0 ? err_set(why, FAIL_SYNTAX, "there is no signing key") : e;
}
