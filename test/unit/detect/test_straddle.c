/*
 * A restart after any event changes nothing: for each type of ctypes.def the case in
 * test/case/straddle/TYPE is stopped and begun again behind each of its events.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ctype.h"

#include "feed.h"

static void
on_finding(void *ctx, const struct finding *f)
{
	struct buf *to = ctx;
	char hex[33];

	buf_printf(to, "%s %.*s %s | %.*s | %.*s | %" PRIu64 " %" PRIu64 " | %" PRIu64 " |",
	    f->rule->title, STR_ARG(f->group), digest_hex(f->id, 16, hex), STR_ARG(f->summary),
	    STR_ARG(f->details), f->n_first, f->n_more, f->seq);
	for (size_t i = 0; i < f->n_evidence; i++)
		buf_printf(to, " %" PRIu64, f->evidence[i]);
	buf_byte(to, '\n');
}

static void
feed_one(struct feed *f, struct str line, struct buf *to)
{
	const struct parse_in in = { .message = line,
		.received = FEED_RECEIVED,
		.source = STR("test"),
		.trust_time = true };
	struct diag why;
	struct rec r;

	arena_reset(f->arena);
	rec_init(&r, f->arena);
	CHECK_OK(parser_parse(f->parser, &in, &r, &why), why);
	r.seq = ++f->seq;
	engine_feed(f->engine, &r, on_finding, to);
}

static void
restart(struct feed *f)
{
	struct buf one = { 0 }, two = { 0 };
	struct engine_stats before, after;
	struct diag why;

	engine_save(f->engine, &one);
	engine_stats(f->engine, &before);
	engine_free(f->engine);
	feed_engine(f, 100000, 30 * CLOCK_S);
	CHECK_OK(engine_load(f->engine, buf_view(&one), &why), why);
	engine_save(f->engine, &two);
	CHECK_BYTES(two.p, two.n, one.p, one.n);
	engine_stats(f->engine, &after); /* who goes for want of bytes must be the same */
	CHECK_INT(after.bytes, before.bytes);
	buf_fini(&one);
	buf_fini(&two);
}

/* The findings, with a restart behind event number `at`; how many events there are. */
static size_t
run(const char *dir, size_t at, struct buf *to)
{
	char path[400];
	struct buf text = { 0 };
	struct str rest, line;
	struct diag why;
	struct feed f;
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "%s/rules.yml", dir);
	feed_path(&f, path);
	if (f.errors > 0)
		test_fail(TEST_AT(path), "%s: %s", path, feed_cstr(&f.notes));
	(void)snprintf(path, sizeof(path), "%s/prelude.jsonl", dir);
	if (fs_read(path, 1U << 24, &text, &why) != OK)
		text.n = 0;
	rest = buf_view(&text);
	while (str_line(&rest, &line))
		feed_one(&f, line, to);
	(void)snprintf(path, sizeof(path), "%s/input.jsonl", dir);
	buf_reset(&text);
	CHECK_OK(fs_read(path, 1U << 24, &text, &why), why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		feed_one(&f, line, to);
		if (n++ == at)
			restart(&f);
	}
	buf_fini(&text);
	feed_fini(&f);
	return n;
}

/* Lines of a type that its correlation says, not the rules it is fed by. */
static bool
says(struct str findings, struct str type)
{
	struct str line, head;

	while (str_line(&findings, &line)) {
		head = str_until(&line, ' ');
		if (str_eq(head, type) &&
		    (str_starts(line, STR("client_ip=")) || str_starts(line, STR("user_name="))))
			return true;
	}
	return false;
}

static void
straddle(struct str type)
{
	struct buf straight = { 0 }, broken = { 0 };
	char dir[300], name[64];
	size_t n;

	(void)snprintf(dir, sizeof(dir), "%s/%s", test_source("test/case/straddle"),
	    str_to_c(type, name, sizeof(name)));
	n = run(dir, SIZE_MAX, &straight);
	if (!says(buf_view(&straight), type))
		test_fail(TEST_AT(dir), "%s: its case finds nothing", name);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&broken);
		(void)run(dir, i, &broken);
		if (!str_eq(buf_view(&broken), buf_view(&straight)))
			test_fail(TEST_AT(dir), "%s: a restart behind event %zu changes\n%s to\n%s",
			    name, i, feed_cstr(&straight), feed_cstr(&broken));
	}
	buf_fini(&straight);
	buf_fini(&broken);
}

TEST(every_type_outlives_a_restart_behind_each_event)
{
	struct buf text = { 0 };
	struct str rest, line;
	struct diag why;
	unsigned n = 0;

	test_timeout(300);
	CHECK_OK(fs_read(test_source("src/detect/ctypes.def"), 1U << 16, &text, &why), why);
	rest = buf_view(&text);
	while (str_line(&rest, &line)) {
		if (!str_starts(line, STR("X(")))
			continue;
		line = str_from(line, 2);
		straddle(str_until(&line, ')'));
		n++;
	}
	CHECK(n >= 8);
	buf_fini(&text);
}
