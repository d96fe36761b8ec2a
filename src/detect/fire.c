/* Findings: their ids, what they say, the events they rest on. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/detect/test_engine.c */
#include "detect/fire.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "detect/confidence.h"
#include "detect/group.h"

#define DETAIL_MAX 160
#define TEXT_MAX 4096
#define DETAILS_MAX 16384
#define SAY_EVERY (3600 * CLOCK_S)

static const struct crule own_rule = {
	.pub = { .id = "tocsin-forgets-keys",
	    .title = "Detection forgets keys",
	    .description = "More different groups are alive than correlations may remember.",
	    .level = "medium",
	    .severity = "MEDIUM",
	    .status = "stable",
	    .tags = "",
	    .advice = "Raise detect.max_keys, or find out who sends so many different values.",
	    .action = "",
	    .confidence = 99,
	    .file = "tocsin",
	    .line = 1,
	    .alerts = true,
	    .suppress = SAY_EVERY },
	.title = { "Detection forgets keys", 22 },
};

struct level *
fire_level(struct engine *e, unsigned depth)
{
	struct level *l = e->level[depth];

	if (l != NULL)
		return l;
	l = e->level[depth] = MEM_NEW(struct level);
	buf_init(&l->group, 0);
	buf_init(&l->other, 0);
	buf_init(&l->summary, TEXT_MAX);
	buf_init(&l->text, TEXT_MAX);
	buf_init(&l->details, DETAILS_MAX);
	l->hit.text = &l->text;
	l->hit.details = &l->details;
	return l;
}

static void
make_id(const struct rule *rule, struct str group, int64_t number, uint8_t ret[16])
{
	uint8_t sum[DIGEST_SIZE];
	char space[1024];
	struct buf b = { .p = space, .size = sizeof(space), .max = sizeof(space) };
	bool own = group.n + strlen(rule->id) > sizeof(space) - 32;

	if (own)
		buf_init(&b, 0);
	buf_put(&b, rule->id, strlen(rule->id) + 1);
	buf_str(&b, group);
	buf_byte(&b, '\0');
	buf_i64(&b, number);
	digest_sha256(buf_view(&b), sum);
	memcpy(ret, sum, 16);
	if (own)
		buf_fini(&b);
}

/* What stands behind title and group: the request, the command or the message. */
static void
put_detail(const struct rec *r, struct buf *to)
{
	static const enum field order[] = { F_URL, F_ENDPOINT, F_COMMAND, F_MESSAGE };

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct str s = rec_str(r, order[i]);

		if (s.n == 0)
			continue;
		buf_str(to, STR(": "));
		if (i < 2 && rec_str(r, F_METHOD).n > 0) {
			utf8_show((struct str){ rec_str(r, F_METHOD).p,
				      rec_str(r, F_METHOD).n < 16 ? rec_str(r, F_METHOD).n : 16 },
			    to);
			buf_byte(to, ' ');
		}
		utf8_show((struct str){ s.p, s.n < DETAIL_MAX ? s.n : DETAIL_MAX }, to);
		buf_str(to, s.n > DETAIL_MAX ? STR("...") : STR(""));
		return;
	}
}

static void
begin_summary(struct level *l, const struct rule *rule)
{
	buf_reset(&l->summary);
	buf_str(&l->summary, str_c(rule->title));
	if (l->group.n == 0)
		return;
	buf_str(&l->summary, STR(": "));
	utf8_show(buf_view(&l->group), &l->summary);
}

/* One of those for which the rule has no more alerts this hour. */
static void
raise_other(struct engine *e, const struct crule *rule, const struct finding *f, int64_t begin)
{
	struct finding other = *f;

	buf_reset(&e->others);
	buf_printf(&e->others,
	    "%s: many at a time; beyond the first %u of this hour they are counted here",
	    rule->pub.title, rule->at_most);
	if (f->group.n > 0)
		buf_str(&e->others, STR(", among them "));
	utf8_show(f->group, &e->others);
	other.group = STR("");
	other.summary = buf_view(&e->others);
	other.details = STR("");
	make_id(&rule->pub, STR("others"), begin, other.id);
	e->raise(e->ctx, &other);
}

void
fire_raise(struct engine *e, const struct crule *rule, const struct finding *f)
{
	struct storm **s;

	e->stats.findings++;
	if (!rule->pub.alerts)
		return;
	if (rule->at_most == 0 || f->demo) {
		e->raise(e->ctx, f);
		return;
	}
	s = &e->storm[rule - e->rs->rule.p];
	if (*s == NULL)
		*s = MEM_NEW(struct storm);
	if (storm_alone(*s, rule->at_most, f->id, f->last))
		e->raise(e->ctx, f);
	else
		raise_other(e, rule, f, (*s)->begin);
}

void
fire_detection(struct engine *e, const struct crule *rule, const struct ctype_event *ev,
    struct finding *ret)
{
	struct level *l = fire_level(e, 0);
	int64_t suppress = rule->pub.suppress;

	buf_reset(&l->group);
	if (rule->default_group)
		group_default(ev->rec, &l->group);
	else
		(void)group_text(&rule->group, ev->rec, &l->group);
	begin_summary(l, &rule->pub);
	put_detail(ev->rec, &l->summary);
	l->evidence[0] = ev->seq;
	*ret = (struct finding){ .rule = &rule->pub,
		.group = buf_view(&l->group),
		.summary = buf_view(&l->summary),
		.level = rule->pub.level,
		.severity = rule->pub.severity,
		.confidence = confidence_of(rule, 0),
		.first = ev->t,
		.last = ev->t,
		.seq = ev->seq,
		.n_first = ev->weight,
		.n_more = ev->weight,
		.evidence = l->evidence,
		.n_evidence = 1,
		.rec = ev->rec,
		.demo = e->demo };
	make_id(&rule->pub, ret->group, ev->t / suppress - (ev->t % suppress < 0), ret->id);
}

