/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/serve.py */
/* The first access token. */
#include "app/token.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/fs.h"

#define FILE_MAX ((size_t)64 * 1024)
#define TOKEN_BYTES 24

static enum err
make(const char *path, char ret_new[80], struct buf *text, struct diag *why)
{
	uint8_t random[TOKEN_BYTES];
	char hex[2 * TOKEN_BYTES + 1];

	digest_random(random, sizeof(random));
	(void)digest_hex(random, sizeof(random), hex);
	(void)snprintf(ret_new, 80, "toc_%s", hex);
	buf_printf(text,
	    "# One token a line; behind it its scopes: read,ingest,admin (none: all).\n"
	    "%s\n",
	    ret_new);
	return fs_replace(path, buf_view(text), why);
}

enum err
token_load(const char *path, bool create, struct auth *auth, char ret_new[80], struct diag *why)
{
	auto_buf struct buf text = { 0 };
	enum err e;

	ret_new[0] = '\0';
	e = fs_read(path, FILE_MAX, &text, why);
	if (e == FAIL_NOT_FOUND && create)
		e = make(path, ret_new, &text, why);
	if (e != OK)
		return e;
	e = auth_parse(auth, buf_view(&text), why);
	return e == OK ? OK : err_at(why, e, path, why != NULL ? why->line : 0, 0);
}
