/* Files of people, rotas and policies: read or refused; what was read can be asked at any time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "oncall/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err
on_shift(void *ctx, const struct rota_shift *s)
{
	size_t *n = ctx;

	if (s->to <= s->from)
		__builtin_trap();
	return ++*n < 50 ? OK : FAIL_LIMIT;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct book_text t = { { (const char *)data, size }, "oncall.yml" };
	const int64_t now = 1774746000 * CLOCK_S; /* an hour before clocks change in Europe */
	struct walk_who who[WALK_PEOPLE_MAX];
	struct diag why = { 0 };
	struct book *b;

	if (book_read(&t, 1, &b, &why) != OK)
		return 0;
	for (size_t i = 0; i < b->n_rotas; i++) {
		const struct rota_case c = { .book = b, .rota = &b->rotas[i] };
		size_t n = 0;

		(void)!rota_schedule(&c, now, now + 86400 * CLOCK_S, on_shift, &n);
	}
	for (size_t i = 0; i < b->n_policies; i++)
		for (size_t k = 0; k < b->policies[i].n; k++)
			(void)walk_people(b, book_tell(b, &b->policies[i].steps[k]), NULL, 0, now,
			    who);
	for (size_t i = 0; i < b->n_people; i++)
		(void)book_quiet(&b->people[i], 1, now);
	book_free(b);
	return 0;
}
