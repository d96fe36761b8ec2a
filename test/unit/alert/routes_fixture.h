/* Routes and channels for tests of what follows an alert. */
#ifndef ROUTES_FIXTURE_H
#define ROUTES_FIXTURE_H

#include "alert/bundle.h"
#include "alert/channels.h"
#include "alert/outbox.h"
#include "alert/routing.h"
#include "base/clock.h"
#include "fixture.h"

static inline void
rf_channel(struct alerts *a, const char *name, enum alerts_severity min)
{
	struct diag why = { 0 };

	CHECK_OK(channels_add(a,
		     &(struct channel){ .name = str_c(name),
			 .type = CHANNELS_WEBHOOK,
			 .enabled = true,
			 .min_severity = min,
			 .origin = CHANNELS_PAGE,
			 .url = STR("https://example.com/hook") },
		     1, &why),
	    why);
}

static inline void
rf_set(struct routing *r, const char *yaml, unsigned limit, int64_t window)
{
	struct routing_rules rules = { .storm_limit = limit, .storm_window = window };
	struct diag why = { 0 };

	if (yaml != NULL)
		CHECK_OK(route_read(str_c(yaml), "r.yml", &rules.tree, &why), why);
	routing_set(r, &rules);
}

/* An alert with an id made of `n`, known at `now`. */
static inline void
rf_raise(struct alerts *a, unsigned n, const char *severity, const char *group, int64_t now)
{
	char id[ALERTS_ID_SIZE];
	struct alerts_finding f;

	(void)snprintf(id, sizeof(id), "%08x000000000000000000000000", n);
	f = finding(id, 9);
	f.severity = str_c(severity);
	f.group = str_c(group);
	f.first = f.last = now;
	apply(a, &f, 1, 9, now);
}

static inline enum err
rf_on_row(void *ctx, const struct outbox_row *row)
{
	auto_buf struct buf rest = { 0 };

	buf_printf(&rest, "%.8s%s-%.*s%s", row->alert_id.p, row->event == OUTBOX_BUNDLE ? "*" : "",
	    STR_ARG(row->channel), str_find(row->key, STR("-again")) >= 0 ? "+" : "");
	buf_printf(ctx, "%.*s\n", STR_ARG(buf_view(&rest)));
	return OK;
}

/* Lines "ALERT-CHANNEL", newest first; "*" behind what is a bundle, "+" behind what is back. */
static inline const char *
rf_outbox(struct alerts *a)
{
	static char text[4000];
	auto_buf struct buf out = { 0 };
	const struct outbox_filter f = { .limit = 50 };
	struct diag why = { 0 };

	CHECK_OK(outbox_list(a, &f, rf_on_row, &out, &why), why);
	return str_to_c(buf_view(&out), text, sizeof(text));
}

static inline enum err
rf_on_bundle(void *ctx, const struct bundle *b)
{
	buf_printf(ctx, "%.*s %s %llu %s due %lld\n", STR_ARG(b->channel), bundle_word(b->form),
	    (unsigned long long)b->alerts, alerts_severity_word(b->severity),
	    (long long)(b->due / CLOCK_S));
	return OK;
}

static inline const char *
rf_open(struct alerts *a)
{
	static char text[4000];
	auto_buf struct buf out = { 0 };
	struct diag why = { 0 };

	CHECK_OK(bundle_list(a, 100, rf_on_bundle, &out, &why), why);
	return str_to_c(buf_view(&out), text, sizeof(text));
}

static inline unsigned
rf_close(struct alerts *a, int64_t now)
{
	struct diag why = { 0 };
	unsigned n = 0;
	bool more = true;

	while (more) {
		CHECK_OK(bundle_close(a, now, &more, &why), why);
		n += more;
	}
	return n;
}

static inline enum err
rf_words(void *ctx, const struct bundle *b)
{
	buf_printf(ctx, "%s %.*s\n%.*s", alerts_severity_word(b->severity), STR_ARG(b->title),
	    STR_ARG(b->summary));
	return OK;
}

static inline enum err
rf_newest(void *ctx, const struct outbox_row *row)
{
	(void)str_to_c(row->alert_id, ctx, ALERTS_ID_SIZE);
	return OK;
}

/* The words of the bundle that the newest message is of. */
static inline const char *
rf_said(struct alerts *a)
{
	static char text[5000];
	char id[ALERTS_ID_SIZE] = "";
	auto_buf struct buf out = { 0 };
	const struct outbox_filter f = { .limit = 1 };
	struct diag why = { 0 };

	CHECK_OK(outbox_list(a, &f, rf_newest, id, &why), why);
	CHECK_OK(bundle_get(a, str_c(id), rf_words, &out, &why), why);
	return str_to_c(buf_view(&out), text, sizeof(text));
}

#define S CLOCK_S

#endif
