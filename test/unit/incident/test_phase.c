/* SPDX-License-Identifier: Apache-2.0 */
/* Phases, their gates, closing and opening again, the form. */
#include "incident/phase.h"

#include "base/clock.h"
#include "incident/change.h"
#include "incident/form.h"
#include "incident/guide.h"
#include "incident/story.h"
#include "test.h"

#define NOW ((int64_t)1800000000 * CLOCK_S)

static const char checklist[] = "checklist: common\n"
				"phases:\n"
				"  preparation:\n"
				"    - {step: Own it, field: owner}\n"
				"    - {step: Ticket, optional: true}\n"
				"  containment:\n"
				"    - {step: Block, within: 15m}\n"
				"  eradication:\n"
				"    - {step: Cause, field: cause}\n"
				"  lessons-learned:\n"
				"    - {step: Summary, field: summary}\n";
static const char more[] = "checklist: ddos\n"
			   "phases:\n"
			   "  containment:\n"
			   "    - {step: Call}\n";

struct fixture {
	struct incidents *all;
	struct guide *guide;
	int64_t n;
};

static void
begin(struct fixture *f)
{
	const struct incident_new want = {
		.type = INCIDENT_CUSTOM, .severity = INCIDENT_HIGH, .title = STR("One")
	};
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/incidents.db", test_dir());
	CHECK_OK(incident_open_file(path, &f->all, &why), why);
	f->guide = guide_new();
	CHECK_OK(guide_read(f->guide, str_c(checklist), "common", &why), why);
	CHECK_OK(guide_read(f->guide, str_c(more), "ddos", &why), why);
	incident_guide(f->all, f->guide);
	CHECK_OK(incident_add(f->all, &want, NOW, &f->n, &why), why);
}

static void
end(struct fixture *f)
{
	incident_close_file(f->all);
	guide_free(f->guide);
}

static enum err
show_step(void *ctx, const struct phase_step *s)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%s %lld %.*s %s; ", incident_phase_word(s->phase),
	    (long long)s->item, STR_ARG(s->text), phase_state_word(s->state));
	return OK;
}

static const char *
steps(struct fixture *f)
{
	static char text[1000];
	struct diag why = { 0 };

	text[0] = '\0';
	CHECK_OK(phase_steps(f->all, f->n, show_step, text, &why), why);
	return text;
}

static enum err
show_time(void *ctx, const struct phase_time *t)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%s %lld %lld %.*s; ", incident_phase_word(t->phase),
	    (long long)((t->entered - NOW) / CLOCK_S),
	    t->left != 0 ? (long long)((t->left - NOW) / CLOCK_S) : -1, STR_ARG(t->override));
	return OK;
}

static enum err
keep(void *ctx, const struct incident *one)
{
	*(struct incident *)ctx = *one;
	return OK;
}

static struct incident
get(struct fixture *f)
{
	struct incident one = { 0 };
	struct diag why = { 0 };

	CHECK_OK(incident_get(f->all, f->n, keep, &one, &why), why);
	return one; /* its texts are gone */
}

static enum err
check(struct fixture *f, enum incident_phase p, int64_t item, enum phase_state to, const char *note,
    struct diag *why)
{
	const struct phase_step s = {
		.phase = p, .item = item, .state = to, .by = STR("ana"), .note = str_c(note)
	};

	return phase_check(f->all, f->n, &s, NOW + CLOCK_S, why);
}

TEST(steps_come_from_the_guide)
{
	struct fixture f;
	struct change_wish w = CHANGE_NOTHING;
	struct diag why = { 0 };

	begin(&f);
	CHECK_STR(steps(&f), "preparation 1 Own it open; preparation 2 Ticket open; "
			     "containment 1 Block open; eradication 1 Cause open; "
			     "lessons-learned 1 Summary open; ");
	CHECK_OK(check(&f, INCIDENT_CONTAINMENT, 1, PHASE_STEP_DONE, "", &why), why);
	w.type = INCIDENT_DDOS; /* what was done stays done, its own steps are added */
	w.owner = STR("ben");
	CHECK_OK(change_apply(f.all, f.n, &w, STR("ana"), NOW, &why), why);
	CHECK_STR(steps(&f), "preparation 1 Own it done; preparation 2 Ticket open; "
			     "containment 1 Block done; containment 2 Call open; "
			     "eradication 1 Cause open; lessons-learned 1 Summary open; ");
	end(&f);
}

