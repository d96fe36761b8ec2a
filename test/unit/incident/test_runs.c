/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in the database: what is done outside, once, whatever dies; what people do. */
#include "incident/runs.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/fs.h"
#include "incident/change.h"
#include "incident/join.h"
#include "incident/playword.h"
#include "incident/story.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

static const char book[] =
    "playbook: x\ntitle: X\nsteps:\n"
    "  - {id: block, title: Block, auto: {action: BLOCK_IP, for: 1h}, rollback: undo}\n"
    "  - {id: look, title: Look, auto: {action: QUERY, sql: \"select {{user}}\"}, after: []}\n"
    "  - id: ask\n    title: Ask\n    after: [look]\n    when: {found: {step: look, at_least: 2}}\n"
    "    manual:\n      instructions: ask {{user}}\n"
    "      form: [{name: v, kind: choice, choices: [yes, no], required: true}, {name: n, kind: "
    "number}]\n"
    "  - {id: lock, title: Lock, auto: {action: LOCK_ACCOUNT}, approve: admin, rollback: undo,\n"
    "     when: {answer: {step: ask, field: v, is: yes}}}\n"
    "  - {id: say, title: Say, auto: {action: NOTIFY, say: \"{{incident}} {{address}}\"}, after: "
    "[block, lock]}\n";

static struct incidents *
open_at(const char *path)
{
	struct incidents *all = NULL;
	struct diag why = { 0 };

	CHECK_OK(incident_open_file(path, &all, &why), why);
	CHECK_OK(runs_recover(all, &why), why);
	return all;
}

static const char *
path_of(const char *name)
{
	static char paths[8][600];
	static unsigned n;
	char *path = paths[n++ % ARRAY_LEN(paths)];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", test_dir(), name);
	return path;
}

/* An incident about two addresses and a user. */
static int64_t
incident(struct incidents *all)
{
	static unsigned alerts;
	const struct incident_new want = {
		.type = INCIDENT_DDOS, .severity = INCIDENT_HIGH, .title = STR("One")
	};
	const struct join_name names[] = { { JOIN_ADDRESS, false, STR("192.0.2.1") },
		{ JOIN_ADDRESS, false, STR("192.0.2.2") }, { JOIN_USER, true, STR("ann") } };
	char id[40];
	struct join_alert a = { .title = STR("Alert"),
		.status = STR("open"),
		.severity = INCIDENT_HIGH,
		.first = NOW,
		.last = NOW,
		.created = NOW,
		.names = names,
		.n_names = ARRAY_LEN(names) };
	struct diag why = { 0 };
	int64_t n = 0;

	(void)snprintf(id, sizeof(id), "%032u", ++alerts);
	a.id = str_c(id);
	CHECK_OK(incident_add(all, &want, NOW, &n, &why), why);
	CHECK_OK(join_add(all, n, &a, STR(""), NOW, NULL, &why), why);
	return n;
}

static int64_t
start_as(struct incidents *all, int64_t n, const char *text, bool unasked)
{
	const struct runs_new want = { .incident = n,
		.text = str_c(text),
		.file = "x.yml",
		.by = STR("eve"),
		.unasked = unasked };
	struct diag why = { 0 };
	int64_t id = 0;

	CHECK_OK(runs_start(all, &want, NOW, &id, &why), why);
	return id;
}

/* The world outside: a file with a line for each thing done, once for each key. */
struct world {
	const char *path;
	struct buf later; /* ids of effects that end later, as numbers */
	bool wait, fail, dry;
};

static bool
has_line(const char *path, struct str key)
{
	auto_buf struct buf text = { 0 };
	struct str rest, line;

	if (fs_read(path, 1 << 20, &text, NULL) != OK)
		return false;
	rest = buf_view(&text);
	while (str_line(&rest, &line))
		if (str_eq(str_until(&line, ' '), key))
			return true;
	return false;
}

