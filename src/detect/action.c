/* Recommended actions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/action.h"

static const char *const actions[] = { "BLOCK_IP", "RATE_LIMIT_IP", "RATE_LIMIT_USER",
	"LOCK_ACCOUNT", "SUSPEND_USER", "REVOKE_SESSIONS", "REVOKE_API_KEY", "REQUIRE_CAPTCHA",
	"BLOCK_ALL_TRAFFIC", "ENABLE_ENHANCED_MONITORING", "CAPTURE_EVIDENCE", "NOTIFY",
	"CREATE_TICKET", "CREATE_INCIDENT" };

/* The first that occurs counts. */
static const struct wording {
	const char *words, *action;
} wordings[] = {
	{ "block all", "BLOCK_ALL_TRAFFIC" },
	{ "block", "BLOCK_IP" },
	{ "lock account", "LOCK_ACCOUNT" },
	{ "lock the account", "LOCK_ACCOUNT" },
	{ "suspend", "SUSPEND_USER" },
	{ "revoke key", "REVOKE_API_KEY" },
	{ "revoke api key", "REVOKE_API_KEY" },
	{ "revoke the key", "REVOKE_API_KEY" },
	{ "revoke", "REVOKE_SESSIONS" },
	{ "captcha", "REQUIRE_CAPTCHA" },
	{ "rate limit", "RATE_LIMIT_IP" },
	{ "throttle", "RATE_LIMIT_IP" },
	{ "immediate investigation", "CREATE_INCIDENT" },
	{ "incident", "CREATE_INCIDENT" },
	{ "investigate", "CREATE_TICKET" },
	{ "ticket", "CREATE_TICKET" },
	{ "log for audit", "CAPTURE_EVIDENCE" },
	{ "log and review", "CAPTURE_EVIDENCE" },
	{ "evidence", "CAPTURE_EVIDENCE" },
};

const char *
action_at(size_t i)
{
	return i < ARRAY_LEN(actions) ? actions[i] : NULL;
}

const char *
action_find(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_eq(word, str_c(actions[i])))
			return actions[i];
	return NULL;
}

const char *
action_in_text(struct str text)
{
	const char *word = action_find(text);

	for (size_t i = 0; word == NULL && i < ARRAY_LEN(wordings); i++)
		if (str_find_nocase(text, str_c(wordings[i].words)) >= 0)
			word = wordings[i].action;
	return word != NULL ? word : "NOTIFY";
}
