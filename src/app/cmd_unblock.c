/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/enforce.py */
/* `tocsin unblock`: out of the database and out of the kernel, whoever else runs or not. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "app/args.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/nftrun.h"
#include "base/clock.h"
#include "respond/guard.h"
#include "respond/kernel.h"
#include "respond/leases.h"

struct seek { /* elements of the kernel that have the address */
	struct ip_net net;
	struct buf script;
	unsigned n;
};

static void
on_item(void *ctx, const struct kernel_item *item)
{
	struct seek *s = ctx;

	if (!ip_net_has(&item->net, &s->net.ip) && !ip_net_has(&s->net, &item->net.ip))
		return;
	kernel_put_gone(&s->script, item);
	s->n++;
}

/* Says what it did; false when it could not look. */
static bool
from_kernel(const struct ip_net *net)
{
	struct seek s = { .net = *net };
	auto_buf struct buf listed = { 0 };
	struct diag why = { 0 };
	enum err e = nftrun_list(&listed, &why);

	if (e == OK)
		e = kernel_read(buf_view(&listed), on_item, &s, &why);
	if (e == OK && s.n != 0)
		e = nftrun_script(buf_view(&s.script), &why);
	buf_fini(&s.script);
	if (e == OK)
		printf("kernel: %u taken out\n", s.n);
	else
		printf("kernel: %s\n", why.text);
	return e == OK;
}

struct found {
	const struct ip_net *net;
	int64_t ids[64];
	size_t n;
};

static enum err
on_lease(void *ctx, const struct lease *row)
{
	struct found *f = ctx;
	struct ip_net net;

	if (deed_by(row->deed) == DEED_BY_GATE && ip_net_parse(row->entity, &net, NULL) &&
	    (ip_net_has(&net, &f->net->ip) || ip_net_has(f->net, &net.ip)) &&
	    f->n < ARRAY_LEN(f->ids))
		f->ids[f->n++] = row->id;
	return OK;
}

static bool
from_database(const char *path, const struct ip_net *net, const char *by)
{
	const struct leases_filter living = {
		.states = 1U << LEASE_ACTIVE | 1U << LEASE_PROPOSED | 1U << LEASE_DRY_RUN,
	};
	struct found f = { .net = net };
	struct leases *l = NULL;
	struct diag why = { 0 };
	enum err e = access(path, F_OK) == 0
			 ? leases_open(path, &l, &why)
			 : err_set(&why, FAIL_NOT_FOUND, "there is no %s", path);

	if (e == OK)
		e = leases_list(l, &living, on_lease, &f, &why);
	for (size_t i = 0; i < f.n && e == OK; i++)
		e = leases_change(l, f.ids[i], LEASE_UNDONE, str_c(by), STR("tocsin unblock"),
		    clock_wall(), &why);
	leases_close(l);
	if (e == OK)
		printf("database: %zu undone\n", f.n);
	else
		printf("database: %s\n", why.text);
	return e == OK;
}

int
cmd_unblock(int argc, char **argv)
{
	const char *config = NULL, *data = NULL;
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &data, NULL },
	};
	const struct args_spec spec = { "tocsin unblock [options] ADDRESS",
		"Takes an address or network, and whatever overlaps it, out of the kernel and out "
		"of the database.  Needs neither the daemon nor the helper.",
		options, ARRAY_LEN(options) };
	const struct passwd *pw = getpwuid(getuid());
	struct diag why = { 0 };
	struct datadir dir;
	struct ip_net net;
	bool kernel, base;
	int n = args_parse(&spec, argc, argv);

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (n != 1 || !ip_net_parse(str_c(argv[0]), &net, NULL)) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (config == NULL && access("tocsin.yml", R_OK) == 0)
		config = "tocsin.yml";
	if (datadir_find(&dir, data, config, &why) != OK)
		return cmd_fail(&why);
	base = from_database(dir.respond, &net, pw != NULL ? pw->pw_name : "shell");
	kernel = from_kernel(&net);
	return base || kernel ? CMD_OK : CMD_FAILED;
}