static void
carry_out(void *ctx, const struct runs_effect *e, struct runs_outcome *ret)
{
	static const char *const kinds[] = { "do", "undo", "late" };
	struct world *w = ctx;
	auto_buf struct buf line = { 0 }, words = { 0 };
	int fd;

	playword_put(e->what->say, e->values, &words);
	playword_put_sql(e->what->sql, e->values, &words);
	buf_printf(&line, "%.*s %s %.*s %.*s %.*s\n", STR_ARG(e->key), kinds[e->kind],
	    STR_ARG(playword_at(PLAYWORD_ACT, e->done)), STR_ARG(e->target),
	    STR_ARG(buf_view(&words)));
	if (!w->fail && !has_line(w->path, e->key)) {
		fd = open(w->path, O_WRONLY | O_CREAT | O_APPEND, 0600);
		CHECK(fd >= 0 && write(fd, line.p, line.n) == (ssize_t)line.n);
		close(fd);
	}
	*ret = (struct runs_outcome){ .ok = !w->fail,
		.later = w->wait,
		.dry = w->dry,
		.ref = STR("lease:7"),
		.result = STR("said"),
		.output = STR("{}"),
		.found = 2 };
	if (w->wait)
		buf_printf(&w->later, "%lld ", (long long)e->id);
}

/* Until nothing is due any more. */
static int64_t
look(struct incidents *all, struct world *w, int64_t now)
{
	const struct runs_hooks hooks = { .carry_out = carry_out, .ctx = w };
	struct diag why = { 0 };
	int64_t next = 0;

	for (unsigned i = 0; i < 50; i++) {
		CHECK_OK(runs_look(all, &hooks, now, &next, &why), why);
		if (next > now)
			break;
	}
	CHECK(next > now);
	return next;
}

static enum err
put_step(void *ctx, const struct runs_step_row *row)
{
	buf_printf(ctx, "%s%s ", run_state_word(row->state), row->dry ? "(dry)" : "");
	return OK;
}

static enum err
put_status(void *ctx, const struct runs_row *row)
{
	buf_printf(ctx, "%s", run_status_word(row->status));
	return OK;
}

static const char *
stands(struct incidents *all, int64_t n, int64_t run)
{
	static char text[500];
	auto_buf struct buf b = { 0 };
	struct diag why = { 0 };

	CHECK_OK(runs_steps(all, run, put_step, &b, &why), why);
	CHECK_OK(runs_list(all, n, run, put_status, &b, &why), why);
	return str_to_c(buf_view(&b), text, sizeof(text));
}

static enum err
act(struct incidents *all, int64_t n, int64_t run, const char *step, enum run_event ev,
    const char *answers, bool admin)
{
	const struct runs_act a = { .incident = n,
		.run = run,
		.step = str_c(step),
		.event = ev,
		.who = STR("eve"),
		.note = ev == RUN_SKIP ? str_c(answers) : STR(""),
		.answers = ev == RUN_SKIP ? STR("") : str_c(answers),
		.admin = admin };

	return runs_act(all, &a, NOW, NULL);
}

/* All lines of the world without their keys, in the order of their being done. */
static const char *
done(const struct world *w)
{
	static char said[2000];
	auto_buf struct buf text = { 0 }, to = { 0 };
	struct str rest, line;

	if (fs_read(w->path, 1 << 20, &text, NULL) != OK)
		return "";
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		(void)str_until(&line, ' ');
		buf_printf(&to, "%s%.*s;", to.n != 0 ? " " : "", STR_ARG(str_trim(line)));
	}
	return str_to_c(buf_view(&to), said, sizeof(said));
}

