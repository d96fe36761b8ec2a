/* tested: routes and explanations as JSON. */
#include "alert/plan_view.h"

#include "test.h"

static const struct plan_channel channels[] = { { "mail", "email", ALERTS_INFO } };
static const struct plan_world world = { channels, 1, NULL, 0 };

static struct route_tree *
read_good(const char *text)
{
	struct route_tree *t = NULL;
	struct diag why = { 0 };

	CHECK_OK(route_read(str_c(text), "r.yml", &t, &why), why);
	return t;
}

TEST(routes_are_shown_with_what_there_is)
{
	struct route_tree *t = read_good(
	    "routes: x\ntitle: X\n"
	    "inhibit: [{source: {rule: a}, target: {rule: b}, equal: [user]}]\n"
	    "route:\n  to: [{kind: email, batch: 1m}]\n"
	    "  routes: [{name: c, match: {severity: low}, continue: true, to: [{policy: p}]}]\n");
	auto_buf struct buf out = { 0 };
	struct jsonw w;

	jsonw_init(&w, &out);
	plan_view_routes(t, &world, &w);
	CHECK_SLICE(buf_view(&out),
	    "{\"name\":\"x\",\"title\":\"X\",\"file\":\"r.yml\",\"routes\":["
	    "{\"name\":\"the route in line 5\",\"line\":5,\"depth\":0,\"continue\":false,"
	    "\"inherits\":false,\"match\":{},\"to\":[{\"says\":\"kind email, collected for 1 min\","
	    "\"form\":\"batch\",\"optional\":false,\"there\":true,\"channels\":[\"mail\"]}]},"
	    "{\"name\":\"route 'c'\",\"line\":6,\"depth\":1,\"continue\":true,\"inherits\":false,"
	    "\"match\":{\"severity\":[\"LOW\"]},\"to\":[{\"says\":\"escalation policy 'p'\","
	    "\"form\":\"escalate\",\"optional\":false,\"there\":false,\"channels\":[]}]}],"
	    "\"inhibit\":[{\"source\":{\"rule\":[\"a\"]},\"target\":{\"rule\":[\"b\"]},"
	    "\"equal\":[\"user\"]}],\"warnings\":[\"route 'c' names what is not there: escalation "
	    "policy 'p'. Its alerts go to every channel whose min_severity they reach\"]}");
	route_free(t);
	buf_reset(&out);
	jsonw_init(&w, &out);
	plan_view_routes(NULL, &world, &w);
	CHECK_SLICE(buf_view(&out), "{\"name\":\"\",\"title\":\"\",\"file\":\"\",\"routes\":[],"
				    "\"inhibit\":[],\"warnings\":[]}");
}

static const char *
explained(const struct route_tree *t, const struct plan_asked *asked)
{
	static char text[2000];
	auto_buf struct buf out = { 0 }, affected = { 0 };
	struct matcher_case c;
	struct diag why = { 0 };
	struct jsonw w;

	CHECK_OK(plan_view_asked(asked, &affected, &c, &why), why);
	jsonw_init(&w, &out);
	plan_view_case(t, &c, &world, &w);
	return str_to_c(buf_view(&out), text, sizeof(text));
}

TEST(an_alert_that_somebody_thinks_of_is_explained)
{
	struct route_tree *t = read_good(
	    "routes: x\nroute:\n  to: [{kind: dashboard}]\n  routes:\n"
	    "    - {name: net, match: {entity: 10.0.0.0/8}, to: [{kind: email, batch: 1m}]}\n"
	    "    - {name: who, match: {entity: eva, rule: R, tags: t}, to: [{kind: teams}]}\n");

	CHECK_STR(explained(t, &(struct plan_asked){ .entity = STR("10.1.2.3") }),
	    "{\"severity\":\"HIGH\",\"at\":\"1970-01-01T00:00:00Z\",\"routes\":[\"route 'net'\"],"
	    "\"fell_back\":false,\"targets\":[{\"channel\":\"mail\",\"kind\":\"email\",\"policy\":"
	    "\"\",\"form\":\"batch\",\"due\":\"1970-01-01T00:01:00Z\",\"route\":\"route 'net'\","
	    "\"stands_in\":false}]}");
	CHECK(strstr(explained(t, &(struct plan_asked){ .severity = STR("low"),
				      .entity = STR("eva"),
				      .rule = STR("r"),
				      .tags = STR("a, t") }),
		  "\"severity\":\"LOW\",\"at\":\"1970-01-01T00:00:00Z\",\"routes\":[\"route "
		  "'who'\"],\"fell_back\":true,\"targets\":[{\"channel\":\"mail\"") != NULL);
	CHECK(strstr(explained(t, &(struct plan_asked){ 0 }), "\"targets\":[]}") != NULL);
	route_free(t);
}

TEST(a_severity_that_is_none_is_refused)
{
	auto_buf struct buf affected = { 0 };
	struct matcher_case c;
	struct diag why = { 0 };

	CHECK_INT(plan_view_asked(&(struct plan_asked){ .severity = STR("huge") }, &affected, &c,
		      &why),
	    FAIL_SYNTAX);
}
