/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/oncall.py */
/* Walks pages. */
#include "app/pager.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/breach.h"
#include "alert/override.h"
#include "alert/silence.h"
#include "app/bookload.h"
#include "app/calls.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "ev/loop.h"
#include "notify/secret.h"

#define LOOK_EVERY (500 * CLOCK_MS)
#define BATCH 50 /* pages, failures and breaches of a look */

struct pager {
	struct pager_opts o;
	struct book *book;
	struct loop_timer *timer;
	struct calls calls;
	struct book_override *overrides; /* of people, as of this look */
	size_t n_overrides;
	size_t told; /* messages of this look */
	struct brake brake;
	struct buf secret;
};

/* Those whose rota and person are in the book. */
static enum err
on_override(void *ctx, const struct override *o)
{
	struct pager *p = ctx;
	const struct book_rota *rota = book_rota(p->book, o->rota);
	const struct book_person *person = book_person(p->book, o->person);

	if (rota != NULL && person != NULL && p->n_overrides < OVERRIDE_MAX)
		p->overrides[p->n_overrides++] =
		    (struct book_override){ .rota = (size_t)(rota - p->book->rotas),
			    .person = (size_t)(person - p->book->people),
			    .from = o->from,
			    .to = o->to };
	return OK;
}

static enum err
read_overrides(struct pager *p, int64_t now, struct diag *why)
{
	p->n_overrides = 0;
	return override_list(p->o.alerts, now, false, on_override, p, why);
}

static struct walk_at
where(const struct page *page)
{
	return (struct walk_at){ page->step, page->round, page->base, page->state == PAGE_HELD };
}

/* From how the page was read to `at`, with the lines of the step. */
static enum err
go(struct pager *p, const struct page *page, const struct walk_at *at, struct page_move *m,
    int64_t now, struct diag *why)
{
	const struct book_policy *policy = book_policy(p->book, str_c(page->policy));

	m->id = page->id;
	m->was = page->state;
	m->was_step = page->step;
	m->was_round = page->round;
	m->step = at->step;
	m->round = at->round;
	m->base = at->base;
	m->due = walk_due(policy, at);
	m->brake = p->brake;
	if (m->level == 0)
		m->level = page->level;
	return page_do(p->o.alerts, m, now, why);
}

/* The times of the steps that follow move by as much as it takes that the next is at `when`. */
static void
next_at(const struct book_policy *policy, struct walk_at *at, int64_t when)
{
	at->base += when - walk_due(policy, at);
}

static void
say(struct pager *p, const struct page *page)
{
	const struct calls *c = &p->calls;

	p->told += c->told;
	for (size_t i = 0; i < c->n; i++) {
		const struct page_order *o = &c->p[i];

		if (o->told == PAGE_TOLD)
			log_info("oncall", "told", LOG_C("alert", page->alert_id),
			    LOG_STR("person", o->person), LOG_STR("channel", o->channel),
			    LOG_STR("note", o->note));
		else if (o->told == PAGE_SUMMARY)
			log_info("oncall", "held for a summary", LOG_C("alert", page->alert_id),
			    LOG_STR("person", o->person), LOG_STR("channel", o->channel));
		else
			log_error("oncall", "not told", LOG_C("alert", page->alert_id),
			    LOG_STR("person", o->person), LOG_STR("channel", o->channel),
			    LOG_STR("why", o->note));
	}
}

