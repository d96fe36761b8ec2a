/* GET /v1/openapi.json: the description of this interface. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi.h"

#include <stdio.h>

#include "api/internal.h"
#include "api/person.h"
#include "base/digest.h"

void
openapi_handle(void *ctx, struct http *r)
{
	struct str text = { (const char *)openapi_text, openapi_text_len };
	uint8_t sum[DIGEST_SIZE];
	char hex[17], etag[24];

	(void)ctx;
	if (!person_no_query(r))
		return;
	digest_sha256(text, sum);
	(void)digest_hex(sum, 8, hex);
	(void)snprintf(etag, sizeof(etag), "\"%s\"", hex);
	http_add_header(r, "Cache-Control", "no-cache");
	http_add_header(r, "ETag", etag);
	if (str_eq(http_header(r, "If-None-Match"), str_c(etag)))
		http_reply(r, 304, HTTP_JSON, STR(""));
	else
		http_reply(r, 200, HTTP_JSON, text);
}
