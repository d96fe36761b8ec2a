/*
 * Why a rule did not fire for an address, a user ... at a time: how far it
 * got, and what stopped it.  From history (app/history.h).
 */
#ifndef APP_WHYNOT_H
#define APP_WHYNOT_H

#include "app/history.h"
#include "conf/conf.h"
#include "detect/engine.h"

struct whynot_opts {
	const char *rule, *entity;
	int64_t at; /* ns */
	const struct conf_list *rules;
	const char *profile;
	struct engine_opts engine;
	struct history_opts history;
};

/*
 * Appends one line, or an object of JSON:
 * {"rule":{"id","title","type"},"entity","at","verdict","fired":[{"time","group"}],
 *  "keys":[{"group","progress","text"}],"events":N,"late":N,
 *  "inputs":[{"title","matched":N,"last":T|null}],
 *  "records":[{"seq","time","selections":[{"name","holds"}]}]}
 */
enum err whynot_tell(const struct whynot_opts *opts, bool json, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

#endif