/* The people of a step; with nobody to tell the next step is at once. */
static enum err
tell(struct pager *p, const struct page *page, const struct walk *w, int64_t now, struct diag *why)
{
	const struct book_policy *policy = book_policy(p->book, str_c(page->policy));
	const struct book_step *step = &policy->steps[w->at.step];
	struct page_move m = { .state = page->state };
	struct walk_who who[WALK_PEOPLE_MAX];
	struct walk_at at = walk_past(policy, w, now);
	struct calls *c = &p->calls;
	size_t n =
	    walk_people(p->book, book_tell(p->book, step), p->overrides, p->n_overrides, now, who);
	enum err e;

	calls_init(c, p->o.alerts, page, now);
	c->step = w->at.step;
	c->round = w->at.round;
	c->level = step->level;
	e = calls_people(c, who, n, why);
	if (e != OK)
		return e;
	m.orders = c->p;
	m.n = c->n;
	if (c->told != 0)
		m.level = step->level;
	if (c->told == 0) {
		if (at.step >= policy->n)
			at.round = policy->repeat; /* no use in another round: to everybody */
		next_at(policy, &at, now);
	} else if (c->latest > now) {
		at.base += c->latest - now; /* all of them are asleep */
	}
	e = go(p, page, &at, &m, now, why);
	if (e == OK)
		say(p, page);
	return e;
}

/* Nobody answered, or there is nobody. */
static enum err
tell_all(struct pager *p, const struct page *page, const struct walk *w, int64_t now,
    struct diag *why)
{
	const struct book_policy *policy = book_policy(p->book, str_c(page->policy));
	const bool first = page->level == 0 && page->step == 0;
	struct page_move m = { .state = page->state };
	const struct walk_at at = walk_past(policy, w, now);
	struct calls *c = &p->calls;
	const char *note = policy == NULL     ? "everybody: there is no such policy"
			   : page->level == 0 ? "everybody: there is nobody on call"
					      : "everybody: nobody answered";
	enum err e;

	calls_init(c, p->o.alerts, page, now);
	c->level = BOOK_LEVELS;
	e = calls_all(c, first, note, why);
	if (c->told != 0)
		m.level = BOOK_LEVELS;
	m.orders = c->p;
	m.n = c->n;
	if (e == OK)
		e = go(p, page, &at, &m, now, why);
	if (e != OK)
		return e;
	log_error("oncall", note, LOG_C("alert", page->alert_id), LOG_C("policy", page->policy),
	    LOG_INT("channels", c->told));
	say(p, page);
	return OK;
}

static enum err
end(struct pager *p, const struct page *page, const struct walk *w, int64_t now, struct diag *why)
{
	const bool over = w->what == WALK_OVER;
	struct page_move m = { .state = over ? PAGE_UNANSWERED : PAGE_ENDED,
		.why = over ? STR("nobody answered") : STR("") };

	if (over)
		log_error("oncall", "a page was given up: nobody ever answered",
		    LOG_C("alert", page->alert_id), LOG_C("policy", page->policy));
	return go(p, page, &w->at, &m, now, why);
}

static enum err
wait(struct pager *p, const struct page *page, const struct walk *w, int64_t now, struct diag *why)
{
	struct page_move m = { .state = page->state };

	return go(p, page, &w->at, &m, now, why);
}

static enum err
walk_one(struct pager *p, const struct page *page, int64_t now, struct diag *why)
{
	static enum err (*const does[])(struct pager *, const struct page *, const struct walk *,
	    int64_t, struct diag *) = {
		[WALK_WAIT] = wait,
		[WALK_TELL] = tell,
		[WALK_ALL] = tell_all,
		[WALK_END] = end,
		[WALK_OVER] = end,
	};
	const struct book_policy *policy = book_policy(p->book, str_c(page->policy));
	const struct walk w = walk_next(policy, where(page), now);
	bool stopped = false;
	enum err e = OK;

	if (page->state == PAGE_RUNNING && (w.what == WALK_TELL || w.what == WALK_ALL))
		e = silence_stop(p->o.alerts, str_c(page->alert_id), now, &stopped, why);
	if (e == OK && !stopped)
		e = does[w.what](p, page, &w, now, why);

	return e == FAIL_AGAIN ? OK : e; /* it changed meanwhile: the next look sees it */
}

static enum err
walk_due_ones(struct pager *p, int64_t now, bool *ret_more, struct diag *why)
{
	struct page due[BATCH];
	size_t n = 0;
	enum err e = page_due(p->o.alerts, now, due, BATCH, &n, why);

	for (size_t i = 0; i < n && e == OK; i++)
		e = walk_one(p, &due[i], now, why);
	*ret_more |= n == BATCH;
	return e;
}

