/* Values of DuckDB vectors, written out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cell.h"

#include "base/clock.h"
#include "store/cell_in.h"

bool
cell_is_text(const struct cell_type *t)
{
	return t->id == DUCKDB_TYPE_VARCHAR;
}

static bool
is_null(const struct cell_type *t, duckdb_vector v, idx_t row)
{
	uint64_t *valid = duckdb_vector_get_validity(v);

	return t->id == DUCKDB_TYPE_SQLNULL ||
	       (valid != NULL && !duckdb_validity_row_is_valid(valid, row));
}

static bool
integer(duckdb_type id, const void *data, idx_t row, int64_t *ret)
{
	switch ((int)id) {
	case DUCKDB_TYPE_TINYINT:
		*ret = ((const int8_t *)data)[row];
		return true;
	case DUCKDB_TYPE_SMALLINT:
		*ret = ((const int16_t *)data)[row];
		return true;
	case DUCKDB_TYPE_INTEGER:
		*ret = ((const int32_t *)data)[row];
		return true;
	case DUCKDB_TYPE_BIGINT:
		*ret = ((const int64_t *)data)[row];
		return true;
	case DUCKDB_TYPE_UTINYINT:
		*ret = ((const uint8_t *)data)[row];
		return true;
	case DUCKDB_TYPE_USMALLINT:
		*ret = ((const uint16_t *)data)[row];
		return true;
	case DUCKDB_TYPE_UINTEGER:
		*ret = ((const uint32_t *)data)[row];
		return true;
	default:
		return false;
	}
}

static struct str
text_of(const void *data, idx_t row)
{
	duckdb_string_t *s = &((duckdb_string_t *)(uintptr_t)data)[row];

	return (struct str){ duckdb_string_t_data(s), duckdb_string_t_length(*s) };
}

static duckdb_hugeint
decimal_of(const struct cell_type *t, const void *data, idx_t row)
{
	int64_t i;

	if (!integer(t->inner, data, row, &i))
		return ((const duckdb_hugeint *)data)[row];
	return (duckdb_hugeint){ (uint64_t)i, i < 0 ? -1 : 0 };
}

/* DuckDB's own value, for the types it prints best itself; NULL for others. */
static duckdb_value
value_of(const struct cell_type *t, const void *data, idx_t row)
{
	switch ((int)t->id) {
	case DUCKDB_TYPE_HUGEINT:
		return duckdb_create_hugeint(((const duckdb_hugeint *)data)[row]);
	case DUCKDB_TYPE_UHUGEINT:
		return duckdb_create_uhugeint(((const duckdb_uhugeint *)data)[row]);
	case DUCKDB_TYPE_DECIMAL:
		return duckdb_create_decimal((duckdb_decimal){
		    t->width, t->scale, decimal_of(t, data, row) });
	case DUCKDB_TYPE_DATE:
		return duckdb_create_date(((const duckdb_date *)data)[row]);
	case DUCKDB_TYPE_TIME:
		return duckdb_create_time(((const duckdb_time *)data)[row]);
	case DUCKDB_TYPE_TIMESTAMP:
	case DUCKDB_TYPE_TIMESTAMP_TZ: /* infinity only */
		return duckdb_create_timestamp(((const duckdb_timestamp *)data)[row]);
	case DUCKDB_TYPE_TIMESTAMP_S:
		return duckdb_create_timestamp_s(((const duckdb_timestamp_s *)data)[row]);
	case DUCKDB_TYPE_TIMESTAMP_MS:
		return duckdb_create_timestamp_ms(((const duckdb_timestamp_ms *)data)[row]);
	case DUCKDB_TYPE_TIMESTAMP_NS:
		return duckdb_create_timestamp_ns(((const duckdb_timestamp_ns *)data)[row]);
	case DUCKDB_TYPE_INTERVAL:
		return duckdb_create_interval(((const duckdb_interval *)data)[row]);
	default:
		return NULL;
	}
}

static void
put_value(duckdb_value value, struct buf *to)
{
	char *text;

	if (value == NULL)
		return;
	text = duckdb_get_varchar(value);
	if (text != NULL)
		buf_str(to, str_c(text));
	duckdb_free(text);
	duckdb_destroy_value(&value);
}

static void
put_uuid(duckdb_hugeint u, struct buf *to)
{
	uint64_t high = (uint64_t)u.upper ^ ((uint64_t)1 << 63); /* DuckDB flips it for ordering */

	buf_printf(to, "%08lx-%04lx-%04lx-%04lx-%012lx", high >> 32, (high >> 16) & 0xffff,
	    high & 0xffff, u.lower >> 48, u.lower & 0xffffffffffff);
}

static void
put_enum(const struct cell_type *t, const void *data, idx_t row, struct buf *to)
{
	int64_t i;

	if (integer(t->inner, data, row, &i) && i >= 0 && (size_t)i < t->n_names)
		buf_str(to, str_c(t->names[i]));
}

static void
put_blob(struct str s, struct buf *to)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_printf(to, "\\x%02X", (unsigned char)s.p[i]);
}

