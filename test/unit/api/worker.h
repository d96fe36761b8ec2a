/* Query workers of the fixture: shell scripts.  Part of fixture.h. */
#ifndef WORKER_H
#define WORKER_H

static enum err
fx_take(void *ctx, const struct api_query_user *user, struct child **ret, struct diag *why)
{
	const char *const argv[] = { "/bin/sh", "-c", fx.script, NULL };
	struct child_spec spec = { .argv = argv,
		.pipe_stdin = true,
		.pipe_stdout = true,
		.output = user->output,
		.exited = user->exited,
		.ctx = user->ctx };

	(void)ctx;
	if (fx.script[0] == '\0')
		return err_set(why, FAIL_AGAIN, "busy");
	return child_start(fx.loop, &spec, ret, why);
}

static void
fx_release(void *ctx, struct child *c)
{
	(void)ctx;
	child_free(c);
	atomic_fetch_add(&fx.releases, 1);
}

#endif
