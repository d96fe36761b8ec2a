/* The long form of short rules, by what they measure. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_brief.c */
#include "detect/brief_write.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/jsonw.h"
#include "detect/action.h"

#define WINDOW "1h" /* where none is written */

/* The same name has the same id wherever it stands; `part` tells the rules of one block apart. */
static void
put_id(const struct brief_entry *e, const char *part, struct buf *to)
{
	uint8_t sum[DIGEST_SIZE];
	char hex[2 * 16 + 1];
	struct buf b;

	if (e->id.n > 0 && part[0] == '\0') {
		buf_byte(to, '"');
		jsonw_escape(e->id, to);
		buf_byte(to, '"');
		return;
	}
	buf_init(&b, 0);
	buf_printf(&b, "tocsin short rule %s ", part);
	buf_str(&b, e->id.n > 0 ? e->id : e->name);
	digest_sha256(buf_view(&b), sum);
	buf_fini(&b);
	sum[6] = (uint8_t)((sum[6] & 0x0f) | 0x80);
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	(void)digest_hex(sum, 16, hex);
	buf_printf(to, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void
put_text(struct buf *to, const char *key, struct str text)
{
	buf_printf(to, "%s: \"", key);
	jsonw_escape(text, to);
	buf_str(to, STR("\"\n"));
}

static void
put_title(const struct brief_entry *e, const char *part, struct buf *to)
{
	struct buf b;

	buf_init(&b, 0);
	if (e->title.n > 0)
		buf_str(&b, e->title);
	else
		brief_cond_fold(e->name, &b);
	if (b.n > 0 && b.p[0] >= 'a' && b.p[0] <= 'z')
		b.p[0] = (char)(b.p[0] & ~0x20);
	if (part[0] != '\0')
		buf_printf(&b, " (%s)", part);
	put_text(to, "title", buf_view(&b));
	buf_fini(&b);
}

static void
put_name(const struct brief_entry *e, const char *part, struct buf *to)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, e->name);
	if (part[0] != '\0')
		buf_printf(&b, ".%s", part);
	put_text(to, "name", buf_view(&b));
	buf_fini(&b);
}

static void
put_tags(const struct brief_entry *e, struct buf *to)
{
	buf_str(to, STR("tags: ["));
	for (const struct ydoc *m = e->tags->first; m != NULL; m = m->next) {
		buf_str(to, STR("\""));
		jsonw_escape(m->text, to);
		buf_str(to, m->next != NULL ? STR("\", ") : STR("\""));
	}
	buf_str(to, STR("]\n"));
}

/* What the rule says of itself; `part` "" is the one that alerts. */
static void
put_head(const struct brief_entry *e, const char *part, bool loud, struct buf *to)
{
	if (to->n > 0)
		buf_str(to, STR("---\n"));
	put_title(e, part, to);
	buf_str(to, STR("id: "));
	put_id(e, part, to);
	buf_byte(to, '\n');
	put_name(e, part, to);
	put_text(to, "description", e->description.n > 0 ? e->description : e->text);
	buf_printf(to, "level: %s\n", loud ? e->level : "informational");
	if (e->tags != NULL)
		put_tags(e, to);
}

static void
put_own(const struct brief_entry *e, struct buf *to)
{
	const char *action = action_in_text(e->advice), *scope = e->cond.scope;

	if (strcmp(action, "RATE_LIMIT_IP") == 0 && scope != NULL &&
	    strstr(scope, "client_ip") == NULL)
		action = "RATE_LIMIT_USER";
	buf_printf(to, "tocsin:\n  action: %s\n", action);
	if (e->suppress.n > 0)
		put_text(to, "  suppress", e->suppress);
	else if (e->cond.compare != NULL && scope == NULL && e->cond.noun->measure == BRIEF_EVENT)
		buf_str(to, STR("  suppress: 1h\n"));
	if (e->advice.n > 0)
		put_text(to, "  advice", e->advice);
}

static void
put_source(const struct brief_entry *e, struct buf *to)
{
	buf_printf(to, "logsource: {%s}\ndetection:\n", e->cond.noun->source);
}

