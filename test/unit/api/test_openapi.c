/* The description of the interface is served, and describes what there is: no less, no more. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openapi.h"

#include "fixture.h"
#include "api/internal.h"
#include "base/arena.h"
#include "base/jsonr.h"

static const struct {
	enum http_method method;
	const char *word;
} methods[] = { { HTTP_GET, "get" }, { HTTP_POST, "post" }, { HTTP_PUT, "put" },
	{ HTTP_DELETE, "delete" } };

static const struct jsonr *
document(struct arena **ret)
{
	const struct jsonr *top;
	struct diag why = { 0 };

	*ret = arena_new((size_t)64 << 20);
	CHECK_OK(jsonr_parse(*ret, (struct str){ (const char *)openapi_text, openapi_text_len },
		     &top, &why),
	    why);
	return top;
}

static const struct jsonr *
operation(const struct jsonr *item, enum http_method method)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (methods[i].method == method)
			return jsonr_get(item, methods[i].word);
	return NULL;
}

TEST(every_route_is_described)
{
	struct arena *a;
	const struct jsonr *paths = jsonr_get(document(&a), "paths");
	size_t n, missing = 0;
	const struct route *all = routes_all(&n);

	for (size_t i = 0; i < n; i++) {
		const struct jsonr *item = jsonr_get(paths, all[i].pattern);
		const struct jsonr *op = operation(item, all[i].method);
		const struct jsonr *answers = jsonr_get(op, "responses");

		if (op != NULL && answers != NULL && answers->n > 1)
			continue;
		missing++;
		fprintf(stderr, "not described: %s of method %d\n", all[i].pattern,
		    (int)all[i].method);
	}
	CHECK_INT(missing, 0);
	arena_free(a);
}

TEST(every_description_has_its_route)
{
	struct arena *a;
	const struct jsonr *paths = jsonr_get(document(&a), "paths");
	size_t n, found = 0;
	const struct route *all = routes_all(&n);

	for (const struct jsonr *item = paths->first; item != NULL; item = item->next) {
		for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
			size_t i = 0;

			if (jsonr_get(item, methods[m].word) == NULL)
				continue;
			while (i < n && (all[i].method != methods[m].method ||
					    !str_eq(str_c(all[i].pattern), item->key)))
				i++;
			if (i == n)
				fprintf(stderr, "no route: %s %.*s\n", methods[m].word,
				    STR_ARG(item->key));
			CHECK(i < n);
			found++;
		}
	}
	CHECK(found > 5);
	arena_free(a);
}

/* Who may call, by the document and by the routes. */
TEST(scopes_agree)
{
	static const struct {
		enum route_scope scope;
		const char *words;
	} scopes[] = { { ROUTE_READ, "Scope: read." }, { ROUTE_INGEST, "Scope: ingest." },
		{ ROUTE_WRITE, "Scope: write." }, { ROUTE_ADMIN, "Scope: admin." } };
	struct arena *a;
	const struct jsonr *paths = jsonr_get(document(&a), "paths");
	size_t n;
	const struct route *all = routes_all(&n);

	for (size_t i = 0; i < n; i++) {
		const struct jsonr *op = operation(jsonr_get(paths, all[i].pattern), all[i].method);
		const struct jsonr *security = jsonr_get(op, "security");
		struct str text = jsonr_text(op, "description", STR(""));

		if (op == NULL)
			continue;
		fprintf(stderr, "%s\n", all[i].pattern);
		CHECK(security != NULL);
		CHECK_INT(security->n, all[i].scope == ROUTE_OPEN ? 0 : 2);
		for (size_t k = 0; k < ARRAY_LEN(scopes); k++)
			CHECK_INT(str_find(text, str_c(scopes[k].words)) >= 0,
			    all[i].scope == scopes[k].scope);
	}
	arena_free(a);
}

TEST(it_is_served_to_everybody)
{
	const char *body;

	fx_start(false);
	CHECK_INT(fx_ask("GET", "/v1/openapi.json", STR(""), &body), 200);
	CHECK_INT(strlen(body), openapi_text_len);
	CHECK(memcmp(body, openapi_text, openapi_text_len) == 0);
	CHECK(strstr(body, "\"openapi\":\"3.1.0\"") != NULL);
	fx_stop();
}
