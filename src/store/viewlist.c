/* Names and columns of the views, as a table. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/rules.py */
#include "store/viewlist.h"

#include "rec/field.h"

#define MORE "event_details ip_address geolocation geoip"

static const struct viewlist views[] = {
	{ "security_events", "Every event.", true, MORE },
	{ "auth_events", "Logins and all that has to do with them.", true, MORE },
	{ "rate_limit_events", "Requests that were refused for being too many.", true, MORE },
	{ "startup_events", "Checks that programs made when they started.", true, MORE },
	{ "audit_log", "Changes to users, roles and settings.", true, MORE },
	{ "alerts", "What rules have found.", false,
	    "id rule_id title severity status owner reason group_key summary tags advice "
	    "action confidence details status_by status_note first_seen last_seen created_at "
	    "updated_at count comments demo "
	    "client_ip" },
	{ "sessions", "Sessions of users, put together from events.", false,
	    "session_id user_id user_email user_name client_ip addresses opened_at closed_at "
	    "last_seen events is_active" },
	{ "ip_blocklist", "Addresses that were blocked, by events that said so.", false,
	    "ip_address block_reason block_duration blocked_at expires_at is_active" },
	{ "incidents", "Incidents, put together from events.", false,
	    "incident_id title severity status event_time detect_time response_time resolve_time "
	    "updated_at" },
};

const struct viewlist *
viewlist_at(size_t i)
{
	return i < ARRAY_LEN(views) ? &views[i] : NULL;
}

struct str
viewlist_column(const struct viewlist *v, size_t i)
{
	struct str own = str_c(v->own), one;

	if (v->records) {
		if (i < FIELD_COUNT)
			return str_c(field_info((enum field)i)->column);
		i -= FIELD_COUNT;
		if (i < 2)
			return i == 0 ? STR("seq") : STR("extra");
		i -= 2;
	}
	for (;; i--) {
		one = str_until(&own, ' ');
		if (i == 0 || own.n == 0)
			return i == 0 ? one : own;
	}
}
