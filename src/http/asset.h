/*
 * The pages: files that are part of the program, compressed when it was built.
 * What is no route is looked up here: the file of that path, else the index,
 * whose script finds out what page the path means.
 */
#ifndef HTTP_ASSET_H
#define HTTP_ASSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct http;

struct http_asset {
	const char *path; /* "/index.html", "/assets/index-4f2a.js" */
	const char *type; /* "text/html; charset=utf-8" */
	const char *etag; /* with its quotes: "\"4f2a...\"" */
	const void *gz;   /* gzip */
	size_t n;
	bool immutable; /* the name changes with the content */
};

/* Made by the build from ui/; an empty table without it. */
extern const struct http_asset ui_assets[];
extern const size_t ui_assets_len;

/*
 * What to answer to GET `path` (as sent, without the query); NULL: 404.  Paths of the
 * interface ("/v1/...", "/metrics", "/healthz", "/readyz") are no pages, nor is what is missing
 * below "/assets/".
 */
const struct http_asset *asset_find(const struct http_asset *assets, size_t n, struct str path);

/* Answers with it: 200, or 304 when the client has it. */
void asset_reply(struct http *r, const struct http_asset *a) __attribute__((nonnull));

#endif
