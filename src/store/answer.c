/* Rows of a result as JSON, CSV or a table. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/answer.h"

#include "base/mem.h"
#include "base/utf8.h"

#define CELL_SHOWN 60 /* characters of a cell in the table form */

static duckdb_vector
vector(duckdb_data_chunk chunk, size_t i)
{
	return duckdb_data_chunk_get_vector(chunk, i);
}

static void
json_begin(struct answer *a)
{
	auto_buf struct buf type = { 0 };
	size_t i;

	buf_init(&type, 0);
	jsonw_init(&a->json, &a->out->body);
	jsonw_obj(&a->json);
	jsonw_key(&a->json, STR("columns"));
	jsonw_arr(&a->json);
	for (i = 0; i < a->n; i++) {
		buf_reset(&type);
		cell_type_name(a->columns[i].type, &type);
		jsonw_obj(&a->json);
		jsonw_kstr(&a->json, "name", str_c(a->columns[i].name));
		jsonw_kstr(&a->json, "type", buf_view(&type));
		jsonw_end(&a->json);
	}
	jsonw_end(&a->json);
	jsonw_key(&a->json, STR("rows"));
	jsonw_arr(&a->json);
}

static void
json_row(struct answer *a, duckdb_data_chunk chunk, idx_t row)
{
	size_t i;

	jsonw_arr(&a->json);
	for (i = 0; i < a->n; i++)
		cell_json(a->columns[i].type, vector(chunk, i), row, &a->json);
	jsonw_end(&a->json);
}

static void
json_end(struct answer *a, const struct answer_end *end)
{
	jsonw_end(&a->json);
	jsonw_kint(&a->json, "row_count", (int64_t)a->rows);
	jsonw_kbool(&a->json, "truncated", end->truncated);
	if (end->behind > 0)
		jsonw_kint(&a->json, "records_left_out", (int64_t)end->behind);
	jsonw_kint(&a->json, "elapsed_ms", end->elapsed_ms);
	jsonw_end(&a->json);
	buf_byte(&a->out->body, '\n');
}

static bool
has_any(struct str s, const char *marks)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && strchr(marks, s.p[i]) != NULL)
			return true;
	return false;
}

/* RFC 4180.  A text that a spreadsheet would take for a formula gets a ' before it. */
static void
csv_put(struct buf *to, struct str s, bool foreign)
{
	bool formula = foreign && s.n > 0 && s.p[0] != '\0' && strchr("=+-@\t\r", s.p[0]) != NULL;
	size_t i;

	if (!has_any(s, ",\"\r\n") && !formula && s.n > 0) {
		buf_str(to, s);
		return;
	}
	buf_byte(to, '"');
	if (formula)
		buf_byte(to, '\'');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_byte(to, '"');
		buf_byte(to, s.p[i]);
	}
	buf_byte(to, '"');
}

static void
csv_begin(struct answer *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (i > 0)
			buf_byte(&a->out->body, ',');
		csv_put(&a->out->body, str_c(a->columns[i].name), true);
	}
	buf_str(&a->out->body, STR("\r\n"));
}

static void
csv_row(struct answer *a, duckdb_data_chunk chunk, idx_t row)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (i > 0)
			buf_byte(&a->out->body, ',');
		buf_reset(&a->text);
		if (cell_text(a->columns[i].type, vector(chunk, i), row, &a->text))
			csv_put(&a->out->body, buf_view(&a->text),
			    cell_is_text(a->columns[i].type));
	}
	buf_str(&a->out->body, STR("\r\n"));
}

static void
csv_end(struct answer *a, const struct answer_end *end)
{
	(void)a;
	(void)end;
}

static size_t
characters(struct str s)
{
	size_t n = 0;
	uint32_t c;

	while (s.n > 0) {
		s = str_from(s, utf8_next(s, &c));
		n++;
	}
	return n;
}

/* Made safe for a terminal, on one line, cut at CELL_SHOWN characters; a NUL ends it. */
static void
table_cell(struct buf *to, struct str s)
{
	auto_buf struct buf safe = { 0 };
	struct str rest;
	size_t n = 0;
	uint32_t c;

	buf_init(&safe, 0);
	utf8_show(s, &safe);
	rest = buf_view(&safe);
	while (rest.n > 0 && n < CELL_SHOWN) {
		rest = str_from(rest, utf8_next(rest, &c));
		n++;
	}
	if (rest.n > 0) {
		buf_put(to, safe.p, safe.n - rest.n);
		buf_str(to, STR("\xe2\x80\xa6"));
	} else {
		buf_str(to, buf_view(&safe));
	}
	buf_byte(to, '\0');
}

static void
table_begin(struct answer *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		table_cell(&a->text, str_c(a->columns[i].name));
}

static void
table_row(struct answer *a, duckdb_data_chunk chunk, idx_t row)
{
	auto_buf struct buf cell = { 0 };
	size_t i;

	buf_init(&cell, 0);
	for (i = 0; i < a->n; i++) {
		buf_reset(&cell);
		(void)cell_text(a->columns[i].type, vector(chunk, i), row, &cell);
		table_cell(&a->text, buf_view(&cell));
	}
}

static void
table_line(struct answer *a, struct str *cells, const size_t *width)
{
	struct str cell;
	size_t i, pad;

	for (i = 0; i < a->n; i++) {
		cell = str_until(cells, '\0');
		buf_str(&a->out->body, cell);
		if (i + 1 == a->n)
			break;
		for (pad = characters(cell); pad < width[i] + 2; pad++)
			buf_byte(&a->out->body, ' ');
	}
	buf_byte(&a->out->body, '\n');
}

static void
table_end(struct answer *a, const struct answer_end *end)
{
	size_t *width = mem_zalloc((a->n + 1) * sizeof(*width));
	struct str cells = buf_view(&a->text);
	uint64_t row;
	size_t i, n;

	for (row = 0; row <= a->rows; row++) {
		for (i = 0; i < a->n; i++) {
			n = characters(str_until(&cells, '\0'));
			if (n > width[i])
				width[i] = n;
		}
	}
	cells = buf_view(&a->text);
	table_line(a, &cells, width);
	for (i = 0; i < a->n; i++)
		for (n = 0; n < width[i] + (i + 1 < a->n ? 2 : 0); n++)
			buf_byte(&a->out->body, n < width[i] ? '-' : ' ');
	buf_byte(&a->out->body, '\n');
	for (row = 0; row < a->rows && !buf_overflow(&a->text); row++)
		table_line(a, &cells, width);
	buf_printf(&a->out->body, "%llu row%s%s\n", (unsigned long long)a->rows,
	    a->rows == 1 ? "" : "s", end->truncated ? " (more were left out)" : "");
	mem_freep(&width);
}

static const struct answer_ops forms[] = {
	{ "json", "application/json", json_begin, json_row, json_end },
	{ "csv", "text/csv; charset=utf-8; header=present", csv_begin, csv_row, csv_end },
	{ "table", "text/plain; charset=utf-8", table_begin, table_row, table_end },
	{ "parquet", "application/vnd.apache.parquet", NULL, NULL, NULL }, /* export.h */
};

const struct answer_ops *
answer_find(struct str name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (str_eq(name, str_c(forms[i].name)))
			return &forms[i];
	return NULL;
}
