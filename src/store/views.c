/* SQL text of the views. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/store/test_query.c */
#include "store/views.h"

#define SQL_MAX ((size_t)16 << 20)

#define GEO                                                                                        \
	"{'country': geolocation_country, 'region': geolocation_region,"                           \
	" 'city': geolocation_city, 'latitude': geolocation_latitude,"                             \
	" 'longitude': geolocation_longitude}"

/* A field the catalogue of fields does not have, from the unknown ones. */
#define X(name) "json_extract_string(extra, '$." name "')"
#define XTIME(name) "try_cast(" X(name) " AS TIMESTAMPTZ)"

static const struct {
	const char *name, *select;
} views[] = {
	{ "security_events",
	    "SELECT *, coalesce(message, raw) AS event_details, client_ip AS ip_address,"
	    " " GEO " AS geolocation, " GEO " AS geoip FROM records" },
	{ "auth_events", "SELECT * FROM security_events WHERE event_type LIKE 'auth.%'" },
	{ "rate_limit_events", "SELECT * FROM security_events"
			       " WHERE event_type LIKE 'rate_limit.%' OR status_code = 429" },
	{ "startup_events", "SELECT * REPLACE (coalesce(status, CASE event_type"
			    "  WHEN 'startup.validation.failed' THEN 'failed'"
			    "  WHEN 'startup.validation.passed' THEN 'passed' END) AS status,"
			    " coalesce(error_message, failure_reason, message) AS error_message)"
			    " FROM security_events WHERE event_type LIKE 'startup.%'" },
	{ "audit_log",
	    "SELECT * REPLACE (coalesce(audit_event_type, event_type) AS audit_event_type)"
	    " FROM security_events WHERE audit_event_type IS NOT NULL"
	    " OR event_type LIKE 'audit.%' OR event_type LIKE 'auth.user.%'"
	    " OR event_type LIKE 'auth.group.%'" },
	{ "ip_blocklist",
	    "SELECT ip_address, block_reason, block_duration, blocked_at, expires_at,"
	    " last = 'ip.blocked' AND coalesce(expires_at > now(), true) AS is_active"
	    " FROM (SELECT client_ip AS ip_address, arg_max(event_type, timestamp) AS last,"
	    " max(timestamp) FILTER (event_type = 'ip.blocked') AS blocked_at,"
	    " arg_max(coalesce(" X(
		"block_reason") ", failure_reason), timestamp)"
				"  FILTER (event_type = 'ip.blocked') AS block_reason,"
				" arg_max(" X(
				    "block_duration") ", timestamp)"
						      "  FILTER (event_type = 'ip.blocked') AS "
						      "block_duration,"
						      " arg_max(" XTIME(
							  "expires_at") ", timestamp)"
									"  FILTER (event_type = "
									"'ip.blocked') AS "
									"expires_at"
									" FROM security_events "
									"WHERE event_type IN "
									"('ip.blocked', "
									"'ip.unblocked')"
									" AND client_ip IS NOT "
									"NULL GROUP BY "
									"client_ip)" },
	{ "incidents",
	    "SELECT incident_id, arg_max(title, timestamp) AS title,"
	    " arg_max(severity, timestamp) AS severity, arg_max(status, timestamp) AS status,"
	    " min(event_time) AS event_time, coalesce(min(detect_time), min(timestamp)) AS "
	    "detect_time,"
	    " min(response_time) AS response_time, max(resolve_time) AS resolve_time,"
	    " max(timestamp) AS updated_at FROM (SELECT timestamp, severity, status,"
	    " coalesce(" X(
		"incident_id") ", event_id) AS incident_id,"
			       " coalesce(" X("title") ", message) AS title, " XTIME(
				   "event_time") " AS event_time,"
						 " " XTIME("detect_time") " AS detect_time, " XTIME(
						     "response_time") " AS response_time,"
								      " " XTIME(
									  "resolve_time") " AS "
											  "resolve_"
											  "time"
											  " FROM "
											  "security"
											  "_events "
											  "WHERE "
											  "event_"
											  "type "
											  "LIKE "
											  "'inciden"
											  "t.%')"
											  " WHERE "
											  "incident"
											  "_id IS "
											  "NOT "
											  "NULL "
											  "GROUP "
											  "BY "
											  "incident"
											  "_id" },
	{ "sessions",
	    "SELECT session_id, any_value(user_id) AS user_id, any_value(user_email) AS user_email,"
	    " any_value(user_name) AS user_name, arg_min(client_ip, timestamp) AS client_ip,"
	    " count(DISTINCT client_ip) AS addresses,"
	    " min(timestamp) FILTER (event_type IN ('auth.session.opened', 'auth.login.success'))"
	    "  AS opened_at,"
	    " max(timestamp) FILTER (event_type IN ('auth.session.closed', 'auth.logout'))"
	    "  AS closed_at,"
	    " max(timestamp) AS last_seen, count(*) AS events,"
	    " coalesce(arg_max(event_type, timestamp) NOT IN"
	    "  ('auth.session.closed', 'auth.logout'), true) AS is_active"
	    " FROM security_events WHERE session_id IS NOT NULL AND event_type LIKE 'auth.%'"
	    " GROUP BY session_id" },
};

