/* SPDX-License-Identifier: Apache-2.0 */
/* A filter as SQL: conditions, the index to walk, and values. */
/* tested by: test/unit/alert/test_list.c */
#include "alert/internal.h"

/* Parameters. */
enum {
	RULE = 1,
	GROUP,
	OWNER,
	TEXT,
	FROM,
	TO,
	AS_OF,
	AFTER_LAST,
	AFTER_ID,
	WHOM = 20,
	SILENCE = 21
};

static void
put_word_list(struct buf *to, const char *column, unsigned bits, const char *(*word)(unsigned))
{
	bool first = true;

	if (bits == 0)
		return;
	buf_printf(to, " AND %s IN (", column);
	for (unsigned i = 0; bits >> i != 0; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		buf_printf(to, "%s'%s'", first ? "" : ", ", word(i));
		first = false;
	}
	buf_byte(to, ')');
}

static const char *
status_word(unsigned i)
{
	return alerts_status_word((enum alerts_status)i);
}

static const char *
severity_word(unsigned i)
{
	return alerts_severity_word((enum alerts_severity)i);
}

static void
put_texts(struct buf *to, const struct alerts_filter *f)
{
	if (f->rule_id.p != NULL)
		buf_printf(to, " AND rule_id = ?%d", RULE);
	if (f->group.p != NULL)
		buf_printf(to, " AND group_key = ?%d", GROUP);
	if (f->owner.p != NULL && f->owner.n == 0)
		buf_str(to, STR(" AND owner = ''"));
	else if (f->owner.p != NULL)
		buf_printf(to, " AND owner = ?%d AND owner <> ''", OWNER);
	if (f->text.n != 0)
		buf_printf(to,
		    " AND (title LIKE ?%d ESCAPE '\\' OR group_key LIKE ?%d ESCAPE '\\'"
		    " OR summary LIKE ?%d ESCAPE '\\' OR rule_id LIKE ?%d ESCAPE '\\'"
		    " OR id LIKE ?%d ESCAPE '\\')",
		    TEXT, TEXT, TEXT, TEXT, TEXT);
}

static void
put_whom(struct buf *to, const struct alerts_filter *f)
{
	if (f->whom.n != 0)
		buf_printf(to,
		    " AND n > (SELECT max(n) FROM alerts) - %d"
		    " AND instr(char(10) || affected, char(10) || ?%d || char(10)) > 0",
		    ALERTS_WHOM_NEWEST, WHOM);
}

/* Everything but status and severity. */
static void
put_rest(struct buf *to, const struct alerts_filter *f)
{
	put_texts(to, f);
	put_whom(to, f);
	if (f->from != 0)
		buf_printf(to, " AND last_ns >= ?%d", FROM);
	if (f->to != 0)
		buf_printf(to, " AND last_ns < ?%d", TO);
	if (f->demo != ALERTS_DEMO_ANY)
		buf_printf(to, " AND demo = %d", f->demo == ALERTS_DEMO_ONLY);
	if (f->quiet != ALERTS_QUIET_ANY)
		buf_printf(to, " AND quiet %s ''", f->quiet == ALERTS_QUIET_ONLY ? "<>" : "=");
	if (f->silence != 0)
		buf_printf(to, " AND n IN (SELECT alert FROM silence_hidden WHERE silence = ?%d)",
		    SILENCE);
	/* Rows are numbered in the order they were made, and every index has the number. */
	if (f->as_of != 0)
		buf_printf(to,
		    " AND n <= (SELECT n FROM alerts WHERE born_rev <= ?%d ORDER BY born_rev DESC"
		    " LIMIT 1)",
		    AS_OF);
	if (f->after_id[0] != '\0')
		buf_printf(to, " AND last_ns <= ?%d AND (last_ns < ?%d OR id > ?%d)", AFTER_LAST,
		    AFTER_LAST, AFTER_ID);
}

static const char *
index_of(const struct alerts_filter *f)
{
	if (f->group.p != NULL)
		return "alerts_group";
	if (f->owner.n != 0)
		return "alerts_owner";
	if (f->rule_id.p != NULL)
		return "alerts_rule";
	if (f->demo == ALERTS_DEMO_ONLY)
		return "alerts_demo";
	if (f->quiet == ALERTS_QUIET_ONLY)
		return "alerts_quiet";
	return f->statuses != 0 || f->severities != 0 ? "alerts_state" : "alerts_last";
}

