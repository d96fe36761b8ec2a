/* SPDX-License-Identifier: Apache-2.0 */
/* What incidents go by: the files that ship, and broken ones. */
#include "incident/guide.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fs.h"
#include "test.h"

#define MINUTE (60 * CLOCK_S)

static void
read_file(struct guide *g, const char *name)
{
	auto_buf struct buf text = { 0 };
	struct diag why = { 0 };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/incidents/%s", getenv("TOCSIN_SOURCE"), name);
	CHECK_OK(fs_read(path, 1 << 20, &text, &why), why);
	CHECK_OK(guide_read(g, buf_view(&text), path, &why), why);
}

static int
count_steps(const struct guide *g, enum incident_type t, enum incident_phase p)
{
	int n = 0;

	while (guide_step(g, t, p, (size_t)n) != NULL)
		n++;
	return n;
}

TEST(the_shipped_checklists_have_steps_in_every_phase)
{
	static const char *const names[] = { "common", "brute-force", "unauthorized-access",
		"system-compromise", "data-breach", "ddos", "insider-threat", "custom" };
	struct guide *g = guide_new();
	char name[60];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(name, sizeof(name), "checklists/%s.yml", names[i]);
		read_file(g, name);
	}
	for (unsigned t = 0; t < INCIDENT_TYPES; t++)
		for (unsigned p = 0; p < INCIDENT_PHASES; p++)
			CHECK(count_steps(g, (enum incident_type)t, (enum incident_phase)p) >= 3);
	CHECK(count_steps(g, INCIDENT_DATA_BREACH, INCIDENT_CONTAINMENT) >
	      count_steps(g, INCIDENT_CUSTOM, INCIDENT_CONTAINMENT));
	guide_free(g);
}

TEST(alerts_get_their_type)
{
	static const struct {
		const char *rule, *tags;
		enum incident_severity severity;
		bool found, open, correlation;
		enum incident_type type;
	} cases[] = {
		{ "cf8cfb3e-1499-4a75-bf03-0433ccdbc297", "attack.initial-access, attack.t1190",
		    INCIDENT_CRITICAL, true, true, true, INCIDENT_UNAUTHORIZED_ACCESS },
		{ "x", "attack.credential-access,attack.t1110.001", INCIDENT_HIGH, true, false,
		    false, INCIDENT_BRUTE_FORCE },
		{ "x", "attack.credential-access, attack.t1110.004", INCIDENT_CRITICAL, true, true,
		    false, INCIDENT_BRUTE_FORCE },
		{ "9bb7c026-6fc9-46ab-af5d-81e6cca4b3da",
		    "attack.exfiltration attack.t1567, attack.collection", INCIDENT_CRITICAL, true,
		    true, false, INCIDENT_DATA_BREACH },
		{ "x", "attack.impact, attack.t1498", INCIDENT_CRITICAL, true, true, false,
		    INCIDENT_DDOS },
		{ "d4429d57-4032-4aed-bc9f-5817dd17724a", "", INCIDENT_HIGH, true, true, false,
		    INCIDENT_INSIDER_THREAT },
		{ "x", "attack.persistence", INCIDENT_CRITICAL, true, true, false,
		    INCIDENT_SYSTEM_COMPROMISE },
		{ "x", "attack.reconnaissance", INCIDENT_CRITICAL, false, false, false, 0 },
	};
	struct guide *g = guide_new();

	read_file(g, "opening.yml");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct guide_case c = { str_c(cases[i].rule), str_c(cases[i].tags),
			cases[i].severity };
		struct guide_answer a = { 0 };

		CHECK_INT(guide_find(g, &c, &a), cases[i].found);
		if (!cases[i].found)
			continue;
		CHECK_INT(a.type, cases[i].type);
		CHECK_INT(a.open, cases[i].open);
		CHECK_INT(a.correlation, cases[i].correlation);
	}
	CHECK(guide_related(g, INCIDENT_BRUTE_FORCE) & 1U << INCIDENT_DATA_BREACH);
	CHECK_INT(guide_related(g, INCIDENT_DDOS), 1U << INCIDENT_DDOS);
	CHECK_INT(guide_window(g) / MINUTE, 24 * 60);
	guide_free(g);
}

/* The figures of the documents that profiles follow. */
TEST(targets_are_those_of_the_profiles)
{
	static const struct {
		const char *profile;
		enum guide_measure m;
		int minutes[INCIDENT_SEVERITIES];
	} cases[] = {
		{ "tradepro", GUIDE_ACKNOWLEDGE, { 5, 15, 60, 240, 0 } },
		{ "tradepro", GUIDE_RESPOND, { 5, 15, 60, 240, 0 } },
		{ "paiid", GUIDE_ACKNOWLEDGE, { 5, 5, 5, 5, 5 } },
		{ "paiid", GUIDE_CONTAIN, { 15, 15, 15, 15, 15 } },
		{ "paiid", GUIDE_RESOLVE, { 60, 60, 60, 60, 60 } },
		{ "wellflow", GUIDE_DETECT, { 5, 5, 5, 5, 5 } },
		{ "wellflow", GUIDE_RESPOND, { 15, 15, 15, 15, 15 } },
		{ "wellflow", GUIDE_ACKNOWLEDGE, { 30, 120, 0, 0, 0 } },
		{ "default", GUIDE_DETECT, { 5, 5, 5, 5, 5 } },
	};
	char name[60];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct guide *g = guide_new();

		(void)snprintf(name, sizeof(name), "targets/%s.yml", cases[i].profile);
		read_file(g, name);
		CHECK(str_eq(guide_targets_name(g), str_c(cases[i].profile)));
		for (unsigned s = 0; s < INCIDENT_SEVERITIES; s++)
			CHECK_INT(guide_target(g, cases[i].m, (enum incident_severity)s) / MINUTE,
			    cases[i].minutes[s]);
		guide_free(g);
	}
}

TEST(broken_files_are_refused_with_their_place)
{
	static const struct {
		const char *text, *what;
	} cases[] = {
		{ "a: b", "f:1:1: the file begins with opening, checklist or targets" },
		{ "opening: x\nrows:\n  - {open: true}", "f:3:5: a row says its type" },
		{ "opening: x\nrows:\n  - {type: flood}",
		    "f:3:12: the word of a type like brute-force is wanted here" },
		{ "opening: x\nwindow: soon", "f:2:9: a time like 15m is wanted here" },
		{ "checklist: common\nphases:\n  triage: []", "f:3:11: there is no such phase" },
		{ "checklist: ddos\nphases:\n  recovery:\n    - {within: 5m}",
		    "f:4:7: a step says what is to be done" },
		{ "checklist: ddos\nphases:\n  recovery:\n    - {step: a, field: colour}", NULL },
		{ "targets: x\ncontain: {severe: 5m}",
		    "f:2:19: it has the members all and severities" },
		{ "targets: x\ncontain: 5m",
		    "f:2:10: a map like {critical: 5m, all: 1h} is wanted here" },
	};
	char text[400];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct guide *g = guide_new();
		struct diag why = { 0 };

		CHECK_INT(guide_read(g, str_c(cases[i].text), "f", &why), FAIL_SYNTAX);
		if (cases[i].what != NULL)
			CHECK_STR(err_text(&why, text, sizeof(text)), cases[i].what);
		guide_free(g);
	}
}
