/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: what ships is read, what is wrong is refused with its place. */
#include "incident/playbook.h"

#include "base/fs.h"
#include "incident/playword.h"
#include "test.h"

#define HEAD "playbook: x\ntitle: X\nsteps:\n"
#define ONE "  - {id: a, title: A, auto: {action: BLOCK_IP}}\n"
#define ASK "  - {id: q, title: Q, auto: {action: QUERY, sql: select 1}}\n"
#define FORM                                                                                       \
	"  - id: f\n    title: F\n    manual:\n      instructions: do it\n      form:\n"           \
	"        - {name: n, kind: choice, choices: [yes, no]}\n"

static const char *
refusal(const char *text)
{
	static char said[512];
	struct playbook *p = NULL;
	struct diag why = { 0 };

	if (playbook_read(str_c(text), "x.yml", &p, &why) == OK) {
		playbook_free(p);
		return "";
	}
	return err_text(&why, said, sizeof(said));
}

static const struct {
	const char *text, *why;
} refusals[] = {
	{ HEAD ONE, "" },
	{ HEAD ASK FORM, "" },
	{ "a", "x.yml:1:1: a map is wanted here, not text" },
	{ "playbook: x\ntitle: X\n",
	    "x.yml:1:1: a playbook has at least playbook:, title: and steps:" },
	{ "playbok: x\n", "x.yml:1:1: there is no 'playbok' here; did you mean playbook?" },
	{ "zzzzzz: x\n", "x.yml:1:1: there is no 'zzzzzz' here; there are playbook title "
			 "description version "
			 "for steps" },
	{ "playbook: X y\n", "x.yml:1:11: only a-z, 0-9, _ and - are allowed here" },
	{ "playbook: x\nplaybook: y\n", "x.yml:2:11: playbook stands here twice" },
	{ "for: brut-force\n", "x.yml:1:6: there is no 'brut-force'; did you mean brute-force?" },
	{ "for: []\n", "x.yml:1:6: an empty list says nothing" },
	{ HEAD "  []\n", "x.yml:4:3: a list of 1 to 64 steps is wanted here" },
	{ HEAD "  - {title: A}\n", "x.yml:4:5: a step is a map with at least an id:" },
	{ HEAD ONE ONE, "x.yml:5:10: there are two steps of this id" },
	{ HEAD "  - {id: a, title: A}\n", "x.yml:4:5: a step has either auto: or manual:" },
	{ HEAD "  - {id: a, auto: {action: NOTIFY}}\n", "x.yml:4:5: title: is missing" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, manual: {instructions: x}}\n",
	    "x.yml:4:5: a step has either auto: or manual:" },
	{ HEAD "  - {id: a, title: A, auto: {action: BLOK_IP}}\n",
	    "x.yml:4:38: there is no 'BLOK_IP'; did you mean BLOCK_IP?" },
	{ HEAD "  - {id: a, title: A, auto: {for: 1h}}\n", "x.yml:4:29: action: is missing" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY, for: 1h}}\n",
	    "x.yml:4:29: for: goes with responses, which end" },
	{ HEAD "  - {id: a, title: A, auto: {action: BLOCK_IP, for: 31d}}\n",
	    "x.yml:4:53: a time like 15m is wanted here, at most 30d" },
	{ HEAD "  - {id: a, title: A, auto: {action: BLOCK_IP, say: x}}\n",
	    "x.yml:4:29: say: goes with NOTIFY and CREATE_TICKET" },
	{ HEAD "  - {id: a, title: A, auto: {action: QUERY}}\n",
	    "x.yml:4:29: sql: goes with QUERY, and QUERY with sql:" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY, say: 'x {{adress}}'}}\n",
	    "x.yml:4:51: there is no {{adress}}" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY, say: 'x {{user'}}\n",
	    "x.yml:4:51: there is no {{{{}}" },
	{ HEAD "  - {id: a, title: A, auto: {action: QUERY, sql: \"select '{{user}}'\"}}\n",
	    "x.yml:4:50: {{user}} is quoted by itself; write it without quotes around it" },
	{ HEAD "  - {id: a, title: A, auto: {action: QUERY, sql: select 1 -- x}}\n",
	    "x.yml:4:50: a query of a playbook has no comments, no \", no $ and no "
	    "backslash" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, rollback: undo}\n",
	    "x.yml:4:5: rollback: undo goes with responses, which can end" },
	{ HEAD "  - {id: a, title: A, auto: {action: BLOCK_IP}, rollback: redo}\n",
	    "x.yml:4:59: rollback: is undo, or an action as in auto:" },
	{ HEAD "  - {id: a, title: A, manual: {instructions: x}, retry: 1}\n",
	    "x.yml:4:5: retry: goes with auto:" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, retry: 11}\n",
	    "x.yml:4:54: a number of at most 10 is wanted here" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, approve: root}\n",
	    "x.yml:4:56: there is no 'root'; there are false true admin" },
	{ HEAD ONE "  - {id: b, title: B, auto: {action: NOTIFY}, after: [c]}\n",
	    "x.yml:5:55: there is no step 'c'" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, after: [b]}\n"
	       "  - {id: b, title: B, auto: {action: NOTIFY}}\n",
	    "x.yml:4:5: step a waits for itself: its after: goes round in a circle" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, after: [a]}\n",
	    "x.yml:4:5: step a waits for itself: its after: goes round in a circle" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, when: {}}\n",
	    "x.yml:4:53: a condition without anything in it" },
	{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, when: {has: adress}}\n",
	    "x.yml:4:59: there is no 'adress'; did you mean address?" },
	{ HEAD FORM "  - {id: b, title: B, auto: {action: NOTIFY}, after: [],"
		    " when: {result: {step: f, is: done}}}\n",
	    "x.yml:10:73: step f has not always ended when this one begins: name it in "
	    "after:" },
	{ HEAD FORM "  - {id: b, title: B, auto: {action: NOTIFY},"
		    " when: {answer: {step: f, field: m, is: yes}}}\n",
	    "x.yml:10:62: the form of step f has no such field" },
	{ HEAD FORM "  - {id: b, title: B, auto: {action: NOTIFY},"
		    " when: {found: {step: f, at_least: 1}}}\n",
	    "x.yml:10:61: found: asks how many rows (at_least: 1) a step with QUERY "
	    "found" },
	{ HEAD "  - id: f\n    title: F\n    manual: {form: [{name: n}]}\n",
	    "x.yml:6:13: instructions: are missing" },
	{ HEAD "  - id: f\n    title: F\n    manual: {instructions: x, form: [{name: n}, "
	       "{name: "
	       "n}]}\n",
	    "x.yml:6:49: this name stands here twice" },
	{ HEAD "  - id: f\n    title: F\n    manual: {instructions: x, form: [{name: n, kind: "
	       "choice}]}\n",
	    "x.yml:6:38: choices: go with kind: choice" },
};