TEST(a_run_from_its_begin_to_its_roll_back)
{
	struct incidents *all = open_at(path_of("a.db"));
	struct world w = { .path = path_of("a.txt") };
	const int64_t n = incident(all), run = start_as(all, n, book, false);

	CHECK_STR(stands(all, n, run), "offered running waiting waiting waiting active");
	CHECK(look(all, &w, NOW) == INT64_MAX);
	CHECK_STR(stands(all, n, run), "offered done open waiting waiting active");
	CHECK_STR(done(&w), "do QUERY  select 'ann';");
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"v\":\"maybe\"}", false), FAIL_SYNTAX);
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"n\":1}", false), FAIL_SYNTAX);
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"v\":\"yes\",\"o\":1}", false),
	    FAIL_SYNTAX);
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"v\":\"yes\",\"n\":\"1\"}", false),
	    FAIL_SYNTAX);
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"v\":\"yes\",\"n\":1}", false), OK);
	CHECK_INT(act(all, n, run, "ask", RUN_FINISHED, "{\"v\":\"yes\"}", false), FAIL_DENIED);
	CHECK_INT(act(all, n, run, "nothing", RUN_FINISHED, "", false), FAIL_NOT_FOUND);
	CHECK_INT(act(all, n + 1, run, "ask", RUN_FINISHED, "", false), FAIL_NOT_FOUND);
	CHECK_INT(act(all, n, run, "lock", RUN_APPROVE, "", false), FAIL_DENIED);
	CHECK_INT(act(all, n, run, "lock", RUN_SKIP, "", false), FAIL_SYNTAX);
	CHECK_INT(act(all, n, run, "lock", RUN_APPROVE, "", true), OK);
	CHECK_INT(act(all, n, run, "block", RUN_RUN, "", false), OK);
	(void)look(all, &w, NOW);
	CHECK_STR(stands(all, n, run), "done done done done done done");
	CHECK_STR(done(&w),
	    "do QUERY  select 'ann'; do LOCK_ACCOUNT ann; do BLOCK_IP 192.0.2.1; do BLOCK_IP "
	    "192.0.2.2; do NOTIFY  INC-1 192.0.2.1, 192.0.2.2;");
	CHECK_INT(runs_cancel(all, n, run, STR("eve"), NOW, NULL), FAIL_DENIED);
	CHECK_INT(runs_rollback(all, n, run, STR("eve"), NOW, NULL), OK);
	(void)look(all, &w, NOW);
	CHECK_STR(stands(all, n, run), "undone done done undone done undone");
	CHECK(strstr(done(&w),
		  "undo BLOCK_IP 192.0.2.2; undo BLOCK_IP 192.0.2.1; undo LOCK_ACCOUNT "
		  "ann;") != NULL);
	incident_close_file(all);
}

TEST(outcomes_that_come_later_are_dry_or_failed)
{
	struct incidents *all = open_at(path_of("a.db"));
	struct world w = { .path = path_of("a.txt"), .wait = true, .dry = true };
	const int64_t n = incident(all), run = start_as(all, n, book, true);
	struct runs_outcome o = { .ok = true, .dry = true, .result = STR("as if") };
	int64_t first = 0, second = 0;
	struct str ids, look_id;

	(void)look(all, &w, NOW);
	CHECK_STR(stands(all, n, run), "running running waiting waiting waiting active");
	ids = buf_view(&w.later);
	CHECK(str_i64(str_until(&ids, ' '), &first) && str_i64(str_until(&ids, ' '), &second));
	look_id = str_until(&ids, ' ');
	CHECK_INT(runs_settle(all, first, &o, NOW, NULL), OK);
	CHECK_STR(stands(all, n, run), "running(dry) running waiting waiting waiting active");
	CHECK_INT(runs_settle(all, first, &o, NOW, NULL), FAIL_NOT_FOUND);
	o = (struct runs_outcome){ .result = STR("refused") };
	CHECK_INT(runs_settle(all, second, &o, NOW, NULL), OK);
	CHECK_STR(stands(all, n, run), "failed(dry) running not-run not-run not-run failed");
	/* Opened anew, what was on its way is tried again, under the same key. */
	incident_close_file(all);
	all = open_at(path_of("a.db"));
	w.wait = false;
	(void)look(all, &w, NOW);
	CHECK_STR(stands(all, n, run), "failed(dry) done(dry) not-run not-run not-run failed");
	CHECK_STR(done(&w),
	    "do BLOCK_IP 192.0.2.1; do BLOCK_IP 192.0.2.2; do QUERY  select 'ann';");
	CHECK(look_id.n != 0);
	/* Only what failed is done again. */
	CHECK_INT(act(all, n, run, "block", RUN_RUN, "", false), OK);
	(void)look(all, &w, NOW);
	CHECK(strstr(done(&w), "do BLOCK_IP 192.0.2.2; do BLOCK_IP 192.0.2.2;") == NULL);
	CHECK(strstr(done(&w), "select 'ann'; do BLOCK_IP 192.0.2.2;") != NULL);
	CHECK_STR(stands(all, n, run), "done(dry) done(dry) open waiting waiting active");
	incident_close_file(all);
	buf_fini(&w.later);
}

