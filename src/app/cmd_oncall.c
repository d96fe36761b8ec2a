/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/e2e/oncall.py */
/* `tocsin oncall`: who is on call now, for two weeks, and whether a file is right. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alert/override.h"
#include "app/args.h"
#include "app/bookload.h"
#include "app/cmd.h"
#include "app/datadir.h"
#include "app/oncalltest.h"
#include "base/clock.h"
#include "base/mem.h"
#include "oncall/civil.h"
#include "oncall/rota.h"

#define WEEKS ((int64_t)14 * 86400 * CLOCK_S)

struct look {
	struct book *book;
	struct book_override *overrides;
	size_t n;
};

static enum err
on_override(void *ctx, const struct override *o)
{
	struct look *l = ctx;
	const struct book_rota *rota = book_rota(l->book, o->rota);
	const struct book_person *person = book_person(l->book, o->person);

	if (rota != NULL && person != NULL && l->n < OVERRIDE_MAX)
		l->overrides[l->n++] =
		    (struct book_override){ .rota = (size_t)(rota - l->book->rotas),
			    .person = (size_t)(person - l->book->people),
			    .from = o->from,
			    .to = o->to };
	return OK;
}

/* Those that people made, when there is a database. */
static enum err
read_overrides(struct look *l, const char *path, int64_t now, struct diag *why)
{
	struct alerts *a = NULL;
	enum err e;

	l->overrides = mem_alloc(OVERRIDE_MAX * sizeof(*l->overrides));
	if (access(path, F_OK) != 0)
		return OK;
	e = alerts_open(path, &a, why);
	if (e == OK)
		e = override_list(a, now, false, on_override, l, why);
	alerts_close(a);
	return e;
}

static const char *
name_of(const struct look *l, size_t person)
{
	return person == ROTA_NOBODY ? "nobody" : l->book->people[person].name.p;
}

static int
name_len(const struct look *l, size_t person)
{
	return person == ROTA_NOBODY ? 6 : (int)l->book->people[person].name.n;
}

/* "Mon 2026-01-05 09:00" of that zone. */
static const char *
local(const struct zone *z, int64_t ns, char to[40])
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	const int64_t wall = civil_wall(z, ns);
	int64_t year;
	unsigned month, day;

	clock_civil(wall / CIVIL_DAY, &year, &month, &day);
	(void)snprintf(to, 40, "%s %04d-%02u-%02u %02d:%02d", days[civil_weekday(wall / CIVIL_DAY)],
	    (int)year, month, day, (int)(wall % CIVIL_DAY / 3600), (int)(wall / 60 % 60));
	return to;
}

static void
say_now(const struct look *l, int64_t now)
{
	struct rota_case c = { l->book, NULL, l->overrides, l->n };
	struct rota_shift next;
	char when[40];

	for (size_t i = 0; i < l->book->n_rotas; i++) {
		size_t person;

		c.rota = &l->book->rotas[i];
		person = rota_at(&c, now);
		printf("%.*s: %.*s", STR_ARG(c.rota->name), name_len(l, person),
		    name_of(l, person));
		if (person != ROTA_NOBODY)
			printf(" (%s there)", local(l->book->people[person].zone, now, when));
		if (rota_next(&c, now, &next))
			printf(", next %.*s from %s %.*s", name_len(l, next.person),
			    name_of(l, next.person), local(c.rota->zone, next.from, when),
			    STR_ARG(c.rota->zone_name));
		putchar('\n');
	}
	if (l->book->n_rotas == 0)
		puts("There are no rotas: oncall.file says who is on call.");
}

struct table {
	const struct look *l;
	const struct book_rota *rota;
};

static enum err
on_shift(void *ctx, const struct rota_shift *s)
{
	const struct table *t = ctx;
	char from[40], to[40];

	printf("  %s  to  %s  %.*s\n", local(t->rota->zone, s->from, from),
	    local(t->rota->zone, s->to, to), name_len(t->l, s->person), name_of(t->l, s->person));
	return OK;
}

