/* Settings from the environment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/envvar.h"

#include "test.h"

static enum err
load(const char *text, const char *variable, struct conf **ret, struct diag *why)
{
	char copy[256], *env[] = { copy, NULL };

	(void)snprintf(copy, sizeof(copy), "%s", variable);
	return conf_parse(str_c(text), "/etc/t.yml", env, ret, NULL, why);
}

TEST(names)
{
	char name[ENVVAR_NAME_MAX];
	const struct row *row;

	CHECK_STR(envvar_name("http.listen", name), "TOCSIN_HTTP_LISTEN");
	CHECK_STR(envvar_name("enrich.risk.base_scores", name), "TOCSIN_ENRICH_RISK_BASE_SCORES");
	for (size_t i = 0; (row = row_at(i)) != NULL; i++)
		CHECK(strlen(envvar_name(row->path, name)) == strlen(row->path) + 7);
}

TEST(goes_before_the_file)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(load("http: {listen: '127.0.0.1:1'}", "TOCSIN_HTTP_LISTEN=[::1]:2", &c, &why),
	    why);
	CHECK_STR(c->http_listen, "[::1]:2");
	conf_free(c);
}

TEST(paths_start_at_the_working_directory)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(load("data_dir: a", "TOCSIN_DATA_DIR=b", &c, &why), why);
	CHECK_STR(c->data_dir, "b");
	conf_free(c);
}

TEST(lists_and_scores)
{
	struct conf *c = NULL;
	struct diag why = { 0 };

	CHECK_OK(load("", "TOCSIN_DETECT_RULES=a, b/c", &c, &why), why);
	CHECK_INT(c->detect_rules.n, 2);
	CHECK_STR(c->detect_rules.p[0], "a");
	CHECK_STR(c->detect_rules.p[1], "b/c");
	conf_free(c);
	CHECK_OK(load("", "TOCSIN_DETECT_RULES=", &c, &why), why);
	CHECK_INT(c->detect_rules.n, 0);
	conf_free(c);
	CHECK_OK(load("", "TOCSIN_ENRICH_RISK_BASE_SCORES=auth.login.failed=4,X=0", &c, &why), why);
	CHECK_INT(c->enrich_risk_base_scores.n, 2);
	CHECK_STR(c->enrich_risk_base_scores.p[0].name, "auth.login.failed");
	CHECK_INT(c->enrich_risk_base_scores.p[0].score, 4);
	CHECK_STR(c->enrich_risk_base_scores.p[1].name, "X");
	conf_free(c);
}

static const struct {
	const char *variable, *problem; /* NULL: none of ours */
} cases[] = {
	{ "TOCSIN_HTTP_LISTEN=x", "environment: TOCSIN_HTTP_LISTEN: write ADDRESS:PORT like "
				  "127.0.0.1:8321 or [::1]:8321, "
				  "not \"x\"" },
	{ "TOCSIN_HTTP_LISTN=127.0.0.1:1",
	    "environment: unknown setting TOCSIN_HTTP_LISTN; did you mean TOCSIN_HTTP_LISTEN?" },
	{ "TOCSIN_STORE_COLOURFULNESS_OF_FILES=1",
	    "environment: unknown setting TOCSIN_STORE_COLOURFULNESS_OF_FILES" },
	{ "TOCSIN_QUERY_WORKERS=0",
	    "environment: TOCSIN_QUERY_WORKERS: must be at least 1, not 0" },
	{ "TOCSIN_CRASH=journal.append", NULL },
	{ "TOCSIN_CORPORA=/x", NULL },
	{ "HTTP_LISTEN=x", NULL },
	{ "TOCSIN_", NULL },
	{ "TOCSIN_HTTP", NULL },
};

TEST(problems)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conf *c = NULL;
		struct diag why = { 0 };
		enum err e = load("", cases[i].variable, &c, &why);
		char text[512];

		CHECK_INT(e == OK, cases[i].problem == NULL);
		if (e != OK)
			CHECK_STR(err_text(&why, text, sizeof(text)), cases[i].problem);
		conf_free(c);
	}
}
