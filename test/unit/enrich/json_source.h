/* The JSON that MMDB test databases are made from: [{"NETWORK": VALUE}, ...], flattened. */
#ifndef UNIT_ENRICH_JSON_SOURCE_H
#define UNIT_ENRICH_JSON_SOURCE_H

#include "base/buf.h"
#include "base/ip.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "test.h"

struct json_leaf {
	char path[128];
	char *text;
};
struct json_item {
	struct ip_net net;
	size_t first, n; /* its leaves */
};
struct json_source {
	struct json_item *p;
	size_t n, size;
	VEC(struct json_leaf) leaves;
	struct str at; /* what is left to read */
};

static inline void
json_source_blank(struct json_source *s)
{
	while (s->at.n != 0 && strchr(" \t\r\n", s->at.p[0]) != NULL)
		s->at = str_from(s->at, 1);
}

static inline char
json_source_peek(struct json_source *s)
{
	json_source_blank(s);
	CHECK(s->at.n != 0);
	return s->at.p[0];
}

static inline bool
json_source_skip(struct json_source *s, char c)
{
	if (json_source_peek(s) != c)
		return false;
	s->at = str_from(s->at, 1);
	return true;
}

static inline char *
json_source_string(struct json_source *s)
{
	struct buf b;

	buf_init(&b, 0);
	CHECK(json_source_skip(s, '"'));
	while (s->at.p[0] != '"') {
		if (s->at.p[0] == '\\') {
			s->at = str_from(s->at, 1);
			CHECK(s->at.p[0] == '"' || s->at.p[0] == '\\' || s->at.p[0] == '/');
		}
		buf_byte(&b, s->at.p[0]);
		s->at = str_from(s->at, 1);
		CHECK(s->at.n != 0);
	}
	s->at = str_from(s->at, 1);
	buf_byte(&b, '\0');
	return b.p;
}

static inline void
json_source_value(struct json_source *s, const char *path)
{
	char inner[128], c = json_source_peek(s);
	char close = c == '{' ? '}' : ']';
	struct json_leaf *leaf;

	if (c == '{' || c == '[') {
		CHECK(json_source_skip(s, c));
		for (unsigned i = 0; !json_source_skip(s, close); i++) {
			char *key = NULL;

			if (i > 0)
				CHECK(json_source_skip(s, ','));
			if (c == '{') {
				key = json_source_string(s);
				CHECK(json_source_skip(s, ':'));
				(void)snprintf(inner, sizeof(inner), "%s%s%s", path,
				    path[0] != '\0' ? "." : "", key);
			} else {
				(void)snprintf(inner, sizeof(inner), "%s.%u", path, i);
			}
			free(key);
			json_source_value(s, inner);
		}
		return;
	}
	leaf = VEC_ADD(&s->leaves);
	(void)snprintf(leaf->path, sizeof(leaf->path), "%s", path);
	if (c == '"') {
		leaf->text = json_source_string(s);
	} else {
		size_t n = 0;

		while (n < s->at.n && strchr(",}] \t\r\n", s->at.p[n]) == NULL)
			n++;
		leaf->text = mem_dup(s->at.p, n);
		s->at = str_from(s->at, n);
	}
}

static inline void
json_source_read(struct json_source *s, struct str text)
{
	s->at = text;
	CHECK(json_source_skip(s, '['));
	for (unsigned i = 0; !json_source_skip(s, ']'); i++) {
		if (i > 0)
			CHECK(json_source_skip(s, ','));
		CHECK(json_source_skip(s, '{'));
		for (unsigned k = 0; !json_source_skip(s, '}'); k++) {
			struct json_item item = { .first = s->leaves.n };
			char *net;

			if (k > 0)
				CHECK(json_source_skip(s, ','));
			net = json_source_string(s);
			CHECK(json_source_skip(s, ':'));
			CHECK(ip_net_parse(str_c(net), &item.net, NULL));
			json_source_value(s, "");
			item.n = s->leaves.n - item.first;
			VEC_PUSH(s, item);
			free(net);
		}
	}
}

/* Text of the leaf of item i at this path; {NULL, 0} when there is none. */
static inline struct str
json_source_get(const struct json_source *s, size_t i, const char *path)
{
	const struct json_item *item = &s->p[i];

	for (size_t k = item->first; k < item->first + item->n; k++)
		if (strcmp(s->leaves.p[k].path, path) == 0)
			return str_c(s->leaves.p[k].text);
	return (struct str){ NULL, 0 };
}

static inline void
json_source_fini(struct json_source *s)
{
	for (size_t i = 0; i < s->leaves.n; i++)
		free(s->leaves.p[i].text);
	VEC_FINI(&s->leaves);
	VEC_FINI(s);
}

#endif