TEST(what_is_wrong_is_refused_with_its_place)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		CHECK_STR(refusal(refusals[i].text), refusals[i].why);
}

/* n times `item`, with its number where # stands. */
static void
put_many(struct buf *to, const char *head, const char *item, unsigned n, const char *tail)
{
	buf_str(to, str_c(head));
	for (unsigned i = 0; i < n; i++) {
		struct str rest = str_c(item);

		buf_str(to, str_until(&rest, '#'));
		buf_printf(to, "%u%.*s", i, STR_ARG(rest));
	}
	buf_printf(to, "%s%c", tail, 0);
}

TEST(what_could_grow_has_a_limit)
{
	static const struct {
		const char *head, *item, *tail, *why;
		unsigned most;
	} cases[] = {
		{ HEAD, "  - {id: s#, title: A, auto: {action: NOTIFY}}\n", "",
		    "a list of 1 to 64 steps is wanted here", PLAYBOOK_STEPS_MAX },
		{ HEAD "  - {id: a, title: A, auto: {action: NOTIFY}, when: {any: [",
		    "{alerts: #},", "{has: user}]}}\n", "a step has at most 64 conditions", 30 },
		{ HEAD "  - {id: a, title: A, manual: {instructions: x, form: [", "{name: f#},",
		    "]}}\n", "a list of 1 to 12 fields is wanted here", PLAYBOOK_FIELDS_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_buf struct buf good = { 0 }, bad = { 0 };

		put_many(&good, cases[i].head, cases[i].item, cases[i].most, cases[i].tail);
		CHECK_STR(refusal(good.p), "");
		put_many(&bad, cases[i].head, cases[i].item, cases[i].most + 1, cases[i].tail);
		CHECK(strstr(refusal(bad.p), cases[i].why) != NULL);
	}
	{
		auto_buf struct buf large = { 0 };

		buf_str(&large, STR(HEAD ONE "#"));
		while (large.n <= PLAYBOOK_TEXT_MAX)
			buf_byte(&large, 'x');
		buf_byte(&large, '\0');
		CHECK_STR(refusal(large.p), "x.yml: the playbook is too large");
	}
}

static struct playbook *
shipped(const char *name)
{
	auto_buf struct buf text = { 0 };
	char path[80];
	struct playbook *p = NULL;
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "playbooks/%s.yml", name);
	CHECK_OK(fs_read(test_source(path), PLAYBOOK_TEXT_MAX, &text, &why), why);
	CHECK_OK(playbook_read(buf_view(&text), path, &p, &why), why);
	CHECK_SLICE(p->name, name);
	return p;
}

