/* The table function over rows: columns from the catalogue of fields, rows decoded as they pass. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_rows.c */
/* exports: rows_register */
#include <stdlib.h>

#include "base/utf8.h"
#include "rec/codec.h"
#include "rec/view.h"
#include "store/rows_in.h"

#define COLUMN_SEQ ((idx_t)FIELD_COUNT)
#define COLUMN_EXTRA ((idx_t)FIELD_COUNT + 1)
#define COLUMNS (FIELD_COUNT + 2)
#define ARENA_MAX ((size_t)4 << 20)
#define TEXT_MAX ((size_t)8 << 20)

struct column {
	idx_t id; /* field, COLUMN_SEQ or COLUMN_EXTRA */
	duckdb_type type;
	duckdb_vector vector;
	void *data;
	uint64_t *valid; /* NULL until a row is NULL */
};

struct scan {
	size_t at; /* next row */
	idx_t n;
	struct arena *arena;
	struct buf text;
	struct rec rec;
	struct column columns[];
};

static const struct {
	const char *sql;
	duckdb_type type;
} types[] = {
	{ "VARCHAR", DUCKDB_TYPE_VARCHAR },
	{ "TIMESTAMPTZ", DUCKDB_TYPE_TIMESTAMP_TZ },
	{ "INTEGER", DUCKDB_TYPE_INTEGER },
	{ "BIGINT", DUCKDB_TYPE_BIGINT },
	{ "DOUBLE", DUCKDB_TYPE_DOUBLE },
	{ "BOOLEAN", DUCKDB_TYPE_BOOLEAN },
};

static duckdb_type
type_of(idx_t id)
{
	size_t i;

	if (id == COLUMN_SEQ)
		return DUCKDB_TYPE_UBIGINT;
	if (id == COLUMN_EXTRA)
		return DUCKDB_TYPE_VARCHAR;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(field_info((enum field)id)->sql, types[i].sql) == 0)
			return types[i].type;
	abort(); /* fields.def names a type this table does not */
}

static const char *
name_of(idx_t id)
{
	if (id == COLUMN_SEQ)
		return "seq";
	return id == COLUMN_EXTRA ? "extra" : field_info((enum field)id)->column;
}

static void
scan_bind(duckdb_bind_info info)
{
	const struct rows *t = duckdb_bind_get_extra_info(info);
	duckdb_logical_type type;
	idx_t id;

	for (id = 0; id < COLUMNS; id++) {
		type = duckdb_create_logical_type(type_of(id));
		duckdb_bind_add_result_column(info, name_of(id), type);
		duckdb_destroy_logical_type(&type);
	}
	duckdb_bind_set_cardinality(info, t->rows.n, true);
}

static void
scan_free(void *p)
{
	struct scan *s = p;

	arena_free(s->arena);
	buf_fini(&s->text);
	free(s);
}

static void
scan_init(duckdb_init_info info)
{
	struct scan *s;
	idx_t n, i;

	n = duckdb_init_get_column_count(info);
	s = mem_zalloc(sizeof(*s) + n * sizeof(s->columns[0]));
	s->n = n;
	s->arena = arena_new(ARENA_MAX);
	buf_init(&s->text, TEXT_MAX);
	for (i = 0; i < n; i++) {
		s->columns[i].id = duckdb_init_get_column_index(info, i);
		if (s->columns[i].id < COLUMNS)
			s->columns[i].type = type_of(s->columns[i].id);
	}
	duckdb_init_set_init_data(info, s, scan_free);
	duckdb_init_set_max_threads(info, 1);
}

static void
put_null(struct column *c, idx_t row)
{
	if (c->valid == NULL) {
		duckdb_vector_ensure_validity_writable(c->vector);
		c->valid = duckdb_vector_get_validity(c->vector);
	}
	c->valid[row / 64] &= ~((uint64_t)1 << (row % 64));
	if (c->type == DUCKDB_TYPE_VARCHAR)
		((duckdb_string_t *)c->data)[row] = (duckdb_string_t){ 0 };
}

/* DuckDB's own form of a text, pointing into the payload: that outlives the statement. */
static void
borrow(duckdb_string_t *to, struct str text)
{
	union {
		const char *from;
		char *to;
	} p = { .from = text.p };

	*to = (duckdb_string_t){ 0 };
	if (text.n <= sizeof(to->value.inlined.inlined)) {
		to->value.inlined.length = (uint32_t)text.n;
		if (text.n > 0)
			memcpy(to->value.inlined.inlined, text.p, text.n);
		return;
	}
	to->value.pointer.length = (uint32_t)text.n;
	memcpy(to->value.pointer.prefix, text.p, sizeof(to->value.pointer.prefix));
	to->value.pointer.ptr = p.to;
}

