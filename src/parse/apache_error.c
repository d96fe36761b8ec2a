/*
 * Lines of Apache's error log:
 *   [Sun Dec 04 04:47:44 2005] [notice] [client 192.0.2.1] text
 *   [Sat Nov 21 01:02:03.123456 2026] [core:error] [pid 12:tid 34] [client 192.0.2.1:567] text
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/apache_error.h"

#include "parse/internal.h"
#include "parse/put.h"
#include "parse/time.h"

/* Takes "[...] " off *s; false when it does not start so. */
static bool
bracket(struct str *s, struct str *ret)
{
	const char *end;
	size_t n;

	if (s->n < 2 || s->p[0] != '[' || (end = memchr(s->p, ']', s->n)) == NULL)
		return false;
	n = (size_t)(end - s->p);
	*ret = (struct str){ s->p + 1, n - 1 };
	*s = str_from(*s, n + 1);
	if (s->n > 0 && s->p[0] == ' ')
		*s = str_from(*s, 1);
	return true;
}

static bool
apache_error_sniff(struct str s)
{
	struct str head;
	int64_t ns;

	return s.n > 2 && s.p[0] == '[' && s.p[1] >= 'A' && s.p[1] <= 'Z' && bracket(&s, &head) &&
	       time_ctime(head, 0, &ns) == head.n;
}

static void
put_level(struct rec *r, struct str level)
{
	struct str module = str_until(&level, ':');

	if (level.n == 0)
		level = module;
	else
		put_extra(r, STR("module"), module);
	put_text(r, F_SEVERITY, level);
}

/* The brackets Apache itself writes behind the level; the client comes last of them. */
enum part { PART_TEXT, PART_PROCESS, PART_CLIENT };

static enum part
put_part(struct rec *r, struct str part)
{
	struct str value = part, name = str_until(&value, ' ');

	if (str_eq(name, STR("pid"))) {
		(void)!rec_set_text(r, F_PID, str_until(&value, ':'));
		return PART_PROCESS;
	}
	if (str_eq(name, STR("client")) || str_eq(name, STR("remote"))) {
		put_client(r, value, STR("client_host"));
		return PART_CLIENT;
	}
	return PART_TEXT;
}

static enum err
apache_error_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	struct str s = in->message, part, before;
	enum part kind = PART_PROCESS;
	int64_t ns;

	if (!bracket(&s, &part) || time_ctime(part, p->opts.utc_offset_s, &ns) != part.n)
		return err_set(why, FAIL_SYNTAX, "error line: no [Www Mmm dd hh:mm:ss yyyy]");
	rec_set_int(r, F_TIMESTAMP, ns);
	if (!bracket(&s, &part) || part.n == 0)
		return err_set(why, FAIL_SYNTAX, "error line: no [level] behind the time");
	put_level(r, part);
	for (before = s; kind == PART_PROCESS && bracket(&s, &part);) {
		kind = put_part(r, part);
		if (kind != PART_TEXT)
			before = s;
	}
	put_text(r, F_MESSAGE, before);
	put_text(r, F_ERROR_MESSAGE, before);
	rec_set_str(r, F_EVENT_TYPE, STR("http.error"));
	rec_set_str(r, F_APP, STR("apache"));
	put_logsource(r, STR("apache"), STR("webserver"), STR("error"));
	return OK;
}

const struct format_ops apache_error_format = {
	.name = "apache_error",
	.doc = "error log of Apache 2.0 to 2.4",
	.sniff = apache_error_sniff,
	.parse = apache_error_parse,
};
