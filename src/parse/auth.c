/* Which reader takes the lines of which program, and the tools they share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/auth.h"

#include "parse/put.h"

struct program {
	struct str name, service;
	bool (*read)(struct rec *r, struct str text);
};

#define PROGRAM(name, service, read)                                                               \
	{                                                                                          \
		{ name, sizeof(name) - 1 }, { service, sizeof(service) - 1 }, read                 \
	}
static const struct program programs[] = {
	PROGRAM("sshd", "sshd", auth_sshd),
	PROGRAM("sshd-session", "sshd", auth_sshd),
	PROGRAM("sshd-auth", "sshd", auth_sshd),
	PROGRAM("sudo", "sudo", auth_sudo),
	PROGRAM("su", "su", auth_su),
	PROGRAM("login", "login", auth_login),
	PROGRAM("systemd-logind", "systemd-logind", auth_logind),
	PROGRAM("useradd", "useradd", auth_users),
	PROGRAM("userdel", "userdel", auth_users),
	PROGRAM("usermod", "usermod", auth_users),
	PROGRAM("groupadd", "groupadd", auth_users),
	PROGRAM("groupdel", "groupdel", auth_users),
	PROGRAM("groupmod", "groupmod", auth_users),
	PROGRAM("gpasswd", "gpasswd", auth_users),
	PROGRAM("passwd", "passwd", auth_users),
	PROGRAM("chpasswd", "chpasswd", auth_users),
	PROGRAM("chage", "chage", auth_users),
	PROGRAM("chfn", "chfn", auth_users),
	PROGRAM("chsh", "chsh", auth_users),
};

static const struct program *
find(struct str app)
{
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		if (str_eq(programs[i].name, app))
			return &programs[i];
	}
	return NULL;
}

bool
auth_knows(struct str app)
{
	return find(app) != NULL;
}

bool
auth_head(struct str *s, struct str head)
{
	if (!str_starts(*s, head))
		return false;
	*s = str_from(*s, head.n);
	return true;
}

bool
auth_tail(struct str *s, struct str tail)
{
	if (!str_ends(*s, tail))
		return false;
	s->n -= tail.n;
	return true;
}

bool
auth_split(struct str *s, struct str sep, struct str *ret_behind)
{
	ptrdiff_t at = str_find(*s, sep);

	if (at < 0)
		return false;
	*ret_behind = str_from(*s, (size_t)at + sep.n);
	s->n = (size_t)at;
	return true;
}

bool
auth_split_last(struct str *s, struct str sep, struct str *ret_behind)
{
	size_t at = s->n < sep.n ? 0 : s->n - sep.n + 1;

	while (at-- > 0) {
		if (s->p[at] == sep.p[0] && memcmp(s->p + at, sep.p, sep.n) == 0) {
			*ret_behind = str_from(*s, at + sep.n);
			s->n = at;
			return true;
		}
	}
	return false;
}

unsigned
auth_count(struct str s, struct str needle)
{
	struct str behind;

	if (!auth_split(&s, needle, &behind))
		return 0;
	return str_find(behind, needle) >= 0 ? 2 : 1;
}

static struct str
last_word(struct str *s)
{
	const char *blank = s->n > 0 ? memrchr(s->p, ' ', s->n) : NULL;
	size_t at = blank != NULL ? (size_t)(blank - s->p) : 0;
	struct str word = str_from(*s, blank != NULL ? at + 1 : 0);

	s->n = at;
	return word;
}

bool
auth_place(struct str s, struct auth_place *ret)
{
	struct str last = last_word(&s), before = s, word = last_word(&s);
	uint64_t port;

	*ret = (struct auth_place){ .before = before, .ip = last };
	if (str_eq(word, STR("port")) && str_u64(last, &port)) {
		ret->ip = last_word(&s);
		ret->port = last;
		ret->before = s;
	}
	return ret->ip.n > 0;
}

void
auth_put_place(struct rec *r, const struct auth_place *place)
{
	put_client(r, place->ip, STR("client_host"));
	if (place->port.n > 0 && rec_has(r, F_CLIENT_IP))
		(void)put_port(r, F_CLIENT_PORT, place->port);
}

bool
auth_match(struct rec *r, const struct auth_rule *rules, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++) {
		const struct auth_rule *rule = &rules[i];

		if (text.n < rule->head.n || text.p[0] != rule->head.p[0] ||
		    memcmp(text.p, rule->head.p, rule->head.n) != 0)
			continue;
		if (rule->read != NULL && !rule->read(r, str_from(text, rule->head.n)))
			continue;
		if (rule->event_type != NULL)
			rec_set_str(r, F_EVENT_TYPE, str_c(rule->event_type));
		return true;
	}
	return false;
}

/* "message repeated 5 times: [ text]" */
static bool
repeated(struct str *text, int64_t *ret_times)
{
	struct str s = *text, behind;

	if (!auth_head(&s, STR("message repeated ")) ||
	    !auth_split(&s, STR(" times: [ "), &behind) || !auth_tail(&behind, STR("]")) ||
	    !str_i64(s, ret_times) || *ret_times < 1)
		return false;
	*text = behind;
	return true;
}

void
auth_apply(struct rec *r, const struct auth_line *line)
{
	const struct program *program = find(line->app);
	struct str text = line->text, service;
	int64_t times = 1;
	bool known;

	if (program == NULL && !str_starts(text, STR("pam_")) && line->module.n == 0)
		return;
	(void)repeated(&text, &times);
	if (auth_pam_line(r, text, &service)) {
		known = true;
	} else if (str_starts(line->module, STR("pam_"))) {
		service = line->app;
		known = auth_pam_old(r, service, text);
	} else if (program != NULL) {
		service = program->service;
		known = program->read(r, text);
	} else {
		return;
	}
	if (known && times > 1)
		rec_set_int(r, F_RECORD_COUNT, times);
	put_logsource(r, STR("linux"), STR("authentication"),
	    program != NULL ? program->service : service);
}
