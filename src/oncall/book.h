/*
 * The book of who is reached how: people, rotas, policies, response times.
 * Read from YAML: the file of the operators (key oncall.file), then the one of
 * the profile (escalations/NAME.yml), which adds what the first does not say.
 * doc/oncall.md has the form.  Immutable once read.
 */
#ifndef ONCALL_BOOK_H
#define ONCALL_BOOK_H

#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

#define BOOK_NAME_MAX 40 /* bytes: letters, digits, - and _ */
#define BOOK_PEOPLE_MAX 300
#define BOOK_ROTAS_MAX 100
#define BOOK_POLICIES_MAX 100
#define BOOK_OVERRIDES_MAX 500
#define BOOK_CONTACTS_MAX 8
#define BOOK_LAYERS_MAX 8
#define BOOK_MEMBERS_MAX 50
#define BOOK_WINDOWS_MAX 8
#define BOOK_STEPS_MAX 16
#define BOOK_TELL_MAX 8
#define BOOK_LEVELS 4
#define BOOK_REPEAT_MAX 20
#define BOOK_RANKS 5 /* of severities; 0 is critical */

struct book_contact {
	struct str channel, to; /* to "": whom the channel is for */
};

struct book_person {
	struct str name, user, zone_name; /* user: of Tocsin; the same as the name by default */
	const struct zone *zone;
	struct book_contact contacts[BOOK_CONTACTS_MAX]; /* in the order in which they are tried */
	size_t n;
	bool quiet;                   /* has quiet hours: */
	int32_t quiet_from, quiet_to; /* seconds of a day of theirs */
	unsigned quiet_rank;          /* alerts as urgent as this, or more, come through */
};

/* On those weekdays, from `from` to `to`; to <= from: over midnight. */
struct book_window {
	unsigned days; /* bits, 0 is Sunday */
	int32_t from, to;
};

/*
 * Hand-overs at `at` every `every` days from `start` on, or `per_day` times a day (every is 1
 * then). Nobody before the first.
 */
struct book_layer {
	size_t members[BOOK_MEMBERS_MAX]; /* of the people */
	size_t n;
	int64_t start; /* day of the first hand-over */
	int32_t at;
	unsigned every, per_day;
	struct book_window windows[BOOK_WINDOWS_MAX]; /* none: always */
	size_t n_windows;
};

struct book_rota {
	struct str name, title, zone_name;
	const struct zone *zone;
	struct book_layer *layers; /* a later one goes before an earlier one */
	size_t n;
};

struct book_override {
	size_t rota, person;
	int64_t from, to; /* ns */
	struct str by, why;
};

enum book_kind { BOOK_ROTA, BOOK_PERSON, BOOK_CHANNEL };
struct book_target {
	enum book_kind kind;
	size_t index;    /* of a rota or a person */
	struct str name; /* of any */
};
struct book_targets {
	struct book_target p[BOOK_TELL_MAX];
	size_t n;
};

struct book_step {
	int64_t after;            /* ns since the page began */
	unsigned level;           /* 1 to 4 */
	bool resolved;            /* goes on until the alert is closed, taken on or not */
	struct book_targets tell; /* none: whom the level names */
};
struct book_policy {
	struct str name, title;
	struct book_step *steps;
	size_t n;
	unsigned repeat; /* rounds more */
	int64_t every;   /* from the last step to the next round */
};

struct book_response { /* to alerts of a severity */
	bool set;
	int64_t within;    /* ns, to take it on */
	struct str policy; /* begun or advanced when it was not; "" none */
};

struct book {
	struct book_person *people;
	struct book_rota *rotas;
	struct book_override *overrides;
	struct book_policy *policies;
	size_t n_people, n_rotas, n_overrides, n_policies;
	struct book_targets levels[BOOK_LEVELS];
	struct book_response responses[BOOK_RANKS];
	struct str escalation; /* name of the profile's file */
};

struct book_text {
	struct str text;
	const char *file; /* for messages */
};
/*
 * One or more files, what an earlier one says counts.  None: an empty book.  Policies that would
 * tell nobody at all are left out.  FAIL_SYNTAX,
 * FAIL_LIMIT, FAIL_NOT_FOUND (a time zone) with the place.
 */
enum err book_read(const struct book_text *texts, size_t n, struct book **ret, struct diag *why)
    __attribute__((nonnull(3)));
void book_free(struct book *b); /* NULL is fine */

/* NULL when there is none of that name. */
const struct book_person *book_person(const struct book *b, struct str name) NONNULL;
const struct book_rota *book_rota(const struct book *b, struct str name) NONNULL;
const struct book_policy *book_policy(const struct book *b, struct str name) NONNULL;
/* Whom a step tells. */
const struct book_targets *book_tell(const struct book *b, const struct book_step *s) NONNULL;
/* When the quiet hours of a person end, ns, for an alert of that rank; 0: they are not on. */
int64_t book_quiet(const struct book_person *p, unsigned rank, int64_t now) NONNULL;
const char *book_severity(unsigned rank); /* "critical" ... */

#endif
