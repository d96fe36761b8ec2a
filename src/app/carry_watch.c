/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Who is watched: all events of an address or a user are marked, and kept in a file at the end. */
#include <stdio.h>
#include <stdlib.h>

#include "app/carriers_in.h"
#include "app/keepfile.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "enrich/enrich.h"
#include "enrich/watch.h"

struct names {
	struct watch *list;
	size_t n;
};

static enum err
ready(const struct carriers *c, struct diag *why)
{
	(void)why;
	return c->o.enrich != NULL && c->o.tools != NULL ? OK : FAIL_NOT_FOUND;
}

static enum err
on_lease(void *ctx, const struct lease *row)
{
	struct names *n = ctx;

	n->n += watch_add(n->list, row->entity);
	return OK;
}

static void
changed(struct carriers *c)
{
	const struct leases_filter active = { .states = 1U << LEASE_ACTIVE,
		.deeds = 1U << DEED_ENABLE_ENHANCED_MONITORING,
		.limit = WATCH_MAX };
	struct names n = { .list = enrich_watch(c->o.enrich) };
	struct diag why = { 0 };

	watch_begin(n.list);
	if (leases_list(c->o.respond->leases, &active, on_lease, &n, &why) != OK)
		log_diag("respond", "who is watched cannot be read", &why);
	watch_finish(n.list);
}

static void
run(struct carriers *c, struct flight *f)
{
	char name[KEEPFILE_NAME], from[24], to[24];
	const char *const args[] = { "evidence", "--entity", f->job.entity, "--from", from, "--to",
		to, "--name", name, NULL };

	if (f->job.what == CARRY_BEGIN) {
		changed(c);
		carriers_say(f, CARRY_DONE, "its events are marked: watched = true");
		return;
	}
	(void)snprintf(name, sizeof(name), "watched-%lld", (long long)f->job.lease);
	(void)snprintf(from, sizeof(from), "%lld", (long long)f->job.begin);
	(void)snprintf(to, sizeof(to), "%lld", (long long)clock_wall());
	keepfile_make(f, args);
}

const struct carrier carry_watch = { DEED_BY_WATCH, ready, run, changed };