TEST(late_failing_and_without_a_target)
{
	static const char late[] =
	    "playbook: y\ntitle: Y\nsteps:\n"
	    "  - {id: a, title: A, manual: {instructions: x}, timeout: 5m,"
	    " on_timeout: escalate}\n"
	    "  - {id: b, title: B, auto: {action: NOTIFY}, after: [], retry: 1}\n"
	    "  - {id: c, title: C, auto: {action: LOCK_ACCOUNT}, after: []}\n";
	struct incidents *all = open_at(path_of("a.db"));
	struct world w = { .path = path_of("a.txt"), .fail = true };
	const struct incident_new want = { .title = STR("Nobody"), .severity = INCIDENT_LOW };
	struct diag why = { 0 };
	int64_t n = 0, run;

	CHECK_OK(incident_add(all, &want, NOW, &n, &why), why);
	run = start_as(all, n, late, false);
	CHECK(look(all, &w, NOW) == NOW + RUN_PAUSE);
	CHECK_STR(stands(all, n, run), "open paused offered active");
	w.fail = false;
	CHECK(look(all, &w, NOW + RUN_PAUSE) == NOW + 300 * CLOCK_S);
	CHECK_STR(stands(all, n, run), "open done offered active");
	CHECK_INT(act(all, n, run, "c", RUN_RUN, "", false), OK);
	CHECK_STR(stands(all, n, run), "not-run done failed failed");
	CHECK_INT(act(all, n, run, "c", RUN_RUN, "", false), OK);
	CHECK_STR(stands(all, n, run), "not-run done failed failed");
	incident_close_file(all);

	all = open_at(path_of("b.db"));
	n = incident(all);
	run = start_as(all, n, late, false);
	w.path = path_of("b.txt");
	(void)look(all, &w, NOW + 299 * CLOCK_S);
	CHECK(strstr(done(&w), "late") == NULL);
	(void)look(all, &w, NOW + 300 * CLOCK_S);
	(void)look(all, &w, NOW + 400 * CLOCK_S);
	CHECK_STR(done(&w), "do NOTIFY; late;");
	incident_close_file(all);
}

TEST(runs_of_incidents_that_are_closed_or_merged)
{
	struct incidents *all = open_at(path_of("a.db"));
	const int64_t n = incident(all), into = incident(all);
	struct world w = { .path = path_of("a.txt") };
	struct runs_new again = { .incident = n, .text = str_c(book), .file = "x" };
	struct diag why = { 0 };
	int64_t run = start_as(all, n, book, false), other = 0;

	CHECK_INT(runs_start(all, &again, NOW, &other, NULL), FAIL_EXISTS);
	again.incident = 77;
	CHECK_INT(runs_start(all, &again, NOW, &other, NULL), FAIL_NOT_FOUND);
	again.text = STR("playbook: x");
	CHECK_INT(runs_start(all, &again, NOW, &other, NULL), FAIL_SYNTAX);
	CHECK_OK(join_merge(all, n, into, STR("eve"), NOW, &why), why);
	again = (struct runs_new){ .incident = n, .text = str_c(book), .file = "x" };
	CHECK_INT(runs_start(all, &again, NOW, &other, NULL), FAIL_DENIED);
	(void)look(all, &w, NOW);
	CHECK_STR(stands(all, into, run), "offered done open waiting waiting active");
	CHECK_INT(act(all, into, run, "ask", RUN_SKIP, "known", false), OK);
	incident_close_file(all);
}

