/* The MaxMind DB format 2.0: metadata, search tree, data section; all of it is read once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "enrich/mmdb.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "enrich/mmdbval.h"

#define MARKER "\xab\xcd\xefMaxMind.com"
#define METADATA_MAX ((size_t)128 << 10)
#define SEPARATOR 16U /* zeros between tree and data */

struct section {
	struct mmdbval_section in;
	uint8_t *seen; /* 2 bits per offset: 1 being read, 2 good */
	uint64_t work; /* left: overlapping values could make it quadratic */
};

static enum err check_value(struct section *s, size_t at, unsigned depth, size_t *ret_next);

/* What many point to is read once; what leads back to itself is refused. */
static enum err
check_target(struct section *s, size_t at, unsigned depth)
{
	uint8_t *seen = &s->seen[at / 4];
	unsigned shift = (unsigned)(at % 4) * 2, state = *seen >> shift & 3;
	size_t next;
	enum err e;

	if (state == 2)
		return OK;
	if (state == 1)
		return mmdbval_bad(&s->in, at, "a value contains itself");
	*seen |= (uint8_t)(1U << shift);
	e = check_value(s, at, depth, &next);
	*seen = (uint8_t)((*seen & ~(3U << shift)) | 2U << shift);
	return e;
}

static enum err
check_pointer(struct section *s, const struct mmdbval *v, unsigned depth)
{
	struct mmdbval target;
	enum err e = mmdbval_head(&s->in, v->target, &target);

	if (e != OK)
		return e;
	if (target.type == MMDBVAL_POINTER)
		return mmdbval_bad(&s->in, v->target, "a pointer to a pointer");
	return check_target(s, v->target, depth);
}

/* A key is text, or a pointer to text. */
static enum err
check_key(struct section *s, size_t at)
{
	struct mmdbval v;
	enum err e = mmdbval_head(&s->in, at, &v);

	if (e == OK && v.type == MMDBVAL_POINTER)
		e = mmdbval_head(&s->in, v.target, &v);
	if (e != OK)
		return e;
	return v.type == MMDBVAL_TEXT ? OK : mmdbval_bad(&s->in, at, "a key that is no text");
}

static enum err
check_members(struct section *s, const struct mmdbval *v, unsigned depth, size_t *ret_next)
{
	size_t at = v->at;
	enum err e = OK;

	if (depth == MMDB_CHECK_DEPTH_MAX)
		return mmdbval_bad(&s->in, at, "values are nested too deeply");
	for (size_t i = 0; e == OK && i < v->size; i++) {
		if (v->type == MMDBVAL_MAP) {
			e = check_key(s, at);
			if (e == OK)
				e = check_value(s, at, depth + 1, &at);
			if (e != OK)
				return e;
		}
		e = check_value(s, at, depth + 1, &at);
	}
	*ret_next = at;
	return e;
}

static enum err
check_value(struct section *s, size_t at, unsigned depth, size_t *ret_next)
{
	struct mmdbval v;
	enum err e = mmdbval_head(&s->in, at, &v);
	uint64_t cost;

	if (e != OK)
		return e;
	cost = v.type == MMDBVAL_MAP || v.type == MMDBVAL_ARRAY ? 1 : 1 + v.size;
	if (cost > s->work)
		return mmdbval_bad(&s->in, at, "values overlap too much");
	s->work -= cost;
	if (v.type == MMDBVAL_MAP || v.type == MMDBVAL_ARRAY)
		return check_members(s, &v, depth, ret_next);
	if (v.type == MMDBVAL_POINTER && depth == MMDB_CHECK_DEPTH_MAX)
		return mmdbval_bad(&s->in, at, "values are nested too deeply");
	if (v.type == MMDBVAL_POINTER)
		e = check_pointer(s, &v, depth + 1);
	else if (v.type == MMDBVAL_TEXT &&
		 !utf8_valid((struct str){ (const char *)s->in.p + v.at, v.size }))
		e = mmdbval_bad(&s->in, at, "text that is not UTF-8");
	*ret_next = mmdbval_next(&v);
	return e;
}

struct metadata {
	uint64_t node_count, record_size, ip_version, major;
};

static enum err
head_behind_pointer(const struct section *s, size_t at, struct mmdbval *v)
{
	enum err e = mmdbval_head(&s->in, at, v);

	return e == OK && v->type == MMDBVAL_POINTER ? mmdbval_head(&s->in, v->target, v) : e;
}

