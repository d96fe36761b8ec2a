/* Findings of whole rule sets: on the sample logs, by id, and after saving and loading. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "feed.h"

static void
feed_corpus(struct feed *f, const char *path)
{
	struct buf text;
	struct diag why;

	buf_init(&text, 0);
	CHECK_OK(fs_read(test_corpus(path), (size_t)64 << 20, &text, &why), why);
	feed_lines(f, buf_view(&text));
	buf_fini(&text);
}

struct tally {
	struct feed *f;
	struct buf ids;
	unsigned n;
};

TEST(shipped_rules_load_without_a_word)
{
	struct feed f;

	feed_path(&f, test_source("rules"));
	CHECK_STR(feed_cstr(&f.notes), "");
	CHECK(ruleset_len(f.rules) >= 40);
	feed_fini(&f);
}

TEST(access_log)
{
	struct feed f;

	feed_path(&f, test_source("rules"));
	feed_corpus(&f, "logs/apache_access.log");
	fprintf(stderr, "%s", feed_cstr(&f.findings));
	fprintf(stderr, "%" PRIu64 "\n", f.n);
	feed_fini(&f);
}

TEST(auth_log)
{
	struct feed f;

	feed_path(&f, test_source("rules"));
	feed_corpus(&f, "logs/auth.log");
	fprintf(stderr, "%s", feed_cstr(&f.findings));
	fprintf(stderr, "%" PRIu64 "\n", f.n);
	feed_fini(&f);
}
