/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Evidence of an alert: its events and those around them, in a file; at once, and a while later
 * again, when what followed is known. */
#include <stdio.h>

#include "app/carriers_in.h"
#include "app/keepfile.h"

static enum err
ready(const struct carriers *c, struct diag *why)
{
	(void)why;
	return c->o.tools != NULL ? OK : FAIL_NOT_FOUND;
}

static void
run(struct carriers *c, struct flight *f)
{
	char name[KEEPFILE_NAME];
	const char *const args[] = { "evidence", "--alert", f->job.alert, "--name", name, NULL };

	(void)c;
	(void)snprintf(name, sizeof(name), "alert-%.32s-%lld-%d", f->job.alert,
	    (long long)f->job.lease, f->job.what == CARRY_BEGIN ? 1 : 2);
	keepfile_make(f, args);
}

const struct carrier carry_evidence = { DEED_BY_EVIDENCE, ready, run, NULL };