bool
views_wants(const struct catalog_file *f, int64_t from, int64_t to)
{
	if (f->dead)
		return false;
	/* Times before 1970 are named 0. */
	return (from == 0 || f->tmax >= from / 1000) && (to == 0 || f->tmin <= to / 1000);
}

static void
put_bound(struct buf *sql, const char *word, const char *sign, int64_t ns)
{
	if (ns != 0)
		buf_printf(sql, " %s \"timestamp\" %s make_timestamptz(%lld)", word, sign,
		    (long long)(ns / 1000));
}

static void
put_bounds(struct buf *sql, const struct views_opts *o)
{
	put_bound(sql, "WHERE", ">=", o->from);
	put_bound(sql, o->from != 0 ? "AND" : "WHERE", "<", o->to);
}

/* " SELECT * FROM read_parquet([...])" of the files wanted that hold erased records, or of the
 * others; false and nothing when there is none. */
static bool
put_files(struct buf *sql, const struct views_opts *o, const char *before, bool erased)
{
	char name[CATALOG_NAME_SIZE];
	size_t i, n = 0;

	for (i = 0; i < o->files->files.n; i++) {
		const struct catalog_file *f = &o->files->files.p[i];

		if (!views_wants(f, o->from, o->to) ||
		    erased_touches(o->erased, f->first, f->last) != erased)
			continue;
		if (n++ == 0)
			buf_printf(sql, "%s SELECT * FROM read_parquet([", before);
		else
			buf_str(sql, STR(", "));
		duck_quote(sql, str_c(catalog_name(f, name)));
	}
	if (n != 0)
		buf_str(sql, STR("], union_by_name = true, hive_partitioning = false)"));
	return n != 0;
}

/* The tail has every column, so a file that lacks one does no harm beside it. */
static void
put_records(struct buf *sql, const struct views_opts *o)
{
	buf_str(sql, STR("CREATE VIEW records AS SELECT * FROM "));
	if (o->erased->n == 0) {
		buf_str(sql, STR("tail()"));
		put_bounds(sql, o);
	} else {
		buf_str(sql, STR("(SELECT * FROM (SELECT * FROM tail()"));
		(void)put_files(sql, o, " UNION ALL BY NAME", true);
		buf_str(sql, STR(") WHERE "));
		erased_condition(o->erased, sql);
		buf_str(sql, STR(")"));
		put_bounds(sql, o);
	}
	if (put_files(sql, o, " UNION ALL BY NAME", false))
		put_bounds(sql, o);
}

enum err
views_create(struct duck *d, const struct views_opts *opts, struct diag *why)
{
	auto_buf struct buf sql = { 0 };
	enum err e;
	size_t i;

	buf_init(&sql, SQL_MAX);
	put_records(&sql, opts);
	e = duck_run(d, duck_sql(&sql), why);
	for (i = 0; i < ARRAY_LEN(views) && e == OK; i++) {
		buf_reset(&sql);
		buf_printf(&sql, "CREATE VIEW %s AS %s", views[i].name, views[i].select);
		e = duck_run(d, duck_sql(&sql), why);
	}
	return e;
}
