/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules_test.py */
/* Writes documents in flow style. */
#include "detect/yflow.h"

#include "base/jsonw.h"

void
yflow_quoted(struct str s, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_str(&w, s);
}

static void
put_scalar(const struct ydoc *v, struct buf *to)
{
	if (v->type == YDOC_TEXT)
		yflow_quoted(v->text, to);
	else
		buf_str(to, v->text);
}

void
yflow_put(const struct ydoc *v, const struct ydoc *at, const char *with, struct buf *to)
{
	const char *sep = "";

	if (v == at && with != NULL) {
		buf_str(to, str_c(with));
		return;
	}
	if (v->kind == YDOC_SCALAR) {
		put_scalar(v, to);
		return;
	}
	buf_byte(to, v->kind == YDOC_LIST ? '[' : '{');
	for (const struct ydoc *c = v->first; c != NULL; c = c->next) {
		if (c == at && with == NULL)
			continue;
		buf_str(to, str_c(sep));
		sep = ", ";
		if (v->kind == YDOC_MAP) {
			yflow_quoted(c->key->text, to);
			buf_str(to, STR(": "));
		}
		yflow_put(c, at, with, to);
	}
	buf_byte(to, v->kind == YDOC_LIST ? ']' : '}');
}