/* "BLOCK_IP 24h approve" ... of a step. */
static const char *
does(const struct playbook *p, const char *id)
{
	static char text[120];
	const size_t i = playbook_find(p, str_c(id));
	const struct playbook_step *s = &p->steps[i];
	struct str act = STR("by hand");

	if (i == p->n)
		return "no such step";
	if (s->what.act != PLAYBOOK_MANUAL)
		act = playword_at(PLAYWORD_ACT, s->what.act);
	(void)snprintf(text, sizeof(text), "%s %.*s %lldh%s%s", incident_phase_word(s->phase),
	    STR_ARG(act), (long long)(s->what.span / 3600 / 1000000000),
	    s->approve != PLAYBOOK_NOBODY ? " approved" : "",
	    s->undo.act == PLAYBOOK_UNDO ? " undone" : "");
	return text;
}

/* What the four documents ask for, and where it stands. */
TEST(the_steps_of_the_documents_are_there)
{
	static const struct {
		const char *book, *step, *does;
	} cases[] = {
		/* acknowledge within 5 minutes, assess, false positive?, ticket */
		{ "brute_force", "triage", "identification by hand 0h" },
		{ "brute_force", "ticket", "identification CREATE_TICKET 0h" },
		/* block the source and alert; failed logins and all requests of an address */
		{ "brute_force", "block", "containment BLOCK_IP 24h undone" },
		{ "brute_force", "failures", "identification QUERY 0h" },
		{ "brute_force", "successes", "identification QUERY 0h" },
		{ "brute_force", "lock", "containment LOCK_ACCOUNT 1h approved undone" },
		{ "brute_force", "captcha", "containment REQUIRE_CAPTCHA 1h undone" },
		{ "brute_force", "tell_team", "containment NOTIFY 0h" },
		/* impossible travel, failed administrators: lock; review and revoke keys */
		{ "unauthorized_access", "lock", "containment LOCK_ACCOUNT 4h undone" },
		{ "unauthorized_access", "keys", "containment REVOKE_API_KEY 0h approved" },
		{ "unauthorized_access", "sessions", "containment REVOKE_SESSIONS 0h" },
		{ "unauthorized_access", "monitoring",
		    "containment ENABLE_ENHANCED_MONITORING 24h undone" },
		{ "unauthorized_access", "scope", "identification by hand 0h" },
		{ "unauthorized_access", "tell_law", "containment by hand 0h" },
		{ "unauthorized_access", "remove", "eradication by hand 0h" },
		/* page on call, capture requests, block all traffic, patch, backdoors, audit */
		{ "system_compromise", "page", "identification NOTIFY 0h" },
		{ "system_compromise", "evidence", "identification CAPTURE_EVIDENCE 0h" },
		{ "system_compromise", "all_traffic",
		    "containment BLOCK_ALL_TRAFFIC 1h approved undone" },
		{ "system_compromise", "cause", "eradication by hand 0h" },
		{ "system_compromise", "patch", "eradication by hand 0h" },
		{ "system_compromise", "backdoors", "eradication by hand 0h" },
		{ "system_compromise", "verify", "recovery by hand 0h" },
		{ "system_compromise", "restore", "recovery by hand 0h" },
		{ "system_compromise", "say_over", "recovery by hand 0h" },
		{ "system_compromise", "lessons", "lessons-learned by hand 0h" },
		/* exfiltration: block for 7 days, suspend, revoke, tell users and law */
		{ "data_breach", "block", "containment BLOCK_IP 168h undone" },
		{ "data_breach", "suspend", "containment SUSPEND_USER 720h approved undone" },
		{ "data_breach", "scope", "identification by hand 0h" },
		{ "data_breach", "law", "containment by hand 0h" },
		{ "data_breach", "users", "containment by hand 0h" },
		/* strict limits, captcha, then blocks */
		{ "ddos", "slow", "containment RATE_LIMIT_IP 1h undone" },
		{ "ddos", "captcha", "containment REQUIRE_CAPTCHA 1h undone" },
		{ "ddos", "block", "containment BLOCK_IP 24h approved undone" },
		{ "insider_threat", "suspend", "containment SUSPEND_USER 720h approved undone" },
		{ "insider_threat", "evidence", "identification CAPTURE_EVIDENCE 0h" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct playbook *p = shipped(cases[i].book);

		CHECK_STR(does(p, cases[i].step), cases[i].does);
		playbook_free(p);
	}
}

TEST(each_kind_of_incident_has_one_with_all_phases)
{
	static const char *const names[] = { "brute_force", "unauthorized_access",
		"system_compromise", "data_breach", "ddos", "insider_threat" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct playbook *p = shipped(names[i]);
		unsigned phases = 0;

		CHECK_INT(p->types, 1U << i);
		for (size_t k = 0; k < p->n; k++)
			phases |= 1U << p->steps[k].phase;
		CHECK_INT(phases, 1U << INCIDENT_IDENTIFICATION | 1U << INCIDENT_CONTAINMENT |
				      1U << INCIDENT_ERADICATION | 1U << INCIDENT_RECOVERY |
				      1U << INCIDENT_LESSONS);
		playbook_free(p);
	}
}

TEST(what_is_read_stands_in_the_step)
{
	struct playbook *p = NULL;
	struct diag why = { 0 };
	const struct playbook_step *s;

	CHECK_OK(playbook_read(
		     STR("playbook: x\ntitle: X\nversion: '2'\nfor: [ddos, custom]\nsteps:\n" ASK
			     FORM "  - id: b\n    title: B\n    after: [q]\n    approve: admin\n   "
			 " timeout: 10m\n"
			 "    on_timeout: escalate\n    on_fail: rollback\n    retry: 3\n"
			 "    when: {has: [address, user], found: {step: q, at_least: 7}}\n"
			 "    auto: {action: BLOCK_IP, for: 2h}\n    rollback: {action: NOTIFY, "
			 "say: over}\n"),
		     "x", &p, &why),
	    why);
	CHECK_INT(p->n, 3);
	CHECK_INT(p->types, 1U << INCIDENT_DDOS | 1U << INCIDENT_CUSTOM);
	CHECK_SLICE(p->version, "2");
	CHECK_INT(p->steps[1].after, 1);
	CHECK_INT(p->steps[1].fields[0].kind, PLAYBOOK_CHOICE);
	CHECK_SLICE(p->steps[1].fields[0].choices, "yes no");
	s = &p->steps[2];
	CHECK_INT(s->after, 1);
	CHECK_INT(s->approve, PLAYBOOK_ADMIN);
	CHECK(s->timeout == (int64_t)600 * 1000000000);
	CHECK_INT(s->on_timeout, PLAYBOOK_LATE_ESCALATE);
	CHECK_INT(s->on_fail, PLAYBOOK_FAIL_ROLLBACK);
	CHECK_INT(s->retry, 3);
	CHECK_INT(s->when->first->ask, PLAYBOOK_ADDRESSES);
	CHECK_INT(s->when->first->next->ask, PLAYBOOK_USERS);
	CHECK_INT(s->when->first->next->next->least, 7);
	CHECK_INT(s->undo.act, PLAYBOOK_NOTIFY);
	CHECK_SLICE(s->undo.say, "over");
	playbook_free(p);
}
