/*
 * A mail about an alert: headers, a text part and an HTML part, ready for the
 * DATA of SMTP.  Texts of the alert come from whoever wrote the log: they are
 * shown, and can neither add a header, nor markup, nor a link.
 */
#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include "notify/job.h"

#define MAIL_MAX ((size_t)1 << 20)
#define MAIL_TEXT_MAX 4000 /* bytes of one text of the alert; more is cut */

/* FAIL_SYNTAX: an address of the channel is none. */
enum err mail_put(const struct job *j, int64_t now, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 3)));

/* "smtp://HOST:PORT/OWN NAME" with its NUL.  FAIL_SYNTAX: the host is none. */
enum err mail_url(const struct job_channel *c, struct buf *to, struct diag *why)
    __attribute__((nonnull(1, 2)));

/* "[HIGH] title (group)" */
void mail_subject(const struct job *j, struct buf *to) NONNULL;
/* The two parts before they are encoded. */
void mail_text(const struct job *j, struct buf *to) NONNULL;
void mail_html(const struct job *j, struct buf *to) NONNULL;

/*
 * A text of the alert, cut, with addresses that mail programs would make links of broken up, and
 * U+FFFD for what would turn the direction of the text or drive a terminal.
 */
void mail_shown(struct str text, struct buf *to) __attribute__((nonnull(2)));
/* Is it http or https, and safe to offer as a link? */
bool mail_is_link(struct str url);
/* "12 events, 2026-11-21 05:27:36 to 05:28:10 UTC" */
void mail_when(const struct job_alert *a, struct buf *to) NONNULL;

#endif
