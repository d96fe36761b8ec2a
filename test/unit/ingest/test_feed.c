/* Batches are made in time and in order, and wait for a sink that is full. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/feed.h"

#include "fake.h"

static struct batch_source source = { .name = "feed" };
static unsigned ready, settled;
static size_t wanted;

static void
on_ready(void *ctx)
{
	(void)ctx;
	ready++;
}

static void
on_settled(void *ctx)
{
	(void)ctx;
	settled++;
}

static bool
all_here(struct fake *f)
{
	return f->got.n >= wanted;
}

static void
begin(struct fake *f, struct feed *d, size_t hold)
{
	fake_init(f);
	f->enough = all_here;
	source.ledger = ledger_source(f->env.ledger, source.name);
	feed_init(d, &f->env, &source,
	    &(struct feed_opts){ .items = 10,
		.bytes = 1000,
		.hold_items = hold,
		.hold_bytes = 100000,
		.ready = on_ready,
		.settled = on_settled });
}

static void
end(struct fake *f, struct feed *d)
{
	feed_fini(d);
	fake_check_ledger(f);
	fake_fini(f);
}

static void
add_numbers(struct feed *d, size_t from, size_t to)
{
	char text[32];

	for (size_t i = from; i < to; i++) {
		int n = snprintf(text, sizeof(text), "%zu", i);

		CHECK_INT(feed_add(d, (struct str){ text, (size_t)n }, false), OK);
	}
}

static void
check_numbers(struct fake *f, size_t n)
{
	CHECK_INT(f->got.n, n);
	for (size_t i = 0; i < n; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%zu", i);
		CHECK_BYTES(f->got.p[i].p, f->got.p[i].n, text, strlen(text));
	}
}

TEST(a_single_message_does_not_wait_long)
{
	struct fake f;
	struct feed d;
	int64_t start = clock_mono();

	begin(&f, &d, 0);
	wanted = 1;
	CHECK_INT(feed_add(&d, STR("0"), true), OK);
	CHECK(!feed_idle(&d));
	CHECK(fake_run(&f, 5000));
	CHECK(clock_mono() - start < 500 * CLOCK_MS);
	check_numbers(&f, 1);
	CHECK(feed_idle(&d));
	CHECK_INT(settled, 1);
	CHECK_INT(ledger_get(f.env.ledger, 0, LEDGER_CUT), 1);
	end(&f, &d);
}

TEST(batches_go_out_full_and_in_order)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 0);
	wanted = 25;
	add_numbers(&d, 0, 25);
	CHECK_INT(d.in_flight, 2);
	CHECK_INT(d.open->n, 5);
	CHECK(fake_run(&f, 5000));
	check_numbers(&f, 25);
	end(&f, &d);
}

TEST(a_full_sink_stops_the_intake_and_loses_nothing)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 0);
	f.full = 5;
	wanted = 10;
	add_numbers(&d, 0, 10);
	CHECK(feed_full(&d));
	CHECK_INT(feed_add(&d, STR("not taken"), false), FAIL_AGAIN);
	CHECK(fake_run(&f, 5000));
	CHECK_INT(f.refused, 5);
	CHECK(ready >= 1);
	CHECK(!feed_full(&d));
	wanted = 15;
	add_numbers(&d, 10, 15);
	CHECK(fake_run(&f, 5000));
	check_numbers(&f, 15);
	CHECK_INT(ledger_get(f.env.ledger, 0, LEDGER_RECEIVED), 15);
	end(&f, &d);
}

TEST(some_is_collected_while_a_batch_waits)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 30);
	f.full = 3;
	wanted = 40;
	add_numbers(&d, 0, 40);
	CHECK_INT(feed_add(&d, STR("too many"), false), FAIL_AGAIN);
	CHECK(fake_run(&f, 5000));
	check_numbers(&f, 40);
	end(&f, &d);
}

TEST(what_the_log_refused_is_sent_again)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 0);
	f.failing = 1;
	wanted = 10;
	add_numbers(&d, 0, 10);
	CHECK(fake_run(&f, 5000));
	CHECK_INT(f.failed, 1);
	check_numbers(&f, 10);
	CHECK_INT(ledger_get(f.env.ledger, 0, LEDGER_RECEIVED), 20);
	CHECK_INT(ledger_get(f.env.ledger, 0, LEDGER_REFUSED_IO), 10);
	end(&f, &d);
}

TEST(what_is_left_at_the_end_is_counted_as_refused)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 30);
	f.full = 1000;
	add_numbers(&d, 0, 13);
	end(&f, &d); /* checks the balance */
}

TEST(peers_do_not_mix)
{
	struct fake f;
	struct feed d;

	begin(&f, &d, 0);
	wanted = 4;
	CHECK(feed_peer(&d, "192.0.2.1"));
	add_numbers(&d, 0, 2);
	CHECK(feed_peer(&d, "192.0.2.2"));
	add_numbers(&d, 2, 4);
	CHECK(fake_run(&f, 5000));
	for (size_t i = 0; i < 4; i++)
		CHECK_STR(f.got.p[i].peer, i < 2 ? "192.0.2.1" : "192.0.2.2");
	f.full = 1;
	add_numbers(&d, 0, 1);
	CHECK(feed_peer(&d, "192.0.2.3")); /* the batch is held with its own name */
	CHECK(!feed_idle(&d));
	wanted = 5;
	CHECK(fake_run(&f, 5000));
	CHECK_STR(f.got.p[4].peer, "192.0.2.2");
	end(&f, &d);
}
