/* What the files of pages share. */
#ifndef ALERT_PAGE_IN_H
#define ALERT_PAGE_IN_H

#include "alert/internal.h"
#include "alert/page.h"

/* page_begin(); the times of its steps count from `base`. */
enum err page_begin_at(struct alerts *a, struct str alert_id, struct str policy, int64_t base,
    int64_t now, struct diag *why);
/* page_do() in a transaction of the caller. */
enum err page_do_inside(struct alerts *a, const struct page_move *m, int64_t now, struct diag *why);

/*
 * `silence` hides the alert from now on: its pages stop, and say by whom and, as `note`, by what;
 * what waits is taken back.  And nothing hides it any more: they go on where they stopped, by as
 * much later.  In a transaction of the caller.
 */
enum err page_hush(struct alerts *a, struct str alert_id, int64_t silence, struct str note,
    int64_t now, struct diag *why);
enum err page_heard(struct alerts *a, struct str alert_id, int64_t now, struct diag *why);

#endif
