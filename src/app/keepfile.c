/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Runs `tocsin evidence`. */
#include "app/keepfile.h"

#include "app/tools.h"

static void
on_made(void *ctx, int status, struct str output)
{
	struct flight *f = ctx;

	output = str_trim(output);
	if (status == 0 && output.n != 0)
		carriers_done(f, &(struct carry_result){ .verdict = CARRY_DONE, .words = output });
	else
		carriers_say(f, f->job.tries < 10 ? CARRY_RETRY : CARRY_NEVER,
		    "the events could not be kept (status %d)", status);
}

void
keepfile_make(struct flight *f, const char *const *args)
{
	struct diag why = { 0 };

	if (tools_run(f->c->o.tools, args, STR(""), on_made, f, &why) != OK)
		carriers_say(f, CARRY_RETRY, "%s", why.text);
}