TEST(a_gate_holds_until_its_steps_are_done)
{
	struct fixture f;
	struct change_wish w = CHANGE_NOTHING;
	struct diag why = { 0 };

	begin(&f);
	CHECK_INT(phase_advance(f.all, f.n, STR("ana"), STR(""), NOW, &why), FAIL_DENIED);
	CHECK_STR(why.text, "1 step of Preparation is open, first \"Own it\"; a reason overrides");
	CHECK_INT(check(&f, INCIDENT_PREPARATION, 1, PHASE_STEP_DONE, "", &why), FAIL_DENIED);
	CHECK_INT(check(&f, INCIDENT_PREPARATION, 9, PHASE_STEP_DONE, "", &why), FAIL_NOT_FOUND);
	w.owner = STR("ana");
	CHECK_OK(change_apply(f.all, f.n, &w, STR("ana"), NOW + CLOCK_S, &why), why);
	CHECK_INT(get(&f).acked, NOW + CLOCK_S);
	CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR(""), NOW + 2 * CLOCK_S, &why), why);
	CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR(""), NOW + 3 * CLOCK_S, &why), why);
	CHECK_INT(get(&f).phase, INCIDENT_CONTAINMENT);
	CHECK_INT(get(&f).responded, NOW + 3 * CLOCK_S);
	CHECK_INT(check(&f, INCIDENT_CONTAINMENT, 1, PHASE_STEP_SKIPPED, " ", &why), FAIL_DENIED);
	CHECK_OK(check(&f, INCIDENT_CONTAINMENT, 1, PHASE_STEP_SKIPPED, "no address", &why), why);
	CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR(""), NOW + 4 * CLOCK_S, &why), why);
	CHECK_INT(get(&f).contained, NOW + 4 * CLOCK_S);
	end(&f);
}

TEST(a_reason_goes_through_a_closed_gate)
{
	struct fixture f;
	char text[1000] = "";
	struct diag why = { 0 };

	begin(&f);
	CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR("no time"), NOW + CLOCK_S, &why), why);
	CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR("idle"), NOW + 2 * CLOCK_S, &why), why);
	CHECK_OK(phase_times(f.all, f.n, show_time, text, &why), why);
	CHECK_STR(text, "preparation 0 1 no time; identification 1 2 ; containment 2 -1 ; ");
	end(&f);
}

TEST(closing_wants_a_cause_and_every_step)
{
	struct fixture f;
	struct change_wish w = CHANGE_NOTHING;
	struct diag why = { 0 };

	begin(&f);
	CHECK_INT(change_close(f.all, f.n, STR("ana"), STR(""), NOW, &why), FAIL_DENIED);
	CHECK_STR(why.text, "it is in Preparation; 4 steps are open; no root cause is written "
			    "down; a reason overrides");
	w.owner = STR("ana");
	w.cause = STR("An old password");
	CHECK_OK(change_apply(f.all, f.n, &w, STR("ana"), NOW, &why), why);
	CHECK_OK(form_set(f.all, f.n, FORM_SUMMARY, STR("It was"), STR("ana"), NOW, &why), why);
	CHECK_OK(check(&f, INCIDENT_CONTAINMENT, 1, PHASE_STEP_DONE, "", &why), why);
	for (unsigned i = 0; i < INCIDENT_LESSONS; i++)
		CHECK_OK(phase_advance(f.all, f.n, STR("ana"), STR(""), NOW, &why), why);
	CHECK_INT(phase_advance(f.all, f.n, STR("ana"), STR("x"), NOW, &why), FAIL_DENIED);
	CHECK_OK(change_close(f.all, f.n, STR("ana"), STR(""), NOW + CLOCK_S, &why), why);
	CHECK_INT(get(&f).status, INCIDENT_CLOSED);
	CHECK_INT(get(&f).closed, NOW + CLOCK_S);
	CHECK_INT(change_close(f.all, f.n, STR("ana"), STR("x"), NOW, &why), FAIL_DENIED);
	CHECK_INT(phase_advance(f.all, f.n, STR("ana"), STR("x"), NOW, &why), FAIL_DENIED);
	CHECK_OK(change_reopen(f.all, f.n, STR("ben"), STR("again"), NOW + 2, &why), why);
	CHECK_INT(get(&f).status, INCIDENT_OPEN);
	CHECK_INT(get(&f).closed, 0);
	CHECK_INT(change_reopen(f.all, f.n, STR("ben"), STR(""), NOW, &why), FAIL_DENIED);
	end(&f);
}

static enum err
show_todo(void *ctx, const struct form_todo *t)
{
	char *to = ctx;
	const size_t n = strlen(to);

	(void)snprintf(to + n, 1000 - n, "%lld %.*s %.*s %.*s %d; ", (long long)t->id,
	    STR_ARG(t->text), STR_ARG(t->owner), STR_ARG(t->due), t->done);
	return OK;
}

TEST(actions_have_owner_and_due_day)
{
	struct fixture f;
	struct form_todo t = {
		.text = STR("Second factor"), .owner = STR("ben"), .due = STR("2026-12-01")
	};
	struct diag why = { 0 };
	char text[1000] = "";
	int64_t id = 0;

	begin(&f);
	CHECK_OK(form_todo(f.all, f.n, &t, STR("ana"), NOW, &id, &why), why);
	t.due = STR("soon");
	CHECK_INT(form_todo(f.all, f.n, &t, STR("ana"), NOW, NULL, &why), FAIL_SYNTAX);
	t.due = STR("");
	t.id = id;
	t.done = true;
	CHECK_OK(form_todo(f.all, f.n, &t, STR("ana"), NOW, NULL, &why), why);
	CHECK_OK(form_todos(f.all, f.n, show_todo, text, &why), why);
	CHECK_STR(text, "1 Second factor ben  1; ");
	t.text = STR("");
	CHECK_OK(form_todo(f.all, f.n, &t, STR("ana"), NOW, NULL, &why), why);
	CHECK_INT(form_todo(f.all, f.n, &t, STR("ana"), NOW, NULL, &why), FAIL_NOT_FOUND);
	end(&f);
}
