/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/fields: what an event has, and the views it can be asked about in. */
/* exports: fields_handle */
/* tested by: test/e2e/rules.py */
#include "api/internal.h"
#include "api/person.h"
#include "rec/field.h"
#include "store/viewlist.h"

static void
put_field(struct jsonw *w, const struct field_info *f)
{
	static const char *const types[] = {
		[FIELD_STR] = "text",
		[FIELD_IP] = "ip",
		[FIELD_INT] = "integer",
		[FIELD_FLOAT] = "number",
		[FIELD_BOOL] = "boolean",
		[FIELD_TIME] = "time",
	};

	jsonw_obj(w);
	jsonw_kstr(w, "name", str_c(f->native));
	jsonw_kstr(w, "column", str_c(f->column));
	jsonw_kstr(w, "ecs", str_c(f->ecs));
	jsonw_kstr(w, "type", str_c(types[f->type]));
	jsonw_kstr(w, "sql", str_c(f->sql));
	jsonw_kstr(w, "doc", str_c(f->doc));
	jsonw_end(w);
}

static void
put_view(struct jsonw *w, const struct viewlist *v)
{
	struct str column;

	jsonw_obj(w);
	jsonw_kstr(w, "name", str_c(v->name));
	jsonw_kstr(w, "doc", str_c(v->doc));
	jsonw_key(w, STR("columns"));
	jsonw_arr(w);
	for (size_t i = 0; (column = viewlist_column(v, i)).n != 0; i++)
		jsonw_str(w, column);
	jsonw_end(w);
	jsonw_end(w);
}

void
fields_handle(void *ctx, struct http *r)
{
	auto_buf struct buf body = { 0 };
	struct jsonw w;

	(void)ctx;
	if (!person_no_query(r))
		return;
	jsonw_init(&w, &body);
	jsonw_obj(&w);
	jsonw_key(&w, STR("fields"));
	jsonw_arr(&w);
	for (int i = 0; i < FIELD_COUNT; i++)
		put_field(&w, field_info((enum field)i));
	jsonw_end(&w);
	jsonw_key(&w, STR("views"));
	jsonw_arr(&w);
	for (size_t i = 0; viewlist_at(i) != NULL; i++)
		put_view(&w, viewlist_at(i));
	jsonw_end(&w);
	jsonw_end(&w);
	http_reply(r, 200, HTTP_JSON, buf_view(&body));
}
