/* Any bytes as routes: refused with a place, or a tree that tells of every alert and can be shown.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "alert/plan_view.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a kilobyte now and then over text that is not YAML. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml\n";
}

static void
on_warning(void *ctx, struct str text)
{
	*(size_t *)ctx += text.n;
}

static void
follow(const struct route_tree *t)
{
	static const struct plan_channel channels[] = { { "mail", "email", ALERTS_INFO },
		{ "ops", "slack", ALERTS_HIGH } };
	static const struct plan_world world = { channels, 2, NULL, 0 };
	static const struct matcher_case alert = { .rule_id = STR("r"),
		.tags = STR("attack.t1110"),
		.group = STR("client_ip=10.0.0.1"),
		.affected = STR("ueva\na10.0.0.1\n"),
		.severity = ALERTS_LOW,
		.now = (int64_t)1700000000 * 1000000000 };
	auto_buf struct buf out = { 0 };
	static struct plan p;
	struct jsonw w;
	size_t n = 0;

	plan_make(t, &alert, &world, &p);
	if (p.n_routes == 0)
		abort();
	for (size_t i = 0; i < p.n; i++)
		if (plan_due(&p.items[i], alert.now) < alert.now)
			abort();
	plan_warnings(t, &world, on_warning, &n);
	jsonw_init(&w, &out);
	plan_view_routes(t, &world, &w);
	if (out.n == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct route_tree *t = NULL;
	struct diag why = { 0 };

	if (route_read((struct str){ (const char *)data, size }, "r.yml", &t, &why) == OK)
		follow(t);
	else if (t != NULL || why.text[0] == '\0')
		abort();
	route_free(t);
	return 0;
}