/* Value of a key in the outermost map; the section is known to be sound. */
static enum err
find_value(struct section *s, const char *name, struct mmdbval *ret)
{
	struct mmdbval map, key;
	size_t at;
	enum err e = mmdbval_head(&s->in, 0, &map);

	if (e != OK || map.type != MMDBVAL_MAP)
		return mmdbval_bad(&s->in, 0, "metadata that is no map");
	at = map.at;
	for (size_t i = 0; i < map.size; i++) {
		e = head_behind_pointer(s, at, &key);
		if (e == OK)
			e = check_value(s, at, 0, &at);
		if (e != OK)
			return e;
		if (str_eq((struct str){ (const char *)s->in.p + key.at, key.size }, str_c(name)))
			return head_behind_pointer(s, at, ret);
		e = check_value(s, at, 0, &at);
		if (e != OK)
			return e;
	}
	return err_set(s->in.why, FAIL_CORRUPT, "not a sound MMDB file: no %s in its metadata",
	    name);
}

static enum err
find_uint(struct section *s, const char *name, uint64_t *ret)
{
	struct mmdbval v;
	enum err e = find_value(s, name, &v);

	if (e != OK)
		return e;
	if (v.type != MMDBVAL_UINT16 && v.type != MMDBVAL_UINT32 && v.type != MMDBVAL_UINT64)
		return mmdbval_bad(&s->in, v.at, "metadata of the wrong type");
	*ret = mmdbval_uint(s->in.p + v.at, v.size);
	return OK;
}

/* Texts alone: the library loses memory over anything else. */
static enum err
check_texts(struct section *s, const char *name, enum mmdbval_type type)
{
	struct mmdbval v, member;
	enum err e = find_value(s, name, &v);
	size_t at, n;

	if (e != OK)
		return e;
	if (v.type != type)
		return mmdbval_bad(&s->in, v.at, "metadata of the wrong type");
	at = v.at;
	n = v.type == MMDBVAL_MAP ? 2 * v.size : v.size;
	if (v.type == MMDBVAL_TEXT)
		return OK;
	for (size_t i = 0; i < n; i++) {
		e = head_behind_pointer(s, at, &member);
		if (e == OK && member.type != MMDBVAL_TEXT)
			e = mmdbval_bad(&s->in, at, "metadata of the wrong type");
		if (e == OK)
			e = check_value(s, at, 0, &at);
		if (e != OK)
			return e;
	}
	return OK;
}

static void
section_init(struct section *s, const uint8_t *p, size_t n, size_t base, struct diag *why)
{
	s->in = (struct mmdbval_section){ p, n, base, why };
	s->seen = mem_zalloc(n / 4 + 1);
	s->work = 16 * (uint64_t)n + 1024;
}

static bool
is_known_kind(const struct metadata *m)
{
	return m->major == 2 && (m->ip_version == 4 || m->ip_version == 6) &&
	       (m->record_size == 24 || m->record_size == 28 || m->record_size == 32);
}

static enum err
check_metadata(struct section *s, struct metadata *m)
{
	enum err e;

	if (s->in.n == 0)
		return mmdbval_bad(&s->in, 0, "empty metadata");
	e = check_target(s, 0, 0);
	if (e == OK)
		e = find_uint(s, "node_count", &m->node_count);
	if (e == OK)
		e = find_uint(s, "record_size", &m->record_size);
	if (e == OK)
		e = find_uint(s, "ip_version", &m->ip_version);
	if (e == OK)
		e = find_uint(s, "binary_format_major_version", &m->major);
	if (e == OK)
		e = check_texts(s, "database_type", MMDBVAL_TEXT);
	if (e == OK)
		e = check_texts(s, "languages", MMDBVAL_ARRAY);
	if (e == OK)
		e = check_texts(s, "description", MMDBVAL_MAP);
	if (e != OK)
		return e;
	if (!is_known_kind(m))
		return err_set(s->in.why, FAIL_CORRUPT, "an MMDB file of a kind that is not known");
	return OK;
}

