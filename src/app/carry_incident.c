/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/actions.py */
/* Incidents: whoever keeps them opens one, or adds the alert to one. */
#include "app/carriers_in.h"

static enum err
ready(const struct carriers *c, struct diag *why)
{
	(void)why;
	return c->open_incident != NULL ? OK : FAIL_NOT_FOUND;
}

static void
run(struct carriers *c, struct flight *f)
{
	char words[LEASES_TEXT] = "";
	struct diag why = { 0 };
	enum err e = OK;

	if (f->job.what == CARRY_BEGIN)
		e = c->open_incident(c->incident_ctx, f->job.alert, words, &why);
	if (e == OK)
		carriers_done(f, &(struct carry_result){
				     .verdict = CARRY_DONE, .once = true, .words = str_c(words) });
	else
		carriers_say(f, e == FAIL_STORE || e == FAIL_AGAIN ? CARRY_RETRY : CARRY_NEVER,
		    "%s", why.text);
}

const struct carrier carry_incident = { DEED_BY_INCIDENT, ready, run, NULL };
