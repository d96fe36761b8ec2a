/* SPDX-License-Identifier: Apache-2.0 */
/* exports: incident_ story_ */
/* tested by: test/unit/incident/test_incident.c */
/* The words of incidents. */
#include <stdio.h>

#include "incident/internal.h"
#include "incident/story.h"

struct word {
	const char *word, *title;
};

static const struct word types[INCIDENT_TYPES] = {
	{ "brute-force", "Brute force" },
	{ "unauthorized-access", "Unauthorized access" },
	{ "system-compromise", "System compromise" },
	{ "data-breach", "Data breach" },
	{ "ddos", "DDoS" },
	{ "insider-threat", "Insider threat" },
	{ "custom", "Custom" },
};
static const struct word phases[INCIDENT_PHASES] = {
	{ "preparation", "Preparation" },
	{ "identification", "Identification" },
	{ "containment", "Containment" },
	{ "eradication", "Eradication" },
	{ "recovery", "Recovery" },
	{ "lessons-learned", "Lessons learned" },
};
static const struct word statuses[INCIDENT_STATUSES] = { { "open", "Open" }, { "closed", "Closed" },
	{ "merged", "Merged" } };
static const struct word severities[INCIDENT_SEVERITIES] = { { "CRITICAL", "Critical" },
	{ "HIGH", "High" }, { "MEDIUM", "Medium" }, { "LOW", "Low" }, { "INFO", "Informational" } };
static const struct word origins[INCIDENT_ORIGINS] = { { "hand", "By hand" }, { "rule", "By rule" },
	{ "correlation", "By correlation" }, { "response", "By a response" } };
static const struct word kinds[STORY_KINDS] = { { "opened", "" }, { "alert", "" }, { "status", "" },
	{ "phase", "" }, { "check", "" }, { "action", "" }, { "playbook", "" }, { "message", "" },
	{ "evidence", "" }, { "breach", "" }, { "note", "" }, { "form", "" } };

static bool
find(const struct word *words, unsigned n, struct str word, unsigned *ret)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(word, str_c(words[i].word))) {
			*ret = i;
			return true;
		}
	return false;
}

const char *
incident_type_word(enum incident_type t)
{
	return types[t].word;
}

const char *
incident_type_title(enum incident_type t)
{
	return types[t].title;
}

bool
incident_type_find(struct str word, enum incident_type *ret)
{
	unsigned i;

	if (!find(types, INCIDENT_TYPES, word, &i))
		return false;
	*ret = (enum incident_type)i;
	return true;
}

const char *
incident_phase_word(enum incident_phase p)
{
	return phases[p].word;
}

const char *
incident_phase_title(enum incident_phase p)
{
	return phases[p].title;
}

bool
incident_phase_find(struct str word, enum incident_phase *ret)
{
	unsigned i;

	if (!find(phases, INCIDENT_PHASES, word, &i))
		return false;
	*ret = (enum incident_phase)i;
	return true;
}

const char *
incident_status_word(enum incident_status s)
{
	return statuses[s].word;
}

bool
incident_status_find(struct str word, enum incident_status *ret)
{
	unsigned i;

	if (!find(statuses, INCIDENT_STATUSES, word, &i))
		return false;
	*ret = (enum incident_status)i;
	return true;
}

const char *
incident_severity_word(enum incident_severity s)
{
	return severities[s].word;
}

bool
incident_severity_find(struct str word, enum incident_severity *ret)
{
	for (unsigned i = 0; i < INCIDENT_SEVERITIES; i++)
		if (str_eq_nocase(word, str_c(severities[i].word))) {
			*ret = (enum incident_severity)i;
			return true;
		}
	return false;
}

const char *
incident_origin_word(enum incident_origin o)
{
	return origins[o].word;
}

bool
incident_origin_find(struct str word, enum incident_origin *ret)
{
	unsigned i;

	if (!find(origins, INCIDENT_ORIGINS, word, &i))
		return false;
	*ret = (enum incident_origin)i;
	return true;
}

const char *
story_word(enum story_kind k)
{
	return kinds[k].word;
}

bool
story_find(struct str word, enum story_kind *ret)
{
	unsigned i;

	if (!find(kinds, STORY_KINDS, word, &i))
		return false;
	*ret = (enum story_kind)i;
	return true;
}

char *
incident_name(int64_t n, char to[INCIDENT_NAME_SIZE])
{
	(void)snprintf(to, INCIDENT_NAME_SIZE, "INC-%lld", (long long)n);
	return to;
}

bool
incident_name_read(struct str name, int64_t *ret)
{
	int64_t n;

	if (name.n > 4 && str_eq_nocase((struct str){ name.p, 4 }, STR("INC-")))
		name = str_from(name, 4);
	if (!str_i64(name, &n) || n <= 0)
		return false;
	*ret = n;
	return true;
}

struct str
incident_cut(struct str s, size_t max)
{
	if (s.p == NULL)
		return STR("");
	if (s.n <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xC0U) == 0x80) /* no half of a character */
		max--;
	return (struct str){ s.p, max };
}
