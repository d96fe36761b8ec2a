/* Forms and JSON, read as forgivingly as servers do. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/enrich/test_webattack.c */
#include "enrich/webattack_input.h"

#define NAME_MAX_ 128U

void
webattack_input_form(struct str s, webattack_input_fn fn, void *ctx)
{
	while (s.n != 0) {
		struct str value = str_until(&s, '&'), name = { NULL, 0 };

		if (value.n == 0)
			continue;
		if (memchr(value.p, '=', value.n) != NULL)
			name = str_until(&value, '=');
		if (!fn(ctx, name, value, true))
			return;
	}
}

struct text {
	char p[WEBATTACK_VALUE_MAX];
	size_t n;
};

/* From behind the opening quote past the closing one. */
static void
take_string(struct str *s, struct text *to)
{
	static const char from[] = "nrtbf", is[] = "\n\r\t\b\f";
	size_t i = 0;

	to->n = 0;
	for (; i < s->n && s->p[i] != '"'; i++) {
		char c = s->p[i];
		const char *p;

		if (c == '\\' && i + 1 < s->n) {
			char next = s->p[i + 1];

			p = memchr(from, next, sizeof(from) - 1);
			if (p != NULL || next == '"' || next == '\\' || next == '/') {
				c = p != NULL ? is[p - from] : next;
				i++;
			}
		}
		if (to->n < sizeof(to->p))
			to->p[to->n++] = c;
	}
	*s = str_from(*s, i + 1);
}

static bool
is_member(struct str s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r'))
		i++;
	return i < s.n && s.p[i] == ':';
}

void
webattack_input_json(struct str s, webattack_input_fn fn, void *ctx)
{
	char name[NAME_MAX_];
	struct text text;
	size_t name_n = 0;
	const char *p;

	while (s.n != 0 && (p = memchr(s.p, '"', s.n)) != NULL) {
		bool more;

		s = str_from(s, (size_t)(p - s.p) + 1);
		take_string(&s, &text);
		if (is_member(s)) {
			name_n = text.n < sizeof(name) ? text.n : sizeof(name);
			memcpy(name, text.p, name_n);
			more =
			    fn(ctx, (struct str){ name, name_n }, (struct str){ NULL, 0 }, false);
		} else {
			more = fn(ctx, (struct str){ name, name_n }, (struct str){ text.p, text.n },
			    false);
		}
		if (!more)
			return;
	}
}

void
webattack_input_body(struct str s, webattack_input_fn fn, void *ctx)
{
	struct str head = str_trim(s);
	const char *equals;

	if (head.n == 0)
		return;
	if (head.p[0] == '{' || head.p[0] == '[') {
		webattack_input_json(head, fn, ctx);
		return;
	}
	equals = memchr(head.p, '=', head.n);
	for (const char *p = head.p; equals != NULL && p < equals; p++)
		if (*p == ' ' || *p == '<' || *p == '\n' || *p == '"')
			equals = NULL;
	if (equals != NULL)
		webattack_input_form(head, fn, ctx);
	else
		(void)fn(ctx, (struct str){ NULL, 0 }, s, false);
}