/* The higher of the rule's level and the firing's. */
static void
set_level(struct finding *f, const char *raised)
{
	static const struct level_name {
		const char *level, *severity;
	} names[] = { { "informational", "INFO" }, { "low", "LOW" }, { "medium", "MEDIUM" },
		{ "high", "HIGH" }, { "critical", "CRITICAL" } };
	bool above = false;

	f->level = f->rule->level;
	f->severity = f->rule->severity;
	for (size_t i = 0; i < ARRAY_LEN(names) && raised != NULL; i++) {
		if (above && strcmp(names[i].level, raised) == 0) {
			f->level = names[i].level;
			f->severity = names[i].severity;
		}
		above |= strcmp(names[i].level, f->rule->level) == 0;
	}
}

static size_t
add_evidence(uint64_t *to, size_t n, uint64_t seq)
{
	for (size_t i = n; i-- > 0;)
		if (to[i] == seq)
			return n;
	if (n == ENGINE_EVIDENCE_MAX) { /* the oldest makes room */
		memmove(to, to + 1, (n - 1) * sizeof(*to));
		n--;
	}
	to[n] = seq;
	return n + 1;
}

/* What the type kept, then what a chained firing rested on, then the event. */
static size_t
collect(struct level *l, const struct ctype_event *ev)
{
	size_t n = 0;

	for (size_t i = 0; i < l->hit.n_evidence; i++) {
		uint64_t seq = l->hit.evidence[i];

		if ((ev == NULL || seq != ev->seq) && (n == 0 || seq != l->evidence[n - 1]))
			l->evidence[n++] = seq;
	}
	if (ev == NULL)
		return n;
	for (size_t i = 0; ev->finding != NULL && i < ev->finding->n_evidence; i++)
		if (ev->finding->evidence[i] != ev->seq)
			n = add_evidence(l->evidence, n, ev->finding->evidence[i]);
	if (n == ENGINE_EVIDENCE_MAX)
		memmove(l->evidence, l->evidence + 1, --n * sizeof(*l->evidence));
	l->evidence[n] = ev->seq;
	return n + 1;
}

static int64_t
episode(struct key *k, int64_t t, int64_t suppress)
{
	if (k->begin == KEY_NEVER || t >= k->begin + suppress || t <= k->begin - suppress)
		k->begin = t;
	return k->begin;
}

void
fire_correlation(struct engine *e, struct level *l, struct key *k, const struct ctype_event *ev,
    int64_t t, struct finding *ret)
{
	const struct crule *rule = &e->rs->rule.p[k->rule];
	const struct ctype_hit *hit = &l->hit;

	buf_reset(&l->group);
	buf_str(&l->group, key_text(k));
	begin_summary(l, &rule->pub);
	if (l->text.n > 0) {
		buf_str(&l->summary, STR(": "));
		buf_str(&l->summary, buf_view(&l->text));
	}
	if (l->details.n > 0) {
		l->details.p[0] = '{'; /* the comma in front */
		buf_byte(&l->details, '}');
	}
	*ret = (struct finding){ .rule = &rule->pub,
		.group = buf_view(&l->group),
		.summary = buf_view(&l->summary),
		.details = buf_view(&l->details),
		.confidence =
		    hit->confidence != 0 ? hit->confidence : confidence_of(rule, hit->value),
		.first = hit->first != 0 ? hit->first : t,
		.last = hit->last != 0 ? hit->last : t,
		.seq = e->seq,
		.n_more = ev != NULL ? ev->weight : 1,
		.evidence = l->evidence,
		.n_evidence = collect(l, ev),
		.rec = ev != NULL ? ev->rec : NULL,
		.demo = k->demo };
	ret->n_first = hit->events != 0 ? hit->events : hit->n_evidence + 1;
	set_level(ret, hit->level);
	make_id(&rule->pub, ret->group, episode(k, t, rule->pub.suppress), ret->id);
}

void
fire_forgotten(struct engine *e, int64_t t)
{
	struct level *l = fire_level(e, 0);
	struct finding f = { .rule = &own_rule.pub, .n_first = 1, .n_more = 1, .seq = e->seq };

	e->forgets = false;
	if (e->said != KEY_NEVER && t < e->said + SAY_EVERY && t > e->said - SAY_EVERY)
		return;
	e->said = t;
	buf_reset(&l->group);
	begin_summary(l, f.rule);
	buf_printf(&l->summary,
	    ": room for %zu groups is used up, first by '%.100s'; raise detect.max_keys",
	    e->opts.keys_max, e->rs->rule.p[e->forgot].pub.title);
	set_level(&f, NULL);
	f.confidence = f.rule->confidence;
	f.group = buf_view(&l->group);
	f.summary = buf_view(&l->summary);
	f.first = f.last = t;
	l->evidence[0] = e->seq;
	f.evidence = l->evidence;
	f.n_evidence = 1;
	f.demo = e->demo;
	make_id(f.rule, f.group, t, f.id);
	fire_raise(e, &own_rule, &f);
}
