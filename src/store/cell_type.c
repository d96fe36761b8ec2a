/* The type of a result column, read once before its rows. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_cell.c */

#include <stdlib.h>

#include "base/mem.h"
#include "store/cell_in.h"

#define DEPTH_MAX 12
#define MEMBERS_MAX 1000

static const struct {
	duckdb_type id;
	const char *name;
} names[] = {
	{ DUCKDB_TYPE_BOOLEAN, "BOOLEAN" },
	{ DUCKDB_TYPE_TINYINT, "TINYINT" },
	{ DUCKDB_TYPE_SMALLINT, "SMALLINT" },
	{ DUCKDB_TYPE_INTEGER, "INTEGER" },
	{ DUCKDB_TYPE_BIGINT, "BIGINT" },
	{ DUCKDB_TYPE_UTINYINT, "UTINYINT" },
	{ DUCKDB_TYPE_USMALLINT, "USMALLINT" },
	{ DUCKDB_TYPE_UINTEGER, "UINTEGER" },
	{ DUCKDB_TYPE_UBIGINT, "UBIGINT" },
	{ DUCKDB_TYPE_HUGEINT, "HUGEINT" },
	{ DUCKDB_TYPE_UHUGEINT, "UHUGEINT" },
	{ DUCKDB_TYPE_FLOAT, "FLOAT" },
	{ DUCKDB_TYPE_DOUBLE, "DOUBLE" },
	{ DUCKDB_TYPE_DECIMAL, "DECIMAL" },
	{ DUCKDB_TYPE_VARCHAR, "VARCHAR" },
	{ DUCKDB_TYPE_BLOB, "BLOB" },
	{ DUCKDB_TYPE_DATE, "DATE" },
	{ DUCKDB_TYPE_TIME, "TIME" },
	{ DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP" },
	{ DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S" },
	{ DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS" },
	{ DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS" },
	{ DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE" },
	{ DUCKDB_TYPE_INTERVAL, "INTERVAL" },
	{ DUCKDB_TYPE_UUID, "UUID" },
	{ DUCKDB_TYPE_ENUM, "ENUM" },
	{ DUCKDB_TYPE_SQLNULL, "NULL" },
	{ DUCKDB_TYPE_LIST, "LIST" },
	{ DUCKDB_TYPE_ARRAY, "ARRAY" },
	{ DUCKDB_TYPE_MAP, "MAP" },
	{ DUCKDB_TYPE_STRUCT, "STRUCT" },
};

static const char *
name_of(duckdb_type id)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].id == id)
			return names[i].name;
	return NULL;
}

static enum err type_new(duckdb_logical_type type, unsigned depth, struct cell_type **ret,
    struct diag *why);

static enum err
add_member(struct cell_type *t, duckdb_logical_type type, unsigned depth, struct diag *why)
{
	struct cell_type *member;
	enum err e;

	e = type_new(type, depth + 1, &member, why);
	duckdb_destroy_logical_type(&type);
	if (e != OK)
		return e;
	t->members = mem_resize(t->members, t->n_members + 1, sizeof(struct cell_type *));
	t->members[t->n_members++] = member;
	return OK;
}

static void
add_name(struct cell_type *t, char *name)
{
	t->names = mem_resize(t->names, t->n_names + 1, sizeof(char *));
	t->names[t->n_names++] = mem_dup(name, strlen(name));
	duckdb_free(name);
}

static enum err
add_struct(struct cell_type *t, duckdb_logical_type type, unsigned depth, struct diag *why)
{
	idx_t i, n = duckdb_struct_type_child_count(type);
	enum err e = OK;

	if (n > MEMBERS_MAX)
		return err_set(why, FAIL_LIMIT, "a STRUCT with more than %d members", MEMBERS_MAX);
	for (i = 0; i < n && e == OK; i++) {
		add_name(t, duckdb_struct_type_child_name(type, i));
		e = add_member(t, duckdb_struct_type_child_type(type, i), depth, why);
	}
	return e;
}

static enum err
add_inside(struct cell_type *t, duckdb_logical_type type, unsigned depth, struct diag *why)
{
	idx_t i;
	enum err e;

	switch ((int)t->id) {
	case DUCKDB_TYPE_DECIMAL:
		t->inner = duckdb_decimal_internal_type(type);
		t->width = duckdb_decimal_width(type);
		t->scale = duckdb_decimal_scale(type);
		return OK;
	case DUCKDB_TYPE_ENUM:
		t->inner = duckdb_enum_internal_type(type);
		for (i = 0; i < duckdb_enum_dictionary_size(type) && i < MEMBERS_MAX; i++)
			add_name(t, duckdb_enum_dictionary_value(type, i));
		return OK;
	case DUCKDB_TYPE_LIST:
		return add_member(t, duckdb_list_type_child_type(type), depth, why);
	case DUCKDB_TYPE_ARRAY:
		t->length = duckdb_array_type_array_size(type);
		return add_member(t, duckdb_array_type_child_type(type), depth, why);
	case DUCKDB_TYPE_MAP:
		e = add_member(t, duckdb_map_type_key_type(type), depth, why);
		return e == OK ? add_member(t, duckdb_map_type_value_type(type), depth, why) : e;
	case DUCKDB_TYPE_STRUCT:
		return add_struct(t, type, depth, why);
	default:
		return OK;
	}
}

static enum err
type_new(duckdb_logical_type type, unsigned depth, struct cell_type **ret, struct diag *why)
{
	struct cell_type *t;
	enum err e;

	if (depth > DEPTH_MAX)
		return err_set(why, FAIL_LIMIT, "types nested deeper than %d", DEPTH_MAX);
	t = MEM_NEW(struct cell_type);
	t->id = duckdb_get_type_id(type);
	e = name_of(t->id) != NULL ? add_inside(t, type, depth, why)
				   : err_set(why, FAIL_SYNTAX,
					 "a result of this type has no text: cast it to VARCHAR");
	if (e != OK) {
		cell_type_free(t);
		return e;
	}
	*ret = t;
	return OK;
}

enum err
cell_type_new(duckdb_logical_type type, struct cell_type **ret, struct diag *why)
{
	return type_new(type, 0, ret, why);
}

void
cell_type_free(struct cell_type *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n_names; i++)
		free(t->names[i]);
	for (i = 0; i < t->n_members; i++)
		cell_type_free(t->members[i]);
	free(t->names);
	free(t->members);
	free(t);
}

void
cell_type_name(const struct cell_type *t, struct buf *to)
{
	size_t i;

	switch ((int)t->id) {
	case DUCKDB_TYPE_DECIMAL:
		buf_printf(to, "DECIMAL(%u,%u)", t->width, t->scale);
		return;
	case DUCKDB_TYPE_LIST:
	case DUCKDB_TYPE_ARRAY:
		cell_type_name(t->members[0], to);
		buf_str(to, STR("[]"));
		return;
	case DUCKDB_TYPE_STRUCT:
	case DUCKDB_TYPE_MAP:
		buf_str(to, str_c(name_of(t->id)));
		for (i = 0; i < t->n_members; i++) {
			buf_str(to, i > 0 ? STR(", ") : STR("("));
			buf_str(to, i < t->n_names ? str_c(t->names[i]) : STR(""));
			buf_str(to, i < t->n_names ? STR(" ") : STR(""));
			cell_type_name(t->members[i], to);
		}
		buf_byte(to, ')');
		return;
	default:
		buf_str(to, str_c(name_of(t->id)));
	}
}
