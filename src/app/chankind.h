/* The kinds of channels that ship with the program: for the page and the configuration file. */
#ifndef APP_CHANKIND_H
#define APP_CHANKIND_H

#include "alert/channels.h"
#include "notify/kind.h"

/* From channels/ beside the program; a broken file is named in the log and left out. */
void chankind_load(struct kinds *ret) NONNULL;
/* {"kinds":[...]}: what GET /v1/channel-kinds says. */
void chankind_describe(const struct kinds *ks, struct buf *to) NONNULL;

/* Tells the database which of them hear what becomes of an alert; once at start. */
enum err chankind_tell(const struct kinds *ks, struct alerts *a, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* May a message through a channel of this type go to the address of a person? */
bool chankind_takes_address(const struct kinds *ks, struct str type) __attribute__((nonnull(1)));

/*
 * Settings as somebody wrote them, checked and completed; `ctx` is a struct kinds.
 * FAIL_SYNTAX: no such kind, or a setting that cannot be.
 */
enum err chankind_settings(void *ctx, struct str kind, struct str given, struct buf *to,
    struct diag *why) __attribute__((nonnull(1, 4)));

#endif
