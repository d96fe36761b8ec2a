/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/users.py */
/* exports: cmd_ */
/* `tocsin user`: people who may log in, with or without a running daemon. */
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "base/clock.h"
#include "base/fs.h"
#include "user/invites.h"
#include "user/users.h"

struct job {
	struct users *users;
	struct buf out;
	const char *role;
};

static enum err
put_row(void *ctx, const struct users_row *row)
{
	struct job *j = ctx;
	char created[40], login[40];
	const char *state = row->disabled ? "disabled" : row->ready ? "active" : "invited";

	buf_printf(&j->out, "%-24s  %-9s  %-8s  %.10s  %-19.19s  %llu\n", row->name,
	    role_word(row->role), state, clock_text(row->created, created),
	    row->last_login != 0 ? clock_text(row->last_login, login) : "-",
	    (unsigned long long)row->sessions);
	return OK;
}

static enum err
do_list(struct job *j, int argc, char **argv, struct diag *why)
{
	(void)argv;
	if (argc != 0)
		return err_set(why, FAIL_SYNTAX, "list takes no operand");
	buf_printf(&j->out, "%-24s  %-9s  %-8s  %-10s  %-19s  %s\n", "name", "role", "state",
	    "since", "last login", "sessions");
	return users_list(j->users, clock_wall(), put_row, j, why);
}

/* The user as he shall be: added, or with the role that was asked for. */
static enum err
prepare(struct job *j, struct str name, struct diag *why)
{
	enum role role = ROLE_VIEWER;
	enum err e;

	if (j->role != NULL && !role_find(str_c(j->role), &role))
		return err_set(why, FAIL_SYNTAX, "--role is viewer, analyst, responder or admin");
	e = users_add(j->users, name, role, clock_wall(), why);
	if (e != FAIL_EXISTS)
		return e;
	return j->role != NULL ? users_set(j->users, name, &role, NULL, why) : OK;
}

static enum err
do_invite(struct job *j, int argc, char **argv, struct diag *why)
{
	char secret[SECRET_SIZE], url[512], until[40];
	struct str name = str_c(argc == 1 ? argv[0] : "");
	int64_t expires;
	enum err e = OK;

	if (argc > 1)
		return err_set(why, FAIL_SYNTAX, "invite takes one user name");
	if (argc == 0 && !users_need_admin(j->users))
		return err_set(why, FAIL_SYNTAX, "say whom to invite: tocsin user invite NAME");
	if (argc == 1)
		e = prepare(j, name, why);
	if (e == OK)
		e = invites_new(j->users, name, clock_wall(), secret, &expires, why);
	if (e != OK)
		return e;
	users_fact(j->users, "url", url, sizeof(url));
	buf_printf(&j->out, "%s/welcome#%s\n", url, secret);
	fprintf(stderr, "This link works once, until %.16s UTC.%s\n", clock_text(expires, until),
	    url[0] != '\0' ? "" : "  Put the address of the page before it.");
	return OK;
}

static enum err
disable(struct job *j, bool disabled, int argc, char **argv, struct diag *why)
{
	enum err e = OK;

	if (argc == 0)
		return err_set(why, FAIL_SYNTAX, "give the names of users");
	for (int i = 0; i < argc && e == OK; i++)
		e = users_set(j->users, str_c(argv[i]), NULL, &disabled, why);
	return e;
}

static enum err
do_disable(struct job *j, int argc, char **argv, struct diag *why)
{
	return disable(j, true, argc, argv, why);
}

static enum err
do_enable(struct job *j, int argc, char **argv, struct diag *why)
{
	return disable(j, false, argc, argv, why);
}

static enum err
do_delete(struct job *j, int argc, char **argv, struct diag *why)
{
	struct users_row row;
	enum err e = OK;

	if (argc == 0)
		return err_set(why, FAIL_SYNTAX, "give the names of users");
	for (int i = 0; i < argc && e == OK; i++) {
		e = users_get(j->users, str_c(argv[i]), clock_wall(), &row, why);
		if (e == OK)
			e = users_delete(j->users, str_c(argv[i]), why);
		if (e == OK && row.tokens != 0)
			fprintf(stderr,
			    "%s made %llu access tokens, which go on working:"
			    " tocsin token list\n",
			    row.name, (unsigned long long)row.tokens);
	}
	return e;
}

static const struct {
	const char *name;
	enum err (*run)(struct job *j, int argc, char **argv, struct diag *why);
} verbs[] = {
	{ "list", do_list },
	{ "invite", do_invite },
	{ "disable", do_disable },
	{ "enable", do_enable },
	{ "delete", do_delete },
};

static enum err
run_verb(struct job *j, int argc, char **argv, struct diag *why)
{
	const char *name = argc != 0 ? argv[0] : "list";

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].run(j, argc != 0 ? argc - 1 : 0, argv + 1, why);
	return err_set(why, FAIL_NOT_FOUND,
	    "there is no `user %s`: list, invite, disable, enable, delete", name);
}

enum err
cmd_users_open(const char *data, const char *config, struct users **ret, struct diag *why)
{
	struct datadir dir;
	struct stat st;
	const struct passwd *pw;
	enum err e = datadir_find(&dir, data, config, why);

	if (e != OK)
		return e;
	if (stat(dir.dir, &st) != 0)
		return err_sys(why, "%s", dir.dir);
	pw = getpwuid(st.st_uid);
	/* Files that root made there would be closed to the daemon. */
	if (st.st_uid != geteuid())
		return err_set(why, FAIL_DENIED, "%.100s is of user %s: run this as that user",
		    dir.dir, pw != NULL ? pw->pw_name : "unknown");
	return users_open(dir.users, ret, why);
}

int
cmd_user(int argc, char **argv)
{
	struct job j = { 0 };
	const char *data = NULL, *config = NULL;
	const struct args_option options[] = {
		{ "data", "DIR", "data folder (default: data_dir of the configuration)", &data,
		    NULL },
		{ "config", "FILE", "configuration that names the data folder", &config, NULL },
		{ "role", "R", "invite: viewer (default), analyst, responder, admin", &j.role,
		    NULL },
	};
	const struct args_spec spec = {
		"tocsin user [list | invite [NAME] [--role R] | disable NAME... | enable NAME... |"
		" delete NAME...]",
		"People who may log in.  invite adds the user if need be and prints a link, which\n"
		"works once, to set a password (anew); without a name, the link for the first "
		"admin.",
		options, ARRAY_LEN(options)
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