TEST(how_many_there_may_be)
{
	struct incidents *all = open_at(path_of("a.db"));
	const int64_t n = incident(all);
	struct runs_new want = { .incident = n, .file = "x" };
	struct diag why = { 0 };
	char text[200];
	int64_t id = 0;

	for (unsigned i = 0; i <= RUNS_EACH_MAX; i++) {
		(void)snprintf(text, sizeof(text),
		    "playbook: p%u\ntitle: X\nsteps:\n  - {id: a, title: A, manual: {instructions: "
		    "x}}",
		    i);
		want.text = str_c(text);
		CHECK_INT(runs_start(all, &want, NOW, &id, &why),
		    i < RUNS_EACH_MAX ? OK : FAIL_LIMIT);
	}
	incident_close_file(all);
}

/* One life: goes on where the last one ended; true when it came to the end of the run. */
static bool
live(const char *db, const char *outside, const char *crash)
{
	const pid_t pid = fork();
	int status = 0;

	CHECK(pid >= 0);
	if (pid == 0) {
		struct world w = { .path = outside };
		struct incidents *all;

		if (crash != NULL)
			(void)setenv("TOCSIN_CRASH", crash, 1);
		all = open_at(db);
		for (unsigned i = 0; i < 6; i++) {
			(void)look(all, &w, NOW);
			(void)!act(all, 1, 1, "ask", RUN_FINISHED, "{\"v\":\"yes\"}", false);
			(void)!act(all, 1, 1, "lock", RUN_APPROVE, "", true);
			if (strstr(stands(all, 1, 1), "done done done done done done") != NULL)
				(void)!runs_rollback(all, 1, 1, STR("eve"), NOW, NULL);
		}
		_exit(strstr(stands(all, 1, 1), "undone done done undone done undone") != NULL ? 0
											       : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFEXITED(status);
}

static void
prepare(const char *db)
{
	struct incidents *all = open_at(db);
	const int64_t n = incident(all);

	CHECK_INT(n, 1);
	CHECK_INT(start_as(all, n, book, true), 1);
	incident_close_file(all);
}

/* Lines in no order, as threads of a run are in none after a crash. */
static size_t
count_lines(const char *path, const char *word)
{
	auto_buf struct buf text = { 0 };
	struct str rest, line;
	size_t n = 0;

	CHECK_INT(fs_read(path, 1 << 20, &text, NULL), OK);
	rest = buf_view(&text);
	while (str_line(&rest, &line))
		n += str_find(line, str_c(word)) >= 0;
	return n;
}

TEST(whatever_dies_everything_is_done_once)
{
	static const enum crash points[] = { CRASH_RUN_SAVED, CRASH_RUN_BEGUN,
		CRASH_RUN_CARRIED_OUT, CRASH_RUN_SETTLED };
	static const char *const once[] = { " do BLOCK_IP 192.0.2.1", " do BLOCK_IP 192.0.2.2",
		" do QUERY", " do LOCK_ACCOUNT ann", " do NOTIFY", "undo BLOCK_IP 192.0.2.1",
		"undo BLOCK_IP 192.0.2.2", "undo LOCK_ACCOUNT ann" };

	test_timeout(300);
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		unsigned met = 0;

		for (unsigned passing = 1; passing < 30; passing++) {
			char name[40], order[64];
			const char *db, *outside;
			bool ended;

			(void)snprintf(name, sizeof(name), "%zu-%u.db", i, passing);
			db = path_of(name);
			(void)snprintf(name, sizeof(name), "%zu-%u.txt", i, passing);
			outside = path_of(name);
			(void)snprintf(order, sizeof(order), "%s:%u", crash_name(points[i]),
			    passing);
			prepare(db);
			ended = live(db, outside, order);
			met += !ended;
			if (!ended)
				CHECK(live(db, outside, NULL));
			for (size_t k = 0; k < ARRAY_LEN(once); k++)
				CHECK_INT(count_lines(outside, once[k]), 1);
			CHECK_INT(count_lines(outside, ""), ARRAY_LEN(once));
			if (ended)
				break;
		}
		if (met == 0)
			test_fail(TEST_AT(met), "%s is never met", crash_name(points[i]));
	}
}