static void
say_schedule(const struct look *l, int64_t now)
{
	struct rota_case c = { l->book, NULL, l->overrides, l->n };

	for (size_t i = 0; i < l->book->n_rotas; i++) {
		struct table t = { l, &l->book->rotas[i] };

		c.rota = t.rota;
		printf("%.*s (%.*s)\n", STR_ARG(t.rota->name), STR_ARG(t.rota->zone_name));
		(void)!rota_schedule(&c, now, now + WEEKS, on_shift, &t);
	}
}

/* A level that a policy needs and that names nobody: everybody is told in its place. */
static int
say_check(const struct look *l)
{
	const struct book *b = l->book;
	bool missing[BOOK_LEVELS] = { false };
	int found = CMD_OK;

	printf("%zu people, %zu rotas, %zu overrides, %zu policies\n", b->n_people, b->n_rotas,
	    b->n_overrides, b->n_policies);
	for (size_t i = 0; i < b->n_policies; i++)
		for (size_t k = 0; k < b->policies[i].n; k++) {
			const struct book_step *s = &b->policies[i].steps[k];

			if (book_tell(b, s)->n == 0)
				missing[s->level - 1] = true;
		}
	for (unsigned i = 0; i < BOOK_LEVELS; i++)
		if (missing[i]) {
			printf("levels: L%u names nobody, and policies need it\n", i + 1);
			found = CMD_FOUND;
		}
	return found;
}

static int
run(const char *what, const char *file, const char *person, const char *config, const char *data)
{
	struct look l = { 0 };
	const int64_t now = clock_wall();
	struct conf *conf = NULL;
	struct datadir dir;
	struct diag why = { 0 };
	int status = CMD_OK;
	enum err e = conf_load(config, environ, &conf, NULL, &why);

	if (e == OK)
		e = file != NULL ? bookload_file(conf, file, &l.book, &why)
				 : bookload(conf, &l.book, &why);
	if (e == OK && file == NULL)
		e = datadir_find(&dir, data, config, &why);
	if (e == OK && file == NULL)
		e = read_overrides(&l, dir.state, now, &why);
	if (e != OK)
		status = cmd_fail(&why);
	else if (file != NULL)
		status = say_check(&l);
	else if (person != NULL)
		status = oncalltest_run(conf, l.book, dir.state, person, &why);
	else if (strcmp(what, "schedule") == 0)
		say_schedule(&l, now);
	else
		say_now(&l, now);
	book_free(l.book);
	free(l.overrides);
	conf_free(conf);
	return status;
}

static bool
is(int n, char **argv, int want, const char *word)
{
	return n == want && strcmp(argv[0], word) == 0;
}

int
cmd_oncall(int argc, char **argv)
{
	const char *config = NULL, *data = NULL;
	const struct args_option options[] = {
		{ "config", "FILE", "configuration (default: tocsin.yml if it is here)", &config,
		    NULL },
		{ "data", "DIR", "data folder, instead of data_dir", &data, NULL },
	};
	const struct args_spec spec = {
		"tocsin oncall [options] now|schedule|check FILE|test PERSON",
		"Who is on call now and next; who will be in the two weeks to come; whether a file "
		"of people, rotas and policies is right; a test message by each contact of "
		"somebody.",
		options, ARRAY_LEN(options)
	};
	int n = args_parse(&spec, argc, argv);
	const bool check = is(n, argv, 2, "check"), test = is(n, argv, 2, "test");

	if (n < 0)
		return n == -1 ? CMD_OK : CMD_FAILED;
	if (!check && !test && n != 0 && !is(n, argv, 1, "now") && !is(n, argv, 1, "schedule")) {
		fprintf(stderr, "usage: %s\n", spec.usage);
		return CMD_FAILED;
	}
	if (config == NULL && access("tocsin.yml", R_OK) == 0)
		config = "tocsin.yml";
	return run(n == 0 ? "now" : argv[0], check ? argv[1] : NULL, test ? argv[1] : NULL, config,
	    data);
}
