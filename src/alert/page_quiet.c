/* SPDX-License-Identifier: Apache-2.0 */
/* A silence stops pages of an alert, and lets them go on. */
/* exports: page_ */
/* tested by: test/unit/alert/test_page_silence.c */
#include "alert/page_in.h"
#include "alert/silence_in.h"

/* What still waits is not sent any more. */
static enum err
take_back(struct alerts *a, struct str alert_id, struct diag *why)
{
	static const char *const sql[] = {
		"UPDATE page_calls SET state = 'back' WHERE alert_id = ?1 AND (state = 'told' AND"
		" EXISTS (SELECT 1 FROM outbox WHERE key = page_calls.key AND state = 'pending') OR"
		" state = 'summary' AND NOT EXISTS (SELECT 1 FROM outbox WHERE key ="
		" page_calls.key))",
		"DELETE FROM outbox WHERE alert_id = ?1 AND state = 'pending' AND key IN (SELECT"
		" key FROM page_calls WHERE alert_id = ?1 AND state = 'back')",
		/* A step that told nobody so far is told when the page goes on. */
		"UPDATE pages SET step = step - 1, due_ns = min(due_ns, 0) WHERE alert_id = ?1 AND"
		" state = 'silenced' AND step > 0 AND EXISTS (SELECT 1 FROM page_calls c WHERE"
		" c.page = pages.id AND c.step = pages.step - 1 AND c.round = pages.round AND"
		" c.state = 'back') AND NOT EXISTS (SELECT 1 FROM page_calls c WHERE c.page ="
		" pages.id AND c.step = pages.step - 1 AND c.round = pages.round AND c.state IN"
		" ('told', 'summary'))",
	};
	const struct silence_value v[] = { SILENCE_T(alert_id) };
	enum err e = OK;

	for (size_t i = 0; i < ARRAY_LEN(sql) && e == OK; i++)
		e = silence_run(a, sql[i], v, ARRAY_LEN(v), why);
	return e;
}

/* While it is silenced its times count from now. */
enum err
page_hush(struct alerts *a, struct str alert_id, int64_t silence, struct str note, int64_t now,
    struct diag *why)
{
	const struct silence_value v[] = { SILENCE_T(alert_id), SILENCE_N(silence), SILENCE_T(note),
		SILENCE_N(now) };
	enum err e = silence_run(a,
	    "UPDATE pages SET base_ns = iif(state = 'running', base_ns - ?4, base_ns), due_ns ="
	    " iif(state = 'running', due_ns - ?4, due_ns), state = 'silenced', why = 'silenced',"
	    " by = (SELECT owner FROM silences WHERE id = ?2), note = ?3 WHERE alert_id = ?1 AND"
	    " state IN ('running', 'silenced')",
	    v, ARRAY_LEN(v), why);

	return e == OK && db_changes(a->db) != 0 ? take_back(a, alert_id, why) : e;
}

enum err
page_heard(struct alerts *a, struct str alert_id, int64_t now, struct diag *why)
{
	const struct silence_value v[] = { SILENCE_T(alert_id), SILENCE_N(now) };

	return silence_run(a,
	    "UPDATE pages SET state = 'running', base_ns = base_ns + ?2, due_ns = due_ns + ?2,"
	    " why = '', by = '', note = '' WHERE alert_id = ?1 AND state = 'silenced'",
	    v, ARRAY_LEN(v), why);
}
