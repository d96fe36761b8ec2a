/* X-Forwarded-...: whatever stands left of an address that nobody trusts changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "http/forward.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char *const nets[] = { "10.0.0.0/8", "2001:db8::/32", "::1" };
static struct ip_net trusted[ARRAY_LEN(nets)];

/* `headers` behind `before`; the text it borrows from goes into `text`. */
static bool
read_from(const char *peer, struct str before, struct str headers, struct buf *text,
    struct forward *ret)
{
	struct head h;
	int status;

	buf_str(text, STR("GET / HTTP/1.1\r\nHost: t\r\n"));
	buf_str(text, before);
	buf_str(text, headers);
	buf_str(text, STR("\r\n\r\n"));
	if (head_parse(buf_view(text), &h, &status, NULL) != OK)
		return false;
	forward_read(trusted, ARRAY_LEN(trusted), peer, &h, ret);
	return true;
}

static bool
is_trusted(const char *address)
{
	struct ip ip;

	assert(ip_parse(str_c(address), &ip));
	for (size_t i = 0; i < ARRAY_LEN(trusted); i++)
		if (ip_net_has(&trusted[i], &ip))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct forward plain, spoofed, direct;
	struct buf a, b, c;

	for (size_t i = 0; i < ARRAY_LEN(nets); i++)
		if (!ip_net_parse(str_c(nets[i]), &trusted[i], NULL))
			abort();
	buf_init(&a, 0);
	buf_init(&b, 0);
	buf_init(&c, 0);
	if (read_from("10.1.1.1", STR(""), in, &a, &plain)) {
		bool known = is_trusted(plain.client);

		if (read_from("10.1.1.1", STR("X-Forwarded-For: 6.6.6.6, 10.6.6.6\r\n"), in, &b,
			&spoofed) &&
		    !known)
			assert(strcmp(plain.client, spoofed.client) == 0);
		assert(read_from("6.7.8.9", STR(""), in, &c, &direct));
		assert(strcmp(direct.client, "6.7.8.9") == 0);
		assert(!direct.secure && direct.host.n == 0);
	}
	buf_fini(&a);
	buf_fini(&b);
	buf_fini(&c);
	return 0;
}