/* The rule that feeds; `except` is taken out of it, NULL: nothing. */
static void
put_feeder(const struct brief_entry *e, const char *part, const char *selection, const char *except,
    struct buf *to)
{
	put_head(e, part, false, to);
	put_source(e, to);
	buf_printf(to, "  selection: %s\n", selection);
	if (except != NULL)
		buf_printf(to, "  other: %s\n", except);
	buf_printf(to, "  condition: selection%s\n", except != NULL ? " and not other" : "");
}

static void
put_number(const struct brief_entry *e, struct buf *to)
{
	struct jsonw w;

	jsonw_init(&w, to);
	jsonw_f64(&w, e->cond.number);
}

static void
put_condition(const struct brief_entry *e, const char *field, struct buf *to)
{
	buf_str(to, STR("  condition: {"));
	if (field != NULL)
		buf_printf(to, "field: [%s], ", field);
	buf_printf(to, "%s: ", e->cond.compare);
	put_number(e, to);
	if (e->cond.noun->measure == BRIEF_RATIO)
		buf_byte(to, '%');
	buf_str(to, STR("}\n"));
}

/* Head and common keys of a correlation fed by the parts named. */
static void
put_corr(const struct brief_entry *e, const char *name, const char *type, const char *group,
    const char *part, const char *more, struct buf *to)
{
	put_head(e, name, true, to);
	buf_printf(to, "correlation:\n  type: %s\n  rules: [", type);
	put_id(e, part, to);
	if (more != NULL) {
		buf_str(to, STR(", "));
		put_id(e, more, to);
	}
	buf_str(to, STR("]\n"));
	if (group != NULL)
		buf_printf(to, "  group-by: [%s]\n", group);
}

static void
put_span(const struct brief_entry *e, const char *key, const char *other, struct buf *to)
{
	if (e->cond.span > 0)
		buf_printf(to, "  %s: %lu%s\n", key, e->cond.span, e->cond.unit);
	else
		buf_printf(to, "  %s: %s\n", key, other);
}

static const char *
scope_or(const struct brief_entry *e, const char *other)
{
	return e->cond.scope != NULL ? e->cond.scope : other;
}

/* Each event that fits, EVENT without a number and EACH. */
static void
write_detection(const struct brief_entry *e, struct buf *to)
{
	const struct brief_noun *noun = e->cond.noun;

	put_head(e, "", true, to);
	put_source(e, to);
	if (noun->selection[0] != '\0')
		buf_printf(to, "  selection: %s\n", noun->selection);
	if (e->cond.compare != NULL) {
		buf_str(to, STR("  amount:\n"));
		for (struct str rest = str_c(noun->fields); rest.n > 0;) {
			struct str field = str_until(&rest, ' ');

			buf_printf(to, "    - %.*s|%s: ", STR_ARG(field), e->cond.compare);
			put_number(e, to);
			buf_byte(to, '\n');
		}
	}
	buf_printf(to, "  condition: %s%s%s\n", noun->selection[0] != '\0' ? "selection" : "",
	    noun->selection[0] != '\0' && e->cond.compare != NULL ? " and " : "",
	    e->cond.compare != NULL ? "amount" : "");
	put_own(e, to);
}

static void
write_event(const struct brief_entry *e, struct buf *to)
{
	if (e->cond.compare == NULL) {
		write_detection(e, to);
		return;
	}
	put_feeder(e, "events", e->cond.noun->selection, NULL, to);
	put_corr(e, "", e->cond.values != NULL ? "value_count" : "event_count", e->cond.scope,
	    "events", NULL, to);
	put_span(e, "timespan", WINDOW, to);
	put_condition(e, e->cond.values, to);
	put_own(e, to);
}

