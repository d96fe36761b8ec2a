/* A database of the first form opens, and nothing in it is lost. */
#include "alert/schema.h"

#include "alert/verdict.h"
#include "base/db.h"
#include "fixture.h"

/* As the first release wrote it. */
static const char first[] =
    "CREATE TABLE alerts(id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, title TEXT NOT NULL, severity "
    "TEXT NOT NULL, tags TEXT NOT NULL, advice TEXT NOT NULL, group_key TEXT NOT NULL, summary "
    "TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open', status_by TEXT NOT NULL DEFAULT '', "
    "status_note TEXT NOT NULL DEFAULT '', first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, "
    "created_ns INTEGER NOT NULL, updated_ns INTEGER NOT NULL, count INTEGER NOT NULL, evidence "
    "BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX alerts_updated ON alerts(updated_ns DESC, id);"
    "CREATE INDEX alerts_group ON alerts(rule_id, group_key);"
    "CREATE TABLE alert_history(alert_id TEXT NOT NULL, at_ns INTEGER NOT NULL, from_status TEXT "
    "NOT NULL, to_status TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL);"
    "CREATE INDEX alert_history_alert ON alert_history(alert_id, at_ns);"
    "CREATE TABLE detector(one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);"
    "INSERT INTO detector VALUES(1, 4711);"
    "INSERT INTO alerts VALUES('00112233445566778899aabbccddeeff', 'ssh', 'SSH brute force',"
    " 'CRITICAL', 'attack.t1110', 'block', 'client_ip=203.0.113.7', '10 failures', 'open', '', '',"
    " 1000, 2000, 3000, 9000, 12, x'0100000000000000ff00000000000000'),"
    " ('0aaa2233445566778899aabbccddeeff', 'ssh', 'SSH brute force', 'HIGH', '', '', 'g', 's',"
    " 'resolved', 'ann', 'done', 1, 2, 3, 4, 1, x''),"
    " ('0bbb2233445566778899aabbccddeeff', 'web', 'Traversal', 'LOW', '', '', 'g', 's',"
    " 'false_positive', 'bob', 'ours', 1, 5, 3, 5, 1, x'');"
    "INSERT INTO alert_history VALUES('0aaa2233445566778899aabbccddeeff', 3, 'open',"
    " 'acknowledged', 'ann', 'looking'), ('0aaa2233445566778899aabbccddeeff', 4, 'acknowledged',"
    " 'resolved', 'ann', 'done'), ('0bbb2233445566778899aabbccddeeff', 5, 'open',"
    " 'false_positive', 'bob', 'ours');"
    "PRAGMA user_version = 1;";

static void
make_first(void)
{
	struct diag why = { 0 };
	struct db *db;

	CHECK_OK(fs_join(fx_path, sizeof(fx_path), test_dir(), "state.db"), why);
	CHECK_OK(db_open(fx_path, &db, &why), why);
	CHECK_OK(db_exec(db, first, &why), why);
	db_close(db);
}

static enum err
put_entry(void *ctx, const struct alerts_entry *e)
{
	buf_printf(ctx, "%.*s %.*s>%.*s %.*s|", STR_ARG(e->action), STR_ARG(e->from),
	    STR_ARG(e->to), STR_ARG(e->note));
	return OK;
}

static enum err
put_tally(void *ctx, const struct verdict_tally *t)
{
	buf_printf(ctx, "%.*s %d|", STR_ARG(t->rule_id), (int)t->n[VERDICT_FALSE]);
	return OK;
}

TEST(the_first_form_opens)
{
	struct alerts_filter open_high = { .statuses = 1U << ALERTS_OPEN,
		.severities = 1U << ALERTS_CRITICAL };
	auto_buf struct buf text = { 0 };
	struct alerts *a;
	struct copy c;

	make_first();
	buf_init(&text, 0);
	for (int i = 0; i < 2; i++) { /* and once more, changed already */
		a = open_again();
		CHECK_INT(alerts_position(a), 4711);
		CHECK_INT(alerts_count(a, STR("")), 3);
		CHECK_INT(alerts_count(a, STR("resolved")), 1);
		CHECK_INT(alerts_rev(a), 3);
		CHECK_INT(total_of(a, &open_high), 1);
		CHECK_INT(count_list(a, &open_high), 1);
		c = copy_of(a, STR(ID_A));
		CHECK_INT(c.row.count, 12);
		CHECK_INT(c.row.rev, 3); /* the newest change */
		CHECK_INT(c.row.n_evidence, 2);
		CHECK_INT(c.row.evidence[1], 255);
		CHECK_INT(c.row.updated, 9000);
		CHECK_STR(c.severity, "CRITICAL");
		CHECK(!c.row.demo);
		CHECK_STR(copy_of(a, STR("0aaa")).reason, "other");
		CHECK_STR(copy_of(a, STR("0aaa")).note, "done");
		CHECK_STR(copy_of(a, STR("0bbb")).reason, "");
		buf_reset(&text);
		CHECK_INT(verdict_each(a, put_tally, &text, NULL), OK);
		CHECK_SLICE(buf_view(&text), "web 1|"); /* the false positive judged its rule */
		buf_reset(&text);
		alerts_close(a);
	}
	a = open_again();
	CHECK_INT(alerts_history(a, STR("0aaa2233445566778899aabbccddeeff"), put_entry, &text,
		      NULL),
	    OK);
	CHECK_SLICE(buf_view(&text), "ack open>acknowledged looking|"
				     "resolve acknowledged>resolved done|");
	raise_nth(a, 9, "LOW", 5);
	CHECK_INT(alerts_rev(a), 4);
	alerts_close(a);
}

TEST(a_newer_form_is_refused_and_left_alone)
{
	struct diag why = { 0 };
	struct alerts *a = open_new();
	struct db *db;
	char sql[64];

	alerts_close(a);
	CHECK_OK(db_open(fx_path, &db, &why), why);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", SCHEMA_VERSION + 1);
	CHECK_OK(db_exec(db, sql, &why), why);
	db_close(db);
	CHECK_INT(alerts_open(fx_path, &a, &why), FAIL_STORE);
}
