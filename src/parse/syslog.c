/*
 * Syslog lines, with or without <PRI>:
 *   1 2026-11-21T01:02:03Z host app procid msgid [sd] text   RFC 5424
 *   Nov 21 01:02:03 host tag[pid]: text                      RFC 3164
 *   2026-11-21T01:02:03.123456+00:00 host tag[pid]: text     rsyslog's files
 *   text                                                     Python's SysLogHandler
 * What the program said goes on to parse/auth.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/syslog.h"

#include "parse/auth.h"
#include "parse/internal.h"
#include "parse/put.h"
#include "parse/time.h"

#define PRI_MAX 191
#define TAG_MAX 64
#define BSD_SIZE 15 /* "Nov 21 01:02:03" */

struct tag {
	struct str app, module, pid;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "<34>" */
static bool
take_pri(struct str *s, unsigned *ret)
{
	unsigned pri = 0;
	size_t i = 1;

	if (s->n < 3 || s->p[0] != '<')
		return false;
	for (; i < s->n && i < 4 && is_digit(s->p[i]); i++)
		pri = pri * 10 + (unsigned)(s->p[i] - '0');
	if (i == 1 || i == s->n || s->p[i] != '>' || pri > PRI_MAX || (i > 2 && s->p[1] == '0'))
		return false;
	*s = str_from(*s, i + 1);
	*ret = pri;
	return true;
}

/* Shaped like "Nov 21 01:02:03 "; whether the numbers are right is another question. */
static bool
looks_bsd(struct str s)
{
	return s.n > BSD_SIZE && s.p[3] == ' ' && s.p[6] == ' ' && s.p[9] == ':' &&
	       s.p[12] == ':' && s.p[15] == ' ' && s.p[0] >= 'A' && s.p[0] <= 'S' &&
	       is_digit(s.p[5]);
}

/* "OPEN...CLOSE", short; false only when it is opened and not closed. */
static bool
take_enclosed(struct str *s, char open, char close, struct str *ret)
{
	const char *end;

	if (s->n == 0 || s->p[0] != open)
		return true;
	end = memchr(s->p, close, s->n < TAG_MAX ? s->n : TAG_MAX);
	if (end == NULL)
		return false;
	*ret = (struct str){ s->p + 1, (size_t)(end - s->p) - 1 };
	*s = str_from(*s, ret->n + 2);
	return true;
}

/* Length of a program's name: up to ':', '[', '(' or a blank; 0 when it is none. */
static size_t
app_size(struct str s)
{
	size_t n = 0;

	while (n < s.n && n < TAG_MAX && s.p[n] > ' ' && memchr(":[(", s.p[n], 3) == NULL)
		n++;
	return n < s.n ? n : 0;
}

/*
 * "sshd[123]: ", "sshd(pam_unix)[123]: ", "kernel: "; the colon may be absent
 * behind a pid or the name of a program we know.  False: text without a tag.
 */
static bool
take_tag(struct str *s, struct tag *ret)
{
	struct tag tag = { .app = { s->p, app_size(*s) } };
	struct str rest = str_from(*s, tag.app.n);

	if (tag.app.n == 0 || !take_enclosed(&rest, '(', ')', &tag.module) ||
	    !take_enclosed(&rest, '[', ']', &tag.pid))
		return false;
	if (auth_head(&rest, STR(":"))) {
		(void)auth_head(&rest, STR(" "));
	} else if (rest.n > 0) {
		if (!auth_head(&rest, STR(" ")) || (tag.pid.n == 0 && !auth_knows(tag.app)))
			return false;
	}
	*s = rest;
	*ret = tag;
	return true;
}

/* Does a word that ends in a colon stand here, as a tag does? */
static bool
at_tag(struct str s)
{
	const char *blank = s.n > 0 ? memchr(s.p, ' ', s.n) : NULL;
	struct tag tag;

	if (blank != NULL)
		s.n = (size_t)(blank - s.p);
	return s.n > 1 && s.p[s.n - 1] == ':' && take_tag(&s, &tag) && s.n == 0;
}

static bool
syslog_sniff(struct str s)
{
	unsigned pri;
	int64_t ns;
	size_t n;

	if (s.n == 0)
		return false;
	if (s.p[0] == '<')
		return take_pri(&s, &pri);
	if (!is_digit(s.p[0]))
		return looks_bsd(s) ||
		       (s.n > BSD_SIZE && s.p[3] == ' ' && time_bsd(s, 0, 0, &ns) != 0);
	/* So many things start with an ISO time that a host and a tag must follow. */
	n = time_iso(s, 0, &ns);
	if (n == 0 || n >= s.n || s.p[10] == ' ' || s.p[n] != ' ')
		return false;
	s = str_from(s, n + 1);
	(void)str_until(&s, ' ');
	return at_tag(s);
}

static void
put_tag(struct rec *r, const struct tag *tag)
{
	struct str app = tag->app;
	const char *slash = app.n > 0 && app.p[0] == '/' ? memrchr(app.p, '/', app.n) : NULL;
	int64_t pid;

	if (slash != NULL)
		app = str_from(app, (size_t)(slash - app.p) + 1);
	put_text(r, F_APP, app);
	if (str_i64(tag->pid, &pid) && pid >= 0)
		rec_set_int(r, F_PID, pid);
	else if (tag->pid.n > 0)
		put_extra(r, STR("procid"), tag->pid);
	if (tag->module.n > 0)
		put_extra(r, STR("tag_module"), tag->module);
}

/* "TIME host tag: text" or "TIME tag: text"; false when no time stands there. */
static bool
read_bsd(struct parser *p, const struct parse_in *in, struct rec *r, struct str *s,
    struct tag *ret_tag)
{
	struct str rest;
	int64_t ns;
	size_t n;