static void
write_ratio(const struct brief_entry *e, struct buf *to)
{
	const struct brief_noun *noun = e->cond.noun;

	put_feeder(e, "part", noun->selection, NULL, to);
	put_feeder(e, "others", noun->fields, noun->selection, to);
	put_corr(e, "", "ratio", e->cond.scope, "part", "others", to);
	buf_str(to, STR("  part: "));
	put_id(e, "part", to);
	buf_str(to, STR("\n  minimum: 20\n  full: true\n"));
	put_span(e, "timespan", "5m", to);
	put_condition(e, NULL, to);
	put_own(e, to);
}

static void
write_sum(const struct brief_entry *e, struct buf *to)
{
	put_feeder(e, "events", e->cond.noun->selection, NULL, to);
	put_corr(e, "", "value_sum", e->cond.scope, "events", NULL, to);
	put_span(e, "timespan", WINDOW, to);
	put_condition(e, e->cond.noun->fields, to);
	put_own(e, to);
}

/* One correlation per field: each holds on its own. */
static void
write_sustained(const struct brief_entry *e, struct buf *to)
{
	struct str rest = str_c(e->cond.noun->fields);
	const char *name = "";
	char field[40], feeder[60], selection[80];

	if (e->cond.span == 0) {
		write_detection(e, to);
		return;
	}
	for (; rest.n > 0; name = field) {
		(void)str_to_c(str_until(&rest, ' '), field, sizeof(field));
		(void)snprintf(feeder, sizeof(feeder), "samples of %s", field);
		(void)snprintf(selection, sizeof(selection), "{%s|exists: true}", field);
		put_feeder(e, feeder, selection, NULL, to);
		put_corr(e, name[0] != '\0' ? field : "", "sustained", scope_or(e, "host"), feeder,
		    NULL, to);
		put_span(e, "timespan", "10m", to);
		put_condition(e, field, to);
		put_own(e, to);
	}
}

static void
write_deviation(const struct brief_entry *e, struct buf *to)
{
	put_feeder(e, "events", e->cond.noun->selection, NULL, to);
	put_corr(e, "", "deviation", scope_or(e, e->cond.noun->fields), "events", NULL, to);
	buf_str(to, STR("  measure: count\n"));
	put_span(e, "interval", "5m", to);
	buf_str(to, STR("  timespan: 14d\n"));
	put_condition(e, NULL, to);
	put_own(e, to);
}

static void
write_travel(const struct brief_entry *e, struct buf *to)
{
	put_feeder(e, "events", e->cond.noun->selection, NULL, to);
	put_corr(e, "", "geo_velocity", scope_or(e, e->cond.noun->fields), "events", NULL, to);
	if (e->cond.compare != NULL)
		put_condition(e, NULL, to);
	else
		buf_str(to, STR("  condition: {gt: 800}\n"));
	put_own(e, to);
}

static void
write_present(const struct brief_entry *e, struct buf *to)
{
	put_feeder(e, "events", e->cond.noun->selection, NULL, to);
	put_corr(e, "", "concurrent_values", scope_or(e, "user_name, user_email, user_id"),
	    "events", NULL, to);
	put_span(e, "timespan", "15m", to);
	put_condition(e, e->cond.noun->fields, to);
	put_own(e, to);
}

static void
write_risk(const struct brief_entry *e, struct buf *to)
{
	put_head(e, "", true, to);
	buf_printf(to, "correlation:\n  type: entity_risk\n  rules: any\n  group-by: [%s]\n",
	    scope_or(e, e->cond.noun->fields));
	put_condition(e, NULL, to);
	put_own(e, to);
}

static void (*const writers[])(const struct brief_entry *e, struct buf *to) = {
	[BRIEF_EVENT] = write_event,
	[BRIEF_RATIO] = write_ratio,
	[BRIEF_SUM] = write_sum,
	[BRIEF_EACH] = write_detection,
	[BRIEF_SUSTAINED] = write_sustained,
	[BRIEF_DEVIATION] = write_deviation,
	[BRIEF_TRAVEL] = write_travel,
	[BRIEF_PRESENT] = write_present,
	[BRIEF_RISK] = write_risk,
};

void
brief_write(const struct brief_entry *e, struct buf *to)
{
	writers[e->cond.noun->measure](e, to);
}
