/*
 * The configured sources and the positions of files.  Loop thread, but for
 * inputs_start(), which comes before anything is appended to the log.
 */
#ifndef APP_INPUTS_H
#define APP_INPUTS_H

#include "conf/conf.h"
#include "ingest/batch.h"
#include "ingest/cursor.h"
#include "ingest/ledger.h"

struct inputs;
struct loop;

/* Opens the positions and learns from the log what they do not hold yet. */
enum err inputs_cursors(const char *cursors_path, const char *log_dir, uint64_t log_last,
    struct loop *loop, struct cursors **ret, struct diag *why);

struct inputs_opts { /* borrowed until inputs_free() */
	struct loop *loop;
	const struct conf *conf;
	struct ledger *ledger;
	struct cursors *cursors;
	struct batch_sink sink;
};

/* A source that cannot be opened is an error: its name is in `why`. */
enum err inputs_start(const struct inputs_opts *opts, struct inputs **ret, struct diag *why)
    __attribute__((nonnull(1, 2)));
void inputs_close(struct inputs *in);      /* takes no more messages; NULL is fine */
bool inputs_idle(const struct inputs *in); /* nothing held, nothing in flight; NULL is idle */
void inputs_free(struct inputs *in);       /* NULL is fine */

#endif