	if (s->n > 0 && is_digit(s->p[0]))
		n = time_iso(*s, p->opts.utc_offset_s, &ns);
	else
		n = time_bsd(*s, p->opts.utc_offset_s, in->received, &ns);
	if (n != 0 && n < s->n && s->p[n] == ' ') {
		rec_set_int(r, F_TIMESTAMP, ns);
	} else if (looks_bsd(*s)) {
		n = BSD_SIZE;
		rec_set_str(r, F_TIME_FLAG, STR("bad"));
	} else {
		return false;
	}
	rest = str_from(*s, n + 1);
	if (!at_tag(rest))
		put_text(r, F_HOST, str_until(&rest, ' '));
	if (take_tag(&rest, ret_tag))
		put_tag(r, ret_tag);
	*s = rest;
	return true;
}

/* Joins "id" and "name" to a path in the arena. */
static struct str
join(struct rec *r, struct str id, struct str name)
{
	char *to = arena_bytes(r->arena, id.n + 1 + name.n);

	if (to == NULL) {
		r->cut = true;
		return id;
	}
	memcpy(to, id.p, id.n);
	to[id.n] = '.';
	memcpy(to + id.n + 1, name.p, name.n);
	return (struct str){ to, id.n + 1 + name.n };
}

/* Text up to the closing quote, \" \\ and \] undone; false when there is none. */
static bool
take_value(struct rec *r, struct str *s, struct str *ret)
{
	size_t n = 0, k = 0;
	bool escaped = false;
	char *to;

	for (; n < s->n && s->p[n] != '"'; n++) {
		if (s->p[n] == '\\' && n + 1 < s->n) {
			escaped = true;
			n++;
		}
	}
	if (n >= s->n)
		return false;
	*ret = (struct str){ s->p, n };
	*s = str_from(*s, n + 1);
	if (!escaped || (to = arena_bytes(r->arena, n)) == NULL)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (ret->p[i] == '\\' && i + 1 < n && strchr("\"\\]", ret->p[i + 1]) != NULL)
			i++;
		to[k++] = ret->p[i];
	}
	*ret = (struct str){ to, k };
	return true;
}

/* "[id name="value" ...]" */
static bool
take_element(struct rec *r, struct str *s)
{
	struct str id, name, value;
	size_t n = 1;

	while (n < s->n && s->p[n] > ' ' && s->p[n] != ']' && s->p[n] != '"')
		n++;
	id = (struct str){ s->p + 1, n - 1 };
	*s = str_from(*s, n);
	while (auth_head(s, STR(" "))) {
		name = *s;
		if (!auth_split(&name, STR("=\""), s) || name.n == 0 || name.n > TAG_MAX ||
		    !take_value(r, s, &value))
			return false;
		put_extra(r, join(r, id, name), value);
	}
	return id.n > 0 && auth_head(s, STR("]"));
}

