/* Any bytes as a configuration file: refused with places, or complete. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a kilobyte now and then over text that is not YAML. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libfyaml\n";
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const struct str text = { (const char *)data, size };
	struct conf_problems ps = { 0 };
	struct conf *c = NULL;
	struct buf b;

	buf_init(&b, 0);
	if (conf_parse(text, "f.yml", NULL, &c, &ps, NULL) == OK) {
		if (ps.n != 0 || c == NULL || c->http_listen[0] == '\0' || c->query_workers < 1)
			abort();
	} else if (ps.n == 0 || ps.p[0].line == 0 || c != NULL) {
		abort();
	}
	conf_problems_text(&ps, &b);
	conf_problems_json(&ps, &b);
	buf_fini(&b);
	conf_problems_fini(&ps);
	conf_free(c);
	return 0;
}
