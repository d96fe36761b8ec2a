/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/incidents.py */
/* Positions. */
#include "incident/position.h"

#include "incident/internal.h"

enum err
position_get(struct incidents *all, enum position p, uint64_t *ret, struct diag *why)
{
	static const char *const sql[POSITIONS] = { "SELECT alerts FROM position",
		"SELECT leases FROM position" };
	int64_t at = 0;
	enum err e = incident_number(all, sql[p], 0, &at, why);

	if (e == OK)
		*ret = at < 0 ? POSITION_NEVER : (uint64_t)at;
	return e;
}

enum err
position_set(struct incidents *all, enum position p, uint64_t rev, struct diag *why)
{
	static const char *const sql[POSITIONS] = { "UPDATE position SET alerts = ?1",
		"UPDATE position SET leases = ?1" };

	return incident_run(all, sql[p], (int64_t)rev, why);
}
