/* Feeds a fuzz target with the files of its corpus and with seeded mutations of them, so that
 * what a fuzzer once found is tested by every build, without libFuzzer.
 * REPLAY_MUTATIONS: how many. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1 << 16)
#if defined(__has_feature)
#define WATCHED __has_feature(address_sanitizer)
#else
#define WATCHED 0
#endif
#if WATCHED
#define MUTATIONS 50000U
#else
#define MUTATIONS 10000U /* what goes wrong is seen less */
#endif
#define ALARM_S 600

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static uint64_t state = 88172645463325252U;

static uint64_t
random_next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static size_t
random_below(size_t n)
{
	return n == 0 ? 0 : (size_t)(random_next() % n);
}

/* The target gets an exact heap copy: ASan then sees any step over the end. */
static void
feed(const unsigned char *p, size_t n)
{
	unsigned char *copy = malloc(n == 0 ? 1 : n);

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, p, n);
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

/* Changes p (room for INPUT_MAX) a little: flip, set, insert, remove, cut, repeat. */
static size_t
mutate(unsigned char *p, size_t n)
{
	static const unsigned char odd[] = "\0\xff\x80\"\\\n\r\t {}[]:,<>%+-09.eE'";
	size_t at = random_below(n), len = 1 + random_below(8);

	switch (random_below(6)) {
	case 0:
		if (n > 0)
			p[at] ^= (unsigned char)(1U << random_below(8));
		return n;
	case 1:
		if (n > 0)
			p[at] = odd[random_below(sizeof(odd) - 1)];
		return n;
	case 2:
		if (n == INPUT_MAX)
			return n;
		memmove(p + at + 1, p + at, n - at);
		p[at] = odd[random_below(sizeof(odd) - 1)];
		return n + 1;
	case 3:
		len = len < n - at ? len : n - at;
		memmove(p + at, p + at + len, n - at - len);
		return n - len;
	case 4:
		return at;
	default:
		len = random_below(n - at + 1);
		if (n + len > INPUT_MAX)
			return n;
		memmove(p + at + len, p + at, n - at);
		return n + len;
	}
}

/* Reads at most INPUT_MAX bytes of a file. */
static size_t
load(const char *dir, const char *name, unsigned char *p)
{
	char path[4096];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	n = fread(p, 1, INPUT_MAX, f);
	(void)fclose(f);
	return n;
}

static void
replay(const unsigned char *seed, size_t seed_n, unsigned mutations)
{
	static unsigned char p[INPUT_MAX];

	feed(seed, seed_n);
	for (unsigned i = 0; i < mutations; i++) {
		size_t n = seed_n;

		memcpy(p, seed, seed_n);
		for (size_t k = 1 + random_below(4); k > 0; k--)
			n = mutate(p, n);
		feed(p, n);
	}
}

int
main(int argc, char **argv)
{
	static unsigned char seed[INPUT_MAX];
	const char *wanted = getenv("REPLAY_MUTATIONS");
	unsigned total = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : MUTATIONS;
	struct dirent **entries;
	int n, files = 0;

	if (argc != 2 || (n = scandir(argv[1], &entries, NULL, alphasort)) < 0) {
		(void)fprintf(stderr, "usage: %s CORPUS_DIR\n", argv[0]);
		return EXIT_FAILURE;
	}
	(void)alarm(ALARM_S);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.') {
			size_t len = load(argv[1], name, seed);

			replay(seed, len, total / (unsigned)n);
			files++;
		}
		free(entries[i]);
	}
	free(entries);
	printf("%d files, %u mutations\n", files, total);
	return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