/* %text%, with what LIKE takes for signs made plain. */
static void
put_pattern(struct where *w, struct str text)
{
	size_t n = 0;

	w->pattern[n++] = '%';
	for (size_t i = 0; i < text.n && n < sizeof(w->pattern) - 3; i++) {
		if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
			w->pattern[n++] = '\\';
		w->pattern[n++] = text.p[i];
	}
	w->pattern[n++] = '%';
	w->pattern_n = n;
}

void
where_init(struct where *w, const struct alerts_filter *f)
{
	buf_init(&w->sql, 0);
	w->index = index_of(f);
	w->pattern_n = 0;
	if (f->text.n != 0)
		put_pattern(w, f->text);
	buf_str(&w->sql, STR(" WHERE 1"));
	put_word_list(&w->sql, "status", f->statuses, status_word);
	put_word_list(&w->sql, "severity", f->severities, severity_word);
	put_rest(&w->sql, f);
}

void
where_fini(struct where *w)
{
	buf_fini(&w->sql);
}

void
where_bind(const struct where *w, const struct alerts_filter *f, struct db_stmt *st)
{
	if (f->rule_id.p != NULL)
		db_bind_str(st, RULE, f->rule_id);
	if (f->group.p != NULL)
		db_bind_str(st, GROUP, f->group);
	if (f->owner.n != 0)
		db_bind_str(st, OWNER, f->owner);
	if (w->pattern_n != 0)
		db_bind_str(st, TEXT, (struct str){ w->pattern, w->pattern_n });
	if (f->whom.n != 0)
		db_bind_str(st, WHOM, f->whom);
	if (f->silence != 0)
		db_bind_int(st, SILENCE, f->silence);
	if (f->from != 0)
		db_bind_int(st, FROM, f->from);
	if (f->to != 0)
		db_bind_int(st, TO, f->to);
	if (f->as_of != 0)
		db_bind_int(st, AS_OF, (int64_t)f->as_of);
	if (f->after_id[0] != '\0') {
		db_bind_int(st, AFTER_LAST, f->after_last);
		db_bind_str(st, AFTER_ID, str_c(f->after_id));
	}
}

#define KEYS "SELECT n, last_ns, id FROM alerts INDEXED BY %s WHERE 1"
#define ORDER " ORDER BY last_ns DESC, id LIMIT ?10"

/* One status and severity: the index has them in the order of the list. */
static void
put_leg(struct buf *to, const struct alerts_filter *f, unsigned status, unsigned severity)
{
	buf_printf(to, "SELECT * FROM (" KEYS " AND status = '%s' AND severity = '%s'",
	    "alerts_state", status_word(status), severity_word(severity));
	put_rest(to, f);
	buf_str(to, STR(ORDER ")"));
}

void
where_keys(const struct alerts_filter *f, struct buf *to)
{
	unsigned statuses = f->statuses != 0 ? f->statuses : (1U << ALERTS_STATUSES) - 1;
	unsigned severities = f->severities != 0 ? f->severities : (1U << ALERTS_SEVERITIES) - 1;
	const char *index = index_of(f);
	bool first = true;

	if (strcmp(index, "alerts_state") != 0) {
		buf_printf(to, KEYS, index);
		put_word_list(to, "status", f->statuses, status_word);
		put_word_list(to, "severity", f->severities, severity_word);
		put_rest(to, f);
		buf_str(to, STR(ORDER));
		return;
	}
	buf_str(to, STR("SELECT * FROM ("));
	for (unsigned i = 0; i < ALERTS_STATUSES * ALERTS_SEVERITIES; i++) {
		unsigned status = i / ALERTS_SEVERITIES, severity = i % ALERTS_SEVERITIES;

		if ((statuses >> status & 1) == 0 || (severities >> severity & 1) == 0)
			continue;
		if (!first)
			buf_str(to, STR(" UNION ALL "));
		first = false;
		put_leg(to, f, status, severity);
	}
	buf_str(to, STR(")" ORDER));
}