static enum err
on_page(void *ctx, const struct page *page)
{
	struct page *to = ctx;

	*to = *page;
	to->by = to->why = to->note = STR(""); /* not borrowed past this */
	return OK;
}

/* The next contact of somebody whose message did not arrive; with none the next step, at once. */
static enum err
fall_over(struct pager *p, const struct page_failed *f, int64_t now, struct diag *why)
{
	const struct book_person *person = book_person(p->book, str_c(f->person));
	struct page_move m = { .state = PAGE_RUNNING, .failed = f->call };
	const struct book_policy *policy;
	struct calls *c = &p->calls;
	char note[CALLS_NOTE_SIZE];
	struct walk_at at;
	struct page page;
	uint64_t alive = 0;
	enum err e = page_get(p->o.alerts, f->page, on_page, &page, why);

	if (e != OK)
		return e;
	at = where(&page);
	policy = book_policy(p->book, str_c(page.policy));
	calls_init(c, p->o.alerts, &page, now);
	c->step = f->step;
	c->round = f->round;
	(void)snprintf(note, sizeof(note), "%s failed", f->channel);
	if (person != NULL)
		e = calls_person(c, person, f->contact + 1, note, why);
	if (e == OK)
		e = page_alive(p->o.alerts, page.id, f->step, f->round, &alive, why);
	if (e != OK)
		return e;
	if (c->told == 0 && alive <= 1 && page.step == f->step + 1 && page.round == f->round &&
	    walk_due(policy, &at) > now)
		next_at(policy, &at, now);
	m.orders = c->p;
	m.n = c->n;
	e = go(p, &page, &at, &m, now, why);
	if (e != OK)
		return e == FAIL_AGAIN ? OK : e;
	log_warn("oncall", "a page did not arrive", LOG_C("alert", page.alert_id),
	    LOG_C("person", f->person), LOG_C("channel", f->channel), LOG_INT("next", c->told));
	say(p, &page);
	return OK;
}

static enum err
fall_over_all(struct pager *p, int64_t now, bool *ret_more, struct diag *why)
{
	struct page_failed failed[BATCH];
	size_t n = 0;
	enum err e = page_failures(p->o.alerts, failed, BATCH, &n, why);

	for (size_t i = 0; i < n && e == OK; i++)
		e = fall_over(p, &failed[i], now, why);
	*ret_more |= n == BATCH;
	return e;
}

static enum err
on_running(void *ctx, const struct page *page)
{
	if (page->state != PAGE_RUNNING)
		return OK;
	return on_page(ctx, page);
}

/* Late: its page begins, or goes to its next step. */
static enum err
late(struct pager *p, unsigned rank, const struct breach_alert *alert, int64_t now,
    struct diag *why)
{
	const struct book_response *r = &p->book->responses[rank];
	const struct page_filter f = { .alert_id = str_c(alert->id) };
	struct breach b = { .alert_id = str_c(alert->id),
		.created = alert->created,
		.severity = (enum alerts_severity)rank };
	struct page_move m = { .state = PAGE_RUNNING };
	struct page page = { 0 };
	struct walk_at at;
	char note[80];
	enum err e = page_list(p->o.alerts, &f, on_running, &page, why);

	(void)snprintf(note, sizeof(note), "nobody took it on within %lld s",
	    (long long)(r->within / CLOCK_S));
	b.note = str_c(note);
	if (page.id != 0) {
		const struct book_policy *policy = book_policy(p->book, str_c(page.policy));

		at = where(&page);
		if (walk_due(policy, &at) > now)
			next_at(policy, &at, now);
		m.id = page.id;
		m.was = page.state;
		m.was_step = m.step = page.step;
		m.was_round = m.round = page.round;
		m.level = page.level;
		m.base = at.base;
		m.due = now;
		b.advance = &m;
	} else if (p->book->n_people != 0 && book_policy(p->book, r->policy) != NULL) {
		b.policy = r->policy;
	}
	if (e == OK)
		e = breach_note(p->o.alerts, &b, now, why);
	if (e == OK)
		log_warn("oncall", "an alert was not taken on in time", LOG_C("alert", alert->id),
		    LOG_INT("after_s", r->within / CLOCK_S));
	return e == FAIL_AGAIN ? OK : e;
}