/* Types that are text in JSON too. */
static void
put_word(const struct cell_type *t, const void *data, idx_t row, struct buf *to)
{
	int64_t us;

	if (t->id == DUCKDB_TYPE_TIMESTAMP_TZ) {
		us = ((const int64_t *)data)[row];
		if (us > INT64_MIN / 1000 && us < INT64_MAX / 1000) {
			clock_put(us * 1000, to);
			return;
		}
	}
	if (t->id == DUCKDB_TYPE_UUID)
		put_uuid(((const duckdb_hugeint *)data)[row], to);
	else if (t->id == DUCKDB_TYPE_ENUM)
		put_enum(t, data, row, to);
	else if (t->id == DUCKDB_TYPE_BLOB)
		put_blob(text_of(data, row), to);
	else
		put_value(value_of(t, data, row), to);
}

static void
json_list(const struct cell_type *t, duckdb_vector child, idx_t first, idx_t n, struct jsonw *to)
{
	idx_t i;

	jsonw_arr(to);
	for (i = 0; i < n; i++)
		cell_json(t->members[0], child, first + i, to);
	jsonw_end(to);
}

static void
json_map(const struct cell_type *t, duckdb_vector v, duckdb_list_entry entry, struct jsonw *to)
{
	duckdb_vector pairs = duckdb_list_vector_get_child(v);
	duckdb_vector keys = duckdb_struct_vector_get_child(pairs, 0);
	duckdb_vector values = duckdb_struct_vector_get_child(pairs, 1);
	auto_buf struct buf key = { 0 };
	idx_t i;

	buf_init(&key, 0);
	jsonw_obj(to);
	for (i = 0; i < entry.length; i++) {
		buf_reset(&key);
		(void)cell_text(t->members[0], keys, entry.offset + i, &key);
		jsonw_key(to, buf_view(&key));
		cell_json(t->members[1], values, entry.offset + i, to);
	}
	jsonw_end(to);
}

static void
json_struct(const struct cell_type *t, duckdb_vector v, idx_t row, struct jsonw *to)
{
	size_t i;

	jsonw_obj(to);
	for (i = 0; i < t->n_members; i++) {
		jsonw_key(to, str_c(t->names[i]));
		cell_json(t->members[i], duckdb_struct_vector_get_child(v, i), row, to);
	}
	jsonw_end(to);
}

static bool
json_nested(const struct cell_type *t, duckdb_vector v, idx_t row, struct jsonw *to)
{
	duckdb_list_entry *entries = duckdb_vector_get_data(v);

	switch ((int)t->id) {
	case DUCKDB_TYPE_LIST:
		json_list(t, duckdb_list_vector_get_child(v), entries[row].offset,
		    entries[row].length, to);
		return true;
	case DUCKDB_TYPE_ARRAY:
		json_list(t, duckdb_array_vector_get_child(v), row * t->length, t->length, to);
		return true;
	case DUCKDB_TYPE_MAP:
		json_map(t, v, entries[row], to);
		return true;
	case DUCKDB_TYPE_STRUCT:
		json_struct(t, v, row, to);
		return true;
	default:
		return false;
	}
}

static bool
json_number(const struct cell_type *t, const void *data, idx_t row, struct jsonw *to)
{
	const duckdb_hugeint *huge = data;
	int64_t i;

	if (t->id != DUCKDB_TYPE_DECIMAL && integer(t->id, data, row, &i))
		jsonw_int(to, i);
	else if (t->id == DUCKDB_TYPE_UBIGINT)
		jsonw_u64(to, ((const uint64_t *)data)[row]);
	else if (t->id == DUCKDB_TYPE_FLOAT)
		jsonw_f64(to, (double)((const float *)data)[row]);
	else if (t->id == DUCKDB_TYPE_DOUBLE)
		jsonw_f64(to, ((const double *)data)[row]);
	else if (t->id == DUCKDB_TYPE_BOOLEAN)
		jsonw_bool(to, ((const bool *)data)[row]);
	else if (t->id == DUCKDB_TYPE_HUGEINT && huge[row].upper == 0)
		jsonw_u64(to, huge[row].lower);
	else if (t->id == DUCKDB_TYPE_DECIMAL) {
		auto_buf struct buf text = { 0 };

		buf_init(&text, 0);
		put_word(t, data, row, &text);
		jsonw_raw(to, buf_view(&text));
	} else
		return false;
	return true;
}

void
cell_json(const struct cell_type *t, duckdb_vector v, idx_t row, struct jsonw *to)
{
	auto_buf struct buf text = { 0 };
	void *data = duckdb_vector_get_data(v);

	if (is_null(t, v, row)) {
		jsonw_null(to);
		return;
	}
	if (t->id == DUCKDB_TYPE_VARCHAR) {
		jsonw_str(to, text_of(data, row));
		return;
	}
	if (json_nested(t, v, row, to) || json_number(t, data, row, to))
		return;
	buf_init(&text, 0);
	put_word(t, data, row, &text);
	jsonw_str(to, buf_view(&text));
}

bool
cell_text(const struct cell_type *t, duckdb_vector v, idx_t row, struct buf *to)
{
	void *data = duckdb_vector_get_data(v);
	struct jsonw json;

	if (is_null(t, v, row))
		return false;
	if (t->id == DUCKDB_TYPE_VARCHAR) {
		buf_str(to, text_of(data, row));
		return true;
	}
	jsonw_init(&json, to);
	if (!json_nested(t, v, row, &json) && !json_number(t, data, row, &json))
		put_word(t, data, row, to);
	return true;
}
