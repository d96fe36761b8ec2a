/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of playbooks. */
#include "incident/playlib.h"

#include "base/fs.h"
#include "test.h"

#define STEPS "title: T\nsteps:\n  - {id: a, title: A, auto: {action: NOTIFY}}\n"

static void
write_file(const char *name, const char *head)
{
	char path[600], text[400];
	struct diag why = { 0 };

	(void)snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	(void)snprintf(text, sizeof(text), "%s\n" STEPS, head);
	CHECK_OK(fs_replace(path, str_c(text), &why), why);
}

TEST(what_ships)
{
	struct playlib l = { .n = 0 };
	struct diag why = { 0 };

	CHECK_OK(playlib_load(test_source("playbooks"), &l, &why), why);
	CHECK_INT(l.n, 6);
	CHECK_SLICE(l.p[0]->book->name, "brute_force");
	CHECK_SLICE(playlib_for(&l, INCIDENT_DDOS)->book->name, "ddos");
	CHECK(playlib_for(&l, INCIDENT_CUSTOM) == NULL);
	CHECK(playlib_find(&l, STR("ddos")) != NULL && playlib_find(&l, STR("nothing")) == NULL);
	CHECK(l.p[0]->changed > 0);
	playlib_fini(&l);
}

TEST(of_ones_own)
{
	struct playlib l = { .n = 0 };
	struct diag why = { 0 };

	write_file("b.yml", "playbook: b\nfor: [ddos, custom]");
	write_file("a.yml", "playbook: a\nfor: custom");
	write_file("notes.txt", "no: playbook");
	CHECK_OK(playlib_load(test_dir(), &l, &why), why);
	CHECK_INT(l.n, 2);
	CHECK_SLICE(l.p[0]->book->name, "a");
	CHECK_SLICE(playlib_for(&l, INCIDENT_CUSTOM)->book->name, "a");
	CHECK_SLICE(playlib_for(&l, INCIDENT_DDOS)->book->name, "b");
	playlib_fini(&l);
	write_file("c.yml", "playbook: a");
	CHECK_INT(playlib_load(test_dir(), &l, NULL), FAIL_EXISTS);
	write_file("c.yml", "playbok: c");
	CHECK_INT(playlib_load(test_dir(), &l, &why), FAIL_SYNTAX);
	CHECK(strstr(why.file, "c.yml") != NULL && why.line == 1);
	CHECK_INT(playlib_load("/nowhere", &l, NULL), FAIL_NOT_FOUND);
	CHECK_INT(l.n, 0);
}

TEST(at_most_so_many)
{
	struct playlib l = { .n = 0 };
	char name[40], head[60];

	for (unsigned i = 0; i <= PLAYLIB_MAX; i++) {
		(void)snprintf(name, sizeof(name), "%u.yml", i);
		(void)snprintf(head, sizeof(head), "playbook: p%u", i);
		write_file(name, head);
	}
	CHECK_INT(playlib_load(test_dir(), &l, NULL), FAIL_LIMIT);
}