static enum err
late_ones(struct pager *p, int64_t now, bool *ret_more, struct diag *why)
{
	struct breach_alert alerts[BATCH];
	enum err e = OK;

	for (unsigned rank = 0; rank < BOOK_RANKS && e == OK; rank++) {
		const struct book_response *r = &p->book->responses[rank];
		size_t n = 0;

		if (!r->set)
			continue;
		e = breach_find(p->o.alerts, (enum alerts_severity)rank, now - r->within, alerts,
		    BATCH, &n, why);
		for (size_t i = 0; i < n && e == OK; i++)
			e = late(p, rank, &alerts[i], now, why);
		*ret_more |= n == BATCH;
	}
	return e;
}

static void
look(void *ctx)
{
	struct pager *p = ctx;
	const int64_t now = clock_wall();
	struct diag why = { 0 };
	bool more = false;
	enum err e = read_overrides(p, now, &why);

	p->told = 0;
	if (e == OK)
		e = late_ones(p, now, &more, &why);
	if (e == OK)
		e = fall_over_all(p, now, &more, &why);
	if (e == OK)
		e = walk_due_ones(p, now, &more, &why);
	if (e != OK)
		log_diag("oncall", "pages were not walked; it is tried again", &why);
	if (p->told != 0)
		p->o.wake(p->o.ctx);
	loop_timer_after(p->timer, e == OK && more ? 0 : LOOK_EVERY);
}

static void
say_book(const struct book *b)
{
	log_info("oncall", "on call", LOG_INT("people", b->n_people), LOG_INT("rotas", b->n_rotas),
	    LOG_INT("policies", b->n_policies));
}

static struct brake
brake_of(const struct conf *conf)
{
	return (struct brake){ (unsigned)conf->oncall_storm_limit, conf->oncall_storm_window };
}

enum err
pager_new(const struct pager_opts *o, struct pager **ret, struct diag *why)
{
	struct pager *p = MEM_NEW(struct pager);
	enum err e;

	p->o = *o;
	p->brake = brake_of(o->conf);
	e = bookload(o->conf, &p->book, why);
	if (e == OK && o->conf->oncall_pagerduty_secret[0] != '\0')
		e = secret_get(str_c(o->conf->oncall_pagerduty_secret), &p->secret, why);
	if (e != OK) {
		book_free(p->book);
		free(p);
		return e;
	}
	p->overrides = mem_alloc(OVERRIDE_MAX * sizeof(*p->overrides));
	p->timer = loop_timer_new(o->loop, look, p);
	loop_timer_after(p->timer, 0);
	if (p->book->n_people != 0)
		say_book(p->book);
	*ret = p;
	return OK;
}

void
pager_free(struct pager *p)
{
	if (p == NULL)
		return;
	loop_timer_free(p->timer);
	book_free(p->book);
	free(p->overrides);
	secret_fini(&p->secret);
	free(p);
}

enum err
pager_reload(struct pager *p, const struct conf *conf, struct diag *why)
{
	struct book *fresh;
	enum err e = bookload(conf, &fresh, why);

	if (e != OK)
		return e;
	book_free(p->book);
	p->book = fresh;
	p->brake = brake_of(conf);
	say_book(fresh);
	return OK;
}

struct str
pager_secret(const struct pager *p)
{
	return buf_view(&p->secret);
}

const struct book *const *
pager_book(const struct pager *p)
{
	return (const struct book *const *)&p->book;
}