static void
put_text(struct scan *s, struct column *c, idx_t row, struct str text)
{
	if (!utf8_valid(text)) {
		buf_reset(&s->text);
		utf8_mend(text, &s->text);
		duckdb_vector_assign_string_element_len(c->vector, row, s->text.p, s->text.n);
		return;
	}
	borrow(&((duckdb_string_t *)c->data)[row], text);
}

/* A number that does not fit its column is NULL there; the raw line still has it. */
static void
put_number(struct column *c, idx_t row, union rec_value v)
{
	switch ((int)c->type) {
	case DUCKDB_TYPE_BIGINT:
		((int64_t *)c->data)[row] = v.i;
		break;
	case DUCKDB_TYPE_INTEGER:
		if (v.i < INT32_MIN || v.i > INT32_MAX)
			put_null(c, row);
		else
			((int32_t *)c->data)[row] = (int32_t)v.i;
		break;
	case DUCKDB_TYPE_DOUBLE:
		((double *)c->data)[row] = v.f;
		break;
	case DUCKDB_TYPE_BOOLEAN:
		((bool *)c->data)[row] = v.b;
		break;
	default:
		put_null(c, row);
		break;
	}
}

static void
put_extra(struct scan *s, struct column *c, idx_t row)
{
	if (s->rec.n_extra == 0) {
		put_null(c, row);
		return;
	}
	buf_reset(&s->text);
	view_extra(&s->rec, &s->text);
	duckdb_vector_assign_string_element_len(c->vector, row, s->text.p, s->text.n);
}

static void
put(struct scan *s, struct column *c, idx_t row, const struct rows_one *from)
{
	enum field f = (enum field)c->id;

	if (c->id == COLUMN_SEQ)
		((uint64_t *)c->data)[row] = from->seq;
	else if (c->id == COLUMN_EXTRA)
		put_extra(s, c, row);
	else if (f == F_TIMESTAMP)
		((int64_t *)c->data)[row] = from->time;
	else if (f == F_RECEIVED)
		((int64_t *)c->data)[row] = rows_us(rec_int(&s->rec, f, from->received));
	else if (f >= FIELD_NONE || !rec_has(&s->rec, f))
		put_null(c, row);
	else if (c->type == DUCKDB_TYPE_VARCHAR)
		put_text(s, c, row, s->rec.v[f].s);
	else if (c->type == DUCKDB_TYPE_TIMESTAMP_TZ)
		((int64_t *)c->data)[row] = rows_us(s->rec.v[f].i);
	else
		put_number(c, row, s->rec.v[f]);
}

static void
scan_rows(duckdb_function_info info, duckdb_data_chunk out)
{
	const struct rows *t = duckdb_function_get_extra_info(info);
	struct scan *s = duckdb_function_get_init_data(info);
	idx_t i, row, n = duckdb_vector_size();

	if (n > t->rows.n - s->at)
		n = t->rows.n - s->at;
	for (i = 0; i < s->n; i++) {
		struct column *c = &s->columns[i];

		c->vector = duckdb_data_chunk_get_vector(out, i);
		c->data = duckdb_vector_get_data(c->vector);
		c->valid = NULL;
	}
	for (row = 0; row < n; row++) {
		const struct rows_one *from = &t->rows.p[s->at + row];

		arena_reset(s->arena);
		rec_init(&s->rec, s->arena);
		if (codec_decode((struct str){ t->bytes.p + from->at, from->n }, &s->rec, NULL) !=
		    OK)
			rec_init(&s->rec, s->arena); /* rows_add() saw it decode */
		for (i = 0; i < s->n; i++)
			put(s, &s->columns[i], row, from);
	}
	s->at += n;
	duckdb_data_chunk_set_size(out, n);
}

enum err
rows_register(struct duck *d, const char *name, const struct rows *t, struct diag *why)
{
	union {
		const struct rows *tail;
		void *extra;
	} given = { .tail = t };
	duckdb_table_function fn = duckdb_create_table_function();
	duckdb_state state;

	duckdb_table_function_set_name(fn, name);
	duckdb_table_function_set_extra_info(fn, given.extra, NULL);
	duckdb_table_function_set_bind(fn, scan_bind);
	duckdb_table_function_set_init(fn, scan_init);
	duckdb_table_function_set_function(fn, scan_rows);
	duckdb_table_function_supports_projection_pushdown(fn, true);
	state = duckdb_register_table_function(d->conn, fn);
	duckdb_destroy_table_function(&fn);
	return state == DuckDBSuccess
		   ? OK
		   : err_set(why, FAIL_STORE, "DuckDB refuses the table function %s", name);
}
