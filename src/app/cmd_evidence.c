/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* `tocsin evidence`: the events of an alert, or of an address or user, kept in a file of their own.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "alert/affected.h"
#include "alert/alerts.h"
#include "app/args.h"
#include "app/cmd.h"
#include "app/ndjson.h"
#include "app/sqlchild.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/ip.h"

#define AROUND (15 * 60 * CLOCK_S)
#define ROWS_MAX 20000
#define ANSWER_MAX ((size_t)128 << 20)
#define FILE_MAX ((size_t)64 << 20)

struct asked {
	const char *alert, *entity, *from, *to, *name;
	struct datadir dir;
	struct buf where;
	int64_t since, until;
};

/* A text of SQL: whatever stands in it, it ends where we say. */
static void
put_text(struct buf *to, struct str s)
{
	buf_byte(to, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_byte(to, '\'');
		if (s.p[i] != '\0')
			buf_byte(to, s.p[i]);
	}
	buf_byte(to, '\'');
}

static void
put_entity(struct buf *to, struct str name)
{
	static const char *const users[] = { "user_name", "user_email", "user_id" };
	struct ip ip;

	if (ip_parse(name, &ip)) {
		buf_str(to, STR(" OR client_ip = "));
		put_text(to, name);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		buf_printf(to, " OR %s = ", users[i]);
		put_text(to, name);
	}
}

static enum err
on_alert(void *ctx, const struct alerts_row *row)
{
	struct asked *a = ctx;
	struct str set = row->affected, name;
	enum affected_kind kind;
	bool more;

	a->since = row->first - AROUND;
	a->until = row->last + AROUND;
	buf_str(&a->where, STR("seq IN (0"));
	for (size_t i = 0; i < row->n_evidence; i++)
		buf_printf(&a->where, ",%llu", (unsigned long long)row->evidence[i]);
	buf_byte(&a->where, ')');
	while (affected_next(&set, &kind, &name, &more))
		if (!more && (kind == AFFECTED_ADDRESS || kind == AFFECTED_USER))
			put_entity(&a->where, name);
	return OK;
}

static enum err
read_alert(struct asked *a, struct diag *why)
{
	struct alerts *alerts;
	enum err e = alerts_open(a->dir.state, &alerts, why);

	if (e != OK)
		return e;
	e = alerts_get(alerts, str_c(a->alert), on_alert, a, why);
	alerts_close(alerts);
	return e;
}

static enum err
read_span(struct asked *a, struct diag *why)
{
	if (a->entity == NULL || a->from == NULL || a->to == NULL ||
	    !str_i64(str_c(a->from), &a->since) || !str_i64(str_c(a->to), &a->until))
		return err_set(why, FAIL_SYNTAX,
		    "give --alert, or --entity with --from and --to in nanoseconds");
	buf_str(&a->where, STR("false"));
	put_entity(&a->where, str_c(a->entity));
	return OK;
}

static enum err
read_all(int fd, struct buf *to, struct diag *why)
{
	for (;;) {
		char *room = buf_room(to, 65536);
		const ssize_t n = room != NULL ? read(fd, room, 65536) : 0;

		if (room == NULL)
			return err_set(why, FAIL_LIMIT, "there are too many events");
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(why, "cannot read the events");
		if (n == 0)
			return OK;
		buf_added(to, (size_t)n);
	}
}

static enum err
ask(struct asked *a, struct buf *answer, struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	struct sqlchild_ask q = { .format = "json", .timeout = 50 * CLOCK_S, .max_rows = ROWS_MAX };
	enum err e;
	pid_t pid;
	int fd;

	/* An alert by the clock of its events; what was watched by ours. */
	buf_printf(&sql,
	    "SELECT * FROM security_events WHERE %s BETWEEN to_timestamp(%.6f)"
	    " AND to_timestamp(%.6f) AND (%.*s) ORDER BY seq LIMIT %d%c",
	    a->alert != NULL ? "timestamp" : "received_at", (double)a->since / CLOCK_S,
	    (double)a->until / CLOCK_S + 1e-6, STR_ARG(buf_view(&a->where)), ROWS_MAX, '\0');
	q.sql = sql.p;
	e = sqlchild_start(&a->dir, &q, &fd, &pid, why);
	if (e != OK)
		return e;
	e = read_all(fd, answer, why);
	sqlchild_end(fd, pid);
	if (e == OK && !str_starts(buf_view(answer), STR("200 ")))
		e = err_set(why, FAIL_IO, "%.300s", answer->n != 0 ? answer->p : "no answer");
	return e;
}

static enum err
write_file(const struct asked *a, struct str content, char path[DATADIR_PATH], struct diag *why)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	char name[120];
	enum err e;

	for (const char *p = a->name; *p != '\0'; p++)
		if (memchr(ok, *p, sizeof(ok) - 1) == NULL || p - a->name > 80)
			return err_set(why, FAIL_SYNTAX, "--name: a-z, 0-9 and -");
	(void)snprintf(name, sizeof(name), "%s.ndjson", a->name);
	e = fs_mkdirs(a->dir.evidence, why);
	if (e == OK)
		e = fs_join(path, DATADIR_PATH, a->dir.evidence, name);
	return e == OK ? fs_replace(path, content, why) : e;
}

static enum err
keep(struct asked *a, struct diag *why)
{
	auto_buf struct buf answer = { 0 }, lines = { 0 };
	char path[DATADIR_PATH], hex[2 * DIGEST_SIZE + 1];
	uint8_t digest[DIGEST_SIZE];
	uint64_t n = 0;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	buf_init(&lines, FILE_MAX);
	e = ask(a, &answer, why);
	if (e == OK)
		e = ndjson_rows(buf_view(&answer), &lines, &n, why);
	if (e == OK)
		e = write_file(a, buf_view(&lines), path, why);
	if (e != OK)
		return e;
	digest_sha256(buf_view(&lines), digest);
	printf("evidence/%s.ndjson: %llu events%s, sha256 %s\n", a->name, (unsigned long long)n,
	    n == ROWS_MAX ? " (the first)" : "", digest_hex(digest, sizeof(digest), hex));
	return OK;
}

int
cmd_evidence(int argc, char **argv)
{
	struct asked a = { 0 };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "alert", "ID",
		    "events of this alert, and of its users and addresses 15 min around", &a.alert,
		    NULL },
		{ "entity", "NAME", "events of this address or user", &a.entity, NULL },
		{ "from", "NS", "from then, in nanoseconds since 1970", &a.from, NULL },
		{ "to", "NS", "until then", &a.to, NULL },
		{ "name", "NAME", "of the file in DIR/evidence", &a.name, NULL },
	};
	const struct args_spec spec = { "tocsin evidence --alert ID --name NAME [options]",
		"Keeps events in a file of JSON lines, and prints its name and SHA-256.\n"
		"Retention does not touch it.",
		options, ARRAY_LEN(options) };
	struct diag why = { 0 };
	const int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	e = datadir_find(&a.dir, data, config, &why);
	if (e == OK && (n != 0 || a.name == NULL || a.name[0] == '\0'))
		e = err_set(&why, FAIL_SYNTAX, "give --name");
	if (e == OK)
		e = a.alert != NULL ? read_alert(&a, &why) : read_span(&a, &why);
	if (e == OK)
		e = keep(&a, &why);
	buf_fini(&a.where);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
