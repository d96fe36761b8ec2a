/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/delivery.py */
/* Test messages of commands. */
#include "app/sendtest.h"

#include "app/chankind.h"
#include "app/letter.h"
#include "base/clock.h"
#include "notify/sender.h"

/* By `s`; says how it went. */
static enum err
send_one(const struct conf *conf, struct sender *s, const struct sendtest *t,
    struct job_result *ret, struct diag *why)
{
	const struct letter_opts o = { .public_url = conf->http_public_url,
		.timeout_ms = (unsigned)(conf->notify_timeout / CLOCK_MS) };
	const struct letter_for whom = { t->person, t->address };
	struct arena *arena = arena_new(JOB_ARENA);
	auto_buf struct buf line = { 0 };
	struct job job;
	enum err e;

	letter_test(&o, 1, t->channel, &whom, clock_wall(), &line);
	e = job_parse(arena, buf_view(&line), &job, why);
	if (e == OK)
		sender_send(s, &job, ret);
	arena_free(arena);
	return e;
}

enum err
sendtest_all(const struct conf *conf, const struct sendtest *t, size_t n, sendtest_fn fn, void *ctx,
    bool *ret_arrived, struct diag *why)
{
	struct kinds kinds;
	struct sender *s;
	enum err e = sender_prepare(why);

	if (e != OK)
		return e;
	chankind_load(&kinds);
	s = sender_new(conf->notify_ca_file[0] != '\0' ? conf->notify_ca_file : NULL, &kinds);
	*ret_arrived = true;
	for (size_t i = 0; i < n && e == OK; i++) {
		struct job_result r = { 0 };

		e = send_one(conf, s, &t[i], &r, why);
		*ret_arrived &= e == OK && r.verdict == JOB_OK;
		if (e == OK)
			fn(ctx, i, &r);
	}
	sender_free(s);
	kinds_fini(&kinds);
	return e;
}