static void
read_node(const uint8_t *p, uint64_t record_size, uint64_t to[2])
{
	size_t n = (size_t)record_size / 8;

	to[0] = mmdbval_uint(p, n);
	to[1] = mmdbval_uint(p + record_size / 4 - n, n);
	if (record_size == 28) {
		to[0] |= (uint64_t)(p[3] >> 4) << 24;
		to[1] |= (uint64_t)(p[3] & 15) << 24;
	}
}

static enum err
check_tree(const uint8_t *tree, const struct metadata *m, struct section *data)
{
	for (uint64_t i = 0; i < m->node_count; i++) {
		uint64_t record[2];

		read_node(tree + i * m->record_size / 4, m->record_size, record);
		for (unsigned side = 0; side < 2; side++) {
			uint64_t r = record[side];
			enum err e;

			if (r == 0)
				return err_set(data->in.why, FAIL_CORRUPT,
				    "not a sound MMDB file: node %llu leads back to the root",
				    (unsigned long long)i);
			if (r <= m->node_count)
				continue;
			r -= m->node_count;
			if (r < SEPARATOR || r - SEPARATOR >= data->in.n)
				return err_set(data->in.why, FAIL_CORRUPT,
				    "not a sound MMDB file: node %llu leads nowhere",
				    (unsigned long long)i);
			e = check_target(data, (size_t)r - SEPARATOR, 0);
			if (e != OK)
				return e;
		}
	}
	return OK;
}

struct walk {
	const uint8_t *tree;
	const struct metadata *m;
	uint8_t *height; /* of a node plus one: the longest way down from it; 0 not known yet */
};

/* No way down may be longer than an address: so no node leads back to itself. */
static bool
find_height(struct walk *w, uint64_t node, unsigned left)
{
	uint64_t record[2];
	unsigned highest = 0;

	if (w->height[node] != 0)
		return w->height[node] - 1U <= left;
	if (left == 0)
		return false;
	read_node(w->tree + node * w->m->record_size / 4, w->m->record_size, record);
	for (unsigned side = 0; side < 2; side++) {
		if (record[side] >= w->m->node_count)
			continue;
		if (!find_height(w, record[side], left - 1))
			return false;
		if (w->height[record[side]] > highest)
			highest = w->height[record[side]];
	}
	w->height[node] = (uint8_t)((highest == 0 ? 1 : highest) + 1);
	return true;
}

static enum err
check_depth(const uint8_t *tree, const struct metadata *m, struct diag *why)
{
	auto_free uint8_t *height = mem_zalloc((size_t)m->node_count);
	struct walk w = { tree, m, height };

	if (find_height(&w, 0, m->ip_version == 4 ? 32 : 128))
		return OK;
	return err_set(why, FAIL_CORRUPT, "not a sound MMDB file: its search tree has no end");
}

/* Offset behind the last marker; 0 when there is none. */
static size_t
find_metadata(struct str file)
{
	const struct str marker = STR(MARKER);
	size_t least = file.n > METADATA_MAX ? file.n - METADATA_MAX : 0;

	for (size_t at = file.n; at >= least + marker.n; at--)
		if (memcmp(file.p + at - marker.n, marker.p, marker.n) == 0)
			return at;
	return 0;
}

static void
free_seen(struct section *s)
{
	free(s->seen);
}

enum err
mmdb_check(struct str file, struct diag *why)
{
	AUTO(free_seen) struct section meta = { 0 };
	AUTO(free_seen) struct section data = { 0 };
	const uint8_t *p = (const uint8_t *)file.p;
	size_t at = find_metadata(file), end;
	struct metadata m;
	uint64_t tree;
	enum err e;

	if (at == 0)
		return err_set(why, FAIL_CORRUPT, "not an MMDB file");
	end = at - (sizeof(MARKER) - 1);
	section_init(&meta, p + at, file.n - at, at, why);
	e = check_metadata(&meta, &m);
	if (e != OK)
		return e;
	tree = m.node_count > UINT32_MAX ? UINT64_MAX : m.node_count * m.record_size / 4;
	if (m.node_count == 0 || tree > end || end - tree < SEPARATOR)
		return err_set(why, FAIL_CORRUPT,
		    "not a sound MMDB file: its search tree does not fit");
	section_init(&data, p + tree + SEPARATOR, end - (size_t)tree - SEPARATOR,
	    (size_t)tree + SEPARATOR, why);
	e = check_tree(p, &m, &data);
	return e != OK ? e : check_depth(p, &m, why);
}
