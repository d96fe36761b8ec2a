/* Percent-encoding and query strings. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/target.h"

#include "base/digest.h"
#include "base/utf8.h"

enum err
target_decode(struct str raw, bool plus, char *to, struct str *ret, struct diag *why)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '%') {
			if (raw.n - i < 3 || !digest_unhex((struct str){ raw.p + i + 1, 2 }, &c, 1))
				return err_set(why, FAIL_SYNTAX,
				    "%% without two hexadecimal digits");
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return err_set(why, FAIL_SYNTAX, "a NUL is not allowed");
		to[n++] = c;
	}
	if (!utf8_valid((struct str){ to, n }))
		return err_set(why, FAIL_SYNTAX, "text is not UTF-8");
	*ret = (struct str){ to, n };
	return OK;
}

enum err
target_query(struct str raw, char *to, struct target_query *ret, struct diag *why)
{
	size_t n = 0;

	while (raw.n != 0) {
		struct str value = str_until(&raw, '&');
		struct str name = str_until(&value, '=');
		struct target_pair *pair = &ret->pairs[n];
		struct str old;
		enum err e;

		if (name.n == 0 && value.n == 0)
			continue;
		if (n == TARGET_PAIRS_MAX)
			return err_set(why, FAIL_LIMIT, "more than %d parameters",
			    TARGET_PAIRS_MAX);
		e = target_decode(name, true, to, &pair->name, why);
		if (e != OK)
			return e;
		to += pair->name.n;
		e = target_decode(value, true, to, &pair->value, why);
		if (e != OK)
			return e;
		to += pair->value.n;
		ret->n = n;
		if (target_find(ret, pair->name, &old))
			return err_set(why, FAIL_EXISTS, "parameter %.*s is given twice",
			    (int)(pair->name.n < 64 ? pair->name.n : 64), pair->name.p);
		n++;
	}
	ret->n = n;
	return OK;
}

bool
target_find(const struct target_query *q, struct str name, struct str *ret)
{
	for (size_t i = 0; i < q->n; i++) {
		if (str_eq(q->pairs[i].name, name)) {
			*ret = q->pairs[i].value;
			return true;
		}
	}
	return false;
}
