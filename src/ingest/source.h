/*
 * A source of messages: a file, a listener, a pipe.  Everything here belongs
 * to the loop thread.
 *
 * Back-pressure: when the sink answers FAIL_AGAIN a source keeps the batch,
 * stops reading and tries again a little later.  UDP cannot make anybody
 * wait: it drops and counts what comes meanwhile.
 */
#ifndef INGEST_SOURCE_H
#define INGEST_SOURCE_H

#include "conf/conf.h"
#include "ingest/batch.h"

struct cursors;
struct ledger;
struct loop;
struct source;

/* What sources work with; borrowed, it outlives them. */
struct source_env {
	struct loop *loop;
	struct batch_sink sink;
	struct ledger *ledger;
	struct cursors *cursors; /* for files: FAIL_NOT_FOUND without; others do not need it */
	/* There will be nothing more (end of standard input), all of it is on disk.  May be NULL.
	 */
	void (*ended)(void *ctx, const struct batch_source *bs);
	void *ctx;
};

/* One kind of source; `s` is what open() made. */
struct source_ops {
	const char *name; /* the `type` of the configuration */
	const char *doc;
	/* Begins to take messages.  MUST leave nothing behind on failure. */
	enum err (*open)(const struct source_env *env, const struct batch_source *bs,
	    const struct conf_source *settings, void **ret, struct diag *why);
	/* Takes nothing more and submits what it holds.  Called once. */
	void (*stop)(void *s);
	/* True when no message is held and no batch in flight. */
	bool (*idle)(const void *s);
	/* No batch of it is in flight any more; what is still held is counted as refused. */
	void (*close)(void *s);
};

/* NULL when there is no such kind; source_kind(i) lists them, NULL past the end. */
const struct source_ops *source_find(const char *kind) NONNULL;
const struct source_ops *source_kind(size_t i);

/* Opens the source that the configuration describes and gives it its line in the ledger. */
enum err source_open(const struct source_env *env, const struct conf_source *settings,
    struct source **ret, struct diag *why) __attribute__((nonnull(1, 2, 3)));
void source_stop(struct source *s) NONNULL; /* again is fine */
bool source_idle(const struct source *s) NONNULL;
void source_close(struct source *s); /* NULL is fine */
const struct batch_source *source_info(const struct source *s) NONNULL;

#endif
