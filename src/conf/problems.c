/* All that is wrong with a configuration, for people and for machines. */
/* SPDX-License-Identifier: Apache-2.0 */
/* exports: conf_problems_ */
#include "base/jsonw.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "conf/conf.h"

void
conf_problems_fini(struct conf_problems *ps)
{
	if (ps != NULL)
		VEC_FINI(ps);
}

void
conf_problems_add(struct conf_problems *ps, const struct diag *why)
{
	if (ps->n == CONF_PROBLEMS_MAX)
		ps->cut = true;
	else
		VEC_PUSH(ps, *why);
}

void
conf_problems_text(const struct conf_problems *ps, struct buf *to)
{
	char line[512];

	for (size_t i = 0; i < ps->n; i++) {
		utf8_show(str_c(err_text(&ps->p[i], line, sizeof(line))), to);
		buf_byte(to, '\n');
	}
	if (ps->cut)
		buf_str(to, STR("... and more\n"));
}

void
conf_problems_json(const struct conf_problems *ps, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_obj(&w);
	jsonw_kbool(&w, "ok", ps->n == 0);
	jsonw_key(&w, STR("problems"));
	jsonw_arr(&w);
	for (size_t i = 0; i < ps->n; i++) {
		jsonw_obj(&w);
		jsonw_kstr(&w, "file", str_c(ps->p[i].file));
		jsonw_kint(&w, "line", ps->p[i].line);
		jsonw_kint(&w, "column", ps->p[i].column);
		jsonw_kstr(&w, "text", str_c(ps->p[i].text));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_kbool(&w, "more", ps->cut);
	jsonw_end(&w);
}
