/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: what is read can be run to its end, with values put into its texts. */
#include <stdlib.h>

#include "incident/playword.h"
#include "incident/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Whatever is asked for is done; a run that never ends would be a defect. */
static void
run_it(const struct playbook *book)
{
	const struct run_facts facts = { .severity = INCIDENT_HIGH };
	struct run r;

	run_init(&r, book, true);
	for (unsigned turns = 0; r.status == RUNS_ACTIVE; turns++) {
		bool moved = run_go_on(&r, &facts, turns);

		if (turns > 10 * PLAYBOOK_STEPS_MAX)
			abort();
		for (size_t i = 0; i < book->n; i++)
			for (unsigned ev = 0; ev < RUN_EVENTS; ev++)
				if (ev != RUN_FAILED && ev != RUN_SKIP && ev != RUN_ROLLBACK)
					moved |=
					    run_event(&r, i, (enum run_event)ev, turns, NULL) == OK;
		if (!moved && r.status == RUNS_ACTIVE)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct playword_values values = { .address = STR("a\nb"), .user = STR("'{{url}}") };
	struct playbook *book = NULL;
	auto_buf struct buf text = { 0 };
	struct diag why;

	if (playbook_read((struct str){ (const char *)p, n }, "x", &book, &why) != OK)
		return 0;
	for (size_t i = 0; i < book->n; i++) {
		playword_put(book->steps[i].instructions, &values, &text);
		playword_put(book->steps[i].what.say, &values, &text);
		playword_put_sql(book->steps[i].what.sql, &values, &text);
		buf_reset(&text);
	}
	run_it(book);
	playbook_free(book);
	return 0;
}