/* "-" or elements, and a blank behind if more comes; false, with *s as it was, when malformed. */
static bool
take_data(struct rec *r, struct str *s)
{
	struct str rest = *s;

	if (!auth_head(&rest, STR("-"))) {
		if (rest.n == 0 || rest.p[0] != '[')
			return false;
		while (rest.n > 0 && rest.p[0] == '[') {
			if (!take_element(r, &rest))
				return false;
		}
	}
	if (rest.n > 0 && !auth_head(&rest, STR(" ")))
		return false;
	*s = rest;
	return true;
}

static struct str
nil(struct str s)
{
	return str_eq(s, STR("-")) ? (struct str){ NULL, 0 } : s;
}

/* Behind "1 " of RFC 5424; false when it is not that after all. */
static bool
read_5424(struct parser *p, struct rec *r, struct str *s, struct tag *ret_tag)
{
	struct str rest = *s, when = str_until(&rest, ' '), host, app, pid, msgid;
	int64_t ns;

	host = str_until(&rest, ' ');
	app = str_until(&rest, ' ');
	pid = str_until(&rest, ' ');
	msgid = str_until(&rest, ' ');
	if (host.n == 0 || app.n == 0 || pid.n == 0 || msgid.n == 0 || rest.n == 0)
		return false;
	if (time_iso(when, p->opts.utc_offset_s, &ns) == when.n && when.n > 0)
		rec_set_int(r, F_TIMESTAMP, ns);
	else if (!str_eq(when, STR("-")))
		return false;
	*ret_tag = (struct tag){ .app = nil(app), .pid = nil(pid) };
	put_text(r, F_HOST, nil(host));
	put_tag(r, ret_tag);
	put_text(r, F_MSGID, nil(msgid));
	(void)take_data(r, &rest);
	(void)auth_head(&rest, STR("\xef\xbb\xbf"));
	*s = rest;
	return true;
}

/* Of a plain message, what its sender thought of it. */
static void
put_priority(struct rec *r, unsigned pri)
{
	static const char *const words[] = { "CRITICAL", "CRITICAL", "CRITICAL", "HIGH", "MEDIUM",
		"LOW", "INFO", "INFO" };

	rec_set_int(r, F_FACILITY, pri / 8);
	rec_set_int(r, F_PRIORITY, pri % 8);
	if (!rec_has(r, F_EVENT_TYPE))
		rec_set_str(r, F_SEVERITY, str_c(words[pri % 8]));
}

static enum err
syslog_parse(struct parser *p, const struct parse_in *in, struct rec *r, struct diag *why)
{
	struct str s = in->message;
	struct tag tag = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	bool marked, headed = false;
	unsigned pri = 0;

	marked = take_pri(&s, &pri);
	if (s.n == 0)
		return err_set(why, FAIL_SYNTAX, "syslog: empty message");
	if (marked && s.n > 2 && s.p[0] == '1' && s.p[1] == ' ') {
		struct str rest = str_from(s, 2);

		headed = read_5424(p, r, &rest, &tag);
		if (headed)
			s = rest;
	}
	if (!headed && !read_bsd(p, in, r, &s, &tag) && take_tag(&s, &tag))
		put_tag(r, &tag);
	if (!rec_has(r, F_HOST))
		put_text(r, F_HOST, in->peer);
	rec_set_str(r, F_MESSAGE, s);
	auth_apply(r, &(struct auth_line){ rec_str(r, F_APP), tag.module, s });
	if (marked)
		put_priority(r, pri);
	if (!rec_has(r, F_EVENT_TYPE))
		rec_set_str(r, F_EVENT_TYPE, STR("log"));
	return OK;
}

const struct format_ops syslog_format = {
	.name = "syslog",
	.doc = "RFC 5424 and RFC 3164, and sshd, PAM, sudo, su, account tools inside",
	.sniff = syslog_sniff,
	.parse = syslog_parse,
};
