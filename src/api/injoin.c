/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an alert is about, and which of them it is about alone. */
#include "api/injoin.h"

#include <stdio.h>

#include "alert/affected.h"

#define STR_P(s) ((s).p != NULL ? (s).p : "")

static void
take(struct injoin *to, enum join_kind kind, struct str name)
{
	if (to->a.n_names < JOIN_NAMES_MAX - 1) /* one is left for the rule */
		to->names[to->a.n_names++] = (struct join_name){ .kind = kind, .name = name };
}

void
injoin_of(const struct alerts_row *row, struct injoin *ret)
{
	struct str rest = row->affected, name;
	size_t count[2] = { 0, 0 };
	enum affected_kind kind;
	bool more, alone = false;

	*ret = (struct injoin){ .a = { .id = str_c(row->id),
				    .title = row->title,
				    .status = str_c(alerts_status_word(row->status)),
				    .status_by = row->status_by,
				    .severity = INCIDENT_INFO,
				    .first = row->first,
				    .last = row->last,
				    .created = row->created,
				    .acked = row->acked,
				    .names = ret->names } };
	(void)incident_severity_find(row->severity, &ret->a.severity);
	while (affected_next(&rest, &kind, &name, &more)) {
		if (kind != AFFECTED_USER && kind != AFFECTED_ADDRESS)
			continue;
		count[kind == AFFECTED_ADDRESS] += more ? 2 : 1;
		if (!more)
			take(ret, kind == AFFECTED_USER ? JOIN_USER : JOIN_ADDRESS, name);
	}
	for (size_t i = 0; i < ret->a.n_names; i++) {
		ret->names[i].alone = count[ret->names[i].kind == JOIN_ADDRESS] == 1;
		alone = alone || ret->names[i].alone;
	}
	if (alone)
		return;
	(void)snprintf(ret->rule, sizeof(ret->rule), "%.*s %.*s",
	    (int)(row->rule_id.n < 40 ? row->rule_id.n : 40), STR_P(row->rule_id),
	    (int)(row->group.n < 80 ? row->group.n : 80), STR_P(row->group));
	ret->names[ret->a.n_names++] = (struct join_name){ JOIN_RULE, true, str_c(ret->rule) };
}
