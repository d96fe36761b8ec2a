/* Pages out of the program itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/asset.h"

#include "base/inflate.h"
#include "http/conn.h"

#define ASSETS "/assets/"
#define PLAIN_MAX ((size_t)16 << 20)

/* Is `path` the name of a folder, or below it? */
static bool
below(struct str path, struct str folder)
{
	return str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

const struct http_asset *
asset_find(const struct http_asset *assets, size_t n, struct str path)
{
	static const struct str taken[] = { { "/v1", 3 }, { "/metrics", 8 }, { "/healthz", 8 },
		{ "/readyz", 7 } };
	const struct http_asset *index = NULL;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(path, str_c(assets[i].path)))
			return &assets[i];
		if (strcmp(assets[i].path, "/index.html") == 0)
			index = &assets[i];
	}
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		if (below(path, taken[i]))
			return NULL;
	if (path.n == 0 || path.p[0] != '/' || str_starts(path, STR(ASSETS)))
		return NULL;
	return index;
}

/* Is the client's copy, by If-None-Match, this one? */
static bool
same(struct str known, const char *etag)
{
	while (known.n != 0) {
		struct str one = str_trim(str_until(&known, ','));

		if (str_starts(one, STR("W/")))
			one = str_from(one, 2);
		if (str_eq(one, str_c(etag)) || str_eq(one, STR("*")))
			return true;
	}
	return false;
}

/* For the few who do not take gzip. */
static void
reply_plain(struct http *r, const struct http_asset *a)
{
	auto_buf struct buf plain = { 0 };
	struct diag why = { 0 };

	buf_init(&plain, PLAIN_MAX);
	if (inflate_all((struct str){ a->gz, a->n }, PLAIN_MAX, &plain, &why) == OK)
		http_reply(r, 200, a->type, buf_view(&plain));
	else
		http_problem(r, 500, "this page is damaged");
}

/* Does the client take gzip?  Without a word about it, it is not asked to. */
static bool
takes_gzip(struct str list)
{
	while (list.n != 0) {
		struct str quality = str_trim(str_until(&list, ','));
		struct str coding = str_trim(str_until(&quality, ';'));

		quality = str_trim(quality);
		if (str_eq_nocase(coding, STR("gzip")))
			return !str_eq(quality, STR("q=0"));
	}
	return false;
}

void
asset_reply(struct http *r, const struct http_asset *a)
{
	r->page = true;
	http_add_header(r, "ETag", a->etag);
	http_add_header(r, "Vary", "Accept-Encoding");
	http_add_header(r, "Cache-Control",
	    a->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (same(http_header(r, "If-None-Match"), a->etag)) {
		http_reply(r, 304, a->type, (struct str){ "", 0 });
	} else if (takes_gzip(http_header(r, "Accept-Encoding"))) {
		http_add_header(r, "Content-Encoding", "gzip");
		http_reply(r, 200, a->type, (struct str){ a->gz, a->n });
	} else {
		reply_plain(r, a);
	}
}
