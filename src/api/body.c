/* SPDX-License-Identifier: Apache-2.0 */
/* Small JSON bodies, read by a table. */
#include "api/body.h"

#include "api/internal.h"
#include "parse/json.h"

#define FIELDS_MAX 32

static const char *const words[] = {
	[BODY_TEXT] = "a text",
	[BODY_BOOL] = "true or false",
	[BODY_INT] = "a whole number",
	[BODY_TEXTS] = "a list of texts",
};

static bool
read_texts(const struct json_doc *doc, const struct json_value *v, struct body_texts *to)
{
	struct json_value item = { 0 };

	to->n = 0;
	for (size_t at = v->first;; at = item.next) {
		json_read(doc, at, &item);
		if (item.type == JSON_END)
			return true;
		if (item.type != JSON_TEXT || to->n == BODY_TEXTS_MAX)
			return false;
		to->p[to->n++] = item.s;
	}
}

/* false: it is of another type. */
static bool
take(const struct body_field *f, const struct json_doc *doc, const struct json_value *v)
{
	switch (f->type) {
	case BODY_TEXT:
		if (v->type == JSON_TEXT)
			*(struct str *)f->to = v->s;
		return v->type == JSON_TEXT;
	case BODY_BOOL:
		if (v->type == JSON_BOOL)
			*(bool *)f->to = v->b;
		return v->type == JSON_BOOL;
	case BODY_INT:
		if (v->type == JSON_INT)
			*(int64_t *)f->to = v->i;
		return v->type == JSON_INT;
	case BODY_TEXTS:
		return v->type == JSON_ARRAY && read_texts(doc, v, f->to);
	}
	return false;
}

static enum err
read_member(const struct body_field *fields, size_t n, uint32_t *seen, const struct json_doc *doc,
    struct str key, const struct json_value *v, struct diag *why)
{
	size_t i = 0;

	while (i < n && !str_eq(key, str_c(fields[i].name)))
		i++;
	if (i == n)
		return err_set(why, FAIL_SYNTAX, "%.*s: there is no such member here",
		    (int)(key.n < 64 ? key.n : 64), key.p);
	if ((*seen & 1u << i) != 0)
		return err_set(why, FAIL_SYNTAX, "%s: comes twice", fields[i].name);
	*seen |= 1u << i;
	if (v->type == JSON_NULL && !fields[i].required)
		return OK;
	if (!take(&fields[i], doc, v))
		return err_set(why, FAIL_SYNTAX, "%s: must be %s", fields[i].name,
		    words[fields[i].type]);
	if (fields[i].given != NULL)
		*fields[i].given = true;
	return OK;
}

static enum err
read_object(const struct json_doc *doc, const struct body_field *fields, size_t n, uint32_t *seen,
    struct diag *why)
{
	struct json_value top = { 0 }, key = { 0 }, value = { 0 };
	enum err e = OK;

	json_read(doc, 1, &top);
	if (top.type != JSON_OBJECT)
		return err_set(why, FAIL_SYNTAX, "the body must be a JSON object");
	for (size_t at = top.first; e == OK; at = value.next) {
		json_read(doc, at, &key);
		if (key.type == JSON_END)
			break;
		json_read(doc, key.next, &value);
		e = read_member(fields, n, seen, doc, key.s, &value, why);
	}
	return e;
}

bool
body_read(struct api *a, struct http *r, const struct body_field *fields, size_t n)
{
	struct str text = str_trim(http_body(r));
	struct json_doc doc;
	struct diag why = { 0 };
	uint32_t seen = 0;
	enum err e = OK;

	if (n > FIELDS_MAX)
		n = FIELDS_MAX;
	if (text.n != 0) {
		e = json_parse(a->json, text, &doc, &why);
		if (e == OK && doc.mended)
			e = err_set(&why, FAIL_SYNTAX, "the body is not valid UTF-8");
		if (e == OK)
			e = read_object(&doc, fields, n, &seen, &why);
	}
	for (size_t i = 0; i < n && e == OK; i++)
		if (fields[i].required && (seen & 1u << i) == 0)
			e = err_set(&why, FAIL_SYNTAX, "%s: is missing", fields[i].name);
	if (e != OK)
		http_problem(r, e == FAIL_LIMIT ? 413 : 400, "%s", why.text);
	return e == OK;
}
