/* What the handlers about who is on call share. */
#ifndef API_ONCALL_H
#define API_ONCALL_H

#include "api/alert.h"
#include "oncall/rota.h"

/* The user of Tocsin that somebody in the book is; the name itself when he is not there. */
struct str oncall_user(const struct api *a, struct str person) __attribute__((nonnull(1)));

/* Overrides of people, as src/oncall wants them; free() *ret. */
enum err oncall_overrides(const struct api *a, int64_t after, struct book_override **ret,
    size_t *ret_n, struct diag *why) __attribute__((nonnull(1, 3, 4)));

/* "response":{...} of an alert, or null: how soon it had to be taken on, and whether it was. */
void oncall_put_response(const struct api *a, struct jsonw *w, const struct alerts_row *row,
    int64_t now) NONNULL;
/* "pages":[...] of an alert, with receipts. */
enum err oncall_put_pages(const struct api *a, struct jsonw *w, struct str alert_id,
    struct diag *why) __attribute__((nonnull(1, 2)));
/* Figures of pages in the text format of Prometheus. */
void oncall_metrics(const struct api *a, struct buf *to) NONNULL;

#endif
