/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/users.py */
/* `tocsin token`: access for programs, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "user/tokens.h"

#define DAY (24 * 3600 * CLOCK_S)
#define DAYS_MAX 3650

struct job {
	struct users *users;
	struct buf out;
	const char *scopes, *days;
};

static void
put_time(struct job *j, int64_t ns, const char *none)
{
	char text[40];

	buf_printf(&j->out, "%-10.10s  ", ns != 0 ? clock_text(ns, text) : none);
}

static enum err
put_row(void *ctx, const struct tokens_row *row)
{
	struct job *j = ctx;
	const char *word;

	buf_printf(&j->out, "%s  ", row->id);
	put_time(j, row->created, "");
	put_time(j, row->expires, "never");
	put_time(j, row->last_used, "-");
	for (size_t i = 0; role_scope_at(row->scopes, i, &word); i++)
		buf_printf(&j->out, "%s%s", i != 0 ? "," : "", word);
	buf_str(&j->out, STR("  "));
	utf8_show(str_c(row->name), &j->out);
	buf_printf(&j->out, "  (%s)\n", row->by);
	return OK;
}

static enum err
do_list(struct job *j, int argc, char **argv, struct diag *why)
{
	(void)argv;
	if (argc != 0)
		return err_set(why, FAIL_SYNTAX, "list takes no operand");
	buf_printf(&j->out, "%-16s  %-10s  %-10s  %-10s  scopes  name  (by)\n", "id", "made",
	    "ends", "last used");
	return tokens_list(j->users, put_row, j, why);
}

static enum err
read_scopes(struct str words, unsigned *ret, struct diag *why)
{
	unsigned one;

	*ret = 0;
	while (words.n != 0) {
		if (!role_scope_find(str_trim(str_until(&words, ',')), &one))
			return err_set(why, FAIL_SYNTAX,
			    "--scopes are read, ingest, write and admin, with commas between");
		*ret |= one;
	}
	return OK;
}

static enum err
do_new(struct job *j, int argc, char **argv, struct diag *why)
{
	const struct passwd *pw = getpwuid(getuid());
	struct tokens_new want = { .by = pw != NULL ? pw->pw_name : "shell" };
	int64_t now = clock_wall();
	char token[SECRET_TOKEN_SIZE];
	struct tokens_row row;
	uint64_t days = 0;
	enum err e;

	if (argc != 1 || j->scopes == NULL)
		return err_set(why, FAIL_SYNTAX, "new takes a name and --scopes");
	want.name = str_c(argv[0]);
	e = read_scopes(str_c(j->scopes), &want.scopes, why);
	if (e == OK && j->days != NULL &&
	    (!str_u64(str_c(j->days), &days) || days == 0 || days > DAYS_MAX))
		e = err_set(why, FAIL_SYNTAX, "--days is 1 to %d", DAYS_MAX);
	want.expires = days != 0 ? now + (int64_t)days * DAY : 0;
	if (e == OK)
		e = tokens_new(j->users, &want, now, token, &row, why);
	if (e != OK)
		return e;
	buf_printf(&j->out, "%s\n", token);
	fprintf(stderr, "The token is shown this once.  To take it back: tocsin token revoke %s\n",
	    row.id);
	return OK;
}

static enum err
do_revoke(struct job *j, int argc, char **argv, struct diag *why)
{
	enum err e = OK;

	if (argc == 0)
		return err_set(why, FAIL_SYNTAX, "give the ids or names of tokens");
	for (int i = 0; i < argc && e == OK; i++)
		e = tokens_revoke(j->users, str_c(argv[i]), why);
	return e;
}

static const struct {
	const char *name;
	enum err (*run)(struct job *j, int argc, char **argv, struct diag *why);
} verbs[] = {
	{ "list", do_list },
	{ "new", do_new },
	{ "revoke", do_revoke },
};

static enum err
run_verb(struct job *j, int argc, char **argv, struct diag *why)
{
	const char *name = argc != 0 ? argv[0] : "list";

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].run(j, argc != 0 ? argc - 1 : 0, argv + 1, why);
	return err_set(why, FAIL_NOT_FOUND, "there is no `token %s`: list, new, revoke", name);
}

int
cmd_token(int argc, char **argv)
{
	struct job j = { 0 };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "scopes", "S", "new: read, ingest, write, admin, with commas between", &j.scopes,
		    NULL },
		{ "days", "N", "new: over after so many days (default: never)", &j.days, NULL },
	};
	const struct args_spec spec = {
		"tocsin token [list | new NAME --scopes S [--days N] | revoke ID...]",
		"Access for programs.  A token is shown once, when it is made.", options,
		ARRAY_LEN(options)
	};
	struct diag why = { 0 };
	int n = args_parse(&spec, argc, argv);
	enum err e;

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	e = cmd_users_open(data, config, &j.users, &why);
	if (e == OK)
		e = run_verb(&j, n, argv, &why);
	if (e == OK)
		e = fs_write_all(STDOUT_FILENO, j.out.p, j.out.n, &why);
	users_close(j.users);
	buf_fini(&j.out);
	return e == OK ? CMD_OK : cmd_fail(&why);
}
